"""Gradio's streams, which last as long as a page is open, ended with the server."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENDLESS = ("/gradio_api/heartbeat/", "/gradio_api/queue/data")


class Streams:
    """Ends what would otherwise hold up the end of the process."""

    def __init__(self, app: ASGIApp, closed: asyncio.Event) -> None:
        self.app = app
        self._closed = closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or not scope["path"].startswith(ENDLESS):
            await self.app(scope, receive, send)
            return
        begun = ended = False

        async def noted(message: Message) -> None:
            nonlocal begun, ended
            begun = begun or message["type"] == "http.response.start"
            ended = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        answering = asyncio.ensure_future(self.app(scope, receive, noted))
        closing = asyncio.ensure_future(self._closed.wait())
        try:
            await asyncio.wait({answering, closing}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                with suppress(RuntimeError):  # of a session that it does not know, it has told by then, and raises too
                    await answering
        finally:
            closing.cancel()
            if not answering.done():
                answering.cancel()
                with suppress(asyncio.CancelledError):
                    await answering
        if begun and not ended:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
