"""The few files that are served as they are, read once."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import Response

from ui.headers import policy
from ui.visitors import origin

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


class Files:
    """`/widget.js`, `/widget` and what lies in two folders, by name: no path from outside ever reaches the disk."""

    def __init__(self, static: Path, widget: Path) -> None:
        self._files: dict[str, Path] = {}
        for mount, folder in (("/static-ui/", static), ("/widget/", widget)):
            for file in sorted(folder.iterdir()) if folder.is_dir() else ():
                if file.suffix in TYPES:
                    self._files[mount + file.name] = file
        aliases = {"/widget.js": widget / "widget.js", "/widget": widget / "demo.html"}
        aliases["/favicon.ico"] = aliases["/favicon.svg"] = static / "favicon.svg"
        self._files |= {path: file for path, file in aliases.items() if file.is_file()}

    def serve(self, app: FastAPI) -> None:
        """A route for each."""
        for path, file in self._files.items():
            app.get(path, include_in_schema=False)(_route(file))


def _route(file: Path) -> Callable[[Request], Awaitable[Response]]:
    body = file.read_bytes()
    html = file.suffix == ".html"
    small = gzip.compress(body, mtime=0) if file.suffix in {".css", ".js", ".svg"} else b""

    async def serve(request: Request) -> Response:
        content = body.replace(b"{{ORIGIN}}", origin(request).encode()) if html else body
        tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
        headers = {"ETag": f"W/{tag}", "Cache-Control": "no-cache"}
        if html:
            headers["Content-Security-Policy"] = policy()
        headers["Vary"] = "Accept-Encoding"
        if request.headers.get("if-none-match") == f"W/{tag}":
            return Response(status_code=304, headers=headers)
        if small and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(small, headers=headers | {"Content-Encoding": "gzip"}, media_type=TYPES[file.suffix])
        return Response(content, headers=headers, media_type=TYPES[file.suffix])

    return serve
