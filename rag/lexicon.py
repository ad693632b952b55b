"""What people call things: names of one thing, kinds of things, names that are also words. See `data/lexicon.toml`."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag import owners_toml
from rag.cues import capital, cued
from rag.errors import ResumeError
from rag.terms import fold, mentions

SHIPPED = Path(__file__).with_name("data") / "lexicon.toml"
OWN = {
    "same": 'same = [["Kubernetes", "k8s"]]',
    "also_words": 'also_words = ["Go"]',
    "kinds": 'database = ["Redis"] below a line [kinds]',
    "sections": 'certificate = ["certified"] below a line [sections]',
}
"""Tables that an owner's file may hold, each as it is written."""

_THIRD_PERSON = re.compile(
    r"\b(?:the|this|that|our|your) "
    r"(?:candidate|applicant|person|individual|engineer|developer|author|nurse|guy|lady|man|woman)"
    r"(['’]s)?\b(?! (?:job|role|position|team)\b)",
    re.IGNORECASE,
)
# A personal word that names what was built or studied asks for no attribute: "salary service", "visa payments API".
_BUILT = re.compile(
    r"(?:'s)?s?(?:[ -](?!and\b|or\b|is\b|for\b)\w+){0,2}?[ -]"
    r"(?:service|system|app|application|platform|api|integration|software|product|tool|portal|module|engine|data|dataset|calculator|verification|pipeline|project|feature|page|form|field|flow|model"
    r"|algorithm|campaign|marketing|support|centre|center|banking|payment|processing|benchmark|survey|studies|education"
    r"|experience|group|range|check|sign-on|registry|database|dashboard|website|security|server|client|template|library"
    r"|parser|validation|automation|component|experiment|line|desk|sales)s?\b",
    re.IGNORECASE,
)

_HOSTING = r"(?:clouds?|host(?:ed|ing)|servers?|server rooms?|data ?cent(?:er|re)s?)"
_HOSTED = re.compile(rf"\b{_HOSTING}\b", re.IGNORECASE)
_MOVED = "|".join(rf"(?<=\b{link} )" for link in ("to", "off", "from", "onto"))
_PUT = r"\b(?:deploy\w*|provision\w*|(?:set|spin|spun|stand|stood) up)(?: [\w-]+){0,4} on"


@dataclass(frozen=True)
class Attribute:
    """Something that is often asked of a person: how it is asked, and how a document would state it."""

    name: str
    asked: re.Pattern[str]
    stated: re.Pattern[str]
    anywhere: bool = False
    """It is sought in all documents but articles, not only among the hits."""
    needed: bool = False
    """Documents that do not state it do not answer."""


