import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable

import pytest

from rag.portal import LEFT, Left, Portal


def soon() -> float:
    return time.monotonic() + 5


def numbers(n: int, closed: list[bool], pause: float = 0) -> Callable[[], AsyncIterator[int]]:
    async def source() -> AsyncIterator[int]:
        try:
            for i in range(n):
                await asyncio.sleep(pause)
                yield i
        finally:
            closed.append(True)

    return source


def threads() -> int:
    return sum(t.name == "model provider" for t in threading.enumerate())


def test_items_come_in_order_and_the_source_is_closed() -> None:
    portal, closed = Portal(), list[bool]()
    assert list(portal.stream(numbers(200, closed), soon)) == list(range(200))
    assert closed == [True]
    portal.close()
    assert threads() == 0


def test_an_error_reaches_the_reader_after_the_items_before_it() -> None:
    async def source() -> AsyncIterator[int]:
        yield 1
        raise KeyError("x")

    portal = Portal()
    items = portal.stream(source, soon)
    assert next(items) == 1
    with pytest.raises(KeyError):
        next(items)
    portal.close()


def test_a_reader_who_leaves_closes_the_source_at_once() -> None:
    portal, closed = Portal(), list[bool]()
    items = portal.stream(numbers(10**9, closed), soon)
    assert next(items) == 0
    items.close()
    assert closed == [True]
    portal.close()


def test_the_deadline_holds_and_closes_the_source() -> None:
    portal, closed = Portal(), list[bool]()
    deadline = time.monotonic() + 0.1
    with pytest.raises(TimeoutError):
        list(portal.stream(numbers(3, closed, pause=60), lambda: deadline))
    assert closed == [True]
    portal.close()


@pytest.mark.parametrize("pause", [60, 0.01], ids=["silent", "in drips"])
def test_a_reader_who_leaves_while_another_thread_reads_for_him_closes_it(pause: float) -> None:
    portal, closed, left = Portal(), list[bool](), threading.Event()
    told: list[BaseException] = []

    def read() -> None:
        LEFT.set(left.is_set)
        try:
            list(portal.stream(numbers(10**9, closed, pause), lambda: time.monotonic() + 60))
        except Left as exc:
            told.append(exc)

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(0.3)
    assert not closed
    left.set()
    reader.join(5)
    assert closed == [True]
    assert told
    portal.close()


def test_streams_run_side_by_side_in_one_thread() -> None:
    portal = Portal()
    readers = [portal.stream(numbers(3, [], 0.01), soon) for _ in range(5)]
    assert [next(r) for r in readers for _ in range(1)] == [0] * 5
    assert threads() == 1
    assert [list(r) for r in readers] == [[1, 2]] * 5
    portal.close()


def test_a_closed_portal_opens_again_and_a_forgotten_one_ends() -> None:
    portal = Portal()
    portal.close()
    assert list(portal.stream(numbers(1, []), soon)) == [0]
    portal.close()
    assert list(portal.stream(numbers(1, []), soon)) == [0]
    del portal
    assert threads() == 0
