"""What a claim may lean on: cited passages that speak of one and the same role, project or document, read."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.career import span
from rag.claim import Reading, Word, read
from rag.employers import plain, short_names
from rag.lexicon import Lexicon
from rag.quantity import Date, dates
from rag.schema import Passage, Role
from rag.terms import mentions, unaccented
from rag.wording import Wording

FACT = "fact"
"""The kind of a computed fact: it may be cited beside any role."""
_ARTICLES = frozenset({"article", "post", "talk"})


def fact(text: str, name: str = "") -> Passage:
    """A fact computed from the documents ("9 years 4 months in total"), citable like a passage."""
    return Passage(f"{FACT}:{name or text}", FACT, FACT, "", (), "", 0, len(text), text, ())


@dataclass(frozen=True)
class Unit:
    """A quotable unit of a passage, read; the first of a passage is its context."""

    passage: Passage
    reading: Reading
    context: bool


@functools.lru_cache(maxsize=4096)
def units(passage: Passage) -> tuple[Unit, ...]:
    """A passage's context and its units; a unit that ends with a colon goes with the next."""
    role = passage.role or Role()
    said = " · ".join((*passage.heading, passage.title, role.title, role.employer or passage.employer, role.location))
    found = [Unit(passage, read(said), True)]
    spans = passage.sentences or ()
    texts = [passage.quote(s) for s in spans] or [passage.text]
    return (*found, *(Unit(passage, read(" ".join(text.split())), False) for text in texts))


@dataclass(frozen=True)
class Grounds:
    """Passages of one role, with look-ups."""

    passages: tuple[Passage, ...]
    lexicon: Lexicon
    wording: Wording

    @functools.cached_property
    def units(self) -> tuple[Unit, ...]:
        """All units, the contexts among them."""
        return tuple(u for p in self.passages for u in units(p))

    @functools.cached_property
    def text(self) -> str:
        """Everything that is said, contexts included."""
        return "\n".join((*(u.reading.text for u in self.units), *(unaccented(p.text) for p in self.passages)))

    @functools.cached_property
    def stems(self) -> frozenset[str]:
        """All content stems."""
        return frozenset(s for u in self.units for s in u.reading.stems)

    @functools.cached_property
    def lows(self) -> frozenset[str]:
        """All words, folded."""
        return frozenset(w for u in self.units for w in u.reading.lows)

    def says(self, stem: str) -> bool:
        """Whether a stem, a derivation of it or a word of its sense stands anywhere."""
        return self.wording.index(self.stems).says(stem)

    def names(self, name: str) -> bool:
        """Whether a name stands as a whole term, under any of its aliases."""
        return self.lexicon.mentioned(name, self.text) or any(
            mentions(alias, self.text) for alias in self.lexicon.aliases(name) if len(alias) > 2
        )

    @functools.cached_property
    def own_dates(self) -> tuple[Date, ...]:
        """Dates of the documents and positions themselves, which any sentence about them may give."""
        said = " ; ".join(
            part
            for p in self.passages
            for part in (p.date, (p.role or Role()).start, (p.role or Role()).end)
            if part and part != "present"
        )
        return tuple(dates(said))

    @functools.cached_property
    def lengths(self) -> frozenset[tuple[float, str]]:
        """How long the closed positions lasted, in whole years (down and to the nearest) and months."""
        found = set()
        for passage in self.passages:
            if passage.role and passage.role.end != "present" and (months := span(passage.role, dt.date.max)):
                n = months[1] - months[0]
                found |= {(float(n), "month"), (float(n // 12), "year"), (float(round(n / 12)), "year")}
        return frozenset(found)

    def shared(self, stems: Sequence[str], reading: Reading) -> list[str]:
        """Which of the stems a unit holds, in its own words or in others of their sense."""
        index = self.wording.index(reading.stems)
        return [s for s in stems if index.says(s)]

    def aligned(self, claim: Reading) -> list[Unit]:
        """The units that say most of a claim, best first: all within two thirds of the best one's share."""
        stems = [s for w in claim.content for s in w.stems if s not in self.wording.free]
        figures = {q.value for q in claim.quantities}
        scored = []
        for unit in self.units:
            n = len(self.shared(stems, unit.reading)) + sum(q.value in figures for q in unit.reading.quantities)
            if n:
                scored.append((n - 0.5 * unit.context, unit))
        best = max((n for n, _ in scored), default=0)
        return [u for n, u in sorted(scored, key=lambda s: -s[0]) if n >= best * 2 / 3]


def _key(passage: Passage) -> str:
    """Passages with the same key speak of the same thing."""
    role = passage.role
    if role and (role.title or role.employer):
        return f"{role.title}|{role.employer}|{role.start}|{role.end}".casefold()
    if passage.kind in _ARTICLES or passage.source.startswith("articles/"):
        return passage.source
    return f"{passage.source}|{passage.start}"


def groups(passages: Sequence[Passage], lexicon: Lexicon, wording: Wording) -> list[Grounds]:
    """The passages of each role, project or document together; computed facts belong to all of them."""
    facts = tuple(p for p in passages if p.kind == FACT)
    found: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.kind != FACT:
            found.setdefault(_key(passage), []).append(passage)
    if not found:
        return [Grounds(facts, lexicon, wording)]
    return [Grounds((*members, *facts), lexicon, wording) for members in found.values()]


def employers(passages: Sequence[Passage]) -> Iterator[tuple[Passage, str]]:
    """Each passage with the employer it speaks of, where it has one."""
    for passage in passages:
        employer = (passage.role.employer if passage.role else "") or passage.employer
        if employer:
            yield passage, employer


def named(text: str, known: Sequence[str]) -> list[str]:
    """The employers out of `known` that a text names, by any of their short names."""
    said = plain(text)
    return [e for e in dict.fromkeys(known) if any(_calls(name, said) for name in short_names(e))]


def _calls(name: str, said: str) -> bool:
    return re.search(rf"(?<![\w]){re.escape(plain(name))}(?!\w)", said) is not None


def within(grounds: Grounds, scope: Sequence[str]) -> bool:
    """Whether the passages speak of one of the employers: as theirs, or in their own words."""
    own = {e for _, e in employers(grounds.passages)}
    theirs = {plain(n) for e in own for n in short_names(e)} & {plain(n) for e in scope for n in short_names(e)}
    return (
        bool(theirs)
        or bool(named(" ".join(p.text for p in grounds.passages), scope))
        or (not own and bool(named(grounds.text, scope)))
    )


def content(word: Word, wording: Wording) -> bool:
    """Whether a word states something of its own."""
    return any(s not in wording.free for s in word.stems)
