"""The HTTP API: the contract's answer, its events, problems, origins, headers, bodies."""

import asyncio
import gc
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from served import Served

from rag.assistant import Assistant
from rag.schema import Event
from tests.conftest import written
from ui import api

Serve = Callable[..., Served]


def events(text: str) -> list[tuple[str, dict[str, object]]]:
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [(block[0].removeprefix("event: "), json.loads(block[1].removeprefix("data: "))) for block in blocks]


def test_an_answer_is_the_contracts(site: Served, nurse: Assistant) -> None:
    reply = httpx.post(f"{site.url}/api/ask", json={"question": "How many beds has the ward?", "id": "q1"})
    assert reply.status_code == 200
    expected = json.loads(json.dumps(nurse.ask("How many beds has the ward?").to_json("q1")))
    body = reply.json()
    assert {k: v for k, v in body.items() if k != "timings_ms"} == {
        k: v for k, v in expected.items() if k != "timings_ms"
    }
    assert "34 beds" in body["text"]


def test_the_events_add_up_to_the_answer(site: Served) -> None:
    reply = site.ask("How many beds has the ward?", headers={"Accept": "text/event-stream"})
    assert reply.headers["content-type"].startswith("text/event-stream")
    (first, found), *sentences, (last, answer) = events(reply.text)
    assert (first, last) == ("retrieved", "done")
    assert found["hits"] == answer["hits"]
    assert [name for name, _ in sentences] == ["sentence"] * len(answer["statements"])  # type: ignore[arg-type]
    assert [event["statement"] for _, event in sentences] == answer["statements"]


def test_a_history_is_folded_in(site: Served) -> None:
    history = [["Where is the ward manager's job?", "Santa Clara Hospital"]]
    reply = httpx.post(f"{site.url}/api/ask", json={"question": "What about Riverside Clinic?", "history": history})
    assert reply.json()["decision"] in ("answer", "partial", "refuse")
    assert httpx.post(f"{site.url}/api/ask", json={"question": "x", "history": None}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"question": 1}',
        b'{"question": "x", "history": ["y"]}',
        b"\xff",
        b'{"question": "\\ud800"}',
    ],
)
def test_a_body_that_does_not_fit_is_a_problem(site: Served, body: bytes) -> None:
    reply = httpx.post(f"{site.url}/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code in (400, 422)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["status"] == reply.status_code


def test_a_question_that_is_too_long_is_refused_kindly(site: Served) -> None:
    assert site.ask("x" * 1001).json()["reason"] == "too_long"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_16_kb_goes_no_further(site: Served, chunked: bool) -> None:
    body = json.dumps({"question": "x" * 17_000}).encode()

    def pieces() -> Iterator[bytes]:
        yield from (body[i : i + 1000] for i in range(0, len(body), 1000))

    reply = httpx.post(
        f"{site.url}/api/ask", content=pieces() if chunked else body, headers={"Content-Type": "application/json"}
    )
    assert reply.status_code == 413
    assert reply.json()["status"] == 413


def test_what_is_not_there_is_a_problem_too(site: Served) -> None:
    for path in ("/api/nothing", "/sources/profile.toml", "/sources/..%2f..%2fetc/passwd", "/sources/notes/secret.md"):
        reply = httpx.get(site.url + path)
        assert reply.status_code == 404, path


def test_health_tells_the_generation(site: Served, nurse: Assistant) -> None:
    body = httpx.get(f"{site.url}/api/health").json()
    assert body["status"] == "ready"
    assert body["generation"] == nurse.snapshot().generation.name
    assert body["documents"] == 2


def test_health_tells_why_not(serve: Serve) -> None:
    def fail(_: object) -> Assistant:
        raise RuntimeError("secret detail")

    site = serve(make=fail)
    time.sleep(0.2)
    reply = httpx.get(f"{site.url}/api/health")
    assert (reply.status_code, reply.json()["status"]) == (503, "failed")
    assert "secret" not in reply.text
    assert site.ask("Beds?").status_code == 503


def test_a_question_while_warming_up_waits_with_a_word(serve: Serve, nurse: Assistant) -> None:
    go = threading.Event()

    def slow(_: object) -> Assistant:
        go.wait(20)
        return nurse

    site = serve(make=slow)
    assert httpx.get(f"{site.url}/api/health").json()["status"] == "warming"
    assert httpx.get(f"{site.url}/api/profile").json()["name"] == "Ines Okafor"
    threading.Timer(0.5, go.set).start()
    happened = events(site.ask("How many beds?", headers={"Accept": "text/event-stream"}).text)
    assert (happened[0][0], happened[0][1]["reason"]) == ("waiting", "warming")
    assert happened[-1][0] == "done"


def test_the_profile(site: Served) -> None:
    body = httpx.get(f"{site.url}/api/profile").json()
    assert body["contact_url"] == "mailto:ines@okafor.example"
    assert body["protocol"] == 1
    assert body["stores_questions"] is False


def test_the_reference_loads_nothing_from_elsewhere(site: Served) -> None:
    page = httpx.get(f"{site.url}/api/docs").text
    assert "POST /api/ask" in page
    assert "//cdn" not in page
    assert "<code>Accept: text/event-stream</code>" in page
    assert "/api/ask" in httpx.get(f"{site.url}/api/openapi.json").json()["paths"]


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://blog.example", True),
        ("https://BLOG.example", True),
        ("https://evil.example", False),
        ("https://blog.example.evil.example", False),
        ("http://blog.example", False),
        ("null", False),
    ],
)
def test_only_listed_origins_are_answered(serve: Serve, origin: str, allowed: bool) -> None:
    site = serve(allowed_origins="https://blog.example")
    preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    asked = site.ask("How many beds?", headers={"Origin": origin})
    before = httpx.options(f"{site.url}/api/ask", headers=preflight)
    joined = httpx.post(f"{site.url}/gradio_api/queue/join", json={}, headers={"Origin": origin})
    assert (asked.status_code, before.status_code) == ((200, 204) if allowed else (403, 403))
    assert (joined.status_code == 403) is not allowed
    for reply in (asked, before, joined):
        assert reply.headers.get("access-control-allow-origin") == (origin.lower() if allowed else None)
        assert "access-control-allow-credentials" not in reply.headers


