"""Many visitors at once, and for long: the real server on loopback, beside what is wanted of it.

python -m eval.bench.load [--visitors N …] [--steady MINUTES] [--rate Q] [--index DIR]

Each part has a `python -m ui` of its own, with the limits as shipped and the offline engine; visitors differ by the
address a trusted proxy would forward. They share the cores with it. Half of a rush asks for JSON, half for events; of
steady visitors every fourth comes by the page. A question carries a number, so that no two are the same.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

import httpx

from eval.cases import SHIPPED, load
from rag.settings import HOME

STARTS = 3
CALM = 20
"""Questions one after another before a rush; what comes after it is held against the slowest of them."""
WARM_UP = 60.0
"""Seconds of steady load before memory is looked at, and questions of it at most a quarter of what follows."""
PATIENCE = 30.0
"""Seconds a visitor waits for any reply."""
WAITING = 100
"""Steady visitors at most at the same time; more would be a server that has stopped answering."""


@dataclass(frozen=True)
class Reply:
    """What a visitor was told."""

    outcome: Literal["answered", "busy", "failed"]
    seconds: float
    why: str = ""
    cited: bool = False


@dataclass(frozen=True)
class Row:
    """A line of the table; `kept` is None where nothing is wanted."""

    label: str
    measured: str
    wanted: str = ""
    kept: bool | None = None


class Visitors:
    """Asks, each time as somebody else; of one event loop."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._url = url
        self._client = client
        self._numbers = itertools.count(1)
        self._questions = itertools.cycle([c.question for c in load(SHIPPED) if not c.history and c.split == "dev"])
        self._event: int | None = None

    async def ask(self, way: Literal["json", "events", "page"]) -> Reply:
        """One question of a new visitor; what goes wrong is a reply too."""
        number = next(self._numbers)
        question = f"{next(self._questions)} (visitor {number})"
        self._headers = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        asked = {"json": self._json, "events": self._events, "page": self._page}[way]
        begun = time.perf_counter()
        try:
            outcome, why, cited = await asked(question, dict(self._headers), f"load{number}")
        except httpx.HTTPError as exc:
            outcome, why, cited = "failed", type(exc).__name__, False
        return Reply(outcome, time.perf_counter() - begun, why, cited)

    async def _json(self, question: str, headers: dict[str, str], _: str) -> Told:
        response = await self._client.post(f"{self._url}/api/ask", json={"question": question}, headers=headers)
        return _said(response)

    async def _events(self, question: str, headers: dict[str, str], _: str) -> Told:
        headers["Accept"] = "text/event-stream"
        response = await self._client.post(f"{self._url}/api/ask", json={"question": question}, headers=headers)
        if response.status_code != httpx.codes.OK:
            return _said(response)
        name, _, data = response.text.strip().split("\n\n")[-1].partition("\ndata: ")
        if name == "event: done":
            return "answered", "", '"citations": [{' in data or '"citations":[{' in data
        busy = name == "event: error" and json.loads(data).get("retry_after") is not None
        return ("busy" if busy else "failed"), name, False

    async def _page(self, question: str, headers: dict[str, str], session: str) -> Told:
        """As a browser does it: the page, its heartbeat, the question, and the stream of its answer."""
        gradio = f"{self._url}/gradio_api"
        (await self._client.get(self._url, headers=headers)).raise_for_status()
        async with self._client.stream("GET", f"{gradio}/heartbeat/{session}", headers=headers):
            body = {"data": [question, []], "fn_index": await self._turn(), "session_hash": session}
            joined = await self._client.post(f"{gradio}/queue/join", json=body, headers=headers)
            if joined.status_code != httpx.codes.OK:
                return _said(joined)
            text = ""
            stream = self._client.stream("GET", f"{gradio}/queue/data?session_hash={session}", headers=headers)
            async with stream as events:
                async for line in events.aiter_lines():
                    text += line
                    if '"process_completed"' in line:
                        break
        done = '"done"' in text
        busy = "Please try again in a few seconds" in text
        return ("answered" if done else "busy" if busy else "failed"), "" if done else text[-200:], "cite" in text

    async def _turn(self) -> int:
        """The number of the page's event that asks."""
        if self._event is None:
            config = (await self._client.get(f"{self._url}/config")).json()
            asks = (d for d in config["dependencies"] if len(d["inputs"]) == 2 and len(d["outputs"]) == 4)
            self._event = int(next(asks)["id"])
        return self._event


Told = tuple[Literal["answered", "busy", "failed"], str, bool]


