"""The FastAPI app: ask, feedback, health, profile, sources, widget."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from rag.assistant import MAX_QUESTION, MAX_TURNS
from rag.errors import ResumeError
from ui import contact, reference, sources
from ui.desk import Desk
from ui.files import Files
from ui.messages import PROTOCOL, Ask, Feedback, event
from ui.problems import Problem, broken

HERE = Path(__file__).resolve().parent
VERSION = {"Ask-Protocol": str(PROTOCOL)}
_log = logging.getLogger(__name__)
T = TypeVar("T")


def build(desk: Desk, engine: str, per_minute: int, per_day: int) -> FastAPI:
    """The app without the page; `engine` is what an answer will name as its writer."""
    app = FastAPI(title="Ask My Resume", version=str(PROTOCOL), docs_url=None, redoc_url=None, openapi_url=None)
    _errors(app)

    @app.post("/api/ask", summary="Ask a question", responses={429: {"description": "Too many questions, or busy"}})
    async def ask(body: Ask, request: Request) -> Response:
        """The answer as JSON, or with `Accept: text/event-stream` its events: waiting, retrieved, sentence, withheld,
        done; error in its place."""
        visitor = request.client.host if request.client else "unknown"
        if "text/event-stream" not in request.headers.get("accept", ""):
            answer = await _while_there(request, desk.answer(body.question, body.turns(), visitor))
            return JSONResponse(answer.to_json() | {"id": body.id}, headers=VERSION)
        events = desk.ask(body.question, body.turns(), visitor)
        first = await _while_there(request, anext(events))

        async def stream() -> AsyncIterator[str]:
            yield event(first, body.id)
            async with aclosing(events):
                try:
                    async for each in events:
                        yield event(each, body.id)
                except Problem as problem:
                    yield event(problem)

        unbuffered = {"X-Accel-Buffering": "no"}
        return StreamingResponse(stream(), headers=VERSION | unbuffered, media_type="text/event-stream")

    @app.post("/api/feedback", summary="Say whether an answer helped")
    async def feedback(body: Feedback, request: Request) -> dict[str, bool]:
        """`stored` is false where the owner keeps nothing, which is the default."""
        visitor = request.client.host if request.client else "unknown"
        desk.thumbs.count(visitor)
        given = (visitor, body.vote, body.question, body.answer, body.comment)
        return {"stored": desk.log.kept and await asyncio.to_thread(desk.log.feedback, *given)}

    @app.get("/api/profile", summary="What is shown about the owner")
    async def profile() -> JSONResponse:
        """Name, headline, contact and suggested questions, with what a visitor may use."""
        owner = desk.owner()
        shown = {
            "protocol": PROTOCOL,
            "name": owner.name,
            "headline": owner.headline,
            "contact": owner.contact,
            "contact_url": contact.url(owner.contact),
            "suggested_questions": list(owner.suggested_questions),
            "engine": engine,
            "ready": desk.warming.assistant is not None,
            "stores_questions": desk.log.kept,
            "limits": {"question": MAX_QUESTION, "history": MAX_TURNS, "minute": per_minute, "day": per_day},
        }
        return JSONResponse(shown, headers=VERSION)

    @app.get("/api/health", summary="Whether questions can be answered")
    async def health() -> JSONResponse:
        """200 when they can, else 503 and why not."""
        status, body = _health(desk, engine)
        return JSONResponse(body, status, VERSION)

    @app.get("/api/openapi.json", include_in_schema=False)
    async def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    @app.get("/api/docs", include_in_schema=False)
    async def docs() -> Response:
        return reference.page(app.openapi())

    @app.api_route("/api/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def nothing(rest: str) -> Response:
        known = rest in {"ask", "health", "profile", "feedback", "docs", "openapi.json"}
        status, title = (405, "Method not allowed") if known else (404, "Not found")
        return Problem(status, "http", title, f"{title}: see /api/docs.").response()

    @app.get("/sources/{source:path}", include_in_schema=False)
    async def source(source: str) -> Response:
        assistant = await desk.warming.ready()
        return sources.page(assistant.snapshot().generation, source, desk.owner().display_name or "this career")

    Files(HERE / "static", HERE / "widget").serve(app)
    return app


async def _while_there(request: Request, answer: Awaitable[T]) -> T:
    """The answer; cancelled where the visitor closes the connection before it is there."""

    async def left() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    answering, leaving = asyncio.ensure_future(answer), asyncio.ensure_future(left())
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            return answering.result()
    finally:
        leaving.cancel()
        answering.cancel()
        await asyncio.gather(answering, leaving, return_exceptions=True)  # what they end with is of no use any more
    raise Problem(499, "left", "Left", "The connection was closed before there was an answer.")


def _health(desk: Desk, engine: str) -> tuple[int, dict[str, Any]]:
    warming = desk.warming
    if warming.failed is not None:
        return 503, {"status": "failed", "why": "the index cannot be opened; the server's log says why"}
    if warming.assistant is None:
        return 503, {"status": "warming", "why": "the models are being loaded"}
    try:
        generation = warming.assistant.snapshot().generation
    except ResumeError as exc:
        _log.error("the index cannot be read: %s", exc)
        return 503, {"status": "failed", "why": "the index cannot be read; the server's log says why"}
    manifest = generation.manifest
    return 200, {
        "status": "ready",
        "generation": generation.name,
        "created": manifest.created,
        "documents": len(generation.documents),
        "passages": len(generation.passages),
        "embedding_model": manifest.model,
        "engine": engine,
        "answering": desk.gate.inside,
    }


def _errors(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def problem(request: Request, exc: Problem) -> Response:
        return exc.response()

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, exc: RequestValidationError) -> Response:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return Problem(422, "invalid", "The request does not fit", f"{where}: {first['msg']}").response()

    @app.exception_handler(HTTPException)
    async def http(request: Request, exc: HTTPException) -> Response:
        response = Problem(exc.status_code, "http", str(exc.detail), str(exc.detail)).response()
        response.headers.update(exc.headers or {})
        return response

    @app.exception_handler(Exception)
    async def unexpected(request: Request, exc: Exception) -> Response:
        return broken().response()
