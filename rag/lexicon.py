"""What people call things: names of one thing, kinds of things, names that are also words. See `data/lexicon.toml`."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.errors import ResumeError
from rag.terms import mentions

SHIPPED = Path(__file__).with_name("data") / "lexicon.toml"
TABLES = {"same": list, "also_words": list, "kinds": dict, "sections": dict, "private": dict, "opposites": dict}

# Before a lower-case word that is a name as well as a word ("does she know rust?"), and after it.
_CUE = (
    r"\b(?:us(?:e|es|ed|ing)|know|knows|knew|learn(?:ed|t)?|program(?:s|med|ming)? in|cod(?:e|es|ed|ing) in|"
    r"writ(?:e|es|ing|ten) in|wrote|worked (?:with|in)|work with|working with|"
    r"(?:experience[ds]?|experience|skilled|proficient|familiar|fluent|good|comfortable|expertise|background)"
    r" (?:with|in|at|of|using)|skills? in)(?: any)? "
)
_CLOSE = r"(?=\s*(?:[?.,!;]|$|and\b|or\b|at\b|in\b|for\b|on\b|experience|professionally|code|programming|before))"


@dataclass(frozen=True)
class Attribute:
    """Something personal that is often asked and seldom written: how it is asked, and how a document would state it."""

    name: str
    asked: re.Pattern[str]
    stated: re.Pattern[str]
    anywhere: bool = False
    """It is sought in all documents but articles, not only among the hits."""


@dataclass(frozen=True)
class Lexicon:
    """Names, their aliases and their kinds; case is ignored except for names that are also ordinary words."""

    same: tuple[tuple[str, ...], ...] = ()
    also_words: frozenset[str] = frozenset()
    kinds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sections: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Part of a resume → the words by which it is asked for, and by which its heading is known."""
    private: dict[str, Attribute] = field(default_factory=dict)
    opposites: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """`up` and `down`: words of either direction."""

    @functools.cached_property
    def _groups(self) -> dict[str, tuple[str, ...]]:
        return {name.casefold(): group for group in self.same for name in group}

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """Every name listed under a kind."""
        return tuple(dict.fromkeys(name for members in self.kinds.values() for name in members))

    def aliases(self, name: str) -> tuple[str, ...]:
        """Every name of the thing, this one first."""
        group = self._groups.get(name.casefold(), ())
        if not group and len(name) > 2 and name.endswith("s"):
            group = (name[:-1], *self._groups.get(name[:-1].casefold(), ()))  # VMs
        return tuple(dict.fromkeys((name, *group)))

    def ambiguous(self, name: str) -> bool:
        """Whether the name is an ordinary word too, so that it counts only with its capital."""
        return name in self.also_words

    def concept(self, name: str) -> str:
        """What an abbreviation stands for, in ordinary words (`TDD` → test-driven development); empty for a product.

        A concept may be described without being named, so it need not stand in the documents.
        """
        if any(name.casefold() == n.casefold() for n in self.names):
            return ""
        return next((a for a in self.aliases(name)[1:] if a.islower() and re.search(r"[ -]", a)), "")

    def mentioned(self, name: str, text: str) -> bool:
        """Whether the text names the thing, under any of its names."""
        return any(
            mentions(alias[:1].upper() + alias[1:] if self._is_word(alias) else alias, text, self._is_word(alias))
            for alias in self.aliases(name)
        )

    def _is_word(self, alias: str) -> bool:
        return alias[:1].upper() + alias[1:] in self.also_words or (len(alias) <= 2 and alias.isalpha())

    def named_in(self, question: str) -> tuple[str, ...]:
        """The listed names that a question speaks of; ambiguous ones need their capital or a phrase like "used …"."""
        proper = (a for g in self.same for a in g if not a.islower())
        found = [n for n in dict.fromkeys((*self.names, *proper)) if _quick(n, question)]
        kept = [
            n
            for n in found
            if (mentions(n, question) and not self._is_word(n))
            or (self._is_word(n) and (_mid_capital(n, question) or _cued(n, question)))
        ]
        longer = [n for n in kept if any(n != m and mentions(n, m) and mentions(m, question) for m in kept)]
        return tuple(dict.fromkeys(n for n in kept if n not in longer))

    def kind_in(self, question: str) -> str | None:
        """The kind of thing a question asks for ("which databases"), if it names one."""
        for kind in sorted(self.kinds, key=len, reverse=True):
            if mentions(kind, question):
                return kind
        return None

    def sections_in(self, question: str) -> list[str]:
        """The parts of a resume that a question asks for ("which certifications", "hobbies?")."""
        return [name for name, asked in self.sections.items() if any(mentions(a, question) for a in asked)]

    def private_in(self, question: str) -> Attribute | None:
        """The personal attribute that a question asks for, if any."""
        return next((a for a in self.private.values() if a.asked.search(question)), None)

    def rewrite(self, question: str, held: Callable[[str], bool]) -> str:
        """The question with names that the documents do not hold replaced by an alias which they do (k8s → Kubernetes),

        or by what the abbreviation stands for.
        """
        for group in self.same:
            for name in group:
                if _quick(name, question) and mentions(name, question, len(name) <= 2 and name.isupper()):
                    alias = next((a for a in group if held(a)), self.concept(name))
                    if not held(name) and alias:
                        question = re.sub(
                            rf"(?<![\w.]){re.escape(name)}(?![\w#+])",
                            lambda _, a=alias: a,
                            question,
                            flags=re.IGNORECASE,
                        )
                    break
        return question


