"""The Gradio page; the only importer of gradio.

It keeps no conversation: each question brings the turns before it along, from the browser.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import gradio as gr
from fastapi import FastAPI

from rag.assistant import MAX_QUESTION
from ui import render, turn
from ui.desk import Desk
from ui.growing import Sessions, breathing, told
from ui.log import NOTICE
from ui.problems import Problem, broken
from ui.turn import Turn

PATH = "/"
API = "ask"
"""The endpoint for gradio_client; the page's own events are private."""
SESSIONS = 200
"""Visitors that Gradio remembers, at 46 kB each; it would keep 10,000. One forgotten is served like a new one."""

_log = logging.getLogger(__name__)


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

    talk = _Talk(desk, suggested)

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
        nudge = gr.Button("", elem_id="nudge", visible="hidden")
        if desk.log.kept:
            markdown("notice", f'<p class="notice">{NOTICE}</p>')
        private: Any = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}
        asked = box.submit(talk.ask, [box, kept], [box, past, now, kept], api_name="turn", **private)
        # Only now does Gradio take the next question: it swallows one that comes while the last is still its own.
        asked.then(ready, None, [box], api_name="ready", **private)
        asked.failure(ready, None, [box], api_name="failed", **private)
        box.stop(talk.stop, None, None, api_name="stop", **private)
        fresh.click(talk.new, None, [past, now, kept], api_name="new", **private)
        # Of no effect but that Gradio's stream opens again, for news that it forgot: see page.js.
        nudge.click(lambda: None, None, None, api_name="nudge", **private)
        # A page that was drawn before the models were warm, or by an older generation, is brought up to date.
        blocks.load(lambda: (masthead(), welcome()), None, [head, hello], api_name="shown", **private)
        gr.api(  # type: ignore[attr-defined]
            answer, api_name=API, concurrency_limit=None
        )
    return blocks


class _Talk:
    """What the page's visitor does. A running question alone writes to the page until it has ended: Gradio's own
    `cancels` lets go of an event late, and swallows what is asked meanwhile."""

    def __init__(self, desk: Desk, suggested: Callable[[], list[str]]) -> None:
        self._desk = desk
        self._suggested = suggested
        self._sessions = Sessions()

    async def ask(self, question: str, said: Any, request: gr.Request) -> AsyncIterator[Any]:
        """The box, the turns before, this one, and what the browser keeps."""
        turns = turn.kept(said)
        now = Turn(question=question.strip()[: MAX_QUESTION + 1])

        def shown(now: Turn) -> tuple[str, list[dict[str, Any]]]:
            """The turn, and what the browser keeps: an answer that is cut off here is one that was stopped."""
            left = turn.stopped(now) if now.state in turn.UNFINISHED else now
            return render.turn(now, len(turns) + 1), [one.model_dump(mode="json") for one in (*turns, left)]

        visitor = request.client.host if request.client else "unknown"
        session = str(request.session_hash)
        if self._sessions.overtaken(session, bool(turns)):
            yield gr.skip(), "", "", []
            return
        with self._sessions.running(session) as mine:
            yield gr.Textbox("", submit_btn=False, stop_btn=True), render.conversation(turns), *shown(now)
            # Again with each update: Gradio applies an update's differences to the object of the one before, and where
            # the browser has not come to that yet, what it alone said is lost.
            busy = gr.Textbox(submit_btn=False, stop_btn=True)
            growing = told(self._desk, now, turns, visitor, self._suggested)
            try:
                async with aclosing(breathing(growing, mine.stop, self._sessions.ending)) as grown:
                    async for grew in grown:
                        now = grew or now
                        yield busy, gr.skip(), *(shown(now) if grew else (gr.skip(), gr.skip()))
            except Exception:  # noqa: BLE001 (told to the visitor; a turn must not stay unfinished)
                _log.exception("a turn of the page failed")
                now = now.model_copy(update={"state": "failed", "note": broken().detail})
                yield busy, gr.skip(), *shown(now)
            if now.state in turn.UNFINISHED and not mine.forget:
                yield busy, gr.skip(), *shown(turn.stopped(now))
            if mine.forget:
                yield busy, "", "", []

    async def stop(self, request: gr.Request) -> None:
        """The stop button."""
        self._sessions.stop(str(request.session_hash))

    async def new(self, request: gr.Request) -> Any:
        """New chat: the turns before, this one, and what the browser keeps."""
        return (gr.skip(),) * 3 if self._sessions.clear(str(request.session_hash)) else ("", "", [])