def test_the_own_origin_is_answered_and_the_script_is_anyones(site: Served) -> None:
    assert site.ask("How many beds?", headers={"Origin": site.url}).status_code == 200
    script = httpx.get(f"{site.url}/static-ui/page.js", headers={"Origin": "https://evil.example"})
    assert script.status_code == 403


@pytest.mark.parametrize(
    "path", ["/", "/api/health", "/api/nothing", "/static-ui/page.css", "/sources/resume.md", "/gradio_api/upload"]
)
def test_every_response_has_the_headers(serve: Serve, path: str) -> None:
    site = serve(allowed_origins="https://blog.example").ready()
    headers = httpx.get(site.url + path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    assert "frame-ancestors 'self' https://blog.example" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "set-cookie" not in headers
    scripts = next((r for r in headers["content-security-policy"].split("; ") if r.startswith("script-src")), "")
    assert "unsafe" not in scripts


def test_a_bug_is_a_problem_without_its_words(serve: Serve) -> None:
    class Broken:
        def warm(self) -> None: ...

        def stream(self, question: str, history: object) -> Iterator[Event]:
            raise RuntimeError("secret detail")
            yield

    reply = serve(make=lambda _: Broken()).ask("How many beds?")
    assert reply.status_code == 500
    assert reply.json()["type"] == "urn:problem:internal"
    assert "secret" not in reply.text


def test_a_slow_body_is_cut_off(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.bodies.SECONDS", 0.3)
    site = serve()
    host, port = site.host.split(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert b" 408 " in line.recv(1000)


def test_a_new_generation_needs_no_restart(
    serve: Serve, assistant_over: Callable[[Path, Path], Assistant], tmp_path: Path
) -> None:
    corpus, index = (
        written({"a.md": "# Work\n\nBuilt the tram line in Porto."}, tmp_path / "corpus"),
        tmp_path / "index",
    )
    assistant = assistant_over(corpus, index)
    site = serve(make=lambda _: assistant, index=index).ready()
    before = httpx.get(f"{site.url}/api/health").json()["generation"]
    written({"profile.toml": 'display_name = "Rui"', "b.md": "# More\n\nBuilt the ferry to Lisbon."}, corpus)
    assistant_over(corpus, index)
    after = httpx.get(f"{site.url}/api/health").json()
    assert (after["generation"] != before, after["documents"]) == (True, 2)
    assert httpx.get(f"{site.url}/api/profile").json()["name"] == "Rui"
    assert "ferry" in site.ask("What was built to Lisbon?").json()["text"]


class Late:
    """A desk whose answer fails only after the visitor has left."""

    async def answer(self, *_: object) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise OSError("the provider's connection broke")


def test_a_failure_after_the_visitor_left_is_nobodys() -> None:
    complaints: list[object] = []
    sent: list[dict[str, object]] = []
    coming = [
        {"type": "http.request", "body": b'{"question": "Who?"}', "more_body": False},
        {"type": "http.disconnect"},
    ]
    scope = {
        "type": "http", "method": "POST", "path": "/api/ask", "query_string": b"", "client": ("127.0.0.1", 1),
        "headers": [(b"content-type", b"application/json")],
    }  # fmt: skip

    async def receive() -> dict[str, object]:
        return coming.pop(0)

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def visit() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        await api.build(Late(), "extractive", 1, 1)(scope, receive, send)  # type: ignore[arg-type]
        gc.collect()

    asyncio.run(visit())
    assert sent[0]["status"] == 499
    assert complaints == []
