"""A reverse proxy with TLS on loopback, as most sites have one before the server."""

import asyncio
import shlex
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import httpx
import uvicorn


def _certificate(folder: Path) -> Path:
    """Key and self-signed certificate of loopback in one file; by openssl, for a library would teach pypdf AES."""
    pem = folder / "loopback.pem"
    made = f"""openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout {folder}/key -out {folder}/certificate"""
    subprocess.run(shlex.split(made), check=True, capture_output=True)
    pem.write_bytes((folder / "key").read_bytes() + (folder / "certificate").read_bytes())
    return pem


class Proxy:
    """Hands on to `upstream`, with what was asked of it in X-Forwarded headers; runs from `with` to its end."""

    def __init__(self, upstream: str, keeps_host: bool = False) -> None:
        self._upstream = upstream
        self._dropped = {b"connection", b"content-length"} | (set() if keeps_host else {b"host"})
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"localhost:{self._socket.getsockname()[1]}"
        self.url = f"https://{self.host}"
        with tempfile.TemporaryDirectory() as folder:
            self._server = uvicorn.Server(self._config(_certificate(Path(folder))))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def _config(self, certificate: Path) -> uvicorn.Config:
        config = uvicorn.Config(
            self._app, log_level="error", access_log=False, proxy_headers=False, timeout_graceful_shutdown=1,
            ws="none", interface="asgi3", lifespan="off", ssl_certfile=certificate,
        )  # fmt: skip
        config.load()  # the file is gone after this
        return config

    async def _run(self) -> None:
        async with httpx.AsyncClient(base_url=self._upstream, timeout=60) as self._client:
            await self._server.serve(sockets=[self._socket])

    async def _app(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        path = scope["raw_path"].decode() + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        kept = [(k, v) for k, v in scope["headers"] if k not in self._dropped]
        forwarded = [
            (b"x-forwarded-for", scope["client"][0].encode()),
            (b"x-forwarded-proto", b"https"),
            (b"x-forwarded-host", dict(scope["headers"])[b"host"]),
        ]
        async with self._client.stream(scope["method"], path, headers=[*kept, *forwarded], content=body) as reply:
            await send({"type": "http.response.start", "status": reply.status_code, "headers": reply.headers.raw})
            async for piece in reply.aiter_raw():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.should_exit = True
        self._thread.join(15)
        self._socket.close()
