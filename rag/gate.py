"""From a model's sentence with its `[n]` marks to a statement with quotes, or to the reason why it is withheld."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.catalogue import quote
from rag.schema import Draft, Passage, Quote, Statement, Withheld
from rag.terms import terms

_NUMBERS = r"\d+(?:\s*(?:[,;–-]|and|&)\s*\d+)*"
_MARK = re.compile(rf"\s*[\[(](?:passages? )?({_NUMBERS})\s*\](?:\(#?\d*\))?", re.IGNORECASE)
_BOLD = re.compile(r"(\*\*)(?=\S)(.+?)(?<=\S)\1")
_FOREIGN = re.compile(
    r"</?[a-z!][^>]*>?|&#?\w+;|!?\[[^\]]*\]\([^)]*\)?|\b[a-z][a-z0-9+.-]{1,15}:/\S*|\bwww\.\S+"
    r"|\b(?:javascript|data|mailto):\S*|\b[\w.+-]+@[\w-]+\.\w+|[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]",
    re.IGNORECASE,
)
"""What can do more than be read: markup, links, addresses, characters that do not show."""
_ASIDE = re.compile(
    r"\bpassages?\b|\b(?:system )?prompts?\b|\b(?:my|your|the|these|those) (?:instructions?|rules|guidelines)\b"
    r"|\bas an ai\b|\b(?:the|this|your) (?:text|context|question|answer|citation|query)(?! (?:of|to|for|about)\b)",
    re.IGNORECASE,
)
"""Words about the task at hand and not about the career."""
_FRAGMENT = re.compile(
    r"[,;:]\s*[,;.]|\b(?:is|are|was|were|the|an?|of|including|and|or|by|from|than|such as)\s*[.:!?]*$|:$", re.IGNORECASE
)
"""What is left of a sentence in which a mark stood for a word."""
UNITS = 2
"""Of a passage quoted for one statement, at most."""


@dataclass(frozen=True)
class Cited:
    """A verdict of the checks: the numbers of the passages that bear a statement out."""

    numbers: tuple[int, ...]
    mended: bool = False


Check = Callable[[Statement, Sequence[Passage]], Cited | Withheld]
"""A statement without its marks; its citations number the passages from 1."""
Gate = Callable[[str, Sequence[Passage]], Draft | Withheld]
"""A finished sentence with its marks, and the passages that the model was given."""


def gate(check: Check, facts: Mapping[str, tuple[Quote, ...]]) -> Gate:
    """The gate for one question; `facts` are the quotes of computed facts, by their passages' ids."""

    def judged(sentence: str, passages: Sequence[Passage]) -> Draft | Withheld:
        statement = parsed(sentence)
        cited = [passages[n - 1] for n in statement.citations if 1 <= n <= len(passages)]
        if foreign := _unsaid(_FOREIGN, statement.text, cited):
            return Withheld(statement.text, "markup", f"No cited passage holds {foreign!r}.")
        if _FRAGMENT.search(statement.text):
            return Withheld(statement.text, "fragment", "It is no whole sentence.")
        if aside := _unsaid(_ASIDE, statement.text, cited):
            return Withheld(statement.text, "aside", f"It speaks of its own task ({aside!r}).")
        verdict = check(statement, passages)
        if isinstance(verdict, Withheld):
            return verdict
        found: dict[Quote, None] = {}
        for passage in (passages[n - 1] for n in verdict.numbers):
            found |= dict.fromkeys(facts.get(passage.id) or quotes(statement.text, passage))
        return Draft(statement.text, tuple(found), verdict.mended)

    return judged


def parsed(sentence: str) -> Statement:
    """The words and the citations of a model's sentence."""
    numbers: dict[int, None] = {}
    for mark in _MARK.finditer(sentence):
        numbers |= dict.fromkeys(_numbers(mark[1]))
    text = _BOLD.sub(r"\2", _MARK.sub("", sentence))
    return Statement(re.sub(r"\s+([.,;:!?])", r"\1", " ".join(text.split())), tuple(numbers))


def _numbers(said: str) -> list[int]:
    """`1, 3` and `1–3` as numbers; a range of more than ten is none."""
    parts = [int(n) for n in re.findall(r"\d{1,6}", said)]
    if re.fullmatch(r"\d+\s*[–-]\s*\d+", said) and 0 < parts[1] - parts[0] < 10:
        return list(range(parts[0], parts[1] + 1))
    return parts


def _unsaid(pattern: re.Pattern[str], text: str, cited: Sequence[Passage]) -> str:
    """The first match that no cited passage holds as it is; empty where there is none."""
    return next((m[0] for m in pattern.finditer(text) if not any(m[0] in p.text for p in cited)), "")


def quotes(text: str, passage: Passage) -> tuple[Quote, ...]:
    """The units of a passage that share most with a statement, and the lines of its role where it leans on them."""
    said = set(terms(text))
    shared = [(len(said & set(terms(passage.quote(span)))), span) for span in passage.sentences]
    best = max((n for n, _ in shared), default=0)
    if not best:
        chosen, found = [], [quote(passage)]
    else:
        chosen = sorted((s for s in shared if s[0] >= best * 2 / 3), key=lambda s: (-s[0], s[1].start))[:UNITS]
        found = [quote(passage, span) for _, span in sorted(chosen, key=lambda s: s[1].start)]
    role = passage.role
    if role and role.stated.end > role.stated.start:
        left = said - {t for _, span in chosen for t in terms(passage.quote(span))}
        if left & set(terms(f"{role.title} {role.employer} {role.location} {role.start} {role.end}")):
            stated = role.stated
            found.append(Quote(passage.source, passage.title, passage.locator, stated.start, stated.end))
    return tuple(found)


def verbatim(statement: Statement, passages: Sequence[Passage]) -> Cited | Withheld:
    """The strictest check there is: a cited passage holds the statement word for word."""
    said = re.sub(r"\W+", " ", statement.text).strip().casefold()
    for number in statement.citations:
        if said and 1 <= number <= len(passages):
            text = re.sub(r"\W+", " ", passages[number - 1].text).strip().casefold()
            if f" {said} " in f" {text} ":
                return Cited((number,))
    return Withheld(statement.text, "verbatim", "No cited passage says it word for word.")
