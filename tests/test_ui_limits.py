"""What one visitor and all together may use, on every way in, and whose address counts."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from served import Served

from rag.assistant import Assistant
from rag.errors import ResumeError
from rag.schema import Answer, Done, Event, Retrieved
from ui.limits import Gate, Limits, SqliteWindows
from ui.problems import Problem
from ui.visitors import visitor

Serve = Callable[..., Served]
PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "1.1.1.1", "203.0.113.9"),  # not a proxy of ours: what it says is its own invention
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),  # the visitor put 1.1.1.1 there himself
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("", "1.1.1.1", "unknown"),
    ],
)
def test_the_address_behind_trusted_proxies_alone(peer: str, forwarded: str, expected: str) -> None:
    assert visitor(peer, forwarded, PROXIES) == expected


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_and_a_day(tmp_path: Path) -> None:
    clock = Clock()
    limits = Limits(SqliteWindows(tmp_path / "v.sqlite", clock), 2, 3, clock=clock)
    limits.count("a")
    clock.now += 30
    limits.count("a")
    with pytest.raises(Problem) as over:
        limits.count("a")
    assert over.value.status == 429
    assert over.value.retry_after == 30  # when the first of the two leaves the window
    limits.count("b")
    clock.now += 31
    limits.count("a")
    clock.now += 120
    with pytest.raises(Problem) as over:
        limits.count("a")
    assert over.value.retry_after == 24 * 3600 - 181
    clock.now += 24 * 3600
    limits.count("a")


def test_counts_survive_a_restart_and_hold_no_address(tmp_path: Path) -> None:
    file = tmp_path / "v.sqlite"
    Limits(SqliteWindows(file), 1, 9).count("203.0.113.9")
    with pytest.raises(Problem):
        Limits(SqliteWindows(file), 1, 9).count("203.0.113.9")
    assert all(b"203.0.113.9" not in path.read_bytes() for path in tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResumeError, match="RESUME_STATE"):
        SqliteWindows(tmp_path / "file" / "v.sqlite")


def test_the_gate_counts_places_and_the_queue() -> None:
    async def rush() -> tuple[int, int, int]:
        gate, most, busy = Gate(2, 3, patience=0.05), 0, 0

        async def one() -> None:
            nonlocal most, busy
            try:
                async with gate.line(), gate.place():
                    most = max(most, gate.inside)
                    await asyncio.sleep(0.2)
            except Problem as problem:
                busy += problem.slug == "busy"

        await asyncio.gather(*[one() for _ in range(9)])
        return most, busy, gate.inside

    assert asyncio.run(rush()) == (2, 4, 0)


def test_a_short_rush_passes_without_a_busy() -> None:
    async def rush() -> None:
        gate = Gate(2, 3, patience=1, door=45)

        async def one() -> None:
            async with gate.line(), gate.place():
                await asyncio.sleep(0.01)

        await asyncio.gather(*[one() for _ in range(50)])

    asyncio.run(rush())


def test_a_crowd_at_the_door_is_told_at_once() -> None:
    async def rush() -> tuple[int, float]:
        gate, told = Gate(1, 1, patience=5, door=2), list[float]()
        began = time.monotonic()

        async def one() -> None:
            try:
                async with gate.line(), gate.place():
                    await asyncio.sleep(0.2)
            except Problem:
                told.append(time.monotonic() - began)

        await asyncio.gather(*[one() for _ in range(7)])
        return len(told), max(told)

    busy, latest = asyncio.run(rush())
    assert busy == 3
    assert latest < 0.15


def test_the_limit_holds_over_http_with_a_kind_word(serve: Serve) -> None:
    site = serve(per_minute=2).ready()
    assert [site.ask("How many beds?").status_code for _ in range(3)] == [200, 200, 429]
    over = site.ask("How many beds?", headers={"Accept": "text/event-stream"})
    assert over.status_code == 429
    assert 1 <= int(over.headers["retry-after"]) <= 60
    assert over.json()["detail"].startswith("That was a lot of questions")


def test_a_forged_address_buys_nothing(serve: Serve) -> None:
    site = serve(per_minute=2).ready()
    status = [site.ask("Beds?", headers={"X-Forwarded-For": f"198.51.100.{i}"}).status_code for i in range(4)]
    assert status == [200, 200, 429, 429]


def test_behind_a_trusted_proxy_each_visitor_has_his_own(serve: Serve) -> None:
    site = serve(per_minute=1, trusted_proxies="127.0.0.1").ready()
    ask = [("7.7.7.7", 200), ("8.8.8.8", 200), ("7.7.7.7", 429), ("1.2.3.4, 7.7.7.7", 429)]
    for address, expected in ask:
        assert site.ask("Beds?", headers={"X-Forwarded-For": address}).status_code == expected, address


def test_the_restarted_server_still_counts(serve: Serve, tmp_path: Path) -> None:
    first = serve(per_minute=1, state=tmp_path / "kept")
    assert first.ready().ask("Beds?").status_code == 200
    first.stop()
    assert serve(per_minute=1, state=tmp_path / "kept").ready().ask("Beds?").status_code == 429


def test_all_ways_in_share_one_count(serve: Serve) -> None:
    site = serve(per_minute=3).ready()
    client = Client(site.url, verbose=False)
    assert "34 beds" in client.predict("How many beds has the ward?", [], api_name="/ask")["text"]
    assert site.ask("Beds?").status_code == 200
    started = httpx.post(f"{site.url}/gradio_api/queue/join", json=joined(site, "How many beds has the ward?", "s1"))
    assert started.status_code == 200
    assert "34 beds" in told(site, "s1")
    with pytest.raises(Exception, match="a lot of questions"):
        client.predict("How many beds?", [], api_name="/ask")
    httpx.post(f"{site.url}/gradio_api/queue/join", json=joined(site, "Beds?", "s2"))
    assert "a lot of questions" in told(site, "s2")
    assert site.ask("Beds?").status_code == 429


def joined(site: Served, question: str, session: str) -> dict[str, object]:
    """What the page's own script sends for a question: the first event is the question box's."""
    return {"data": [question, []], "fn_index": page_event(site), "session_hash": session, "trigger_id": None}


def page_event(site: Served) -> int:
    config = httpx.get(f"{site.url}/config").json()
    return next(int(d["id"]) for d in config["dependencies"] if len(d["inputs"]) == 2 and len(d["outputs"]) == 4)


def told(site: Served, session: str) -> str:
    text = ""
    with httpx.stream("GET", f"{site.url}/gradio_api/queue/data?session_hash={session}", timeout=20) as stream:
        for line in stream.iter_lines():
            text += line
            if '"process_completed"' in line:
                break
    return text


class Slow:
    """An assistant whose answers last until they are let go."""

    def __init__(self, nurse: Assistant) -> None:
        self.nurse, self.go, self.at_once, self.most = nurse, threading.Event(), 0, 0
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> object:
        return getattr(self.nurse, name)

    def ask(self, question: str) -> Answer:
        return self.nurse.ask(question)

    def stream(self, question: str, history: object) -> Iterator[Event]:
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        yield Retrieved(question, ())
        self.go.wait(30)
        with self._lock:
            self.at_once -= 1
        yield Done(self.nurse.ask(question))


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_two_at_once_one_waits_the_rest_is_told(serve: Serve, nurse: Assistant, accept: str) -> None:
    slow = Slow(nurse)
    site = serve(make=lambda _: slow, at_once=2, queue=1).ready()
    with ThreadPoolExecutor(6) as visitors:
        asked = [visitors.submit(site.ask, "Beds?", headers={"Accept": accept}) for _ in range(6)]
        until = time.monotonic() + 20
        while (slow.at_once < 2 or sum(reply.done() for reply in asked) < 3) and time.monotonic() < until:
            time.sleep(0.01)
        slow.go.set()
        status = sorted(reply.result().status_code for reply in asked)
    assert status == [200, 200, 200, 429, 429, 429]
    assert {reply.result().headers.get("retry-after") for reply in asked} == {None, "5"}
    assert slow.most == 2
    assert site.ask("Beds?").status_code == 200


def test_who_comes_while_it_wakes_up_stands_in_line_too(serve: Serve, nurse: Assistant) -> None:
    go = threading.Event()
    site = serve(make=lambda _: (go.wait(30), nurse)[1], at_once=1, queue=1)
    with ThreadPoolExecutor(3) as visitors:
        asked = [visitors.submit(site.ask, "Beds?", headers={"Accept": "text/event-stream"}) for _ in range(3)]
        until = time.monotonic() + 20
        while not any(reply.done() for reply in asked) and time.monotonic() < until:
            time.sleep(0.01)
        go.set()
        assert sorted(reply.result().status_code for reply in asked) == [200, 200, 429]


def test_what_runs_at_the_end_ends_with_an_event(serve: Serve, nurse: Assistant) -> None:
    slow = Slow(nurse)
    site = serve(make=lambda _: slow).ready()
    with ThreadPoolExecutor(1) as visitors:
        asked = visitors.submit(site.ask, "Beds?", headers={"Accept": "text/event-stream"})
        while not slow.at_once:
            time.sleep(0.02)
        closed = asyncio.run_coroutine_threadsafe(site.desk.close(0.3), site.loop)
        time.sleep(0.1)
        refused = site.ask("Beds?")
        closed.result(5)
        slow.go.set()
        text = asked.result().text
    assert refused.status_code == 503
    last = text.strip().split("\n\n")[-1]
    assert last.startswith("event: error")
    assert json.loads(last.split("data: ")[1])["type"] == "urn:problem:restarting"
