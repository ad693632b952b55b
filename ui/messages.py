"""The bodies of the API: the only text from outside that is not a path or a header."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from rag.schema import Done, Event, Retrieved, Sentence
from ui.desk import Waiting
from ui.problems import Problem

PROTOCOL = 1
"""Raised when a program written for the API or its events would misread the new one."""


def _whole(text: str) -> str:
    text.encode()  # half a surrogate pair raises here, a ValueError, and not where the answer is sent
    return text


Text = Annotated[str, AfterValidator(_whole)]


class Ask(BaseModel):
    """A question and the conversation before it, oldest first; of that the latest 20 turns are heeded."""

    model_config = ConfigDict(extra="ignore")

    question: Text = Field(description="up to 1,000 characters", examples=["Which companies have they worked for?"])
    history: list[tuple[Text, Text]] | None = Field(None, description="pairs of an earlier question and its answer")
    id: Text | int | None = Field(None, description="your own; it comes back with the answer")

    def turns(self) -> list[tuple[str, str]]:
        """The history, empty where there is none."""
        return list(self.history or ())


class Feedback(BaseModel):
    """A thumb for an answer."""

    model_config = ConfigDict(extra="ignore")

    vote: Literal["up", "down"]
    question: Text = Field("", max_length=1000)
    answer: Text = Field("", max_length=8000)
    comment: Text = Field("", max_length=1000)


def event(happened: Event | Waiting | Problem, id: str | int | None = None) -> str:
    """One server-sent event."""
    match happened:
        case Waiting():
            return _sse("waiting", asdict(happened))
        case Retrieved():
            hits = [hit.to_json() for hit in happened.hits]
            return _sse("retrieved", {"standalone_question": happened.standalone_question, "hits": hits})
        case Sentence():
            return _sse("sentence", asdict(happened))
        case Done():
            return _sse("done", happened.answer.to_json() | {"id": id})
        case Problem():
            return _sse("error", happened.to_json())
        case _:
            return _sse("withheld", asdict(happened))


def _sse(name: str, data: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
