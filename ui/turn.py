"""A question with its answer as the page shows it, and as the browser keeps it between two questions.

It comes back from the browser with the next question: text from outside, so each field has its bounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from rag.assistant import MAX_TURNS
from rag.schema import Answer, Citation, Decision, Statement

SURROUNDINGS = 100
"""Characters of the document on either side of a quote."""
Short = Annotated[str, Field(max_length=500)]
Long = Annotated[str, Field(max_length=6000)]
State = Literal["waiting", "writing", "done", "stopped", "failed"]
UNFINISHED = ("waiting", "writing")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Card(_Frozen):
    """A cited place, with the words around it."""

    number: int = Field(ge=1, le=999)
    source: Short
    title: Short
    locator: Short
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    before: Short
    quote: Long
    after: Short


class Line(_Frozen):
    """A sentence of the answer and the numbers of its cards."""

    text: Long
    cards: Annotated[tuple[int, ...], Field(max_length=50)]


class Turn(_Frozen):
    """One question and what became of it."""

    question: Annotated[str, Field(max_length=1001)]
    asked: Annotated[str, Field(max_length=2000)] = ""
    """The question with the conversation folded in."""
    state: State = "waiting"
    note: Short = ""
    """Said while waiting, or why there is no answer."""
    decision: Decision = "answer"
    lead: Long = ""
    lines: Annotated[tuple[Line, ...], Field(max_length=60)] = ()
    cards: Annotated[tuple[Card, ...], Field(max_length=120)] = ()
    engine: Short = "extractive"
    withheld: Annotated[int, Field(ge=0, le=999)] = 0
    contact: Short = ""
    suggested: Annotated[tuple[Short, ...], Field(max_length=6)] = ()
    text: Long = ""
    """The answer's own text: what a copy and the next question's history hold."""


_TURNS = TypeAdapter(tuple[Turn, ...])


def kept(value: Any) -> tuple[Turn, ...]:
    """The latest turns of what the browser sent; nothing where it is not what a page of ours keeps."""
    try:
        return _TURNS.validate_python(value or ())[-MAX_TURNS:]
    except ValidationError:
        return ()


def history(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """What the assistant is told of the conversation; an answer that failed is no part of it."""
    return [(turn.asked or turn.question, turn.text) for turn in turns if turn.state == "done"]


def card(citation: Citation, text: str) -> Card:
    """A citation with its surroundings in the document's text."""
    before = text[max(0, citation.start - SURROUNDINGS) : citation.start]
    after = text[citation.end : citation.end + SURROUNDINGS]
    if "\n---\n" in before:  # front matter ends here
        before = before.rpartition("\n---\n")[2]
    elif citation.start > SURROUNDINGS:
        before = "…" + before.partition(" ")[2]
    if citation.end + SURROUNDINGS < len(text):
        after = after.rpartition(" ")[0] + "…"
    before, after = (re.sub(r"\n\s*\n", "\n", around) for around in (before.lstrip(), after.rstrip()))
    return Card(
        number=citation.number,
        source=citation.source[:500],
        title=citation.title[:500],
        locator=citation.locator[:500],
        start=citation.start,
        end=citation.end,
        before=before,
        quote=citation.quote[:6000],
        after=after,
    )


def line(statement: Statement) -> Line:
    """A statement, cut where it is longer than any answer's sentence should be."""
    return Line(text=statement.text[:6000], cards=statement.citations[:50])


def finished(turn: Turn, answer: Answer, text_of: Callable[[str], str], contact: str, suggested: Sequence[str]) -> Turn:
    """The turn with its whole answer, which counts where it differs from what was streamed."""
    refused = answer.decision == "refuse"
    return turn.model_copy(
        update={
            "state": "done",
            "note": "",
            "asked": answer.standalone_question[:2000],
            "decision": answer.decision,
            "lead": lead(answer)[:6000],
            "lines": tuple(line(s) for s in answer.statements[:60]),
            "cards": tuple(card(c, text_of(c.source)) for c in answer.citations[:120]),
            "engine": answer.engine[:500],
            "withheld": len(answer.withheld),
            "contact": contact if refused and answer.reason != "empty_question" else "",
            "suggested": tuple(suggested) if refused else (),
            "text": answer.text[:6000],
        }
    )


def stopped(turn: Turn) -> Turn:
    """The turn as it stays where its answer is cut off."""
    return turn.model_copy(update={"state": "stopped", "note": "Stopped."})


def lead(answer: Answer) -> str:
    """What the answer says before its first statement."""
    text = answer.text
    if answer.statements:
        at = text.find(answer.statements[0].text)
        return re.sub(r"[-\s]+\Z", "", text[:at]) if at > 0 else ""
    lines = text.split("\n")
    return "\n".join(line for line in lines if not line.startswith("For anything else, ask "))
