"""A model asked within limits of time and money; its sentences checked one by one before anybody sees them."""

from __future__ import annotations

import asyncio
import logging
import random
import re
import time
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable

from rag import chain
from rag.breaker import Breaker
from rag.budget import Budget, Reservation
from rag.gate import Gate
from rag.llm import OUTPUT, TIMEOUTS, ProviderFailure, Timeouts, failure
from rag.portal import Portal
from rag.refusal import NOT_SAID
from rag.schema import Draft, Passage, Withheld
from rag.sentences import Splitter
from rag.usage import Usage

SENTENCES = 8
"""Shown of an answer at most."""
STRAYED = 6
"""Sentences in a row, withheld or said before, after which the rest is not waited for."""
CHARACTERS = OUTPUT * 8
"""Read of an answer at most, for servers that do not heed the output limit."""
BACKOFF = 0.5
"""Seconds before the second try, and up to as many again by chance."""
PATIENCE = 3.0
"""Seconds that a provider may ask to wait for a second try; for longer nobody waits."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """What an answer is written from."""

    inputs: dict[str, Any]
    """Of `chain.answering`."""
    passages: tuple[Passage, ...]
    gate: Gate
    begun: float
    """When the reader asked, by `time.monotonic`."""


Ending = Literal["done", "declined", "failed", "over budget"]
"""How a model's writing ended; `declined`: it said that the documents do not say."""


class Writer:
    """A model and its limits. Threads may share one."""

    def __init__(
        self,
        model: BaseChatModel,
        name: str,
        timeouts: Timeouts = TIMEOUTS,
        budget: Budget | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        self.name = name
        self._answering = chain.answering(model)
        self._rewriting = chain.rewriting(model)
        self._timeouts = timeouts
        self._budget = budget
        self._breaker = breaker or Breaker()
        self._portal = Portal()

    def close(self) -> None:
        """End the thread that reads providers."""
        self._portal.close()

    def write(self, task: Task) -> Generator[Draft | Withheld, None, Ending]:
        """Each sentence as soon as it is complete and checked: shown, or withheld. Closing it stops the provider."""
        said, shown, strayed, declined = set[str](), 0, 0, False
        limits = _Limits(self._timeouts, task.begun)
        pieces = self._stream(self._answering, task.inputs, limits)
        try:
            for sentence in _sentences(pieces, Splitter()):
                if _declines(sentence):
                    declined = True
                    continue
                strayed += 1
                if sentence not in said:
                    said.add(sentence)
                    judged = task.gate(sentence, task.passages)
                    if not isinstance(judged, Withheld):
                        shown, strayed, limits.shown = shown + 1, 0, True
                    yield judged
                if shown == SENTENCES or strayed == STRAYED:
                    break
        except ProviderFailure as exc:
            _log.warning("%s: %s", self.name, exc)
            return "over budget" if isinstance(exc, OverBudget) else "failed"
        finally:
            pieces.close()
        return "declined" if declined and not shown else "done"

    def rewrite(self, question: str, history: Sequence[tuple[str, str]], name: str, begun: float) -> str:
        """The question made to stand alone; empty where the model failed or wrote what nobody had mentioned."""
        inputs = {"question": question, "turns": chain.turns(history), "name": name}
        pieces = self._stream(self._rewriting, inputs, _Limits(self._timeouts, begun, self._timeouts.rewrite))
        try:
            written = "".join(pieces)
        except ProviderFailure as exc:
            _log.warning("%s: %s", self.name, exc)
            return ""
        finally:
            pieces.close()
        return chain.acceptable(written, question, history)

    def _stream(
        self, runnable: Runnable[dict[str, Any], str], inputs: dict[str, Any], limits: _Limits
    ) -> Generator[str, None, None]:
        """The text of a model, in pieces; ProviderFailure for whatever goes wrong."""
        if not self._breaker.allows():
            raise ProviderFailure("it failed again and again and is left alone for a minute")
        sent = chain.size(runnable, inputs)
        reserved = self._budget.reserve(sent, OUTPUT) if self._budget else None
        if self._budget and not reserved:
            raise OverBudget("today's budget is used up")
        usage, read, charged, failed = Usage(), 0, True, None

        def again(lost: bool) -> bool:
            """Room for a second attempt; what the first may have cost stays booked."""
            return not lost or self._budget is None or self._budget.reserve(sent, OUTPUT) is not None

        items = self._portal.stream(lambda: _attempts(runnable, inputs, usage, again), limits.deadline)
        try:
            for piece in items:
                limits.started = True
                read += len(piece)
                yield piece
                if read > CHARACTERS:
                    break
            if not read:
                raise ProviderFailure("it sent an empty answer")
        except Exception as exc:
            failed = failure(exc)
            charged = failed.charged or read > 0
            raise failed from exc
        finally:
            items.close()
            if failed:
                self._breaker.failed()
            elif read:
                self._breaker.succeeded()
            if reserved:
                self._settle(reserved, usage, sent, read, charged)

    def _settle(self, reserved: Reservation, usage: Usage, sent: int, read: int, charged: bool) -> None:
        """What the provider says; else nothing for a call that it refused, and the most it may be for any other."""
        assert self._budget is not None
        used = usage.tokens or ((sent, max(read, OUTPUT)) if charged else (0, 0))
        self._budget.settle(reserved, *used)


class OverBudget(ProviderFailure):
    """The day's tokens or money are used up; nothing was sent."""


class _Limits:
    """Until when the next piece of a stream must be there."""

    def __init__(self, timeouts: Timeouts, begun: float, total: float | None = None) -> None:
        now = time.monotonic()
        self._first = min(now + timeouts.first_token, begun + timeouts.first_sentence)
        self._unshown = begun + timeouts.first_sentence
        self._total = begun + timeouts.total
        if total is not None:
            self._first = self._unshown = self._total = now + total
        self.started = self.shown = False

    def deadline(self) -> float:
        """A time of `time.monotonic`."""
        return self._total if self.shown else self._unshown if self.started else self._first


def _sentences(pieces: Generator[str, None, None], splitter: Splitter) -> Generator[str, None, None]:
    for piece in pieces:
        yield from splitter.feed(piece[:CHARACTERS])
    last = splitter.rest()
    if re.search(r"[.!?…][\"'”’)\]*_]*(?:\s*\[[\d ,;–-]+\])*$|\[[\d ,;–-]+\]$", last):  # else it was cut off
        yield last


def _declines(sentence: str) -> bool:
    return re.sub(r"\W+|\[\d+\]", " ", sentence).strip().casefold() == re.sub(r"\W+", " ", NOT_SAID).strip().casefold()


async def _attempts(
    runnable: Runnable[dict[str, Any], str], inputs: dict[str, Any], usage: Usage, again: Callable[[bool], bool]
) -> AsyncIterator[str]:
    """The pieces of the first attempt that gives any; at most two are made, the second where `again` allows it.

    `again` is told whether the provider may charge for the one that failed.
    """
    for last in (False, True):
        begun = False
        try:
            async for piece in runnable.astream(inputs, {"callbacks": [usage]}):
                if piece:
                    begun = True
                    yield piece
            return
        except Exception as exc:
            failed = failure(exc)
            if begun or last or not failed.transient or (failed.retry_after or 0) > PATIENCE:
                raise failed from exc
            if not again(failed.charged):
                raise failed from exc
            wait = failed.retry_after if failed.retry_after is not None else BACKOFF * (1 + random.random())
            _log.info("asking again in %.1f s: %s", wait, failed)
        await asyncio.sleep(wait)
