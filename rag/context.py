"""What a model is given to read: all passages where they fit, else the hits with their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.career import Position
from rag.grounds import FACT, fact
from rag.position import dates
from rag.prompts import NEAREST, PASSAGE
from rag.schema import Hit, Passage, Role

CHARACTERS = 4
"""Of English in a token, about; for what fits a context, not for what may be spent."""


@dataclass(frozen=True)
class Context:
    """Passages as they are numbered in the prompt, from 1."""

    passages: tuple[Passage, ...]
    nearest: tuple[int, ...]
    """Numbers of the hits, best first."""
    facts: tuple[Passage, ...] = ()
    """Computed facts; they are numbered after the passages."""

    @property
    def numbered(self) -> tuple[Passage, ...]:
        """What a citation's number counts in."""
        return (*self.passages, *self.facts)

    @property
    def text(self) -> str:
        """The passages as the prompt shows them."""
        return "\n".join(shown(number, passage) for number, passage in enumerate(self.numbered, start=1))

    @property
    def hint(self) -> str:
        """Which passages are nearest; empty where there are none."""
        numbers = ", ".join(f"[{n}]" for n in self.nearest)
        return NEAREST.format(numbers=numbers) if numbers else ""


def context(hits: Sequence[Hit], passages: Sequence[Passage], tokens: int, computed: Sequence[str] = ()) -> Context:
    """The context of about `tokens` tokens at most, never without the best hit.

    Where all passages fit they stand in the order of the index, the same for every question, so that a provider's
    prompt cache holds; the question then names the nearest. Otherwise each hit comes with the passages before and
    after it in its document, hits first.
    """
    everything = sum(_size(p) for p in passages)
    chosen = list(passages) if everything <= tokens else _around(hits, passages, tokens)
    places = {p.id: n for n, p in enumerate(chosen, start=1)}
    return Context(
        tuple(chosen), tuple(places[h.passage.id] for h in hits if h.passage.id in places), tuple(map(fact, computed))
    )


def _around(hits: Sequence[Hit], passages: Sequence[Passage], tokens: int) -> list[Passage]:
    at = {p.id: i for i, p in enumerate(passages)}
    found = [at[h.passage.id] for h in hits if h.passage.id in at]
    beside = [i + step for i in found for step in (1, -1) if 0 <= i + step < len(passages)]
    same = [j for j in beside if any(passages[j].source == passages[i].source and abs(i - j) == 1 for i in found)]
    chosen: list[Passage] = []
    left = tokens
    for i in dict.fromkeys((*found, *same)):
        size = _size(passages[i])
        if size <= left or not chosen:
            chosen.append(passages[i])
            left -= size
    return chosen


def shown(number: int, passage: Passage) -> str:
    """A passage as the prompt shows it; no words of a document can end the passage early."""
    if passage.kind == FACT:
        return PASSAGE.format(number=number, about="computed from the stated dates", text=passage.text)
    role = passage.role or Role()
    about = " · ".join(
        part for part in (passage.context, dates(Position(role, "", "", "")), passage.date, passage.source) if part
    )
    text = passage.text.replace("</", "<\u200b/").replace("<passage", "<\u200bpassage")
    return PASSAGE.format(number=number, about=about.replace('"', "'").replace(">", ""), text=text)


def _size(passage: Passage) -> int:
    return len(shown(0, passage)) // CHARACTERS + 1
