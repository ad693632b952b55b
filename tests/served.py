"""The real app on a real socket, in a thread: what the ui tests talk to."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import uvicorn

from rag.assistant import Assistant
from rag.settings import Settings, load
from ui import serving
from ui.desk import Desk

NONE = Path("no such file")


class Served:
    """Running from `with` to its end; `url` is where."""

    def __init__(self, index: Path, state: Path, make: Callable[[Settings], Assistant], **settings: object) -> None:
        free = {"per_minute": 1000, "per_day": 10000}
        self.settings = load({}, NONE, index=index, state=state, **free | settings)
        self._make = make
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"http://{self.host}"
        self.desk: Desk
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    async def _run(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.desk, self.app = serving.build(self.settings, self._make)
        config = uvicorn.Config(
            self.app, log_level="error", access_log=False, timeout_graceful_shutdown=1, **serving.WIRE
        )
        self._server = uvicorn.Server(config)
        self.desk.warming.start()
        await self._server.serve(sockets=[self._socket])

    def __enter__(self) -> "Served":
        self._thread.start()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                httpx.get(f"{self.url}/api/health", timeout=2)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        return self

    def ready(self) -> "Served":
        """Waits until the models are warm."""
        until = time.monotonic() + 60
        while httpx.get(f"{self.url}/api/health").status_code != 200 and time.monotonic() < until:
            time.sleep(0.05)
        return self

    def ask(self, question: str, **kwargs: object) -> httpx.Response:
        """POST /api/ask."""
        return httpx.post(f"{self.url}/api/ask", json={"question": question}, timeout=30, **kwargs)  # type: ignore[arg-type]

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends it; once is enough."""
        self._server.should_exit = True
        self._thread.join(15)
        self._socket.close()
