"""`python -m ui` as a process: its start, its end, its errors."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from eval.bench.faulty_provider import FAULTS, serving
from tests.conftest import HOME
from ui.__main__ import _listen, main


def start(index: Path, state: Path, *options: str, **settings: str) -> subprocess.Popen[str]:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("RESUME_")} | {"RESUME_STATE": str(state)}
    environ |= settings
    command = [sys.executable, "-m", "ui", "--index", str(index), *options]
    return subprocess.Popen(command, env=environ, cwd=HOME, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as it:
        return int(it.getsockname()[1])


def ready(port: int) -> str:
    """The address, once questions are answered there."""
    url, until = f"http://127.0.0.1:{port}", time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/api/health").status_code == 200:
                break
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    return url


@pytest.mark.slow
@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_within_ten_seconds(nurse_index: Path, tmp_path: Path, by: signal.Signals) -> None:
    port = free_port()
    process = start(nurse_index, tmp_path, "--port", str(port))
    try:
        url = ready(port)
        assert (
            "34 beds" in httpx.post(f"{url}/api/ask", json={"question": "How many beds has the ward?"}).json()["text"]
        )
        process.send_signal(signal.SIGHUP)
        assert httpx.get(f"{url}/api/health").status_code == 200
        with httpx.stream("GET", f"{url}/gradio_api/heartbeat/x"):  # a page that is left open holds nothing up
            process.send_signal(by)
            assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["hang", "one token a second"])
def test_answers_that_a_model_does_not_end_end_with_the_server(nurse_index: Path, tmp_path: Path, fault: str) -> None:
    port = free_port()
    with serving(FAULTS[fault]) as provider, ThreadPoolExecutor(2) as visitors:
        model = {"RESUME_LLM": "openai:faulty", "RESUME_LLM_BASE_URL": provider.url, "RESUME_LLM_API_KEY": "none"}
        process = start(nurse_index, tmp_path, "--port", str(port), **model)
        try:
            url, body = ready(port), {"question": "How did they cut falls?"}
            plain = visitors.submit(httpx.post, f"{url}/api/ask", json=body, timeout=30)
            events = {"Accept": "text/event-stream"}
            streamed = visitors.submit(httpx.post, f"{url}/api/ask", json=body, headers=events, timeout=30)
            until = time.monotonic() + 20
            while provider.open < 2 and time.monotonic() < until:
                time.sleep(0.02)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
            assert time.monotonic() - began < 10
            assert (plain.result().status_code, plain.result().json()["type"]) == (503, "urn:problem:restarting")
            assert "event: error" in streamed.result().text
            assert process.stderr is not None
            assert process.stderr.read() == ""
        finally:
            process.kill()
            process.communicate()


def test_without_an_index_it_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--index", str(tmp_path)]) == 2
    assert (
        capsys.readouterr().err == f"error: there is no index in {tmp_path}; run python -m ingest --index {tmp_path}\n"
    )


def test_a_port_in_use_is_one_line(nurse_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--index", str(nurse_index), "--port", str(port)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: cannot listen at 127.0.0.1:{port}: ")
    assert error.count("\n") == 1


def test_no_answer_is_held_back_for_more_to_send() -> None:
    """Nagle's algorithm would hold a body back by 40 ms; asyncio turns it off where a socket names its protocol."""

    async def held_back() -> int:
        asked = asyncio.get_running_loop().create_future()

        async def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listening = _listen("127.0.0.1", 0)
        async with await asyncio.start_server(connected, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            nodelay = int(await asked)
            writer.close()
            await writer.wait_closed()
        return nodelay

    assert asyncio.run(held_back())


def test_help_is_quick() -> None:
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "ui", "--help"], cwd=HOME, check=True, capture_output=True)
    assert time.monotonic() - began < 2
