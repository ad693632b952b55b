"""A provider on loopback that speaks the OpenAI protocol and misbehaves on order."""

from __future__ import annotations

import json
import re
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Fault = Callable[["Handler", str], None]


class Provider(ThreadingHTTPServer):
    """Answers every request in the way of one fault; `answer` writes what a sound one says to the messages."""

    daemon_threads = True

    def __init__(self, fault: Fault, answer: Callable[[list[dict[str, Any]]], str], second: float = 1.0) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.fault, self.answer, self.second = fault, answer, second
        self.requests: list[dict[str, Any]] = []
        self.open = 0
        """Connections that stand now."""
        self.counting = threading.Lock()
        self.ending = threading.Event()

    @property
    def url(self) -> str:
        """The base URL for `RESUME_LLM_BASE_URL`."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is no error here."""


@contextmanager
def serving(
    fault: Fault, answer: Callable[[list[dict[str, Any]]], str] | None = None, second: float = 1.0
) -> Iterator[Provider]:
    """A provider at work; `second` is how long a second lasts in it."""
    provider = Provider(fault, answer or first_sentence, second)
    thread = threading.Thread(target=provider.serve_forever, args=(0.02,), name="provider on loopback")
    thread.start()
    try:
        yield provider
    finally:
        provider.ending.set()
        provider.shutdown()
        provider.server_close()
        thread.join()


def first_sentence(messages: list[dict[str, Any]]) -> str:
    """A true answer: the first words of the nearest passages, each cited."""
    prompt, asked = messages[0]["content"], messages[-1]["content"]
    said = []
    for number in re.findall(r"\[(\d+)\]", asked)[:2]:
        if found := re.search(rf'<passage number="{number}"[^>]*>\n(.*?)\n</passage>', prompt, re.DOTALL):
            words = max(re.split(r"(?<=[.!?])\s|\n", found[1]), key=len).strip("-* ").rstrip(".")
            said.append(f"{words} [{number}].")
    return " ".join(said)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Provider
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        """Counts it while it stands."""
        with self.server.counting:
            self.server.open += 1
        try:
            super().handle()
        except OSError:
            pass
        finally:
            with self.server.counting:
                self.server.open -= 1

    def do_POST(self) -> None:  # the name is http.server's
        """Answers a request."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        self.server.fault(self, self.server.answer(body["messages"]))

    def reply(self, status: int, text: str, kind: str = "application/json", **headers: str) -> None:
        """A whole response."""
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(text.encode())), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text.encode())

    def begin(self) -> None:
        """The head of a stream."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def raw(self, text: str) -> None:
        """Bytes of a stream."""
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def piece(self, text: str, finish: str | None = None) -> None:
        """A chunk of an answer."""
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
        row = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "faulty", "choices": [choice]}
        self.raw(f"data: {json.dumps(row)}\n\n")

    def end(self, tokens_in: int = 100, tokens_out: int = 20) -> None:
        """The proper end of a stream, with what it used."""
        used = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out}
        row = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "faulty", "choices": []}
        self.piece("", "stop")
        self.raw(f"data: {json.dumps(row | {'usage': used})}\n\n")
        self.raw("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True

    def cut(self) -> None:
        """The connection ends here, as if a cable were pulled."""
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def wait(self, seconds: float) -> bool:
        """Time passes; False as soon as the client has left, or the server ends."""
        until = time.monotonic() + seconds * self.server.second
        while (left := until - time.monotonic()) > 0:
            if self.server.ending.is_set():
                return False
            readable, _, _ = select.select([self.connection], [], [], min(left, 0.05))
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return False
        return True

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def sound(handler: Handler, answer: str) -> None:
    """No fault."""
    handler.begin()
    for word in re.findall(r"\S+\s*", answer):
        handler.piece(word)
    handler.end()


def _hang(handler: Handler, _: str) -> None:
    handler.wait(3600)
    handler.close_connection = True


def _hang_after_head(handler: Handler, _: str) -> None:
    handler.begin()
    handler.wait(3600)
    handler.close_connection = True


def _pings(handler: Handler, _: str) -> None:
    handler.begin()
    while handler.wait(0.5):
        handler.raw(": ping\n\n")
    handler.close_connection = True


def _status(code: int, **headers: str) -> Fault:
    def fault(handler: Handler, _: str) -> None:
        handler.reply(code, json.dumps({"error": {"message": f"status {code}", "type": "fault"}}), **headers)

    return fault


def _once(fault: Fault) -> Fault:
    """The fault at the first request, soundness after it."""

    def act(handler: Handler, answer: str) -> None:
        (fault if len(handler.server.requests) == 1 else sound)(handler, answer)

    return act


def _cut(handler: Handler, answer: str) -> None:
    handler.begin()
    for word in re.findall(r"\S+\s*", answer + " They also led the plat"):
        handler.piece(word)
    handler.cut()


def _slow(handler: Handler, answer: str) -> None:
    handler.begin()
    for word in re.findall(r"\S+\s*", answer):
        handler.piece(word)
        if not handler.wait(1):
            handler.close_connection = True
            return
    handler.end()


def _endless(handler: Handler, _: str) -> None:
    handler.begin()
    while handler.wait(0.001):
        handler.piece("and more and ")
    handler.close_connection = True


def _broken_json(handler: Handler, _: str) -> None:
    handler.begin()
    handler.raw('data: {"id": "1", "choices": [{"delta": {"content": "They \n\n')
    handler.end()


def _html(handler: Handler, _: str) -> None:
    handler.reply(200, "<!doctype html><title>Sign in</title><p>Welcome to the Wi-Fi.", "text/html")


def _empty(handler: Handler, _: str) -> None:
    handler.begin()
    handler.end()


def _huge(handler: Handler, _: str) -> None:
    handler.begin()
    for _n in range(200):
        handler.piece("All of it is true and more. " * 4_000)
    handler.end()


FAULTS: dict[str, Fault] = {
    "hang": _hang,
    "hang after the head": _hang_after_head,
    "pings and no word": _pings,
    "401": _status(401),
    "404": _status(404),
    "429": _status(429),
    "429, Retry-After 1": _status(429, Retry_After="1"),
    "429, Retry-After 60": _status(429, Retry_After="60"),
    "429 once": _once(_status(429, Retry_After="1")),
    "500": _status(500),
    "500 once": _once(_status(500)),
    "503": _status(503),
    "cut in mid-word": _cut,
    "one token a second": _slow,
    "endless": _endless,
    "broken JSON": _broken_json,
    "HTML instead of JSON": _html,
    "empty answer": _empty,
    "huge answer": _huge,
}
"""By name. A refused connection needs no server."""
