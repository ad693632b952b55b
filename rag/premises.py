"""What a question takes for granted, and what the documents hold in the place of a wrong name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.catalogue import Catalogue
from rag.question import ASKING, Question
from rag.terms import mentions, terms

_CLAIM = re.compile(
    r"""^\W* (?:was|were|is|are|wasn't|isn't|weren't) \b
    | \b (?:right|correct|true|isn't\ it|wasn't\ it|didn't\ (?:he|she|they|you)) (?: \W* $ | \s* \? )
    | \b congrat\w+ \b
    | \b is\ (?:that|this|it)\ (?:right|true|correct)
    | ^\W* (?:and\ |but\ )? i\ (?:read|heard|understand|saw|see|believe|think|gather|know|noticed) \b
    | \b (?:as\ )? i\ (?:heard|read|was\ told|believe|understand|gather) \b
    | ^\W* (?:impressive|great|nice|cool|amazing|good|interesting|surprised)\ (?:that|to\ (?:see|hear|read)) \b
    | ^\W* (?:he|she|they)\b [^?]* \. \s+ \w
    | ^\W* so\b | \b since\ (?:he|she|they|you|the) \b""",
    re.IGNORECASE | re.VERBOSE,
)
"""A claim put forward to be confirmed: where it is wrong, the documents' own words answer it."""
_PLAIN = re.compile(
    r"^\W*(?:was|were|is|are)\b"
    r"(?!.*\b(?:(?:right|correct|true)(?:\W*$|\s*\?)|i (?:heard|read|was told|believe|gather)\b))",
    re.IGNORECASE,
)
"""A plain question of yes or no claims nothing: that two things stand apart is then no correction but a refusal."""
_PRESUMING = re.compile(
    r"^\W*(?:and |but |so )?(?:(?:what|why|how|when|where|which|who)\b|(?:please |can you |could you )?"
    r"(?:tell (?:me|us) (?:more )?about|describe|explain|walk (?:me|us) through)\b)",
    re.IGNORECASE,
)
"""Asks for more about what it takes for granted."""
SHARED = 2
"""Terms of a claim, besides its wrong names, that a passage with the right one must hold."""
_CHOOSING = frozenset(
    terms("choose chose chosen pick picked select selected adopt adopted prefer preferred decide go with")
)
"""Terms that take a choice for granted and say nothing about what it was for."""
_PERIODS = ("day", "week", "month", "quarter", "season", "year", "decade")
_OF_A_PERIOD = re.compile(
    r"\b((?!(?:end|start|beginning|middle|part|rest|remainder|most|half|close|first|last|times?|days?|weeks?|months?|hours?"
    rf"|quarters?|all|any|some|each|one|much|many)\b)[\w'’-]+ of the )({'|'.join(_PERIODS)})\b",
    re.IGNORECASE,
)


def claims(question: str) -> bool:
    """Whether a question puts forward a claim to be confirmed ("so that was at Acme, right?")."""
    return _CLAIM.search(question) is not None


def asks_plainly(question: str) -> bool:
    """Whether it is a plain question of yes or no, which puts no claim forward ("was that at Acme?")."""
    return _PLAIN.search(question) is not None


def presumes(question: Question) -> bool:
    """Whether a question takes something for granted ("How did they build it at Acme?")."""
    return question.form != "who" and _PRESUMING.search(question.text) is not None


def corrected(
    question: Question, catalogue: Catalogue, missing: Sequence[str], scope: frozenset[int] | None
) -> frozenset[int]:
    """The passages that hold the right name where the question takes a wrong one for granted; empty where none does.

    Right is what is stated of the same attribute, or another thing of the same kind: of the position in question, or
    where a claim is put forward, of what else it speaks of.
    """
    claim = claims(question.text) and not asks_plainly(question.text)
    if not claim and not presumes(question):
        return frozenset()
    lexicon, everywhere = catalogue.lexicon, range(len(catalogue.passages))
    stated = [lexicon.correcting(name, question.text) for name in missing]
    if all(stated):
        own = (i for i in everywhere if catalogue.passages[i].kind != "article")
        return frozenset(i for i in own if any(s and s.search(catalogue.passages[i].text) for s in stated))
    siblings = [{s for s in lexicon.siblings(name) if catalogue.held(s)} for name in missing]
    titles = [other_periods(name, catalogue) for name in missing]
    if all(titles):
        return frozenset(i for names in titles for name in names for i in catalogue.holders(name))
    if not all(siblings):
        return frozenset().union(*(_in_its_place(name, question, catalogue) for name in missing))
    rest = set(question.terms) & set(terms(question.own)) - ASKING - _CHOOSING
    rest -= set(terms(" ".join((*missing, *question.scope_names))))
    right = {(i, name) for names in siblings for name in names for i in catalogue.holders(name)}
    rest -= set(terms(" ".join((*question.names, *(name for _, name in right)))))
    if scope is None and claim:
        return frozenset(i for i, _ in right if len(rest & set(terms(catalogue.passages[i].embedded))) >= SHARED)
    least = SHARED if scope is None else min(1, len(rest))
    return frozenset(
        i
        for i, name in right
        if (scope is None or i in scope)
        and any(
            len(rest & set(terms(unit))) >= least and lexicon.mentioned(name, unit)
            for unit in map(catalogue.passages[i].quote, catalogue.passages[i].sentences)
        )
    )


_PREPOSITION = r"(?:with|on|in|using|via|from|to|by|for|through)"


def _in_its_place(name: str, question: Question, catalogue: Catalogue) -> frozenset[int]:
    """The passages that say it of another name: of "the flow with Jumio" those where "flow with Persona" stands."""
    asked = re.search(rf"([\w-]+ [\w-]+) ({_PREPOSITION}) (?:the )?{re.escape(name)}(?!\w)", question.text)
    if not asked or not all(set(terms(word)) - ASKING for word in asked[1].split()):
        return frozenset()
    words = r"[ ,]+".join(map(re.escape, (*asked[1].split(), asked[2])))
    said = re.compile(rf"(?i:\b{words}) (?:the )?[A-Z]")
    return frozenset(i for i, p in enumerate(catalogue.passages) if said.search(" ".join(p.text.split())))


def with_titles(question: Question) -> list[str]:
    """The names, and what is "… of the Year" in whatever case."""
    titles = [m[0] for m in _OF_A_PERIOD.finditer(question.own)]
    return [*(n for n in question.names if not any(mentions(t, n) for t in titles)), *titles]


def other_periods(name: str, catalogue: Catalogue) -> list[str]:
    """Of a title that the documents do not hold, "Employee of the Year", those that they do: "… of the Quarter"."""
    match = _OF_A_PERIOD.search(name)
    if not match or catalogue.held(match[0]):
        return []
    return [match[1] + period for period in _PERIODS if catalogue.written(match[1] + period)]
