"""What a hostile visitor sends: methods, names, headers and queue entries that nobody's browser would."""

import socket
from collections.abc import Callable

import httpx
import pytest
from gradio_client import Client
from served import Served

Serve = Callable[..., Served]
READABLE = (
    "/", "/api/health", "/api/profile", "/api/docs", "/api/openapi.json", "/sources/resume.md", "/favicon.svg",
    "/static-ui/page.css", "/static-ui/card.png", "/widget", "/widget.js", "/config", "/theme.css", "/gradio_api/info",
)  # fmt: skip
OTHERS = ("/api/ask", "/api/feedback", "/api/none", "/none", "/gradio_api/queue/join", "/gradio_api/cancel")
ENDLESS = ("/gradio_api/heartbeat/x", "/gradio_api/queue/data?session_hash=x")


@pytest.mark.parametrize("path", READABLE)
def test_head_is_get_without_the_body(site: Served, path: str) -> None:
    got, head = httpx.get(site.url + path), httpx.head(site.url + path)
    assert (head.status_code, head.content) == (200, b"")
    ours = ("content-type", "content-length", "content-security-policy", "etag", "cache-control")
    assert {name: head.headers.get(name) for name in ours} == {name: got.headers.get(name) for name in ours}


@pytest.mark.parametrize("path", [*READABLE, *OTHERS, *ENDLESS])
def test_no_other_method_gets_further_than_the_door(site: Served, path: str) -> None:
    with httpx.Client(base_url=site.url) as visitor:
        for method in ("PUT", "PATCH", "DELETE", "TRACE"):
            reply = visitor.request(method, path)
            assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS"), method
            assert reply.headers["content-type"] == "application/problem+json"
        options = visitor.options(path)
        assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
        anyones = "*" if path == "/widget.js" else None
        assert options.headers.get("access-control-allow-origin") == anyones
        assert visitor.head(ENDLESS[0]).status_code == 405


@pytest.mark.parametrize("origin", ["file://{host}", "://{host}", "ftp://{host}", "http://{host}/", "http://x@{host}"])
def test_what_only_looks_like_the_own_origin_is_not(site: Served, origin: str) -> None:
    reply = httpx.get(f"{site.url}/api/profile", headers={"Origin": origin.format(host=site.host)})
    assert reply.status_code == 403


@pytest.mark.parametrize(
    "name",
    [
        "..%2fpyproject.toml", "%2e%2e/%2e%2e/etc/passwd", "....//resume.md", "resume.md%00", "resume.md/",
        "/resume.md", "./resume.md", "articles/../resume.md", "articles%5c..%5cresume.md", "RESUME.md", "%ff%fe", "%",
        "resume.md%20", "notes/secret.md", "profile.toml", "r%C3%A9sum%C3%A9.md", "a" * 5000, "",
    ],
)  # fmt: skip
def test_a_source_is_a_name_and_no_path(site: Served, name: str) -> None:
    head = f"GET /sources/{name} HTTP/1.1\r\nHost: {site.host}\r\nConnection: close\r\n\r\n"  # httpx would tidy it up
    assert sent(site, head.encode()).startswith(b"HTTP/1.1 404 ")


def sent(site: Served, request: bytes) -> bytes:
    host, port = site.host.split(":")
    answer = b""
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(request)
        while piece := line.recv(65536):
            answer += piece
    return answer


def test_headers_have_an_end(site: Served) -> None:
    head = f"GET /api/health HTTP/1.1\r\nHost: {site.host}\r\nX-Filler: ".encode()
    assert sent(site, head + b"x" * 100_000).startswith(b"HTTP/1.1 400 ")
    fine = f"GET /api/health HTTP/1.1\r\nHost: {site.host}\r\nConnection: close\r\nX-Filler: {'x' * 8000}\r\n\r\n"
    assert sent(site, fine.encode()).startswith(b"HTTP/1.1 200 ")


def joined(site: Served, **body: object) -> httpx.Response:
    return httpx.post(f"{site.url}/gradio_api/queue/join", json={"data": [], "fn_index": shown(site)} | body)


def shown(site: Served) -> int:
    """The event of a page that is opened."""
    dependencies = httpx.get(f"{site.url}/config").json()["dependencies"]
    return next(int(d["id"]) for d in dependencies if d["api_name"] == "shown")


@pytest.mark.parametrize(
    "body",
    [
        {"session_hash": "s" * 65},  # Gradio keeps the name of a session for good
        {"session_hash": "a b"},
        {"session_hash": 1},
        {},
        {"session_hash": "s", "fn_index": 10**9},
        {"session_hash": "s", "fn_index": -1},
        {"session_hash": "s", "fn_index": "0"},
        {"session_hash": "s", "data": ["too many"]},
        {"session_hash": "s", "data": "none"},
    ],
)
def test_what_is_no_event_of_the_page_does_not_queue(
    site: Served, body: dict[str, object], capfd: pytest.CaptureFixture[str]
) -> None:
    reply = joined(site, **body)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    raw = httpx.post(f"{site.url}/gradio_api/queue/join", content=b"[" * 100_000)
    assert raw.status_code == 422
    assert capfd.readouterr().err == ""


def test_a_visitor_queues_so_many_events_a_minute(serve: Serve) -> None:
    site = serve(per_minute=1).ready()
    status = [joined(site, session_hash=f"s{i}").status_code for i in range(12)]
    assert status == [200] * 10 + [429] * 2
    late = joined(site, session_hash="s")
    assert late.headers["retry-after"]
    assert "a minute" in late.json()["detail"]
    assert site.ask("How many beds?").status_code == 200


def test_a_stream_of_nobodys_session_ends_without_a_traceback(site: Served, capfd: pytest.CaptureFixture[str]) -> None:
    """As when a page is still open that an earlier run of the server gave out."""
    reply = httpx.get(f"{site.url}/gradio_api/queue/data?session_hash=nobody")
    assert "session_not_found" in reply.text
    assert capfd.readouterr().err == ""


def test_a_question_that_is_no_text_is_none(site: Served, capfd: pytest.CaptureFixture[str]) -> None:
    client = Client(site.url, verbose=False)
    assert client.predict(None, [], api_name="/ask")["reason"] == "empty_question"
    assert capfd.readouterr().err == ""
