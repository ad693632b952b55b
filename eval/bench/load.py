"""Many visitors at once, and for long: the real server on loopback, beside what is wanted of it.

python -m eval.bench.load [--visitors N …] [--steady MINUTES] [--rate Q] [--index DIR]

50 and fewer are wanted to be answered, all of them and soon; more to be answered, or told at once that it is busy.
Each part has a `python -m ui` of its own, with the limits as shipped and the offline engine; visitors differ by the
address a trusted proxy would forward. They share the cores with it. Half of a rush asks for JSON, half for events; of
steady visitors every fourth comes by the page. A question carries a number, so that no two are the same.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from eval.bench.visitors import PATIENCE, Reply, Told, Visitors, Way, client
from rag.settings import HOME

STARTS = 3
FEW = 50
"""At once that are wanted to be answered."""
CALM = 20
"""Questions one after another before a rush; what comes after it is held against the slowest of them."""
WARM_UP = 60.0
"""Seconds of steady load before memory is looked at first; of a short run a quarter of its length."""
WAITING = 100
"""Steady visitors at most at the same time; more would be a server that has stopped answering."""


@dataclass(frozen=True)
class Row:
    """A line of the table; `kept` is None where nothing is wanted."""

    label: str
    measured: str
    wanted: str = ""
    kept: bool | None = None


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


async def started(running: Server, through: httpx.AsyncClient) -> tuple[float, float]:
    """Seconds from the process's start to the page's HTML, and to the first answer with a citation."""
    while True:
        try:
            (await through.get(running.url)).raise_for_status()
            break
        except httpx.ConnectError:
            if running.process.poll() is not None or time.perf_counter() - running.begun > 60:
                raise SystemExit("the server does not start") from None
            await asyncio.sleep(0.01)
    page = time.perf_counter() - running.begun
    visitors = Visitors(running.url, through)
    for _ in range(CALM):
        if (await visitors.ask("json")).told.cited:
            return page, time.perf_counter() - running.begun
    raise SystemExit(f"none of the first {CALM} answers has a citation")


async def rush(index: Path, visitors: int) -> list[Row]:
    """All at once; then one after another until it is as calm as before."""
    with server(index) as running:
        async with client() as through:
            await started(running, through)
            asking = Visitors(running.url, through)
            calm = max([(await asking.ask("json")).seconds for _ in range(CALM)])
            replies = await asyncio.gather(*[asking.ask("events" if n % 2 else "json") for n in range(visitors)])
            ended = time.perf_counter()
            normal = 0
            while normal < 3 and time.perf_counter() - ended < 60:
                reply = await asking.ask("json")
                normal = normal + 1 if reply.told.outcome == "answered" and reply.seconds <= 2 * calm else 0
            back = time.perf_counter() - ended
    return _rushed(visitors, replies, back)


def _rushed(visitors: int, replies: Sequence[Reply], back: float) -> list[Row]:
    told, name = _counted(replies, f"{visitors} at once"), f"{visitors} at once"
    rows = [Row(f"{name}: answered, busy, failed", f"{told['answered']}, {told['busy']}, {told['failed']}")]
    if visitors <= FEW:
        p95 = percentile([r.seconds for r in replies], 0.95)
        rows[0] = Row(rows[0].label, rows[0].measured, f"{visitors}, 0, 0", told["answered"] == visitors)
        rows.append(Row(f"{name}: p95, s", f"{p95:.2f}", "<= 1.50", p95 <= 1.5))
    else:
        slowest = max(r.seconds for r in replies)
        rows[0] = Row(rows[0].label, rows[0].measured, "no failed", not told["failed"])
        rows.append(Row(f"{name}: slowest reply, s", f"{slowest:.2f}", "<= 2.00", slowest <= 2))
        rows.append(Row(f"{name}: calm again after, s", f"{back:.2f}", "<= 10.00", back <= 10))
    return rows


def _counted(replies: Sequence[Reply], name: str) -> Counter[str]:
    """Replies by their outcome; why some failed is printed."""
    if why := Counter(reply.told.why for reply in replies if reply.told.outcome == "failed"):
        print(f"{name}: {dict(why.most_common(5))}", file=sys.stderr)
    return Counter(reply.told.outcome for reply in replies)


async def steady(index: Path, minutes: float, rate: float) -> list[Row]:
    """`rate` questions a second, sent whether or not the ones before are answered."""
    with server(index) as running:
        async with client() as through:
            await started(running, through)
            asking = Visitors(running.url, through)
            await _load(asking, min(WARM_UP, 60 * minutes / 4), rate, running)
            begun = running.resident()
            replies, sizes = await _load(asking, 60 * minutes, rate, running)
            await asyncio.sleep(2)
            ended = running.resident()
    name = f"steady {minutes:g} min, {rate:g} a second"
    told, p95 = _counted(replies, name), percentile([r.seconds for r in replies], 0.95)
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
            replies.append(Reply(Told("failed", f"{WAITING} wait already"), PATIENCE))
            continue
        way: Way = "page" if number % 4 == 3 else "events" if number % 4 == 1 else "json"
        task = asyncio.create_task(asking.ask(way))
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
    """All rows of the table; SIGTERM cancels it, as asyncio.run lets Ctrl-C do, so that no server is left behind."""
    if this := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    times = []
    for _ in range(STARTS):
        with server(index) as running:
            async with client() as through:
                times.append(await started(running, through))
    rows = [
        Row("start to the page's HTML, s", f"{statistics.median(page for page, _ in times):.2f}"),
        Row("start to the first cited answer, s", f"{statistics.median(answer for _, answer in times):.2f}"),
    ]
    for number in visitors:
        rows += await rush(index, number)
    return rows + (await steady(index, minutes, rate) if minutes else [])


def main() -> int:
    """Prints the table; 1 where something wanted is missed."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--visitors", type=int, nargs="*", default=[50, 200], metavar="N", help="at once; default 50 200"
    )
    parser.add_argument("--steady", type=float, default=1, metavar="MINUTES", help="default 1; 0: left out")
    parser.add_argument("--rate", type=float, default=2, metavar="Q", help="questions a second; default 2")
    parser.add_argument("--index", type=Path, default=HOME / ".index", metavar="DIR")
    options = parser.parse_args()
    before = os.getloadavg()[0]
    try:
        rows = asyncio.run(measured(options.index.absolute(), options.visitors, options.steady, options.rate))
    except (asyncio.CancelledError, KeyboardInterrupt):
        print("interrupted; the server has ended", file=sys.stderr)
        return 130
    width = max(len(row.label) for row in rows)
    print(f"{'':{width}}  {'measured':>14}  {'wanted':>10}")
    for row in rows:
        missed = "  missed" if row.kept is False else ""
        print(f"{row.label:{width}}  {row.measured:>14}  {row.wanted:>10}{missed}")
    print(f"\n{os.cpu_count()} cores, load average {before:.1f} before and {os.getloadavg()[0]:.1f} after")
    return int(any(row.kept is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
