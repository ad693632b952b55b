"""Which sites may ask: CORS, and a refusal for the others."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.problems import Problem

PUBLIC = ("/widget.js",)
"""What any site may load: it is a script, not an answer."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type, Accept",
    "Access-Control-Max-Age": "600",
}


class Origins:
    """Refuses a request that another site's page sends, unless the site is allowed; one without Origin is no page's.

    Gradio's own CORS answers are dropped: it allows credentials, and any site where it is served from localhost.
    """

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self.app = app
        self.allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = headers.get("origin", "").lower()
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        public = scope["path"] in PUBLIC
        permitted = public or not origin or self.permits(origin, headers.get("host", "").lower())
        if not permitted:
            detail = "This site may not ask here. Its owner can be listed in RESUME_ALLOWED_ORIGINS."
            await Problem(403, "origin", "Origin not allowed", detail).response()(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await Response(status_code=204, headers=PREFLIGHT | _allow(origin))(scope, receive, send)
            return

        async def with_cors(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name in [name for name in answer if name.startswith("access-control-")]:
                    del answer[name]
                answer.update(_allow("*" if public else origin))
                if public:
                    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
            await send(message)

        await self.app(scope, receive, with_cors)

    def permits(self, origin: str, host: str) -> bool:
        """Whether it is listed, or the own one: of the host that was asked, whatever a proxy made of the scheme."""
        return origin in self.allowed or (bool(host) and origin in (f"http://{host}", f"https://{host}"))


def _allow(origin: str) -> dict[str, str]:
    if not origin:
        return {"Vary": "Origin"}
    exposed = {"Access-Control-Expose-Headers": "Ask-Protocol, Retry-After"}
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} | exposed
