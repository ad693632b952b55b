"""A turn as it grows, without a browser: stopped, left, failed, or overtaken by New chat."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from rag.schema import Retrieved
from ui import growing
from ui.desk import Waiting
from ui.growing import Sessions, breathing
from ui.page import _Talk
from ui.problems import broken
from ui.turn import Turn

ONE, TWO = Turn(question="One?"), Turn(question="Two?", state="done", text="Yes.")


class Script:
    """Gives its turns, then waits or raises; notes that it was closed."""

    def __init__(self, *turns: Turn, fails: Exception | None = None) -> None:
        self.turns, self.fails = turns, fails
        self.waiting, self.closed = asyncio.Event(), False

    async def run(self) -> AsyncGenerator[Turn, None]:
        try:
            for one in self.turns:
                yield one
            if self.fails:
                raise self.fails
            self.waiting.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)  # as one that heeds it late
            self.closed = True


async def emptied(ending: set[asyncio.Future[None]]) -> None:
    assert len(ending) == 1
    await asyncio.wait_for(asyncio.gather(*ending), 5)
    await asyncio.sleep(0)
    assert not ending


def test_stopped_while_the_next_is_awaited() -> None:
    async def run() -> None:
        script, stop, ending = Script(ONE), asyncio.Event(), Sessions().ending
        grown = breathing(script.run(), stop, ending)
        assert await anext(grown) == ONE
        more = asyncio.ensure_future(anext(grown, None))
        await script.waiting.wait()
        stop.set()
        assert await asyncio.wait_for(more, 0.5) is None
        assert not script.closed  # who stops does not wait for it
        await emptied(ending)
        assert script.closed

    asyncio.run(run())


def test_left_by_who_listened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "BREATH", 0.01)

    async def run() -> None:
        script, ending = Script(ONE), Sessions().ending
        grown = breathing(script.run(), asyncio.Event(), ending)
        assert [await anext(grown), await anext(grown)] == [ONE, None]
        await grown.aclose()
        await emptied(ending)
        assert script.closed

    asyncio.run(run())


def test_a_source_that_raises() -> None:
    async def run() -> None:
        script, ending = Script(ONE, fails=OSError("gone")), Sessions().ending
        grown = breathing(script.run(), asyncio.Event(), ending)
        assert await anext(grown) == ONE
        with pytest.raises(OSError, match="gone"):
            await anext(grown)
        await emptied(ending)
        assert script.closed

    asyncio.run(run())


class Desk:
    """Writes, then fails or waits."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails = fails
        self.asked: list[str] = []

    async def ask(self, question: str, history: object, visitor: str) -> AsyncGenerator[object, None]:
        self.asked.append(question)
        yield Retrieved(question, ())
        if self.fails:
            raise self.fails
        yield Waiting("queue", "A moment.")
        await asyncio.Event().wait()


VISIT = SimpleNamespace(client=None, session_hash="s1")


def talk(desk: Desk, suggested: Callable[[], list[str]] = list) -> Any:
    return _Talk(desk, suggested)  # type: ignore[arg-type]


def test_new_chat_that_overtakes_a_question_stands() -> None:
    async def run() -> None:
        desk = Desk()
        one = talk(desk)
        late = one.ask("Late?", [TWO.model_dump(mode="json")], VISIT)
        assert await one.new(VISIT) == ("", "", [])
        shown = [each async for each in late]
        assert [each[1:] for each in shown] == [("", "", [])]
        assert desk.asked == []
        after = one.ask("Next?", [], VISIT)
        assert "Next?" in (await anext(after))[2]
        await after.aclose()
        follows = one.ask("And?", [TWO.model_dump(mode="json")], VISIT)
        assert "Two?" in (await anext(follows))[1]
        await follows.aclose()

    asyncio.run(run())


def test_every_update_of_a_running_question_shows_stop() -> None:
    """Gradio applies an update's differences to the object of the one before, which the page may not have come to."""

    async def run() -> None:
        asked = talk(Desk()).ask("One?", [], VISIT)
        boxes = [(await anext(asked))[0] for _ in range(3)]
        await asked.aclose()
        assert [(box.submit_btn, box.stop_btn) for box in boxes] == [(False, True)] * 3
        assert [box.value for box in boxes] == ["", None, None]  # what is typed meanwhile stays

    asyncio.run(run())


def test_new_chat_in_one_session_is_none_in_another_and_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "CLEARED", 2)
    sessions = Sessions()
    for name in "abca":
        assert not sessions.clear(name)
    assert [sessions.overtaken(name, True) for name in "abcda"] == [True, False, True, False, False]


def test_a_failure_that_is_no_problem_is_shown_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        with caplog.at_level(logging.ERROR):
            shown = [each async for each in talk(Desk(OSError("no disk"))).ask("One?", [], VISIT)]
        assert "is-writing" in shown[-2][2]
        assert "is-failed" in shown[-1][2]
        assert broken().detail in shown[-1][2]
        assert (shown[-1][3][0]["state"], shown[-1][3][0]["note"]) == ("failed", broken().detail)
        assert "no disk" in caplog.text

    asyncio.run(run())
