"""What goes wrong for a visitor, as an RFC 9457 problem document."""

from __future__ import annotations

import math
from typing import Any

from starlette.responses import JSONResponse, Response


class Problem(Exception):
    """A request that gets no answer. `detail` is a kind sentence that page and widget show as it is."""

    def __init__(self, status: int, slug: str, title: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.title = title
        self.detail = detail
        self.retry_after = None if retry_after is None else max(1, math.ceil(retry_after))
        """Whole seconds."""

    def to_json(self) -> dict[str, Any]:
        """The document; `retry_after` is an extension member, for readers of a stream, which has no header for it."""
        document: dict[str, Any] = {
            "type": f"urn:problem:{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        return document | ({} if self.retry_after is None else {"retry_after": self.retry_after})

    def response(self) -> Response:
        """The same as an HTTP response."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return JSONResponse(self.to_json(), self.status, headers, media_type="application/problem+json")


def too_many(seconds: float, limit: str) -> Problem:
    """A visitor has asked what one visitor may ask; `limit` says how much that is."""
    minutes = math.ceil(seconds / 60)
    when = "in a moment" if seconds <= 20 else "in a minute" if minutes <= 1 else f"in {minutes} minutes"
    when = f"in {math.ceil(minutes / 60)} hours" if minutes > 90 else when
    detail = f"That was a lot of questions (the limit is {limit}). Please come back {when}."
    return Problem(429, "too-many-questions", "Too many questions", detail, seconds)


def busy() -> Problem:
    """All places and the queue are taken."""
    detail = "Many people are asking just now. Please try again in a few seconds."
    return Problem(429, "busy", "Busy", detail, 5)


def closing() -> Problem:
    """The server is about to end."""
    return Problem(503, "restarting", "Restarting", "The server is restarting. Please ask again in a moment.", 10)


def broken(why: str = "Something went wrong while answering. Please try again.") -> Problem:
    """A fault of ours; what it was stands in the server's log."""
    return Problem(500, "internal", "Something went wrong", why)
