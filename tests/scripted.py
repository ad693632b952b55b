"""A chat model that says what it is told, word by word, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field


class Scripted(BaseChatModel):
    """Says its answers in turn, the last one for ever; an exception in their place is raised."""

    answers: list[Any]
    asked: list[list[BaseMessage]] = Field(default_factory=list)
    pieces: int = 0
    """Given so far."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _next(self, messages: list[BaseMessage]) -> str:
        self.asked.append(messages)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self._next(messages)))])

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        for word in re.findall(r"\S+\s*", self._next(messages)):
            self.pieces += 1
            yield ChatGenerationChunk(message=AIMessageChunk(word))

    async def _astream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in self._stream(messages):
            yield chunk


class Silent(Scripted):
    """Takes every question and never says a word."""

    answers: list[Any] = Field(default_factory=list)
    open: int = 0
    """Questions that it is at."""

    async def _astream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        self.open += 1
        try:
            await asyncio.sleep(3600)
            yield ChatGenerationChunk(message=AIMessageChunk(""))
        finally:
            self.open -= 1
