"""A turn as it grows, until it is done, stopped or left; and which session of the page waits for one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager

from rag.schema import Done, Retrieved, Sentence, Withheld
from ui import turn
from ui.desk import Desk, Waiting
from ui.problems import Problem
from ui.turn import Turn

BREATH = 1.0
"""Seconds without news of an answer after which Gradio is given an empty update, by which it notices who has left."""


CLEARED = 1000
"""Sessions of which is known that New chat was their last word; one forgotten may bring back what it showed before."""


class Running:
    """A question that is being answered."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.forget = False
        """Whether nothing of the conversation stays on the page."""


class Sessions:
    """The question that each session waits for: the last one that it asked."""

    def __init__(self) -> None:
        self._running: dict[str, Running] = {}
        self._cleared: dict[str, bool] = {}
        self.ending: set[asyncio.Future[None]] = set()
        """Answers that nobody waits for any more: a task that is not held somewhere may vanish before it is done."""

    @contextmanager
    def running(self, session: str) -> Iterator[Running]:
        """From its first word to its last."""
        mine = self._running[session] = Running()
        try:
            yield mine
        finally:
            if self._running.get(session) is mine:
                del self._running[session]

    def stop(self, session: str, forget: bool = False) -> bool:
        """Whether there was one to stop; what stays on the page is then its own business."""
        one = self._running.get(session)
        if one is None:
            return False
        one.forget = one.forget or forget
        one.stop.set()
        return True

    def clear(self, session: str) -> bool:
        """New chat; whether there is a question to stop, which then clears the page itself."""
        self._cleared.pop(session, None)
        self._cleared[session] = True
        if len(self._cleared) > CLEARED:
            del self._cleared[next(iter(self._cleared))]
        return self.stop(session, forget=True)

    def overtaken(self, session: str, follows: bool) -> bool:
        """Whether New chat came between a question's Enter and its start: it follows turns that are no more."""
        return self._cleared.pop(session, False) and follows


async def breathing(
    turns: AsyncGenerator[Turn, None], stop: asyncio.Event, ending: set[asyncio.Future[None]]
) -> AsyncGenerator[Turn | None, None]:
    """The turns until it is stopped, and None for each BREATH without one: only where it is given something does Gradio
    see that a visitor has left. Who stops or leaves does not wait until the answer has heeded it: its place does, and
    `ending` holds it until then."""
    coming: asyncio.Future[Turn | None] | None = None
    stopping = asyncio.ensure_future(stop.wait())
    try:
        while True:
            coming = asyncio.ensure_future(anext(turns, None))
            while not (await asyncio.wait({coming, stopping}, timeout=BREATH, return_when=asyncio.FIRST_COMPLETED))[0]:
                yield None
            if stop.is_set() or (grown := coming.result()) is None:
                return
            yield grown
    finally:
        stopping.cancel()
        end = asyncio.ensure_future(_end(turns, coming))
        ending.add(end)
        end.add_done_callback(ending.discard)


async def _end(turns: AsyncGenerator[Turn, None], coming: asyncio.Future[Turn | None] | None) -> None:
    if coming is not None:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
    await turns.aclose()


async def told(
    desk: Desk, now: Turn, turns: tuple[Turn, ...], visitor: str, suggested: Callable[[], list[str]]
) -> AsyncGenerator[Turn, None]:
    """The turn as it grows."""
    try:
        async with aclosing(desk.ask(now.question, turn.history(turns), visitor)) as events:
            async for event in events:
                match event:
                    case Waiting():
                        now = now.model_copy(update={"note": event.text})
                    case Retrieved():
                        now = now.model_copy(update={"note": "", "state": "writing"})
                    case Sentence():
                        now = _longer(now, event, desk)
                    case Withheld():
                        now = now.model_copy(update={"withheld": now.withheld + 1})
                    case Done():
                        asked = {one.question.casefold() for one in turns} | {now.question.casefold()}
                        others = [one for one in suggested() if one.casefold() not in asked][:2]
                        contact = desk.owner().contact
                        now = turn.finished(now, event.answer, desk.text, contact, others)
                yield now
    except Problem as problem:
        yield now.model_copy(update={"state": "failed", "note": problem.detail})


def _longer(now: Turn, event: Sentence, desk: Desk) -> Turn:
    known = {card.number for card in now.cards}
    cards = [turn.card(one, desk.text(one.source)) for one in event.citations if one.number not in known]
    return now.model_copy(update={"lines": (*now.lines, turn.line(event.statement)), "cards": (*now.cards, *cards)})
