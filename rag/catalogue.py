"""What one generation of the documents holds: positions, names, sections. Built once when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.career import positions
from rag.lexicon import Lexicon
from rag.schema import Passage, Quote, Role, Span
from rag.terms import STOPWORDS, fold, stem, terms, unaccented, words

if TYPE_CHECKING:
    from rag.store import Generation


class Catalogue:
    """Look-ups over all passages of a generation; nothing here ranks."""

    def __init__(self, generation: Generation, lexicon: Lexicon) -> None:
        self.generation = generation
        self.lexicon = lexicon
        self.passages = generation.passages
        self.positions = positions(generation.passages)
        self._said = [self._everything(p) for p in self.passages]
        self._lower = [text.casefold().replace("-", " ") for text in self._said]
        self._holders: dict[str, frozenset[int]] = {}

    @staticmethod
    def _everything(passage: Passage) -> str:
        role = passage.role or Role()
        said = (passage.embedded, role.location, role.start, role.end, passage.date, passage.kind)
        return unaccented("\n".join(said))

    def holders(self, name: str) -> frozenset[int]:
        """Positions of the passages that speak of `name` as a whole term, in their words or in their context."""
        if name not in self._holders:
            sought = [fold(alias).replace("-", " ") for alias in self.lexicon.aliases(name)]
            self._holders[name] = frozenset(
                i
                for i, text in enumerate(self._lower)
                if any(alias in text for alias in sought) and self.lexicon.mentioned(name, self._said[i])
            )
        return self._holders[name]

    def held(self, name: str) -> bool:
        """Whether any document holds `name`; of a plain lower-case word, in whichever inflection."""
        if name.islower() and name.isalpha() and len(name) > 3 and len(self.lexicon.aliases(name)) == 1:
            return bool(self.generation.document_frequency(stem(name)))
        return bool(self.holders(name))

    def known(self, name: str) -> bool:
        """Whether the documents hold `name`, or, unless it is a listed technology, every word of it in some form.

        "Energy Department" is known where "the department of energy" stands; "Boston Dynamics" is not by "Boston".
        """
        if self.held(name):
            return True
        parts = [w for w in words(name) if stem(fold(w)) not in STOPWORDS and len(w) > 1]
        strict = any(fold(name) == fold(n) for n in self.lexicon.names)
        return not strict and bool(parts) and all(self._inflected(p) for p in parts)

    def _inflected(self, word: str) -> bool:
        return bool(
            self.held(word)
            or (len(word) > 3 and word.isalpha() and self.generation.document_frequency(stem(fold(word))))
        )

    def after(self, passage: Passage, span: Span) -> list[tuple[Passage, Span]]:
        """The units of the same document that follow one, in order."""
        held = [(p, s) for p in self.passages if p.source == passage.source for s in p.sentences if s.start >= span.end]
        return sorted(held, key=lambda unit: unit[1].start)

    def section(self, name: str) -> list[int]:
        """Positions of the passages which belong to a part of a resume, by heading first, else by kind or title."""
        known = {stem(w.casefold()) for a in self.lexicon.sections[name] for w in words(a) if " " not in a} | {
            stem(name)
        }
        by_heading = [
            i
            for i, p in enumerate(self.passages)
            if any(len(words(h)) <= 6 and known & set(terms(h)) for h in p.heading)
            or any(a in h.casefold() for h in p.heading for a in self.lexicon.sections[name] if " " in a)
        ]
        by_kind = [i for i, p in enumerate(self.passages) if stem(p.kind.casefold()) in known]
        return sorted({*by_heading, *by_kind})


def quote(passage: Passage, span: Span | None = None) -> Quote:
    """The words of a passage, or of one of its units, as a citation's place."""
    start, end = (span.start, span.end) if span else (passage.start, passage.end)
    return Quote(passage.source, passage.title, passage.locator, start, end)
