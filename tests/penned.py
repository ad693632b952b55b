"""Assistants whose answers a scripted model writes."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from contextlib import contextmanager

from langchain_core.language_models import BaseChatModel

from rag import embed, frequency, vetting
from rag.assistant import Assistant
from rag.breaker import Breaker
from rag.budget import Budget
from rag.embedder import Embedder
from rag.llm import TIMEOUTS, Timeouts
from rag.writer import Writer
from rag.written import Penned

NAME = "scripted:model"
QUICK = Timeouts(connect=0.3, first_token=0.4, first_sentence=0.6, total=1.5, rewrite=0.3)


@contextmanager
def writing(
    assistant: Assistant,
    embedder: Embedder,
    model: BaseChatModel,
    timeouts: Timeouts = TIMEOUTS,
    budget: Budget | None = None,
    breaker: Breaker | None = None,
) -> Iterator[Assistant]:
    """The same corpus, with a model that writes."""
    english = _english()
    made = copy.copy(assistant)
    made.penned = Penned(
        Writer(model, NAME, timeouts, budget, breaker),
        lambda catalogue, profile: vetting.check(catalogue, profile, english, embedder.encode),
        6000,
    )
    try:
        yield made
    finally:
        made.close()


@functools.cache
def _english() -> frequency.Frequency:
    return frequency.load(embed.tokenizer())
