"""The front desk: every question, whichever way it comes in, is counted, waits its turn, and is answered here."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Literal

import anyio

from rag.assistant import Assistant
from rag.errors import ResumeError
from rag.portal import LEFT, Left
from rag.profile import Profile
from rag.schema import Answer, Done, Event
from ui.limits import Gate, Limits
from ui.log import Log
from ui.problems import Problem, broken, closing

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Said before the first event of an answer, where it does not come at once."""

    reason: Literal["warming", "queue"]
    text: str


WARMING = Waiting("warming", "Just waking up: the first answer takes a few seconds.")
QUEUE = Waiting("queue", "Some others are asking too; your turn comes in a moment.")


class Warming:
    """An assistant that is made in the background, so that the page can be seen meanwhile."""

    def __init__(self, make: Callable[[], Assistant]) -> None:
        self._make = make
        self._done = threading.Event()
        self.assistant: Assistant | None = None
        self.failed: Exception | None = None
        """A ResumeError is the owner's to mend; anything else is a bug."""

    def start(self, done: Callable[[], object] = lambda: None) -> None:
        """Begin; `done` is called, on the other thread, when it is ready or has failed."""
        threading.Thread(target=self._run, args=(done,), name="warm-up", daemon=True).start()

    def _run(self, done: Callable[[], object]) -> None:
        try:
            self.assistant = self._make()
        except Exception as exc:  # noqa: BLE001 (told to whoever asks, and by /api/health)
            self.failed = exc
        finally:
            self._done.set()
            done()

    async def ready(self) -> Assistant:
        """The assistant, once there is one; raises Problem where there will be none."""
        while not self._done.is_set():
            await asyncio.sleep(0.05)
        if self.assistant is None:
            raise Problem(503, "not-ready", "Not ready", "The documents cannot be searched just now.", 30)
        return self.assistant


class Desk:
    """Answers questions within limits. Of one event loop."""

    def __init__(
        self,
        warming: Warming,
        owner: Callable[[], Profile],
        limits: Limits,
        thumbs: Limits,
        gate: Gate,
        log: Log,
    ) -> None:
        self.warming = warming
        self._owner = owner
        self.limits = limits
        self.thumbs = thumbs
        self.gate = gate
        self.log = log
        self._closing = asyncio.Event()
        self.closed = asyncio.Event()
        """Set when the last answer has ended."""
        self._running: set[asyncio.Queue[Event | Exception | None]] = set()

    def owner(self) -> Profile:
        """What is shown about the owner: of the newest generation, and nothing while that one's profile is broken."""
        try:
            assistant = self.warming.assistant
            return assistant.snapshot().profile if assistant else self._owner()
        except ResumeError as exc:
            _log.warning("%s", exc)
            return Profile.model_validate({})

    def text(self, source: str) -> str:
        """A document's text; empty where the newest generation has none of that name."""
        assistant = self.warming.assistant
        try:
            return assistant.snapshot().generation.text(source) if assistant else ""
        except (KeyError, ResumeError):
            return ""

    async def ask(
        self, question: str, history: Sequence[tuple[str, str]], visitor: str
    ) -> AsyncGenerator[Event | Waiting, None]:
        """The events of an answer, after Waiting where it has to; raises Problem, a 429 before the first of all."""
        if self._closing.is_set():
            raise closing()
        self.limits.count(visitor)
        async with self.gate.line():
            if self.warming.assistant is None:
                yield WARMING
            assistant = await self.warming.ready()
            if self.gate.waits():
                yield QUEUE
            async with self.gate.place():
                if self._closing.is_set():
                    raise closing()
                async with aclosing(self._written(assistant.stream(question, history))) as events:
                    async for event in events:
                        if isinstance(event, Done) and self.log.kept:
                            await asyncio.to_thread(self._kept, visitor, event.answer)
                        yield event

    def _kept(self, visitor: str, answer: Answer) -> None:
        """A log that cannot be written costs nobody an answer."""
        try:
            self.log.question(visitor, answer)
        except sqlite3.Error as exc:
            _log.warning("the log cannot be written: %s", exc)

    async def answer(self, question: str, history: Sequence[tuple[str, str]], visitor: str) -> Answer:
        """The whole answer; raises Problem."""
        async with aclosing(self.ask(question, history, visitor)) as events:
            async for event in events:
                if isinstance(event, Done):
                    return event.answer
        raise AssertionError("a stream ends with Done")

    async def _written(self, events: Iterator[Event]) -> AsyncGenerator[Event, None]:
        """The events as another thread makes them. Whoever stops listening still waits until that thread heeds it, so
        that his place is not given away while a provider still works for him."""
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[Event | Exception | None] = asyncio.Queue()
        ended, stop = asyncio.Event(), threading.Event()

        def put(event: Event | Exception | None) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody listens any more
                loop.call_soon_threadsafe(arrived.put_nowait, event)

        def write() -> None:
            LEFT.set(stop.is_set)
            try:
                for event in events:
                    if stop.is_set():
                        break
                    put(event)
            except Left:
                pass
            except Exception as exc:  # noqa: BLE001 (raised again where it is listened to)
                put(exc)
            finally:
                if isinstance(events, Generator):
                    events.close()  # here, and not on the loop: a provider's stream ends with it
                put(None)
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(ended.set)

        self._running.add(arrived)
        threading.Thread(target=write, name="answer", daemon=True).start()
        try:
            while (event := await arrived.get()) is not None:
                if isinstance(event, Problem):
                    raise event
                if isinstance(event, Exception):
                    _log.error("an answer failed", exc_info=event)
                    raise broken() from event
                yield event
        finally:
            stop.set()
            self._running.discard(arrived)
            with anyio.CancelScope(shield=True):  # Starlette cancels a stream again and again, until it has ended
                await ended.wait()

    async def close(self, seconds: float) -> None:
        """Take no more questions; let running answers finish, and end those that do not within `seconds`."""
        self._closing.set()
        until = time.monotonic() + seconds
        while self._running and time.monotonic() < until:
            await asyncio.sleep(0.05)
        for arrived in self._running:
            arrived.put_nowait(closing())
        await asyncio.sleep(0.1)  # the last event is on its way
        self.closed.set()