@dataclass(frozen=True)
class Lexicon:
    """Names, their aliases and their kinds; case is ignored except for names that are also ordinary words."""

    same: tuple[tuple[str, ...], ...] = ()
    also_words: frozenset[str] = frozenset()
    kinds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sections: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Part of a resume → the words by which it is asked for, and by which its heading is known."""
    private: dict[str, Attribute] = field(default_factory=dict)
    topics: dict[str, Attribute] = field(default_factory=dict)
    """What is asked about anybody's career and put in words of its own by every document: degrees, teams, superiors."""
    opposites: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """`up` and `down`: words of either direction."""
    short: dict[str, str] = field(default_factory=dict)
    """What is typed for short, and the whole word."""
    plain: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = ()
    """How something is asked for in plain words, and what documents may call it."""
    makers: dict[str, str] = field(default_factory=dict)
    """The maker of a cloud, and the cloud."""
    correctable: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """What stands before the name of a thing that a person has one of (a pattern), and how documents state it."""

    @functools.cached_property
    def _groups(self) -> dict[str, tuple[str, ...]]:
        """Folded name → all names of what it may stand for; a name in two groups (PM) has the names of both."""
        found: dict[str, tuple[str, ...]] = {}
        for group in self.same:
            for name in group:
                found[name.casefold()] = (*found.get(name.casefold(), ()), *group)
        return found

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """Every name listed under a kind, descriptions (`data pipeline`) left out."""
        members = (name for listed in self.kinds.values() for name in listed)
        return tuple(dict.fromkeys(name for name in members if not (name.islower() and " " in name)))

    @functools.cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(fold(name) for name in self.names)

    @functools.cached_property
    def _sought(self) -> tuple[tuple[str, str], ...]:
        """Folded and as written: the names that a question may name, with the spellings of listed ones (k8s)."""
        proper = [a for g in self.same for a in g if not a.islower()]
        spelt = [a for g in self.same if any(self.listed(n) for n in g) for a in g if " " not in a and "-" not in a]
        return tuple((name.casefold(), name) for name in dict.fromkeys((*self.names, *proper, *spelt)))

    def listed(self, name: str) -> bool:
        """Whether the name stands under a kind, in any case."""
        return fold(name) in self._listed

    def aliased(self, name: str) -> bool:
        """Whether the thing has other names."""
        return name.casefold() in self._groups

    def aliases(self, name: str) -> tuple[str, ...]:
        """Every name of the thing, this one first."""
        group = self._groups.get(name.casefold(), ())
        if not group and len(name) > 2 and name.endswith("s"):
            group = (name[:-1], *self._groups.get(name[:-1].casefold(), ()))  # VMs
        return tuple(dict.fromkeys((name, *group)))

    def is_word(self, name: str) -> bool:
        """Whether the name is an ordinary word or letter too, so that it counts only with its capital."""
        return name[:1].upper() + name[1:] in self.also_words or (len(name) <= 2 and name.isalpha())

    def concept(self, name: str) -> str:
        """What an abbreviation stands for, in ordinary words (`AML` → money laundering); empty for a listed one.

        A concept may be described without being named, so it need not stand in the documents.
        """
        if self.listed(name) or " " in name:
            return ""
        return next((a for a in self.aliases(name)[1:] if a.islower() and re.search(r"[ -]", a)), "")

    def mentioned(self, name: str, text: str) -> bool:
        """Whether the text names the thing, under any of its names."""
        return any(
            mentions(alias[:1].upper() + alias[1:], text, exact_case=True)
            if self.is_word(alias)
            else mentions(alias, text)
            for alias in self.aliases(name)
        )

    def named_in(self, question: str) -> tuple[str, ...]:
        """The listed names that a question speaks of; names that are also words need a capital or "used …"."""
        folded = question.casefold()
        kept = [name for low, name in self._sought if low in folded and self._named(name, question)]
        kept += [name for name in self._side_by_side(folded) if name not in kept]
        longer = {n for n in kept if any(n != m and mentions(n, m) and fold(n) != fold(m) for m in kept)}
        return tuple({fold(n): n for n in reversed(kept) if n not in longer}.values())[::-1]

    def _side_by_side(self, folded: str) -> list[str]:
        """Names that are also words, beside another of their kind ("react / angular")."""
        if not re.search(r"[/,&]|\b(?:and|or)\b", folded):
            return []
        pairs = re.findall(r"(?=(?<![\w.])([\w.+#]+)\s*(?:/|,|&|\band\b|\bor\b)\s*([\w.+#]+))", folded)
        return [
            name
            for members in self.kinds.values()
            for by_word in ({m.casefold(): m for m in members},)
            for one, other in pairs
            if one in by_word and other in by_word
            for name in (by_word[one], by_word[other])
        ]

    def _named(self, name: str, question: str) -> bool:
        if not self.is_word(name):
            return mentions(name, question)
        return capital(name, question) or cued(name, question)

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
        question = _THIRD_PERSON.sub(lambda m: "their" if m[1] else "they", question)
        for attribute in self.private.values():
            match = attribute.asked.search(question)
            if match and not _BUILT.match(question, match.end()):
                return attribute
        return None

    def correcting(self, name: str, question: str) -> re.Pattern[str] | None:
        """How documents state that of which a question gives `name` ("studied at", "grew up in"); None for others."""
        place = rf"(?: the)? {re.escape(name)}(?!\w)"
        return next((s for before, s in self.correctable if re.search(rf"(?:{before}){place}", question, re.I)), None)

    def siblings(self, name: str) -> tuple[str, ...]:
        """The other listed names of the kinds that a name is of."""
        same = {fold(a) for a in self.aliases(name)}
        kinds = [members for members in self.kinds.values() if same & {fold(m) for m in members}]
        return tuple(dict.fromkeys(m for members in kinds for m in members if fold(m) not in same))

    def topics_in(self, question: str) -> list[tuple[Attribute, str]]:
        """What is asked of anybody's career, the narrower first, and the words with which the question asks for it."""
        found = ((topic, topic.asked.search(question)) for topic in self.topics.values())
        return [(topic, match[0]) for topic, match in found if match]

    def in_full(self, question: str) -> str:
        """The question with what is typed for short written out (`yrs of exp`)."""
        return re.sub(r"(?<![\w.@/-])[a-z]+(?![\w@/-]|\.\w)", lambda m: self.short.get(m[0], m[0]), question)

    def near(self, word: str) -> list[str]:
        """Listed names of about the same length that begin alike: those that a misspelt word may mean."""
        folded = fold(word)
        return [n for n in self.names if abs(len(n) - len(word)) <= 1 and fold(n)[:1] == folded[:1] and " " not in n]

    def called(self, question: str, held: Callable[[str], bool]) -> tuple[str, ...]:
        """What the documents may call that which a question asks for in plain words; only terms that they hold."""
        found = (term for asked, terms in self.plain if asked.search(question) for term in terms if held(term))
        return tuple(dict.fromkeys(t for t in found if not mentions(t, question)))

    def rewrite(self, question: str, held: Callable[[str], bool]) -> str:
        """The question with names that the documents do not hold replaced by an alias which they do (k8s → Kubernetes).

        Where they hold none, an abbreviation is replaced by what it stands for.
        """
        folded = question.casefold()
        for group in self.same:
            for name in group:
                short = len(name) <= 2 and name.isupper()
                if name.casefold() in folded and mentions(name, question, short):
                    concept = "" if name.islower() else self.concept(name)
                    kind = next((a for a in group if a in self.kinds), concept)
                    alias = next((a for a in group if held(a)), kind)
                    if alias and name not in self.kinds and not held(name):
                        question = _replaced(name, alias, question)
                    break
        return question

    def hosted(self, question: str, held: Callable[[str], bool]) -> str:
        """The question with the maker of a cloud replaced by its name ("from Microsoft's hosting"), if that is held."""
        hosted = _HOSTED.search(question) is not None
        for maker, cloud in self.makers.items():
            if mentions(maker, question) and held(cloud) and not held(maker):
                called = rf"{maker}(?:['’]s)?\b(?! (?-i:[A-Z]))"
                asked = rf"(?P<put>{_PUT} ){called}"
                if hosted:
                    asked += rf"|\b{maker}(?:['’]s)? {_HOSTING}\b|(?:{_MOVED}){called}"
                question = re.sub(asked, rf"\g<put>{cloud}", question, flags=re.IGNORECASE)
        return question