def _said(response: httpx.Response) -> Told:
    if response.status_code == httpx.codes.OK:
        return "answered", "", bool(response.json().get("citations"))
    busy = response.status_code in (429, 503) and "retry-after" in response.headers
    return ("busy" if busy else "failed"), f"{response.status_code}", False


@dataclass(frozen=True)
class Server:
    """A running `python -m ui`."""

    url: str
    process: subprocess.Popen[bytes]
    begun: float
    """When the process was started, by time.perf_counter()."""

    def resident(self) -> float:
        """MB of memory it holds now."""
        told = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        return int(told.stdout) / 1024


@contextlib.contextmanager
def server(index: Path) -> Iterator[Server]:
    """One, from its start to its end, which comes whatever happens inside."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    plain = {k: v for k, v in os.environ.items() if not k.startswith("RESUME_")}
    with tempfile.TemporaryDirectory() as state, Path(state, "said").open("w+b") as said:
        ours = {"RESUME_LLM": "", "RESUME_STATE": state, "RESUME_TRUSTED_PROXIES": "127.0.0.1"}
        command = [sys.executable, "-m", "ui", "--index", str(index), "--host", "127.0.0.1", "--port", str(port)]
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=HOME, env=plain | ours, stdout=said, stderr=said)
        try:
            yield Server(f"http://127.0.0.1:{port}", process, begun)
            if process.poll() is not None:
                raise SystemExit(f"the server ended with {process.returncode}")
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            said.seek(0)
            if lines := said.read().decode(errors="replace").splitlines()[1:]:
                print("the server said:", *lines[-20:], sep="\n  ", file=sys.stderr)


def _client() -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    return httpx.AsyncClient(timeout=PATIENCE, limits=limits, trust_env=False)


async def started(running: Server, client: httpx.AsyncClient) -> tuple[float, float]:
    """Seconds from the process's start to the page's HTML, and to the first answer with a citation."""
    while True:
        try:
            (await client.get(running.url)).raise_for_status()
            break
        except httpx.ConnectError:
            if running.process.poll() is not None or time.perf_counter() - running.begun > 60:
                raise SystemExit("the server does not start") from None
            await asyncio.sleep(0.01)
    page = time.perf_counter() - running.begun
    visitors = Visitors(running.url, client)
    for _ in range(CALM):
        if (await visitors.ask("json")).cited:
            return page, time.perf_counter() - running.begun
    raise SystemExit(f"none of the first {CALM} answers has a citation")


async def rush(index: Path, visitors: int) -> list[Row]:
    """All at once; then one after another until it is as calm as before."""
    with server(index) as running:
        async with _client() as client:
            await started(running, client)
            asking = Visitors(running.url, client)
            calm = max([(await asking.ask("json")).seconds for _ in range(CALM)])
            ways: list[Literal["json", "events"]] = ["json", "events"]
            replies = await asyncio.gather(*[asking.ask(ways[n % 2]) for n in range(visitors)])
            ended = time.perf_counter()
            normal = 0
            while normal < 3 and time.perf_counter() - ended < 60:
                reply = await asking.ask("json")
                normal = normal + 1 if reply.outcome == "answered" and reply.seconds <= 2 * calm else 0
            back = time.perf_counter() - ended
    return _rushed(visitors, replies, back)


def _rushed(visitors: int, replies: Sequence[Reply], back: float) -> list[Row]:
    told = Counter(reply.outcome for reply in replies)
    why = Counter(reply.why for reply in replies if reply.outcome == "failed")
    name = f"{visitors} at once"
    rows = [Row(f"{name}: answered, busy, failed", f"{told['answered']}, {told['busy']}, {told['failed']}")]
    if visitors <= 50:
        p95 = percentile([r.seconds for r in replies], 0.95)
        rows[0] = Row(rows[0].label, rows[0].measured, f"{visitors}, 0, 0", told["answered"] == visitors)
        rows.append(Row(f"{name}: p95, s", f"{p95:.2f}", "<= 1.50", p95 <= 1.5))
    else:
        slowest = max(r.seconds for r in replies)
        rows[0] = Row(rows[0].label, rows[0].measured, "no failed", not told["failed"])
        rows.append(Row(f"{name}: slowest reply, s", f"{slowest:.2f}", "<= 2.00", slowest <= 2))
        rows.append(Row(f"{name}: calm again after, s", f"{back:.2f}", "<= 10.00", back <= 10))
    if why:
        print(f"{name}: {dict(why.most_common(5))}", file=sys.stderr)
    return rows


async def steady(index: Path, minutes: float, rate: float) -> list[Row]:
    """`rate` questions a second, sent whether or not the ones before are answered."""
    with server(index) as running:
        async with _client() as client:
            await started(running, client)
            asking = Visitors(running.url, client)
            await _load(asking, min(WARM_UP, 60 * minutes / 4), rate, running)
            begun = running.resident()
            replies, sizes = await _load(asking, 60 * minutes, rate, running)
            await asyncio.sleep(2)
            ended = running.resident()
    told = Counter(reply.outcome for reply in replies)
    p95 = percentile([r.seconds for r in replies], 0.95)
    name = f"steady {minutes:g} min, {rate:g} a second"
    if why := Counter(reply.why for reply in replies if reply.outcome != "answered"):
        print(f"{name}: {dict(why.most_common(5))}", file=sys.stderr)
    print("memory on the way, MB:", *[f"{size:.0f}" for size in sizes], file=sys.stderr)
    every = f"{told['answered']}, {told['busy']}, {told['failed']}"
    grown = ended - begun
    return [
        Row(f"{name}: answered, busy, failed", every, f"{len(replies)}, 0, 0", told["answered"] == len(replies)),
        Row(f"{name}: p95, s", f"{p95:.2f}"),
        Row("memory after warm-up, at the end, MB", f"{begun:.0f}, {ended:.0f}"),
        Row("memory grown by, MB", f"{grown:.1f}", "< 50", grown < 50),
    ]


async def _load(asking: Visitors, seconds: float, rate: float, running: Server) -> tuple[list[Reply], list[float]]:
    """The replies, and the memory at ten moments."""
    begun = time.perf_counter()
    waiting: set[asyncio.Task[Reply]] = set()
    replies: list[Reply] = []
    sizes: list[float] = []

    def replied(task: asyncio.Task[Reply]) -> None:
        waiting.discard(task)
        if not task.cancelled():
            replies.append(task.result())

    for number in range(max(1, round(seconds * rate))):
        await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
        if len(waiting) >= WAITING:
            replies.append(Reply("failed", PATIENCE, f"{WAITING} wait already"))
            continue
        coming: Coroutine[Any, Any, Reply]
        coming = asking.ask("page" if number % 4 == 3 else "json" if number % 4 else "events")
        task = asyncio.create_task(coming)
        waiting.add(task)
        task.add_done_callback(replied)
        if number % max(1, round(seconds * rate / 10)) == 0:
            sizes.append(running.resident())
    if waiting:
        await asyncio.wait(set(waiting))
        await asyncio.sleep(0)
    return replies, sizes


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]


async def measured(index: Path, visitors: Sequence[int], minutes: float, rate: float) -> list[Row]:
    """All rows of the table."""
    times = []
    for _ in range(STARTS):
        with server(index) as running:
            async with _client() as client:
                times.append(await started(running, client))
    rows = [
        Row("start to the page's HTML, s", f"{statistics.median(page for page, _ in times):.2f}"),
        Row("start to the first cited answer, s", f"{statistics.median(answer for _, answer in times):.2f}"),
    ]
    for number in visitors:
        rows += await rush(index, number)
    return rows + (await steady(index, minutes, rate) if minutes else [])


def _ended(*_: object) -> NoReturn:
    raise SystemExit(143)


def main() -> int:
    """Prints the table; 1 where something wanted is missed."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visitors", type=int, nargs="*", default=[50, 200], metavar="N", help="at once; default 50 200")
    parser.add_argument("--steady", type=float, default=1, metavar="MINUTES", help="default 1; 0: left out")
    parser.add_argument("--rate", type=float, default=2, metavar="Q", help="questions a second; default 2")
    parser.add_argument("--index", type=Path, default=HOME / ".index", metavar="DIR")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _ended)
    before = os.getloadavg()[0]
    rows = asyncio.run(measured(options.index.absolute(), options.visitors, options.steady, options.rate))
    width = max(len(row.label) for row in rows)
    print(f"{'':{width}}  {'measured':>14}  {'wanted':>10}")
    for row in rows:
        missed = "  missed" if row.kept is False else ""
        print(f"{row.label:{width}}  {row.measured:>14}  {row.wanted:>10}{missed}")
    print(f"\n{os.cpu_count()} cores, load average {before:.1f} before and {os.getloadavg()[0]:.1f} after")
    return int(any(row.kept is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
