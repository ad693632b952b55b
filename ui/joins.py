"""What may stand in Gradio's queue: events of the page, of sessions with short names, so many of a visitor.

Gradio itself would keep any session's name for good, and what nobody fetches of its events without end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.limits import Limits
from ui.problems import Problem

PATH = "/gradio_api/queue/join"


class Join(BaseModel):
    """The part of the body that Gradio stumbles over."""

    session_hash: Annotated[str, Field(pattern=r"^[\w-]{1,64}$")]
    fn_index: Annotated[int, Field(strict=True)]
    data: list[Any]


class Joins:
    """Lets through what fits; `events` are the page's, by their number, with how many inputs each takes."""

    def __init__(self, app: ASGIApp, events: Mapping[int, int], limits: Limits) -> None:
        self.app = app
        self._events = events
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI; behind what has read the body in one piece."""
        if scope["type"] != "http" or (scope["method"], scope["path"]) != ("POST", PATH):
            await self.app(scope, receive, send)
            return
        message = await receive()
        try:
            self._check(message.get("body", b""))
            self._limits.count(scope["client"][0])
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        read = False

        async def replay() -> Message:
            nonlocal read
            if read:
                return await receive()
            read = True
            return message

        await self.app(scope, replay, send)

    def _check(self, body: bytes) -> None:
        try:
            join = Join.model_validate_json(body)
        except ValidationError:
            join = None
        if join is None or self._events.get(join.fn_index) != len(join.data):
            raise Problem(422, "invalid", "The request does not fit", "This is no event of the page; please reload it.")
