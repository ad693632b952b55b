"""What every check may look up besides the claim and its grounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.claim import Reading
from rag.grounds import Grounds, groups
from rag.lexicon import Lexicon
from rag.schema import Passage
from rag.wording import Wording

KEPT = 256
"""Sets of passages whose look-ups are kept at a time: a few answers' worth."""
Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True)
class Setting:
    """The owner's names and the look-ups of the language."""

    lexicon: Lexicon
    wording: Wording
    owner: frozenset[str] = frozenset()
    """Folded words of the names of the person the documents are about."""
    common: Callable[[str], bool] = field(default=lambda _: True)
    """Whether a folded word belongs to everyday English."""
    rarity: Callable[[str], float] = field(default=lambda _: 0.5)
    encode: Encode | None = None
    """Sentences → vectors of length one; without it, words alone decide what is supported."""
    _grounds: dict[tuple[Passage, ...], list[Grounds]] = field(default_factory=dict, compare=False, repr=False)

    def grounds(self, passages: Sequence[Passage]) -> list[Grounds]:
        """`groups` of the passages, kept: sentence after sentence of an answer leans on the same few."""
        key = tuple(passages)
        found = self._grounds.get(key)
        if found is None:
            if len(self._grounds) >= KEPT:
                self._grounds.clear()
            found = self._grounds[key] = groups(key, self.lexicon, self.wording)
        return found


Check = Callable[[Reading, Grounds, Setting], str | None]
"""None where nothing is wrong, else one plain sentence that names the term and why."""
