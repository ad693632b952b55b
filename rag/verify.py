"""The claim gate: a sentence of a draft leaves only where the passages that it cites say all of it.

A sentence may string several deeds together; each must be borne out by passages of one role or document alone, so
that no figure of one is told of the other. A sentence that names an employer leans on that employer's passages.
What the checks cannot see: who did it where a passage speaks of several people, and what follows from a text without
standing in it. How often they err is measured by `python -m eval.bench.claims`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.checks import deeds, figures, manner, names, senses
from rag.checks.setting import Check, Setting
from rag.checks.support import similarity, support, unsupported
from rag.claim import Reading, parts, read
from rag.grounds import FACT, Grounds, employers, fact, named, within
from rag.schema import Passage, Statement, Withheld

__all__ = ["CHECKS", "Setting", "Verified", "Withheld", "fact", "verify"]

CHECKS: dict[str, Check] = {
    "private": manner.private,
    "promise": manner.promise,
    "advice": manner.advice,
    "praise": manner.praise,
    "number": figures.number,
    "unit": figures.unit,
    "bound": figures.bound,
    "order": figures.order,
    "counted": figures.counted,
    "period": figures.period,
    "date": figures.date,
    "name": names.name,
    "rank": names.rank,
    "direction": senses.direction,
    "exchange": senses.exchange,
    "negation": senses.negation,
    "plan": senses.plan,
    "deed": deeds.deed,
    "sole": deeds.sole,
    "many": deeds.many,
    "proficiency": deeds.proficiency,
    "support": support,
}
"""Name → check, the cheap ones and those with the plainest reasons first. `cited` and `role` stand in `verify`."""


_OF_THE_SENTENCE = frozenset({"private", "promise", "advice", "praise"})
"""Checks whose failure no other citation mends."""
MENDING = 0.5
"""Cosine from which an uncited passage may take over a sentence: the moved citations of the dev half have 0.53 or more
with their own passage, the one false sentence that would have been mended has 0.27."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A sentence that its citations bear out."""

    text: str
    citations: tuple[int, ...]
    mended: bool = False
    """The draft cited other passages; this is the only retrieved one that bears the sentence out."""


Failure = tuple[str, str]


def verify(statement: Statement, passages: Sequence[Passage], setting: Setting) -> Verified | Withheld:
    """The verdict on one finished sentence, its `[n]` marks taken off; `passages` are numbered from 1.

    A computed fact is cited like a passage (`fact`).
    """
    text = " ".join(statement.text.split())
    cited = [passages[n - 1] for n in statement.citations if 1 <= n <= len(passages)]
    if not statement.citations:
        return Withheld(text, "cited", "It cites no passage.")
    failure = ("cited", "It cites a passage that was not retrieved.")
    if len(cited) == len(statement.citations):
        failed = _failure(text, cited, passages, setting)
        if failed is None:
            return Verified(text, tuple(dict.fromkeys(statement.citations)))
        failure = failed
    if failure[0] in _OF_THE_SENTENCE:
        return Withheld(text, *failure)
    others = [n for n, p in enumerate(passages, start=1) if p not in cited and p.kind != FACT]
    bearing = [n for n in others if _failure(text, [passages[n - 1]], passages, setting) is None]
    bearing = [n for n in bearing if _plainly(text, passages[n - 1], setting)]
    if len(bearing) == 1:
        return Verified(text, (bearing[0],), mended=True)
    return Withheld(text, *failure)


def _plainly(text: str, passage: Passage, setting: Setting) -> bool:
    """Whether a passage that nobody cited says it nearly in these words."""
    claim, grounds = read(text), setting.grounds([passage])[0]
    return not unsupported(claim, grounds, setting)[0] and similarity(claim, grounds, setting) >= MENDING


def _failure(text: str, cited: Sequence[Passage], retrieved: Sequence[Passage], setting: Setting) -> Failure | None:
    """What a sentence fails, and why; None where the cited passages bear it out."""
    if any(_verbatim(text, passage) for passage in cited):
        return None
    known = [e for _, e in employers(retrieved)]
    scope = named(text, known) or _titled(text, cited)
    allowed = setting.grounds(cited)
    whole = _best(text, allowed, scope, setting)
    if whole is None:
        return None
    pieces = parts(text)
    if len(allowed) == 1 or len(pieces) == 1:
        return whole
    last: list[str] = []
    for piece in pieces:
        last = named(piece, known) or last
        if failure := _best(piece, allowed, last, setting):
            return failure
    return None


def _best(text: str, allowed: Sequence[Grounds], scope: Sequence[str], setting: Setting) -> Failure | None:
    """None where one of the grounds bears the text out; else why the likeliest of them does not."""
    inside = [g for g in allowed if not scope or within(g, scope)]
    if not inside:
        return "role", f"The cited passages are not about {scope[0]}."
    claim = read(text)
    ordered = sorted(inside, key=lambda g: -len(g.shared([*claim.stems], _joined(g))))
    first: Failure | None = None
    for grounds in ordered:
        failure = examine(claim, grounds, setting)
        if failure is None:
            return None
        first = first or failure
    return first


def _joined(grounds: Grounds) -> Reading:
    return read(grounds.text)


def examine(claim: Reading, grounds: Grounds, setting: Setting) -> Failure | None:
    """The first check that a claim fails on these grounds, and the reason."""
    for check, holds in CHECKS.items():
        if reason := holds(claim, grounds, setting):
            return check, reason
    return None


def _titled(text: str, cited: Sequence[Passage]) -> list[str]:
    """The employers of the cited positions whose whole title the text gives, where it names no employer."""
    return [
        p.role.employer
        for p in cited
        if p.role and p.role.title and re.search(rf"\bas (?:an? |the )?{re.escape(p.role.title)}\b", text, re.I)
    ]


def _verbatim(text: str, passage: Passage) -> bool:
    """Whether the text is one or more whole units of a passage, word for word."""
    said = _bare(text)
    if not said:
        return False
    quoted = [_bare(passage.quote(s)) for s in passage.sentences] or [_bare(passage.text)]
    return said in quoted or (f" {said} " in f" {' '.join(quoted)} " and any(said.startswith(q) for q in quoted if q))


def _bare(text: str) -> str:
    """Words alone, single spaces, no closing full stop."""
    return " ".join(text.split()).strip(" .")
