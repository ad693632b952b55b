"""The security headers of every response."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), midi=(), payment=(), usb=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
}
SELF = {
    "default-src": "'none'",
    "script-src": "'self'",
    # Gradio sets style attributes and adds style elements as it goes.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'self'",
    "form-action": "'self'",
}


def policy(scripts: Sequence[str] = ()) -> str:
    """The Content-Security-Policy of a page of ours; `scripts` are the hashes of its inline scripts (`sha256-…`)."""
    rules = SELF | {"script-src": " ".join([SELF["script-src"], *(f"'{script}'" for script in scripts)])}
    return "; ".join(f"{name} {value}" for name, value in rules.items())


NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'"


class Headers:
    """Adds them, and who may frame, to every response; one without a policy of its own may load nothing at all."""

    def __init__(self, app: ASGIApp, ancestors: Sequence[str]) -> None:
        self.app = app
        self.ancestors = " ".join(["frame-ancestors 'self'", *ancestors])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = (
                    f"{headers.get('Content-Security-Policy', NOTHING)}; {self.ancestors}"
                )
                for name, value in ALWAYS.items():
                    headers[name] = value
                headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)
