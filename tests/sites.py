"""Two servers on loopback for the widget's tests: the API, played by script, and other people's sites.

Two ports are two origins to a browser, as in life.
"""

import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

WIDGET = Path(__file__).parent.parent / "ui" / "widget"
XSS = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'
CITED = {
    "source": "experience/rapido.md",
    "title": "Software Engineer",
    "locator": "Line 11",
    "quote": "Moved from virtual machines to Docker and Kubernetes, reducing costs by 40%",
    "start": 336,
    "end": 440,
}
FOCUS = CITED | {
    "source": "bio/focus äreas.md",
    "title": "Focus Areas",
    "locator": "My Work Spans",
    "start": 7,
    "end": 9,
}


class Server(ThreadingHTTPServer):
    """Runs from `with` to its end; `url` is where."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class Quiet(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None: ...

    def reply(self, status: int, kind: str, body: str = "", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())


class Sites(Server):
    """Other people's pages: `pages[path]` is the HTML and its headers."""

    def __init__(self) -> None:
        super().__init__(SitesHandler)
        self.pages: dict[str, tuple[str, Mapping[str, str]]] = {}

    def add(self, path: str, html: str, **headers: str) -> str:
        """The page's address."""
        self.pages[path] = (html, headers)
        return self.url + path


class SitesHandler(Quiet):
    server: Sites

    def do_GET(self) -> None:
        html, headers = self.server.pages.get(self.path, ("", {}))
        self.reply(200 if html else 404, "text/html; charset=utf-8", html, **headers)


class Api(Server):
    """Answers by a word of the question. What was asked of it is kept; `held` keeps a hanging answer hanging."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(ApiHandler, port)
        self.profile: dict[str, Any] = {
            "protocol": 1,
            "name": "Ines Okafor",
            "headline": "Wards that work",
            "contact": "ines@okafor.example",
            "contact_url": "mailto:ines@okafor.example",
            "suggested_questions": ["What did they do with Kubernetes?", "What has been published?", "Which awards?"],
            "stores_questions": False,
        }
        self.paths: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.pause = 0.0
        self.version = "1"
        self.held = threading.Event()


def answer(question: str) -> dict[str, Any]:
    """The contract's object for a question."""
    statements: list[dict[str, Any]] = [
        {"text": "Focus on cloud & infrastructure", "citations": [1]},
        {"text": "Moved from virtual machines to Docker and Kubernetes", "citations": [2, 1]},
    ]
    citations: list[dict[str, Any]] = [{"number": 1} | FOCUS, {"number": 2} | CITED]
    said = [f"{s['text']} {''.join(f'[{n}]' for n in s['citations'])}" for s in statements]
    text = "\n- ".join(["From the documents:", *said])
    decision, withheld = "answer", []
    if "salary" in question:
        decision, statements, citations = "refuse", [], []
        text = "The documents do not say.\nFor anything else, ask Ines Okafor directly: ines@okafor.example"
    if "hostile" in question:
        statements = [{"text": f"{XSS} [click](javascript:window.pwned=1)", "citations": [1]}]
        citations = [
            {"number": 1, "source": f"../{XSS}.md", "title": XSS, "locator": XSS, "quote": XSS, "start": XSS, "end": 2}
        ]
        text = f"{statements[0]['text']} [1]\n{XSS}"
        withheld = [{"text": XSS, "check": XSS, "reason": XSS}]
    if "prose" in question:
        text = " ".join(said)
    return {"question": question, "decision": decision, "reason": None, "text": text, "statements": statements,
            "citations": citations, "hits": [], "engine": "extractive", "withheld": withheld}  # fmt: skip


class ApiHandler(Quiet):
    server: Api

    def cors(self) -> dict[str, str]:
        return {
            "Access_Control_Allow_Origin": self.headers.get("Origin", "*"),
            "Access_Control_Allow_Headers": "Content-Type, Accept",
            "Access_Control_Expose_Headers": "Ask-Protocol, Retry-After",
            "Ask_Protocol": self.server.version,
        }

    def do_OPTIONS(self) -> None:
        self.reply(204, "text/plain", **self.cors())

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        if self.path == "/widget.js":
            script = (WIDGET / "widget.js").read_text(encoding="utf-8")
            self.reply(200, "text/javascript; charset=utf-8", script, X_Content_Type_Options="nosniff")
        elif self.path == "/api/profile":
            time.sleep(self.server.pause)
            self.reply(200, "application/json", json.dumps(self.server.profile), **self.cors())
        else:
            self.reply(200, "text/html", f"<title>source</title><p>{self.path.replace('<', '&lt;')}")

    def do_POST(self) -> None:
        self.server.paths.append(self.path)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(body)
        question = body["question"]
        if "busy" in question:
            problem = {
                "title": "Too many",
                "status": 429,
                "detail": "That was a lot of questions. Please come back soon.",
            }
            self.reply(429, "application/problem+json", json.dumps(problem), Retry_After="9", **self.cors())
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        for name, value in self.cors().items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.stream(question)

    def stream(self, question: str) -> None:
        if "sleepy" in question:
            time.sleep(self.server.pause)
        if "waiting" in question:
            self.event("waiting", {"reason": "queue", "text": "Your turn comes in a moment."})
            self.server.held.wait(10)
        told = answer(question)
        self.event("retrieved", {"standalone_question": question, "hits": []})
        for statement in told["statements"][: 1 if "hang" in question or "cut" in question else None]:
            cited = [c for c in told["citations"] if c["number"] in statement["citations"]]
            self.event("sentence", {"statement": statement, "citations": cited}, torn="torn" in question)
        if "cut" in question:
            return
        if "hang" in question:
            self.server.held.wait(10)
        if "broken" in question:
            self.event("error", {"status": 503, "detail": "The server is restarting. Please ask again in a moment."})
            return
        self.event("done", told, torn="torn" in question)

    def event(self, name: str, data: object, torn: bool = False) -> None:
        """`torn`: in pieces of few bytes with CR LF, which cut characters and line ends apart."""
        block = f": ping\n\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
        try:
            if torn:
                block = block.replace(b"\n", b"\r\n")
                for at in range(0, len(block), 7):
                    self.wfile.write(block[at : at + 7])
                    self.wfile.flush()
                    time.sleep(0.0005)
            else:
                self.wfile.write(block)
                self.wfile.flush()
        except OSError:
            self.close_connection = True
