"""What one generation of the documents holds: positions, names, sections. Built once when it is opened."""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import TYPE_CHECKING

from rag.career import positions
from rag.lexicon import Attribute, Lexicon
from rag.schema import Passage, Quote, Role, Span
from rag.terms import STOPWORDS, fold, mentions, spaced, stem, terms, unaccented, words

if TYPE_CHECKING:
    from rag.store import Generation


_SMALL = r"(?:(?:of|and|for|the|to|in|on|&)[ \n-])*"
"""Words that an acronym leaves out."""
PUBLISHED = frozenset("article publication post paper blog".split())
"""Kinds of documents that are known by their title."""
KEPT = 4096
"""Names whose places are remembered, the latest asked for."""


class Catalogue:
    """Look-ups over all passages of a generation; nothing here ranks."""

    def __init__(self, generation: Generation, lexicon: Lexicon) -> None:
        self.generation = generation
        self.lexicon = lexicon
        self.passages = generation.passages
        self.positions = positions(generation.passages)
        self._said = [self._everything(p) for p in self.passages]
        self._lower = [text.casefold().replace("-", " ") for text in self._said]
        self._stating: dict[str, frozenset[int]] = {}
        self._parts: dict[str, frozenset[str]] = {}
        self._sections: dict[str, list[int]] = {}
        # Visitors choose what is asked for here, so no more than KEPT of it are kept.
        self._holding = functools.lru_cache(KEPT)(self._look_for)
        self._writing_out = functools.lru_cache(KEPT)(self._spelled_by)

    @staticmethod
    def _everything(passage: Passage) -> str:
        role = passage.role or Role()
        said = (passage.embedded, role.location, role.start, role.end, passage.date, passage.kind)
        return unaccented("\n".join(said))

    def holders(self, name: str) -> frozenset[int]:
        """Positions of the passages that speak of `name` as a whole term, in their words or in their context."""
        return self._holding(name)

    def _look_for(self, name: str) -> frozenset[int]:
        sought = [fold(alias).replace("-", " ") for alias in self.lexicon.aliases(name)]
        return frozenset(
            i
            for i, text in enumerate(self._lower)
            if any(alias in text for alias in sought) and self.lexicon.mentioned(name, self._said[i])
        )

    def held(self, name: str) -> bool:
        """Whether any document holds `name`; of a plain lower-case word, in whichever inflection."""
        if name.islower() and name.isalpha() and len(name) > 3 and len(self.lexicon.aliases(name)) == 1:
            return bool(self.generation.document_frequency(stem(name)))
        return bool(self.holders(name))

    def written(self, name: str) -> bool:
        """Whether any document holds `name` by this very name, no other."""
        exact, sought = self.lexicon.is_word(name), fold(name).replace("-", " ")
        pairs = zip(self._lower, self._said, strict=True)
        return any(sought in low and mentions(name, said, exact) for low, said in pairs)

    @functools.cached_property
    def units(self) -> tuple[tuple[str, Span, str], ...]:
        """Source, place and words of every quotable unit, as `history.told` compares them."""
        return tuple((p.source, span, spaced(p.quote(span)).strip(".")) for p in self.passages for span in p.sentences)

    @functools.cached_property
    def _posts(self) -> dict[str, str]:
        """The title and employer under which a unit stands, by its words; without those that stand under several."""
        found: dict[str, set[str]] = {}
        for passage in self.passages:
            role = passage.role
            post = " at ".join(part for part in (role.title, role.employer) if part) if role and role.employer else ""
            said = [passage.quote(span) for span in passage.sentences]
            for text in (*said, role.title) if role and role.title else said:
                found.setdefault(spaced(text).strip("."), set()).add(post)
        return {unit: posts.pop() for unit, posts in found.items() if len(posts) == 1}

    def attributed(self, answered: str) -> str:
        """An answer whose lines say under which position they stand, as ours do, where they quote a unit of one."""
        lines = []
        for line in answered.split("\n"):
            mark, said = re.fullmatch(r"([-\s]*)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]
            post = self._posts.get(spaced(re.sub(r"(?:\s*\[\d+\])+\s*$", "", said)).strip("."))
            lines.append(f"{mark}As {post}: {said}" if post else line)
        return "\n".join(lines)

    @functools.cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """The folded words of the documents."""
        return tuple(sorted({fold(word) for text in self._said for word in words(text) if word.isalpha()}))

    @functools.cached_property
    def called(self) -> tuple[tuple[int, frozenset[str]], ...]:
        """Positions of passages with the terms of a name they stand under: a title, unless of an article, a heading."""
        return tuple(
            (i, frozenset(terms(name)))
            for i, p in enumerate(self.passages)
            for name in dict.fromkeys((*p.heading[-1:], *([p.title] if p.kind != "article" else [])))
        )

    def written_out(self, acronym: str) -> str:
        """The words that an acronym's letters spell (FOI: "freedom of information"); empty where none stand together.

        In lower case they have to stand together twice: any three letters begin some three words.
        """
        return self._writing_out(acronym)

    @functools.cached_property
    def _texts(self) -> list[str]:
        return [unaccented(p.text) for p in self.passages]

    def _spelled_by(self, acronym: str) -> str:
        starts = [letter for letter in acronym if letter.isalpha()]
        for case, often, said in ((str.upper, 1, self._said), (str.lower, 2, self._texts)):
            run = rf"[ \n-]{_SMALL}".join(rf"{case(letter)}[a-z]+" for letter in starts)
            found = Counter(fold(m) for text in said for m in re.findall(rf"(?<![\w-]){run}\b", text))
            for phrase, times in found.most_common(1):
                plain = re.sub(rf"(?<=[ \n-]){_SMALL}", "", phrase)
                if times >= often and not STOPWORDS.intersection(re.split(r"[ \n-]", plain)):
                    return " ".join(phrase.split())
        return ""

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

    def states(self, topic: Attribute, passage: Passage, text: str) -> bool:
        """Whether a unit of a passage states what is asked for, by its own words or by the heading it stands under."""
        return topic.stated.search(text) is not None or passage.id in self._under(topic.name)

    def topic(self, question: str) -> tuple[Attribute, frozenset[str]] | None:
        """What of anybody's career a question asks for, if the documents state it, and the terms that ask for it."""
        for topic, asking in self.lexicon.topics_in(question):
            if self.stating(topic):
                return topic, frozenset(terms(asking))
        return None

    def stating(self, topic: Attribute) -> frozenset[int]:
        """Positions of the passages with a unit that states what is asked for."""
        if topic.name not in self._stating:
            self._stating[topic.name] = frozenset(
                i for i, p in enumerate(self.passages) if any(self.states(topic, p, p.quote(s)) for s in p.sentences)
            )
        return self._stating[topic.name]

    def _under(self, name: str) -> frozenset[str]:
        """Ids of the passages of a part of a resume; none where the name is of no part."""
        if name not in self._parts:
            places = self.section(name) if name in self.lexicon.sections else []
            self._parts[name] = frozenset(self.passages[i].id for i in places)
        return self._parts[name]

    def after(self, passage: Passage, span: Span) -> list[tuple[Passage, Span]]:
        """The units of the same document that follow one, in order."""
        held = [(p, s) for p in self.passages if p.source == passage.source for s in p.sentences if s.start >= span.end]
        return sorted(held, key=lambda unit: unit[1].start)

    def section(self, name: str) -> list[int]:
        """Positions of the passages which belong to a part of a resume, by heading first, else by kind or title."""
        if name not in self._sections:
            self._sections[name] = self._belonging(name)
        return self._sections[name]

    def _belonging(self, name: str) -> list[int]:
        known = {stem(w.casefold()) for a in self.lexicon.sections[name] for w in words(a) if " " not in a} | {
            stem(name)
        }
        by_heading = [i for i, p in enumerate(self.passages) if any(self._names(h, name, known) for h in p.heading)]
        by_kind = [i for i, p in enumerate(self.passages) if stem(p.kind.casefold()) in known]
        return sorted({*by_heading, *by_kind}) or self._titled(name, known)

    def _names(self, heading: str, name: str, known: set[str]) -> bool:
        """Whether a heading names a part of a resume; "Not an award" does not."""
        called = any(a in heading.casefold() for a in self.lexicon.sections[name] if " " in a)
        clauses = [c for c in re.split(r"[,;:(–—]", heading) if len(words(c)) <= 6]
        return not re.match(r"no[tn]?\b", heading, re.IGNORECASE) and (
            called or any(known & set(terms(c)) for c in clauses)
        )

    def _titled(self, name: str, known: set[str]) -> list[int]:
        """The passages of a document whose title names the part: those without a heading, else those under any."""
        held = [i for i, p in enumerate(self.passages) if not p.role and self._names(p.title, name, known)]
        held = [i for i in held if self.passages[i].kind != "article"]
        return [i for i in held if not self.passages[i].heading] or [
            i for i in held if not self.lexicon.sections_in(self.passages[i].heading[-1])
        ]


def quote(passage: Passage, span: Span | None = None) -> Quote:
    """The words of a passage, or of one of its units, as a citation's place."""
    start, end = (span.start, span.end) if span else (passage.start, passage.end)
    return Quote(passage.source, passage.title, passage.locator, start, end)
