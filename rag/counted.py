"""A question that counts in what was answered ("the second one") with the thing itself in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.career import Position
from rag.employers import employers_in
from rag.lexicon import Lexicon

CLAUSE = re.compile(
    r"\b(?:who|what|when|where|why|which|how|did|does|do|has|have|had|is|are|was|were|can|could)\b", re.I
)
"""A whole question."""
_ORDINAL = re.compile(
    r"\bthe (first|second|third|fourth|fifth|last|latter|former)"
    r"(?: (?:one|company|employer|job|role|article|project|piece|post|paper|talk|award|degree|certificate)\b"
    r"|(?=\W*$| (?:about|called|cover\w*|say\w*)\b))",
    re.I,
)
_OF_A_LIST = re.compile(r"\bthe \w+ one\b", re.I)
_ITEMS = re.compile(r"^- (.+)$", re.M)
_ANNOUNCED = re.compile(
    r"^.*:\s+|^(?:\S+ ){1,6}?(?:knows?|us(?:es|ed)|speaks?|writes|wrote|holds?|has|are|were|is|was|includ(?:es?|ed|ing)"
    r"|(?:work(?:s|ed)|experienced|familiar|comfortable|proficient) (?:with|in)) ",
    re.I | re.S,
)
"""What stands before the things that a sentence lists ("She knows")."""
WORDS = 10
"""Words at most of a thing that a sentence lists: a long title has nine; with more it is prose."""
_PLACES = {"first": 0, "former": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "latter": -1}
ITEM = 100
"""Characters of an item that a question about it carries."""


def counted(question: str, history: Sequence[tuple[str, str]], lexicon: Lexicon, positions: Sequence[Position]) -> str:
    """The question with "the second one" replaced by what the last answer, or the list before it, holds there."""
    if not _ORDINAL.search(question):
        return ""
    if item := _item(question, _lister(history), lexicon, positions):
        return item
    before_last = history[-2][1] if len(history) > 1 and _OF_A_LIST.search(question) else ""
    return _item(question, before_last, lexicon, positions) if len(_ITEMS.findall(before_last)) > 1 else ""


def _listed(answered: str, lexicon: Lexicon, positions: Sequence[Position]) -> list[str]:
    """What an answer lists: its items, else the employers that it names in their order, else what it quotes."""
    if len(items := _ITEMS.findall(answered)) > 1:
        return items
    if answered.startswith("The documents "):
        return []  # a refusal
    employers = sorted(employers_in(answered, positions, listed=lexicon.listed), key=answered.find)
    if len(employers) > 1:
        return employers
    quoted = re.findall(r'["“]([^"”]{4,100})["”]', answered)
    if len(quoted) > 1:
        return quoted
    parts = [part for part in re.split(r", (?:and )?|;\s*| and ", _ANNOUNCED.sub("", answered)) if part.strip()]
    return parts if all(len(part.split()) <= WORDS for part in parts) else []


def _lister(history: Sequence[tuple[str, str]]) -> str:
    """The answer whose items are counted: the last, or the earlier one that the last question counted in."""
    (asked, answered), earlier = history[-1], history[:-1]
    if earlier and _ORDINAL.search(asked) and len(_ITEMS.findall(found := _lister(earlier))) > 1:
        return found
    return answered


def _item(question: str, answered: str, lexicon: Lexicon, positions: Sequence[Position]) -> str:
    """The question with "the second one" replaced by what the answer lists there; empty where it lists nothing."""
    ordinal = _ORDINAL.search(question)
    listed = _listed(answered, lexicon, positions)
    if not ordinal or len(listed) < 2 or _PLACES[ordinal[1].lower()] >= len(listed):
        return ""
    line = re.sub(r"(?:\s*\[\d+\])+\s*$", "", listed[_PLACES[ordinal[1].lower()]])
    line = re.sub(r"^As [^:]+ at [^:]+: ", "", line)  # what was done there is meant, not all that was
    employers = employers_in(line, positions, listed=lexicon.listed)
    line = re.sub(r" \((?:19|20)\d\d[-\d]*\)$", "", line)  # the date of what is published
    item = employers[0] if len(employers) == 1 else line.split(": ")[-1].rstrip(". ")
    if len(item) > ITEM:
        item = item[:ITEM].rpartition(" ")[0] or item[:ITEM]
    if not CLAUSE.search(question):
        return f"What did they do at {item}?" if employers else f"Tell me about {item}."
    return f"{question[: ordinal.start()]}{item}{question[ordinal.end() :]}"
