"""What is open, route by route; Gradio's page as ours."""

import re

import httpx
import pytest
from fastapi import FastAPI
from served import Served

from ui import surface

OURS = {
    ("POST", "/api/ask"),
    ("POST", "/api/feedback"),
    ("GET", "/api/profile"),
    ("GET", "/api/health"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/docs"),
    ("GET", "/sources/{source:path}"),
    *((method, "/api/{rest:path}") for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),  # a problem, 404 or 405
    ("GET", "/favicon.ico"),
    ("GET", "/favicon.svg"),
}
FILES = re.compile(r"/static-ui/[\w-]+\.(?:css|js|svg|png)|/widget(?:\.js|/[\w-]+\.(?:js|css|html|svg))?")
GRADIO = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/assets/{path:path}"),
    ("GET", "/static/{path:path}"),
    ("GET", "/theme.css"),
    ("GET", "/config"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/startup-events"),
    ("GET", "/gradio_api/heartbeat/{session_hash}"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/reset"),
}


def apps(site: Served) -> tuple[FastAPI, FastAPI]:
    app = site.app
    while not isinstance(app, FastAPI):
        app = app.app
    return app, app.router.routes[-1].app.app  # type: ignore[attr-defined]


def test_all_routes_are_on_the_list(site: Served) -> None:
    ours, gradio = apps(site)
    named = {entry for entry in surface.table(ours) if not FILES.fullmatch(entry[1])}
    assert named == OURS
    assert surface.table(gradio) == GRADIO


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload", "/gradio_api/upload_progress", "/gradio_api/file=/etc/passwd", "/gradio_api/proxy=https://x.org",
        "/monitoring", "/monitoring/summary", "/gradio_api/openapi.json", "/gradio_api/runs", "/gradio_api/deep_link",
        "/gradio_api/vibe-code", "/manifest.json", "/login", "/logout", "/gradio_api/run/turn", "/gradio_api/call/turn",
        "/gradio_api/token", "/gradio_api/mcp/sse", "/docs", "/redoc", "/openapi.json", "/svelte/x", "/robots.txt",
        "/gradio_api/custom_component/1/client/component/style.css", "/static/../../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/x",
    ],
)  # fmt: skip
def test_what_the_page_does_not_need_is_shut(site: Served, path: str) -> None:
    assert httpx.get(site.url + path).status_code in (403, 404, 405)
    assert httpx.post(site.url + path, json={}).status_code in (403, 404, 405)


def test_gradios_own_tags_are_gone(site: Served) -> None:
    html = httpx.get(site.url).text
    assert "raw.githubusercontent" not in html
    assert "@Gradio" not in html
    assert html.count("og:title") == 1
    assert "<title>Ask about Ines Okafor’s work</title>" in html


def test_every_inline_script_is_allowed_by_its_hash(site: Served) -> None:
    reply = httpx.get(site.url)
    for script in surface.hashes(reply.text):
        assert script in reply.headers["content-security-policy"]
    assert httpx.head(site.url).status_code == 200
