"""The claim gate over one corpus: its names, its words, its vectors, bound together once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag import verify, wording
from rag.catalogue import Catalogue
from rag.checks.setting import Setting
from rag.frequency import Frequency
from rag.gate import Check, Cited
from rag.profile import Profile
from rag.schema import Passage, Statement, Withheld
from rag.terms import fold, terms, words


def check(
    catalogue: Catalogue,
    profile: Profile,
    english: Frequency,
    encode: Callable[[Sequence[str]], NDArray[np.float32]] | None,
) -> Check:
    """What judges the statements of a model about this corpus."""
    owner = frozenset(fold(w) for name in (*profile.names, *_titled(catalogue)) for w in words(name))
    setting = Setting(catalogue.lexicon, wording.load(), owner, english.common, english.rarity, encode)

    def judged(statement: Statement, passages: Sequence[Passage]) -> Cited | Withheld:
        if all(term in setting.wording.free or term.isdigit() for term in terms(statement.text)):
            return Withheld(statement.text, "empty", "It states nothing.")
        verdict = verify.verify(statement, passages, setting)
        if isinstance(verdict, verify.Verified):
            return Cited(verdict.citations, verdict.mended)
        return verdict

    return judged


def _titled(catalogue: Catalogue) -> list[str]:
    """The name over a resume, where the profile gives none."""
    kinds = {"resume", "document"}
    return list(dict.fromkeys(p.title for p in catalogue.passages if p.kind in kinds and 1 < len(p.title.split()) < 4))
