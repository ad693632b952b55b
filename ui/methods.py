"""Which methods are answered: GET, HEAD as GET without its body, POST, OPTIONS; no route has to know of the others."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.problems import Problem
from ui.streams import ENDLESS

ALLOW = {"Allow": "GET, HEAD, POST, OPTIONS"}


class Methods:
    """Answers what no route does, and asks the routes for GET where a HEAD came: the server sends no body then."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        method = scope["method"] if scope["type"] == "http" else "GET"
        answer: ASGIApp = self.app
        if method == "HEAD" and not scope["path"].startswith(ENDLESS):
            scope = {**scope, "method": "GET"}
        elif method == "OPTIONS":
            answer = Response(status_code=204, headers=ALLOW)
        elif method not in ("GET", "POST"):
            refused = Problem(405, "http", "Method not allowed", "Method not allowed: see /api/docs.").response()
            refused.headers.update(ALLOW)
            answer = refused
        await answer(scope, receive, send)
