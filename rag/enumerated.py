"""What a sentence announces and the next units carry: the rules after "I have three rules."."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.catalogue import Catalogue
from rag.question import Question
from rag.schema import Passage, Span
from rag.terms import terms

Unit = tuple[Passage, Span]

_NUMBER = {w: n for n, w in enumerate("two three four five six seven eight".split(), start=2)}
_COUNTING = re.compile(rf"\b({'|'.join(_NUMBER)}|[2-8])\b(?!\s*%)", re.IGNORECASE)
_ENDING = re.compile(rf"{_COUNTING.pattern}(?:[ -][\w'’]+){{1,4}}[\W_]*$", re.IGNORECASE)
"""The number with what it counts ends the sentence: nothing in it says what they are."""
_OTHERWISE = re.compile(r"[.,;:?!()]|\b(?:of|for|in|on|at|with|that|who|which)\b", re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:[-*+•|]|\(?\w{1,2}[.)])\s*")
_ORDINAL = re.compile(
    r"\W*(?:the |my |and )?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|last|final)(?:ly)?\b", re.IGNORECASE
)
_LED = re.compile(r"\*\*|__")
NEAR = 4
"""Units after an announcement within which what it announces begins."""
REACH = 40
"""Units after it within which what it announces ends."""
ANNOUNCING = 25
"""Words at most of a sentence that announces."""


def announced(question: Question, passage: Passage, span: Span, catalogue: Catalogue) -> tuple[Unit, ...]:
    """The units that a question asks for and this one announces, as many as either of them counts; empty if none.

    Items are list items, sentences that open with an ordinal or in bold, or all that is left of the paragraph.
    """
    if question.form not in {"list", "open"}:
        return ()
    unit = passage.quote(span)
    wanted = _counted(question.text, set(question.terms))
    said = _counted(unit, set(question.terms)) if len(unit.split()) <= ANNOUNCING else 0
    if not (number := said or wanted) or (wanted and wanted != number):
        return ()
    text = catalogue.generation.text(passage.source)
    following = catalogue.after(passage, span)[:REACH]
    marked, *marks = [
        _ITEM.fullmatch(text[text.rfind("\n", 0, s.start) + 1 : s.start]) is not None
        for _, s in ((passage, span), *following)
    ]
    if marked:
        return ()  # what follows are its neighbours
    ends = said and _ENDING.search(unit) is not None
    for items in (
        _run(following, marks),
        _kept(following, [_ORDINAL.match(p.quote(s)) is not None for p, s in following], number),
        _kept(following, [_LED.match(p.quote(s)) is not None for p, s in following], number)
        if ends and not _LED.match(unit)
        else [],
        _paragraph(following, text, span) if ends else [],
    ):
        if len(items) == number:
            return tuple(items)
    return ()


def _counted(text: str, asked: set[str]) -> int:
    """The number that counts something that is asked for: of "three rules" 3; 0 without one."""
    for match in _COUNTING.finditer(text):
        if asked & set(terms(_OTHERWISE.split(" ".join(text[match.end() :].split()[:3]), maxsplit=1)[0])):
            return _NUMBER.get(match[1].casefold()) or int(match[1])
    return 0


def _run(following: Sequence[Unit], marked: Sequence[bool]) -> list[Unit]:
    """The list that begins near: its items, up to the first unit that is none."""
    first = next((i for i, m in enumerate(marked[:NEAR]) if m), len(marked))
    end = next((i for i in range(first, len(marked)) if not marked[i]), len(marked))
    return list(following[first:end])


def _kept(following: Sequence[Unit], fits: Sequence[bool], number: int) -> list[Unit]:
    """The first units that fit, as many as are counted, where the first of them is near."""
    return [u for u, fit in zip(following, fits, strict=True) if fit][:number] if any(fits[:NEAR]) else []


def _paragraph(following: Sequence[Unit], text: str, span: Span) -> list[Unit]:
    """What is left of the paragraph."""
    end = text.find("\n\n", span.end)
    return [u for u in following if end < 0 or u[1].start < end]
