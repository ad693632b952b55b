"""What of Gradio's own app is open: its page, cleaned of what is not ours, and the few routes that the page needs."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from html import escape

from fastapi import APIRouter, FastAPI, Request
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.profile import Profile
from ui import visitors
from ui.headers import policy

OPEN = {
    "/": ("GET", "HEAD"),
    "/assets/{path:path}": ("GET",),
    "/static/{path:path}": ("GET",),
    "/theme.css": ("GET",),
    "/config": ("GET",),
    "/gradio_api/info": ("GET",),
    "/gradio_api/startup-events": ("GET",),
    "/gradio_api/heartbeat/{session_hash}": ("GET",),
    "/gradio_api/queue/join": ("POST",),
    "/gradio_api/queue/data": ("GET",),
    "/gradio_api/cancel": ("POST",),
    "/gradio_api/reset": ("POST",),
}
"""Path → methods; what a new version of Gradio adds stays shut until it is listed here."""


def close(gradio: FastAPI) -> None:
    """Take away every route that is not listed."""
    _close(gradio.router)


def _close(router: APIRouter) -> None:
    kept: list[BaseRoute] = []
    for route in router.routes:
        nested = getattr(route, "original_router", None)  # how FastAPI holds an included router
        if isinstance(nested, APIRouter):
            _close(nested)
            kept.append(route)
        elif isinstance(route, Route) and _listed(route):
            kept.append(route)
    router.routes[:] = kept


def _listed(route: Route) -> bool:
    return route.path in OPEN and set(route.methods or ()) <= {*OPEN[route.path], "HEAD"}


def table(gradio: FastAPI) -> set[tuple[str, str]]:
    """The (method, path) pairs that are open, as the routers hold them."""

    def routes(router: APIRouter) -> Iterator[Route]:
        for route in router.routes:
            nested = getattr(route, "original_router", None)
            if isinstance(nested, APIRouter):
                yield from routes(nested)
            elif isinstance(route, Route):
                yield route

    return {(method, route.path) for route in routes(gradio.router) for method in route.methods or ()}


class Front:
    """Gradio's app, its page rewritten: our title and Open Graph tags, our style and script, and a policy that allows
    the inline scripts it has, by their hashes, and no others."""

    def __init__(self, app: ASGIApp, owner: Callable[[], Profile]) -> None:
        self.app = app
        self._owner = owner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"] not in ("/", ""):
            await self.app(scope, receive, send)
            return
        plain = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
        scope = {**scope, "headers": plain, "query_string": b""}
        start: Message = {}
        body = b""

        async def hold(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                await _send(start, body, self._owner(), Request(scope), send)

        await self.app(scope, receive, hold)


async def _send(start: Message, body: bytes, owner: Profile, request: Request, send: Send) -> None:
    headers = [(k, v) for k, v in start["headers"] if k != b"content-length"]
    if start["status"] == 200 and body:
        html = rewritten(body.decode(), owner, visitors.origin(request))
        body = html.encode()
        headers.append((b"content-security-policy", policy(hashes(html)).encode()))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def rewritten(html: str, owner: Profile, origin: str) -> str:
    """Gradio's page as ours: its tags about itself, its frame resizer and its app manifest go."""
    html = re.sub(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>', "", html)
    html = re.sub(r'<link rel="manifest"[^>]*>', "", html)
    html = re.sub(
        r"<script(?: data-gradio-mode)?>(?:(?!</script>).)*?[iI]FrameResizer.*?</script>", "", html, flags=re.S
    )
    html = re.sub(r"<title>.*?</title>", "", html, flags=re.S)
    html = html.replace('control_page_title="true"', 'control_page_title="false"')  # it would write its own over ours
    html = html.replace("</head>", f"{_head(owner, origin)}</head>", 1)
    return html.replace("<gradio-app", f"{_soon(owner)}<gradio-app", 1)


def _soon(owner: Profile) -> str:
    """What is seen until Gradio has drawn the page, and without JavaScript."""
    name, line = escape(owner.display_name or "Ask My Resume"), escape(owner.headline)
    without = f'{escape(owner.contact)} <a href="/api/docs">HTTP API</a>'
    return (
        f'<div id="soon"><p class="name">{name}</p><p>{line}</p>'
        f"<noscript><p>This chat needs JavaScript. {without}</p></noscript></div>"
    )


def _head(owner: Profile, origin: str) -> str:
    name = owner.display_name
    title = escape(f"Ask about {name}’s work" if name else "Ask My Resume")
    about = escape(owner.headline or "Answers about a career, each sentence with the place it comes from.")
    return (
        f"<title>{title}</title>"
        f'<meta name="description" content="{about}"><meta property="og:type" content="website">'
        f'<meta property="og:title" content="{title}"><meta property="og:description" content="{about}">'
        f'<meta property="og:url" content="{escape(origin)}/">'
        f'<meta property="og:image" content="{escape(origin)}/static-ui/card.png">'
        '<meta name="twitter:card" content="summary_large_image">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" type="image/svg+xml" href="/favicon.svg">'
        '<link rel="stylesheet" href="/static-ui/page.css"><script src="/static-ui/page.js" defer></script>'
    )


def hashes(html: str) -> list[str]:
    """CSP sources of the inline scripts."""
    scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", html, re.S)
    return [f"sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}" for one in scripts]
