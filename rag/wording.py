"""Senses, degrees and manners of English as resumes and their retellings use it: `data/wording.toml`."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.terms import fold, stem

SHIPPED = Path(__file__).with_name("data") / "wording.toml"
NEAR = 5
"""Letters that two derivations of one word share at least (enrol, enrollment)."""


@dataclass(frozen=True)
class Wording:
    """Look-ups by stem."""

    senses: dict[str, frozenset[int]]
    """Stem → groups of one sense that it stands in."""
    free: frozenset[str]
    """Stems that state nothing by themselves."""
    deeds: dict[str, int]
    """Stem of a verb → 1 a share in a deed, 2 the doing, 3 the lead of it, 4 the whole of it."""
    proficiency: dict[str, int]
    """Folded word → how well somebody knows a thing, 1 to 4."""
    several: frozenset[str]
    large: frozenset[str]
    every: frozenset[str]
    rank: frozenset[str]
    opposite: tuple[tuple[frozenset[str], frozenset[str]], ...]
    better: frozenset[str]
    manner: dict[str, re.Pattern[str]]

    @functools.lru_cache(maxsize=100_000)  # noqa: B019  one instance, for the life of the process
    def same(self, one: str, other: str) -> bool:
        """Whether two stems are one word, derivations of one, or of one sense."""
        if one == other:
            return True
        if self.senses.get(one, frozenset()) & self.senses.get(other, frozenset()):
            return True
        both = enumerate(zip(one, other, strict=False))
        shared = next((i for i, (a, b) in both if a != b), min(len(one), len(other)))
        longest = max(len(one), len(other))
        return shared >= max(NEAR, 0.6 * longest) and longest - shared <= 4

    @functools.lru_cache(maxsize=20_000)  # noqa: B019
    def index(self, stems: frozenset[str]) -> Index:
        """Stems made ready to be asked for words of the same sense."""
        senses = frozenset(g for s in stems for g in self.senses.get(s, ()))
        beginnings: dict[str, list[str]] = {}
        for s in stems:
            beginnings.setdefault(s[:NEAR], []).append(s)
        return Index(self, stems, senses, beginnings)

    def __hash__(self) -> int:
        return id(self)


@dataclass(frozen=True, eq=False)
class Index:
    """The stems of a text, to be asked many times."""

    wording: Wording
    stems: frozenset[str]
    senses: frozenset[int]
    beginnings: dict[str, list[str]]

    def says(self, stem: str) -> bool:
        """Whether one of them is the same word, a derivation of it or of its sense."""
        if stem in self.stems or self.wording.senses.get(stem, frozenset()) & self.senses:
            return True
        return any(self.wording.same(stem, other) for other in self.beginnings.get(stem[:NEAR], ()))


def _stems(text: str) -> list[str]:
    return [stem(fold(w)) for w in text.split()]


@functools.cache
def load() -> Wording:
    """The shipped words."""
    table: dict[str, Any] = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    senses: dict[str, set[int]] = {}
    for number, group in enumerate(table["same"]):
        for word in _stems(group):
            senses.setdefault(word, set()).add(number)
    for number, forms in enumerate(table["forms"], start=len(table["same"])):
        listed = _stems(forms)
        own = set.union(*(senses.get(w, set()) for w in listed), {number})
        senses |= dict.fromkeys(listed, own)
    levels = enumerate(("part", "do", "lead", "sole"), start=1)
    deeds = {w: level for level, name in levels for w in _stems(table["deed"][name])}
    proficiency = {w: int(level) for level, listed in table["proficiency"].items() for w in listed.split()}
    return Wording(
        senses={w: frozenset(groups) for w, groups in senses.items()},
        free=frozenset(_stems(table["free"])),
        deeds=deeds,
        proficiency=proficiency,
        several=frozenset(table["quantifier"]["several"].split()),
        large=frozenset(table["quantifier"]["large"].split()),
        every=frozenset(table["quantifier"]["all"].split()),
        rank=frozenset(table["rank"]["words"].split()),
        opposite=tuple((frozenset(a.split()), frozenset(b.split())) for a, b in table["contrary"]["pairs"]),
        better=frozenset(table["contrary"]["better"].split()),
        manner={name: _pattern(text) for name, text in table["manner"].items()},
    )


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\n\s*", "", text), re.IGNORECASE)
