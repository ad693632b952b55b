"""Visitors of a running server, each at an address of his own, by the API and by the page, through httpx."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass
from typing import Literal

import httpx

from eval.cases import SHIPPED, load

PATIENCE = 30.0
"""Seconds a visitor waits for any reply."""

Way = Literal["json", "events", "page"]


@dataclass(frozen=True)
class Told:
    """What a visitor was told; `busy` came with a time to try again."""

    outcome: Literal["answered", "busy", "failed"]
    why: str = ""
    cited: bool = False


@dataclass(frozen=True)
class Reply:
    """What a visitor was told, and how long it took."""

    told: Told
    seconds: float


class Visitors:
    """Asks, each time as somebody else; of one event loop."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._url = url
        self._client = client
        self._numbers = itertools.count(1)
        self._questions = itertools.cycle([c.question for c in load(SHIPPED) if not c.history and c.split == "dev"])
        self._event: int | None = None

    async def ask(self, way: Way) -> Reply:
        """One question of a new visitor; what goes wrong is a reply too."""
        number = next(self._numbers)
        question = f"{next(self._questions)} (visitor {number})"
        headers = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        asked = {"json": self._json, "events": self._events, "page": self._page}[way]
        begun = time.perf_counter()
        try:
            told = await asked(question, headers, f"load{number}")
        except httpx.HTTPError as exc:
            told = Told("failed", type(exc).__name__)
        return Reply(told, time.perf_counter() - begun)

    async def _json(self, question: str, headers: dict[str, str], _: str) -> Told:
        response = await self._client.post(f"{self._url}/api/ask", json={"question": question}, headers=headers)
        return _said(response)

    async def _events(self, question: str, headers: dict[str, str], _: str) -> Told:
        headers["Accept"] = "text/event-stream"
        response = await self._client.post(f"{self._url}/api/ask", json={"question": question}, headers=headers)
        if response.status_code != httpx.codes.OK:
            return _said(response)
        name, _, data = response.text.strip().split("\n\n")[-1].partition("\ndata: ")
        if name == "event: done":
            return Told("answered", cited=bool(json.loads(data)["citations"]))
        busy = name == "event: error" and json.loads(data).get("retry_after") is not None
        return Told("busy" if busy else "failed", data[:200])

    async def _page(self, question: str, headers: dict[str, str], session: str) -> Told:
        """As a browser does it: the page, its heartbeat, the question, and the stream of its answer."""
        gradio = f"{self._url}/gradio_api"
        (await self._client.get(self._url, headers=headers)).raise_for_status()
        async with self._client.stream("GET", f"{gradio}/heartbeat/{session}", headers=headers):
            body = {"data": [question, []], "fn_index": await self._turn(), "session_hash": session}
            joined = await self._client.post(f"{gradio}/queue/join", json=body, headers=headers)
            if joined.status_code != httpx.codes.OK:
                return _said(joined)
            text = ""
            stream = self._client.stream("GET", f"{gradio}/queue/data?session_hash={session}", headers=headers)
            async with stream as events:
                async for line in events.aiter_lines():
                    text += line
                    if '"process_completed"' in line:
                        break
        done, busy = '"done"' in text, "try again in a few seconds" in text  # a turn's state, the note of a failed one
        return Told("answered" if done else "busy" if busy else "failed", "" if done else text[-200:])

    async def _turn(self) -> int:
        """The number of the page's event that asks."""
        if self._event is None:
            config = (await self._client.get(f"{self._url}/config")).json()
            asks = (d for d in config["dependencies"] if len(d["inputs"]) == 2 and len(d["outputs"]) == 4)
            self._event = int(next(asks)["id"])
        return self._event


def _said(response: httpx.Response) -> Told:
    if response.status_code == httpx.codes.OK:
        return Told("answered", cited=bool(response.json()["citations"]))
    busy = response.status_code in (429, 503) and "retry-after" in response.headers
    return Told("busy" if busy else "failed", f"status {response.status_code}")


def client() -> httpx.AsyncClient:
    """What visitors ask through: any number of connections at once."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    return httpx.AsyncClient(timeout=PATIENCE, limits=limits, trust_env=False)
