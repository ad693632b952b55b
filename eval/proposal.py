"""A case in the making, and the owner's place in its question."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from eval.schema import Case, Kind

NOTE = "suggested: read before keeping"
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True)
class Subject:
    """How the questions call the owner: by name, or `they`."""

    name: str = ""

    @property
    def words(self) -> dict[str, str]:
        """What the questions are filled in with."""
        one = bool(self.name)
        do, have, are, were = ("does", "has", "is", "was") if one else ("do", "have", "are", "were")
        whose = f"{self.name}’s" if one else "their"
        found = {"who": self.name or "they", "whose": whose, "do": do, "have": have, "are": are, "were": were}
        return found | {word.capitalize(): said.capitalize() for word, said in found.items() if word != "who"}

    def ask(self, question: str) -> str:
        """A question's words with the owner in their place; anything else in braces stays."""
        for word, said in self.words.items():
            question = question.replace(f"{{{word}}}", said)
        return question


@dataclass
class Proposal:
    """A case in the making; the same question from several documents becomes one."""

    kind: Kind
    question: str
    expected: tuple[tuple[str, ...], ...] = ()
    sources: list[str] = field(default_factory=list)
    answer: str = ""

    def case(self) -> Case:
        """The case; its id stays the same as long as its question does."""
        id = "s-" + hashlib.sha256(self.question.encode()).hexdigest()[:8]
        return Case(
            id=id,
            kind=self.kind,
            question=self.question,
            answerable=bool(self.expected),
            expected=self.expected,
            sources=tuple(sorted(set(self.sources))),
            answer=self.answer,
            split="dev",
            origin="suggested",
            note=NOTE,
        )


def dates(date: str) -> tuple[str, ...]:
    """How an ISO date may be written: `2019-03` → also `March 2019`, `Mar 2019`."""
    year, *rest = date.split("-")
    if not rest:
        return (date,)
    month = _MONTHS[int(rest[0]) - 1]
    if len(rest) == 1:
        return tuple(dict.fromkeys((date, f"{month[:3]} {year}", f"{month} {year}")))
    day = int(rest[1])
    written = (f"{form} {year}" for m in (month[:3], month) for form in (f"{day} {m}", f"{m} {day},"))
    return tuple(dict.fromkeys((date, *written)))
