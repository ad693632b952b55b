"""From what to what: a move has a direction, and the documents may tell of the other one, or of none."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.catalogue import Catalogue
from rag.question import ASKING, Question
from rag.schema import Passage
from rag.terms import terms, unaccented

_MOVING = re.compile(
    r"\b(?:mov(?:e|es|ed|ing)|migrat\w+|switch\w*|port(?:s|ed|ing)?|transition\w*|transfer\w*|convert\w*|rewr\w+"
    r"|replac\w+|shift\w*|upgrad\w+)\b",
    re.IGNORECASE,
)
SHARED = 2
"""Terms of what is moved that a passage about another move of it must hold, or all where there are fewer."""
_FROM = r"\b(?:from|off|out of) (?:[\w'’-]+ ){0,3}?"
_TO = r"\b(?:to|onto|into) (?:[\w'’-]+ ){0,3}?"
_WITH = r"\b(?:with|by) (?:[\w'’-]+ ){0,3}?"
_BETWEEN = r"(?!\w)[^.?!;:]{0,60}?"


@dataclass(frozen=True)
class Move:
    """What a question takes to have been moved, left or replaced, and what the documents hold of that."""

    left: str
    reached: str
    told: frozenset[int]
    """Passages that tell of the other direction, or of a move from or to one of the two and of the same matter."""


def untold(question: Question, catalogue: Catalogue) -> Move | None:
    """A move from one named thing to another that no passage may tell of; None where one may, or none is asked for."""
    if not _MOVING.search(question.own):
        return None
    matter = set(question.terms) - ASKING - set(terms(" ".join((*question.names, *_MOVING.findall(question.own)))))
    for left, reached in itertools.permutations(question.names, 2):
        a, b = catalogue.lexicon.aliases(left), catalogue.lexicon.aliases(reached)
        if not _tells(question.own, a, b):
            continue
        both: set[int] = set()
        other: set[int] = set()
        for i in catalogue.holders(left) & catalogue.holders(reached):
            for text in map(unaccented, _stretches(catalogue.passages[i])):
                if all(catalogue.lexicon.mentioned(name, text) for name in (left, reached)):
                    (other if _tells(text, b, a) and not _tells(text, a, b) else both).add(i)
        if not both:
            return Move(left, reached, frozenset(other) or _of_one(a, b, matter, catalogue))
    return None


def _of_one(left: Sequence[str], reached: Sequence[str], matter: set[str], catalogue: Catalogue) -> frozenset[int]:
    """Passages that tell of a move from the one or to the other, elsewhere than asked, and of the same matter."""
    ends = [rf"(?:{_FROM}|{_TO}){_any(names)}(?!\w)" for names in (left, reached)]
    held = catalogue.holders(left[0]) | catalogue.holders(reached[0])
    return frozenset(
        i
        for i in held
        for text in map(unaccented, _stretches(catalogue.passages[i]))
        if matter and _MOVING.search(text) and len(matter.intersection(terms(text))) >= min(SHARED, len(matter))
        if any(re.search(end, text, re.IGNORECASE) for end in ends)
    )


def _any(names: Sequence[str]) -> str:
    return rf"(?<!\w)(?:{'|'.join(re.escape(unaccented(n)) for n in names)})s?"


def _stretches(passage: Passage) -> Iterator[str]:
    """Each unit with the next of its line."""
    for unit, following in itertools.zip_longest(passage.sentences, passage.sentences[1:]):
        text = passage.text[unit.start - passage.start : (following or unit).end - passage.start]
        yield passage.quote(unit) if "\n" in text[unit.end - unit.start :] else text


def _tells(text: str, left: Sequence[str], reached: Sequence[str]) -> bool:
    """Whether a text has a move from the one to the other, under any of their names."""
    a, b = _any(left), _any(reached)
    ways = (
        f"{_FROM}{a}{_BETWEEN}{_TO}{b}",
        f"{_TO}{b}{_BETWEEN}{_FROM}{a}",
        rf"\breplac\w+ (?:[\w'’-]+ ){{0,3}}?{a}{_BETWEEN}{_WITH}{b}",
    )
    return any(re.search(rf"{way}(?!\w)", text, re.IGNORECASE) for way in ways)