def _quick(name: str, question: str) -> bool:
    return name.casefold() in question.casefold()


def _mid_capital(name: str, question: str) -> bool:
    """Written with its capital, in a question that is not all capitals, and not only because it opens the question."""
    proper = name[:1].upper() + name[1:]
    return any(
        match.start() > 0 and not question.isupper()
        for match in re.finditer(rf"(?<![\w.#+]){re.escape(proper)}(?![\w#]|\+\+|\.\w)", question)
    )


def _cued(name: str, question: str) -> bool:
    name = re.escape(name)
    cues = rf"{_CUE}{name}{_CLOSE}|\b{name} (?:experience|skills?|knowledge|expertise|developer|programmer|engineer)\b"
    return re.search(cues, question, re.IGNORECASE) is not None


def load(own: str = "") -> Lexicon:
    """The shipped lexicon with the owner's `aliases.toml` (its text) added: `same`, `also_words`, `[kinds]`, `[sections]`.

    Raises ResumeError naming the table that does not fit.
    """
    shipped = _parse(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name)
    mine = _parse(own, "corpus/aliases.toml")
    kinds = {k: tuple(v) for k, v in shipped.get("kinds", {}).items()}
    for kind, members in mine.get("kinds", {}).items():
        kinds[kind] = (*kinds.get(kind, ()), *members)
    sections = {k: tuple(v) for k, v in shipped["sections"].items()}
    for section, asked in mine.get("sections", {}).items():
        sections[section] = (*sections.get(section, ()), *asked)
    private = {
        name: Attribute(
            name, *(re.compile("|".join(row[k]), re.IGNORECASE) for k in ("asked", "stated")), row.get("anywhere", False)
        )
        for name, row in shipped["private"].items()
    }
    opposites = {k: tuple(v) for k, v in shipped["opposites"].items()}
    same = [tuple(group) for group in (*mine.get("same", []), *shipped.get("same", []))]
    also_words = frozenset((*shipped["also_words"], *mine.get("also_words", [])))
    return Lexicon(tuple(same), also_words, kinds, sections, private, opposites)


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise ResumeError(f"{name}: not TOML ({exc})") from exc
    for key, value in tables.items():
        if key not in TABLES or not isinstance(value, TABLES[key]):
            raise ResumeError(f"{name}: {key!r} does not fit; known are same (lists), also_words, [kinds], [sections]")
    groups = [*tables.get("same", []), tables.get("also_words", [])]
    groups += [*tables.get("kinds", {}).values(), *tables.get("sections", {}).values()]
    for group in groups:
        if not isinstance(group, list) or not all(isinstance(n, str) and n.strip() for n in group):
            raise ResumeError(f"{name}: {group!r} is not a list of names")
    return tables
