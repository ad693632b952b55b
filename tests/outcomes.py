"""Answers and outcomes made by hand, for tests of the evaluation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from eval.judgement import judge
from eval.schema import Case, Outcome
from eval.support import by_rule
from rag.schema import Answer, Citation, Hit, Passage, Statement

TODAY = dt.date(2026, 1, 15)
TEXTS = {
    "a.md": "Cut costs by 40% in 2021. Led a team of six.",
    "b.md": "Wrote the billing service in Go.",
    "c.md": "Speaks Portuguese and English.",
}


def case(**fields: Any) -> Case:
    """An answerable fact of `a.md`, unless said otherwise."""
    given = {"id": "a", "kind": "fact", "question": "q", "answerable": True, "expected": [["40%"]], "sources": ["a.md"]}
    return Case.model_validate(given | fields)


def quote(number: int, source: str, words: str) -> Citation:
    """A faithful citation of words of TEXTS."""
    start = TEXTS[source].index(words)
    return Citation(number, source, source, "Line 1", words, start, start + len(words))


def hit(source: str, start: int = 0, end: int | None = None) -> Hit:
    """A passage of TEXTS, the whole text by default."""
    text = TEXTS[source]
    stop = len(text) if end is None else end
    passage = Passage(f"{source}:{start}", source, "bio", source, (), "", start, stop, text[start:stop], ())
    return Hit(passage, 0.5)


def answer(
    *statements: tuple[str, Sequence[int]], citations: Sequence[Citation] = (), hits: Sequence[Hit] = (), **fields: Any
) -> Answer:
    """An answer of statements, each with the numbers it cites."""
    said = tuple(Statement(text, tuple(numbers)) for text, numbers in statements)
    given: dict[str, Any] = {"decision": "answer", "text": " ".join(s.text for s in said)} | fields
    return Answer("q", "q", statements=said, citations=tuple(citations), hits=tuple(hits), **given)


def outcome(
    asked: Case, said: Answer | None, fresh: Mapping[str, bool] | None = None, verbatim: bool = True, **fields: Any
) -> Outcome:
    """An outcome, judged by rule; no answer is one that raised."""

    def supports(statement: str, citations: Sequence[Citation]) -> bool | None:
        return by_rule(statement, citations, verbatim, TODAY)

    verdict = judge(asked, said, TEXTS.get) if said else None
    error = "" if said else "RuntimeError: broken"
    return Outcome(asked, said, verdict, TEXTS.get, fields.pop("supports", supports), error, fresh or {}, **fields)
