"""An asynchronous stream read from ordinary code, with a deadline for each item and a certain end.

A blocking read of a socket cannot be ended from outside; a task can. So providers are read by one event loop in a
thread of its own, and whoever stops reading, or runs out of time, cancels the task, which closes the connection.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
AHEAD = 64
"""Items that a stream may be ahead of its reader."""
PARTING = 2.0
"""Seconds that a cancelled stream may take to close."""
LOOK = 0.2
"""Seconds between two looks whether the reader has left."""
AGAIN = 0.2
"""Seconds after which it is cancelled again: `asyncio.wait_for` swallows a cancellation (before Python 3.12) that comes
as its item does, and clients use it."""

_log = logging.getLogger(__name__)


LEFT: ContextVar[Callable[[], bool]] = ContextVar("left", default=lambda: False)
"""Whether nobody waits any more for what this thread reads. Whoever hands a stream on from a thread of its own sets it
there: a generator that waits for its next item cannot be closed from outside."""


class Left(BaseException):
    """The reader has left. No Exception: nothing failed, and nothing may make up for it."""


@dataclass(frozen=True)
class _End:
    error: Exception | None = None


class Portal:
    """One event loop in a thread, started by the first stream, ended by `close` or with the object."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._finalizer: Callable[[], object] = lambda: None

    def stream(self, source: Callable[[], AsyncIterator[T]], deadline: Callable[[], float]) -> Generator[T, None, None]:
        """The items of `source()`; TimeoutError where one has not come by `deadline()`, a time of `time.monotonic`.

        The source is called, read and closed in the loop. Closing the iterator closes the source, and so does leaving,
        which raises Left.
        """
        loop = self._running()
        queue: asyncio.Queue[T | _End] = asyncio.Queue(AHEAD)
        task = asyncio.run_coroutine_threadsafe(_started(_pump(source, queue)), loop).result()
        try:
            while True:
                item = _within(asyncio.run_coroutine_threadsafe(queue.get(), loop), deadline())
                if isinstance(item, _End):
                    if item.error is not None:
                        raise item.error
                    return
                yield item
        finally:
            _part(loop, task)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None or self._loop.is_closed():
                loop = self._loop = asyncio.new_event_loop()
                thread = threading.Thread(target=_run, args=(loop,), name="model provider", daemon=True)
                thread.start()
                self._finalizer = weakref.finalize(self, _stop, loop, thread)
            return self._loop

    def close(self) -> None:
        """End the thread; a later stream starts another."""
        with self._starting:
            self._finalizer()
            self._loop = None


def _within(future: concurrent.futures.Future[Any], deadline: float) -> Any:
    left = LEFT.get()
    try:
        while not left():
            remaining = deadline - time.monotonic()
            try:
                return future.result(min(max(remaining, 0), LOOK))
            except TimeoutError:
                if future.done() and not future.cancelled():
                    return future.result()
                if remaining <= LOOK:
                    raise
        raise Left
    except BaseException:
        future.cancel()
        raise


async def _pump(source: Callable[[], AsyncIterator[T]], queue: asyncio.Queue[T | _End]) -> None:
    items = source()
    end = _End()
    try:
        async for item in items:
            await queue.put(item)
    except Exception as exc:  # noqa: BLE001 (carried to the reader, whatever a provider raises)
        end = _End(exc)
    finally:
        close = getattr(items, "aclose", None)
        if close is not None:
            await close()
    await queue.put(end)


async def _started(pump: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(pump)


def _part(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    """End the task and wait until it has closed what it held."""
    if loop.is_closed():
        return
    ending = asyncio.run_coroutine_threadsafe(_ended(task), loop)
    try:
        ending.result(PARTING)
    except TimeoutError:
        _log.warning("a provider's stream did not close within %s s", PARTING)
        ending.cancel()


async def _ended(task: asyncio.Task[None]) -> None:
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=AGAIN)
    if not task.cancelled() and (error := task.exception()):
        _log.info("a provider's stream ended with %r", error)


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        # Generators that clients left to the loop are closed all at once, one inside the other, and say so.
        loop.set_exception_handler(lambda _, said: _log.debug("%s", said.get("message")))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(loop.stop)
    if thread is not threading.current_thread():
        thread.join(PARTING)
