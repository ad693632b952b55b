"""The Gradio page; the only importer of gradio.

It keeps no conversation: each question brings the turns before it along, from the browser.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import gradio as gr
from fastapi import FastAPI

from rag.assistant import MAX_QUESTION
from rag.schema import Done, Retrieved, Sentence, Withheld
from ui import render, turn
from ui.desk import Desk, Waiting
from ui.log import NOTICE
from ui.problems import Problem
from ui.turn import Turn

PATH = "/"
API = "ask"
"""The endpoint for gradio_client; the page's own events are private."""
SESSIONS = 200
"""Visitors that Gradio remembers, at 46 kB each; it would keep 10,000. One forgotten is served like a new one."""

BREATH = 1.0
"""Seconds without news of an answer after which Gradio is given an empty update, by which it notices who has left."""


def mount(app: FastAPI, desk: Desk, suggested: Callable[[], list[str]]) -> FastAPI:
    """Gradio's own app, which is mounted on ours at the root, so after every route of ours."""
    blocks = _blocks(desk, suggested)
    blocks.state_session_capacity = SESSIONS
    blocks.queue(max_size=200, default_concurrency_limit=None)  # the desk's own gate decides
    gr.mount_gradio_app(
        app,
        blocks,
        PATH,
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=gr.themes.Base(
            font=["ui-sans-serif", "system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
        ),
    )
    mounted: FastAPI = app.routes[-1].app  # type: ignore[attr-defined]
    return mounted


def events(gradio: FastAPI) -> dict[int, int]:
    """The page's events by their number, and how many inputs each takes."""
    dependencies = gradio.get_blocks().config["dependencies"]  # type: ignore[attr-defined]
    return {each["id"]: len(each["inputs"]) for each in dependencies}


def _blocks(desk: Desk, suggested: Callable[[], list[str]]) -> gr.Blocks:
    def markdown(name: str, value: str = "") -> gr.Markdown:
        return gr.Markdown(value, elem_id=name, latex_delimiters=[], sanitize_html=True, container=False)

    def masthead() -> str:
        return render.masthead(desk.owner())

    def welcome() -> str:
        return render.welcome(desk.owner(), suggested())

    running: dict[str, _Running] = {}
    """The question that each session waits for. It alone writes to the page until it has ended: Gradio's own `cancels`
    lets go of an event late, and swallows what is asked meanwhile."""

    async def ask(question: str, said: Any, request: gr.Request) -> AsyncIterator[Any]:
        turns = turn.kept(said)
        now = Turn(question=question.strip()[: MAX_QUESTION + 1])
        number = len(turns) + 1

        def shown(now: Turn) -> tuple[str, list[dict[str, Any]]]:
            """The turn, and what the browser keeps: an answer that is cut off here is one that was stopped."""
            left = turn.stopped(now) if now.state in turn.UNFINISHED else now
            return render.turn(now, number), [one.model_dump(mode="json") for one in (*turns, left)]

        session, mine = str(request.session_hash), _Running()
        running[session] = mine
        visitor = request.client.host if request.client else "unknown"
        try:
            yield gr.Textbox("", submit_btn=False, stop_btn=True), render.conversation(turns), *shown(now)
            async with aclosing(_breathing(_told(desk, now, turns, visitor, suggested), mine.stop)) as told:
                async for grown in told:
                    if grown is None:
                        yield (gr.skip(),) * 4
                    else:
                        now = grown
                        yield gr.skip(), gr.skip(), *shown(now)
            if mine.stop.is_set() and now.state in turn.UNFINISHED and not mine.forget:
                yield gr.skip(), gr.skip(), *shown(turn.stopped(now))
            if mine.forget:
                yield gr.skip(), "", "", []
        finally:
            if running.get(session) is mine:
                del running[session]

    async def answer(question: str, history: list[list[str]], request: gr.Request) -> dict[str, Any]:
        """The contract's answer; `history` is a list of [earlier question, its answer]."""
        try:
            pairs = [(str(asked), str(said)) for asked, said in history or []]
        except (TypeError, ValueError):
            raise gr.Error("history: a list of [earlier question, its answer] is needed") from None
        try:
            found = await desk.answer(str(question or ""), pairs, request.client.host if request.client else "unknown")
        except Problem as problem:
            raise gr.Error(problem.detail, print_exception=False) from None
        return found.to_json()

    async def stop(request: gr.Request) -> None:
        if one := running.get(str(request.session_hash)):
            one.stop.set()

    async def new(request: gr.Request) -> Any:
        if one := running.get(str(request.session_hash)):
            one.forget = True
            one.stop.set()
            return (gr.skip(),) * 3
        return "", "", []

    def ready() -> gr.Textbox:
        return gr.Textbox(submit_btn=True, stop_btn=False)

    blocks = gr.Blocks(analytics_enabled=False, title="Ask My Resume", fill_width=True)
    with blocks:
        head = markdown("masthead", masthead())
        # Of its own: what is loaded late then never takes a question's place that was quicker. The style hides it.
        hello = markdown("hello", welcome())
        past = markdown("past")
        now = markdown("now")
        kept = gr.JSON([], visible="hidden", elem_id="kept")
        with gr.Row(elem_id="composer"):
            box = gr.Textbox(
                elem_id="question",
                label="Your question",
                show_label=False,
                placeholder="Ask about this career…",
                lines=1,
                max_lines=5,
                max_length=MAX_QUESTION,
                submit_btn=True,
                stop_btn=False,
                autofocus=False,
                container=False,
            )
            fresh = gr.Button("New chat", elem_id="fresh", size="sm", scale=0)
        if desk.log.kept:
            markdown("notice", f'<p class="notice">{NOTICE}</p>')
        private: Any = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}
        asked = box.submit(ask, [box, kept], [box, past, now, kept], api_name="turn", **private)
        # Only now does Gradio take the next question: it swallows one that comes while the last is still its own.
        asked.then(ready, None, [box], api_name="ready", **private)
        asked.failure(ready, None, [box], api_name="failed", **private)
        box.stop(stop, None, None, api_name="stop", **private)
        fresh.click(new, None, [past, now, kept], api_name="new", **private)
        # A page that was drawn before the models were warm, or by an older generation, is brought up to date.
        blocks.load(lambda: (masthead(), welcome()), None, [head, hello], api_name="shown", **private)
        gr.api(  # type: ignore[attr-defined]
            answer, api_name=API, concurrency_limit=None
        )
    return blocks


