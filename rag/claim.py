"""A text as the claim gate reads it: words with their stems and places, numbers, dates. Draft and passage alike."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import NamedTuple

from rag.quantity import Date, Quantity, dates, quantities
from rag.terms import STOPWORDS, WORD, fold, terms, unaccented

_JOINED = re.compile(
    r"(?:;|,? (?:and|but)(?: (?:also|later|then|now|still|has|have|is|was|he|she|they|it))*"
    r"|, (?:then|later|before|after)| while| whereas| before| after) +(?=\w)"
)
_OPENING = re.compile(r"(?:Before|After|Following|Prior to|While|Whereas|Although|Once|When) [^,]{8,}, ", re.I)
_DEED = re.compile(
    r"(?:\w+ly )?(?:[a-z]+(?:ed|s|ing)|led|built|wrote|ran|grew|won|set|made|took|kept|gave|brought|cut|spoke|taught)\b"
)


class Word(NamedTuple):
    """A word of a text."""

    said: str
    low: str
    """Folded."""
    stems: tuple[str, ...]
    """Keyword terms: none for a stop word, several for a compound (day-ahead)."""
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """A text, read once."""

    text: str
    words: tuple[Word, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]

    @functools.cached_property
    def stems(self) -> frozenset[str]:
        """All content stems."""
        return frozenset(s for w in self.words for s in w.stems)

    @functools.cached_property
    def lows(self) -> frozenset[str]:
        """All words, folded, stop words included."""
        return frozenset(w.low for w in self.words)

    @functools.cached_property
    def figures(self) -> tuple[tuple[int, int], ...]:
        """Places of numbers and dates, which are no words."""
        return (
            *((q.start, q.end) for q in self.quantities),
            *((d.start, d.start + len(d.said)) for d in self.dates),
        )

    @functools.cached_property
    def content(self) -> tuple[Word, ...]:
        """Words that carry something, numbers and dates left out."""
        return tuple(w for w in self.words if w.stems and not any(a < w.end and w.start < b for a, b in self.figures))

    def at(self, position: int) -> int:
        """Index of the word at or after a character."""
        return next((i for i, w in enumerate(self.words) if w.end > position), len(self.words))

    def around(self, position: int, n: int) -> list[str]:
        """Stems of the `n` content words on either side of a character."""
        after = next((i for i, w in enumerate(self.content) if w.start >= position), len(self.content))
        return [s for w in self.content[max(0, after - n) : after + n] for s in w.stems]


@functools.lru_cache(maxsize=20_000)
def read(text: str) -> Reading:
    """A text's words and figures; markup of emphasis and code is no part of a word."""
    plain = unaccented(text.replace("µ", "u").replace("μ", "u")) if not text.isascii() else text
    plain = re.sub(r"[*`_\"“”](?=\w)|(?<=\w)[*`\"“”]", " ", plain)
    words = []
    for m in WORD.finditer(plain):
        low = fold(m[0])
        found = tuple(dict.fromkeys(terms(m[0]))) if low not in STOPWORDS else ()
        words.append(Word(m[0], low.removesuffix("'s"), found, m.start(), m.end()))
    return Reading(plain, tuple(words), tuple(quantities(plain)), tuple(dates(plain)))


def parts(text: str) -> list[str]:
    """The deeds that a sentence strings together with `and`, `but`, `before`, `;`: each may lean on another role.

    What hangs on a deed (`by …`, `using …`, `reducing …`) stays with it.
    """
    cuts = [0]
    opening = _OPENING.match(text)
    if opening:
        cuts.append(opening.end())
    for match in _JOINED.finditer(text):
        rest = text[match.end() :]
        deed = (
            _DEED.match(rest) or re.match(r"(?:at|in|for|as|with|he|she|they|it)\b", rest, re.I) or match[0][0] == ";"
        )
        pronoun = re.search(r"\b(?:he|she|they|it|has|have|is|was|also|later|then)\s*$", match[0])
        if (deed or pronoun) and len(text[cuts[-1] : match.start()].split()) > 2 and len(rest.split()) > 2:
            cuts.append(match.start())
    pieces = [text[a:b] for a, b in zip(cuts, [*cuts[1:], len(text)], strict=True)]
    return [re.sub(r"^[\s,;]+(?:and |but )?", "", p).strip() for p in pieces]
