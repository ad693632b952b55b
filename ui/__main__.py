"""`python -m ui`: the page, the HTTP API and the widget."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import signal
import socket
import sys
from typing import TYPE_CHECKING

from rag.command_line import Parser
from rag.errors import ResumeError

if TYPE_CHECKING:
    from rag.settings import Settings

GRACE = 6.0
"""Seconds that running answers get after SIGTERM; with what follows, the process is gone within 10."""


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns its exit status."""
    options = _parser().parse_args(argv)
    try:
        from rag import settings

        chosen = settings.load(index=options.index, host=options.host, port=options.port)
        return _forget(chosen) if options.forget else _serve(chosen)
    except ResumeError as exc:
        print(f"error: {exc}".encode(errors="replace").decode(), file=sys.stderr)
        return exc.exit_status
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = Parser("python -m ui", "Serves the page, the HTTP API and the widget.")
    parser.add_argument("--index", metavar="DIR", help="folder of the index (RESUME_INDEX)")
    parser.add_argument("--host", metavar="H", help="address to listen at (RESUME_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, metavar="P", help="port to listen at (RESUME_PORT, 7860)")
    parser.add_argument(
        "--forget", action="store_true", help="remove all questions and feedback that were kept; then end"
    )
    return parser


def _forget(settings: Settings) -> int:
    from ui import log

    print(f"{log.forget(settings.state / 'log.sqlite')} questions and thumbs removed")
    return 0


def _serve(settings: Settings) -> int:
    from rag import wiring

    wiring.owner(settings.index)
    listening = _listen(settings.host, settings.port)
    try:
        return asyncio.run(_run(settings, listening))
    finally:
        listening.close()
        gc.freeze()  # or the interpreter searches all its memory for garbage before it ends, for seconds


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with contextlib.ExitStack() as unless:
            # asyncio turns Nagle's delay (40 ms an answer) off where the protocol is named
            listening = unless.enter_context(socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host, port))
            listening.listen(512)
            unless.pop_all()
    except OSError as exc:
        raise ResumeError(f"cannot listen at {host}:{port}: {exc.strerror}; choose another --port or --host") from exc
    return listening


async def _run(settings: Settings, listening: socket.socket) -> int:
    import uvicorn

    from ui import serving

    desk, app = serving.build(settings)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
            **serving.WIRE,
        )
    )
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]  # ours let answers finish first
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ended.set)
    if hasattr(signal, "SIGHUP"):
        loop.add_signal_handler(signal.SIGHUP, lambda: None)  # a new generation is seen without being told

    async def end() -> None:
        await ended.wait()
        await desk.close(GRACE)
        server.should_exit = True

    ending = asyncio.create_task(end())

    def warmed() -> None:
        if isinstance(desk.warming.failed, ResumeError):
            loop.call_soon_threadsafe(ended.set)

    desk.warming.start(warmed)
    shown = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    print(f"Ask at http://{shown}:{settings.port}  (Ctrl-C ends)", flush=True)
    await server.serve(sockets=[listening])
    ending.cancel()
    if isinstance(desk.warming.failed, ResumeError):
        raise desk.warming.failed
    return 0


if __name__ == "__main__":
    sys.exit(main())