class _Running:
    """A question that is being answered."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.forget = False
        """Whether nothing of the conversation stays on the page."""


_ending: set[asyncio.Future[None]] = set()
"""Answers that nobody waits for any more: a task that is not held somewhere may vanish before it is done."""


async def _breathing(turns: AsyncGenerator[Turn, None], stop: asyncio.Event) -> AsyncGenerator[Turn | None, None]:
    """The turns until it is stopped, and None for each BREATH without one: only where it is given something does Gradio
    see that a visitor has left. Who stops or leaves does not wait until the answer has heeded it; its place does."""
    coming: asyncio.Future[Turn | None] | None = None
    stopping = asyncio.ensure_future(stop.wait())
    try:
        while True:
            coming = asyncio.ensure_future(anext(turns, None))
            while not (
                await asyncio.wait({coming, stopping}, timeout=BREATH, return_when=asyncio.FIRST_COMPLETED)
            )[0]:
                yield None
            if stop.is_set() or (grown := coming.result()) is None:
                return
            yield grown
    finally:
        stopping.cancel()
        ending = asyncio.ensure_future(_end(turns, coming))
        _ending.add(ending)
        ending.add_done_callback(_ending.discard)


async def _end(turns: AsyncGenerator[Turn, None], coming: asyncio.Future[Turn | None] | None) -> None:
    if coming is not None:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
    await turns.aclose()


async def _told(
    desk: Desk, now: Turn, turns: tuple[Turn, ...], visitor: str, suggested: Callable[[], list[str]]
) -> AsyncGenerator[Turn, None]:
    """The turn as it grows."""
    try:
        async with aclosing(desk.ask(now.question, turn.history(turns), visitor)) as events:
            async for event in events:
                match event:
                    case Waiting():
                        now = now.model_copy(update={"note": event.text})
                    case Retrieved():
                        now = now.model_copy(update={"note": "", "state": "writing"})
                    case Sentence():
                        now = _longer(now, event, desk)
                    case Withheld():
                        now = now.model_copy(update={"withheld": now.withheld + 1})
                    case Done():
                        asked = {one.question.casefold() for one in turns} | {now.question.casefold()}
                        others = [one for one in suggested() if one.casefold() not in asked][:2]
                        contact = desk.owner().contact
                        now = turn.finished(now, event.answer, desk.text, contact, others)
                yield now
    except Problem as problem:
        yield now.model_copy(update={"state": "failed", "note": problem.detail})


def _longer(now: Turn, event: Sentence, desk: Desk) -> Turn:
    known = {card.number for card in now.cards}
    cards = [turn.card(one, desk.text(one.source)) for one in event.citations if one.number not in known]
    return now.model_copy(update={"lines": (*now.lines, turn.line(event.statement)), "cards": (*now.cards, *cards)})
