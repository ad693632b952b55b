"""How much a request may carry."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.problems import Problem

KB = 1024
MAX_BODY = 16 * KB
MAX_PAGE_BODY = 192 * KB
"""The page sends its whole conversation along, since the server keeps none: 20 turns with their sources."""
SECONDS = 10
"""To send it in."""


class Bodies:
    """Reads a body before anything else does, so that what is too long or too slow never gets further."""

    def __init__(self, app: ASGIApp, page: str = "/gradio_api/") -> None:
        self.app = app
        self.page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        limit = MAX_PAGE_BODY if scope["path"].startswith(self.page) else MAX_BODY
        try:
            async with asyncio.timeout(SECONDS):
                body = await _read(scope, receive, limit)
        except TimeoutError:
            slow = Problem(408, "slow", "Too slow", f"The request took longer than {SECONDS} seconds to arrive.")
            await slow.response()(scope, receive, send)
            return
        if body is None:
            detail = f"A request may carry {limit // KB} kB; please shorten the question or its history."
            await Problem(413, "too-long", "Too long", detail).response()(scope, receive, send)
            return
        sent = False

        async def replay() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)


async def _read(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    told = Headers(scope=scope).get("content-length", "0")
    if not told.isdecimal() or int(told) > limit:
        return None
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > limit:
            return None
        if not message.get("more_body"):
            return body