def _replaced(name: str, alias: str, question: str) -> str:
    pattern = rf"(?<![\w.]){re.escape(name)}(?![\w#+])"
    return re.sub(pattern, lambda _: alias, question, flags=re.IGNORECASE)


def load(own: str = "", path: str = "corpus/aliases.toml") -> Lexicon:
    """The shipped lexicon with the owner's `aliases.toml` (its text) added.

    Raises ResumeError naming the file, the table that does not fit, and the fix.
    """
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    mine = _own(own, path)
    kinds = {k: tuple(v) for k, v in shipped.get("kinds", {}).items()}
    for kind, members in mine.get("kinds", {}).items():
        kinds[kind] = (*kinds.get(kind, ()), *members)
    sections = {k: tuple(v) for k, v in shipped["sections"].items()}
    for section, asked in mine.get("sections", {}).items():
        sections[section] = (*sections.get(section, ()), *asked)
    private, topics = (
        {
            name: Attribute(
                name, _any(row["asked"]), _any(row["stated"]), row.get("anywhere", False), row.get("needed", False)
            )
            for name, row in shipped[table].items()
        }
        for table in ("private", "topics")
    )
    opposites = {k: tuple(v) for k, v in shipped["opposites"].items()}
    same = [tuple(group) for group in (*mine.get("same", []), *shipped.get("same", []))]
    also_words = frozenset((*shipped["also_words"], *mine.get("also_words", [])))
    plain = tuple((_any(row["asked"]), tuple(row["called"])) for row in shipped["plain"])
    correctable = tuple(("|".join(row["asked"]), _any(row["stated"])) for row in shipped["correctable"])
    short = dict(shipped["short"])
    makers = dict(shipped["makers"])
    return Lexicon(
        tuple(same), also_words, kinds, sections, private, topics, opposites, short, plain, makers, correctable
    )


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


def _own(text: str, path: str) -> dict[str, Any]:
    """The tables of `aliases.toml`."""
    tables = owners_toml.tables(text, path, next(iter(OWN.values())))
    for table, said in tables.items():
        if table not in OWN:
            raise ResumeError(f"{path}: {table} is not known; remove it, or use one of {', '.join(OWN)}")
        groups = said if table == "same" else [said] if table == "also_words" else _listed_in(said)
        wrong = next((group for group in groups if not _names(group)), None) if isinstance(groups, list) else said
        if wrong is not None:
            raise ResumeError(f"{path}: {table}: {str(wrong)[:40]!r} is not a list of names; write {OWN[table]}")
    return tables


def _listed_in(table: object) -> object:
    return list(table.values()) if isinstance(table, dict) else None


def _names(group: object) -> bool:
    return isinstance(group, list) and all(isinstance(name, str) and name.strip() for name in group)
