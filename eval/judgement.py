"""One answer held against its case, by rule, and in words."""

from __future__ import annotations

import re
from collections.abc import Callable

from eval.schema import REGEX, Case, Outcome, Verdict
from rag.schema import Answer


def holds(text: str, alternative: str) -> bool:
    """Whether a text states an alternative: as a substring or a regular expression; case and white space ignored."""
    text = " ".join(text.split())
    if alternative.startswith(REGEX):
        return re.search(alternative.removeprefix(REGEX), text, re.IGNORECASE) is not None
    return " ".join(alternative.split()).casefold() in text.casefold()


def judge(case: Case, answer: Answer, text_of: Callable[[str], str | None]) -> Verdict:
    """The verdict on an answer; `text_of` gives a source's text. Facts count in the statements, not in the lead."""
    said = " ".join(s.text for s in answer.statements)
    sources = {c.source for c in answer.citations}
    return Verdict(
        case=case,
        decision=answer.decision,
        missing=tuple(fact for fact in case.expected if not any(holds(said, a) for a in fact)),
        stated=tuple(f for f in case.forbidden if holds(said, f)),
        misquoted=sum((text_of(c.source) or "")[c.start : c.end] != c.quote for c in answer.citations),
        cited=not case.sources or any(s == t or s.endswith("/" + t) for s in sources for t in case.sources),
        total_ms=answer.timings_ms.get("total", 0.0),
    )


def why(outcome: Outcome) -> list[str]:
    """Why it is not right, a plain sentence each; empty where it is."""
    verdict, case = outcome.verdict, outcome.case
    if outcome.right:
        return []
    if verdict is None:
        return [f"answering failed: {outcome.error}"]
    if not case.answerable:
        return ["it was answered, although the documents do not say"]
    if outcome.refused:
        reason = outcome.answer.reason if outcome.answer else None
        return [f"it was refused ({reason}), although the documents say"]
    missing = [f"the fact {' or '.join(f'“{a}”' for a in fact)} is not stated" for fact in verdict.missing]
    return missing + [f"“{f}” is stated, which the case forbids" for f in verdict.stated]
