import datetime as dt
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from eval.bench.faulty_provider import FAULTS, Handler, serving
from rag import llm
from rag.budget import Budget, Price
from rag.errors import ResumeError
from rag.gate import gate, verbatim
from rag.llm import OUTPUT
from rag.writer import Task, Writer
from tests.conftest import HOME


def test_what_is_reserved_counts_until_it_is_settled(tmp_path: Path) -> None:
    budget = Budget(tmp_path / "b.sqlite", tokens=1_000)
    first = budget.reserve(300, 400)
    assert first
    assert budget.used() == (700, 0)
    assert budget.reserve(300, 1) is None
    budget.settle(first, 250, 50)
    assert budget.used() == (300, 0)
    assert budget.reserve(300, 400)
    assert budget.reserve(1, 0) is None


def test_money_counts_where_a_price_is_known(tmp_path: Path) -> None:
    budget = Budget(tmp_path / "b.sqlite", cost=0.01, price=Price(1.0, 10.0))
    reserved = budget.reserve(2_000, 500)  # 0.002 + 0.005
    assert reserved
    assert budget.used() == (2_500, 0.007)
    assert budget.reserve(0, 301) is None
    budget.settle(reserved, 1_000, 100)
    assert budget.used() == (1_100, 0.002)


def test_a_new_day_begins_anew_and_the_old_one_is_settled_as_itself(tmp_path: Path) -> None:
    day = dt.date(2026, 1, 1)
    budget = Budget(tmp_path / "b.sqlite", tokens=100, today=lambda: day)
    late = budget.reserve(100, 0)
    assert late
    day = dt.date(2026, 1, 2)
    assert budget.reserve(100, 0)
    budget.settle(late, 10, 0)
    assert budget.used() == (100, 0)
    day = dt.date(2026, 1, 1)
    assert budget.used() == (10, 0)


def test_a_restart_remembers(tmp_path: Path) -> None:
    assert Budget(tmp_path / "b.sqlite", tokens=100).reserve(60, 0)
    assert Budget(tmp_path / "b.sqlite", tokens=100).reserve(60, 0) is None


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResumeError, match=r"budget\.sqlite"):
        Budget(tmp_path / "file" / "budget.sqlite", tokens=1)


def test_a_damaged_file_stops_the_spending_and_not_the_program(tmp_path: Path) -> None:
    budget = Budget(tmp_path / "b.sqlite", tokens=100)
    (tmp_path / "b.sqlite").write_bytes(b"no database" * 1000)
    assert budget.reserve(1, 1) is None


def test_threads_together_never_pass_the_cap(tmp_path: Path) -> None:
    budget = Budget(tmp_path / "b.sqlite", tokens=1_000)
    with ThreadPoolExecutor(32) as pool:
        taken = [r for r in pool.map(lambda _: budget.reserve(90, 10), range(64)) if r]
    assert len(taken) == 10


CLIENT = """
    import sys, threading, time
    from pathlib import Path
    from rag import llm
    from rag.budget import Budget
    from rag.gate import gate, verbatim
    from rag.writer import Task, Writer

    url, path, cap, n = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    writer = Writer(llm.load("openai:x", url), "x", budget=Budget(Path(path), cap))
    inputs = dict(name="x", passages="words " * 300, today="2026-01-01", nearest="", question="What?")

    def ask():
        endings.append(list(writer.write(Task(inputs, (), gate(verbatim, {}), time.monotonic()))) and "wrote")

    endings = []
    threads = [threading.Thread(target=ask) for _ in range(n)]
    print("asking", flush=True)
    [t.start() for t in threads]
    [t.join() for t in threads]
    print(endings.count("wrote"), flush=True)
    writer.close()
"""


def test_two_hundred_parallel_requests_and_a_kill_in_the_middle_never_pass_the_cap(tmp_path: Path) -> None:
    """The provider itself counts what it bills, at the head of each answer; the first process is killed."""
    billed: list[int] = []

    def bills(handler: Handler, _: str) -> None:
        tokens = sum(len(m["content"]) for m in handler.server.requests[-1]["messages"]) // 4
        billed.append(tokens + 40)
        handler.begin()
        for _n in range(8):
            handler.piece("They said so. ")
            handler.wait(0.02)
        handler.end(tokens, 40)

    cap = 130_000  # about 60 reservations; 160 answers use more than the 20 that a kill of the first 40 leaves
    with serving(bills) as provider:
        command = [sys.executable, "-c", textwrap.dedent(CLIENT), provider.url, str(tmp_path / "b.sqlite"), str(cap)]
        options: dict[str, Any] = {"cwd": HOME, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
        with subprocess.Popen([*command, "40"], **options) as first:
            while len(billed) < 10:
                assert first.poll() is None
                time.sleep(0.005)
            first.send_signal(signal.SIGKILL)
        before = len(billed)
        done = subprocess.run([*command, "160"], check=True, timeout=120, **options)
    wrote = int(done.stdout.split()[-1])
    assert before >= 10
    assert 0 < wrote < 160  # the cap was met
    assert before + wrote <= len(billed) + 1
    assert sum(billed) <= cap
    assert Budget(tmp_path / "b.sqlite", cap).used()[0] >= sum(billed[before:])


def test_a_second_attempt_is_booked_beside_the_first_that_may_have_been_charged(tmp_path: Path) -> None:
    """500 once, then an answer: both may be on the bill."""
    budgets = {}
    for name, cap in (("roomy", 1_000_000), ("tight", 0)):
        with serving(FAULTS["500 once"], second=0.1) as provider:
            path = tmp_path / f"{name}.sqlite"
            budgets[name] = Budget(path, cap or budgets["roomy"].used()[0] - 1)
            writer = Writer(llm.load("openai:x", provider.url), "x", budget=budgets[name])
            inputs = {
                "name": "x",
                "passages": "words " * 300,
                "today": "2026-01-01",
                "nearest": "",
                "question": "What?",
            }
            list(writer.write(Task(inputs, (), gate(verbatim, {}), time.monotonic())))
            writer.close()
            asked = len(provider.requests)
        assert asked == (2 if name == "roomy" else 1), name
    assert budgets["roomy"].used()[0] > OUTPUT
