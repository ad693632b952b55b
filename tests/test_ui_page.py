"""The page in a real browser."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect
from served import Served
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from watched import PHONE, watched

from rag.assistant import Assistant
from rag.schema import Answer, Done, Event, Retrieved, Sentence, Withheld
from ui import serving

pytestmark = pytest.mark.browser
BEDS = "How many beds has the ward?"


def test_a_cited_answer_its_source_and_a_follow_up(site: Served, chromium: Browser, shots: Path) -> None:
    with watched(chromium, site.url) as seen:
        page = seen.page
        expect(page.locator("h1")).to_have_text("Ines Okafor")
        seen.ask(BEDS)
        assert page.title() == "Ask about Ines Okafor’s work"
        turn = page.locator("#now .turn")
        expect(turn.locator(".reply")).to_contain_text("34 beds")
        expect(turn.locator(".engine")).to_contain_text("checked against sources")
        expect(turn.locator(".card mark").first).to_have_text("Manages a ward of 34 beds and a team of 21 nurses.")
        page.screenshot(path=shots / "page-answer.png")
        turn.locator(".chip").first.click()
        expect(turn.locator(".card").first).to_have_class(re.compile(r"\bon\b"))
        with page.context.expect_page() as opened:
            turn.locator(".card .place").first.click()
        source = opened.value
        expect(source.locator("mark")).to_have_text("Manages a ward of 34 beds and a team of 21 nurses.")
        expect(source.locator("mark")).to_be_in_viewport()
        source.screenshot(path=shots / "source.png")
        source.close()
        seen.ask("And at Riverside Clinic?")
        expect(page.locator("#past .question")).to_contain_text(BEDS)
        expect(page.locator("#now .reply")).to_contain_text("Riverside")


def test_a_refusal_helps(site: Served, chromium: Browser, shots: Path) -> None:
    with watched(chromium, site.url) as seen:
        seen.ask("Can she program in Haskell?")
        turn = seen.page.locator("#now .turn")
        expect(turn.locator(".contact a")).to_have_attribute("href", "mailto:ines@okafor.example")
        expect(turn.locator(".ask")).to_have_count(2)
        seen.page.screenshot(path=shots / "page-refusal.png")
        question = turn.locator(".ask").first.inner_text()
        turn.locator(".ask").first.click()
        expect(seen.page.locator("#now .question")).to_contain_text(question)
        expect(seen.page.locator("#now .turn")).to_have_class(re.compile("is-done.*of-answer"))


def test_suggestion_copy_feedback_and_new_chat(site: Served, chromium: Browser) -> None:
    with watched(chromium, site.url) as seen:
        page = seen.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.locator(".welcome .ask").first.click()
        page.wait_for_selector("#now .turn.is-done")
        page.locator(".copy").click()
        expect(page.locator(".copy")).to_have_text("Copied")
        assert "[1]" in page.evaluate("navigator.clipboard.readText()")
        page.locator(".vote.up").click()
        expect(page.locator(".thanks")).to_contain_text("Thank you")
        expect(page.locator(".vote.up")).to_have_attribute("aria-pressed", "true")
        page.locator("#fresh").click()
        expect(page.locator(".welcome")).to_be_visible()
        expect(page.locator(".turn")).to_have_count(0)


def test_the_keyboard_is_enough(site: Served, chromium: Browser) -> None:
    with watched(chromium, site.url) as seen:
        page = seen.page
        page.wait_for_selector(".welcome .ask")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className").split()[0] == "ask"
        page.keyboard.press("Enter")
        page.wait_for_selector("#now .turn.is-done")
        page.locator("#now .chip").first.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.className").split()[0] == "place"
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
                break
        page.keyboard.type(BEDS)
        page.keyboard.press("Enter")
        expect(page.locator("#now .reply")).to_contain_text("34 beds")
        expect(page.locator("#heard")).to_contain_text("34 beds")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [(1280, 860), PHONE])
def test_accessible_at_both_sizes_in_both_colours(
    site: Served, chromium: Browser, shots: Path, size: tuple[int, int], dark: bool
) -> None:
    name = f"{'phone' if size == PHONE else 'desktop'}-{'dark' if dark else 'light'}"
    with watched(chromium, site.url, size, dark, calm=True) as seen:
        seen.page.wait_for_selector(".welcome .ask")
        seen.page.wait_for_timeout(300)
        seen.page.screenshot(path=shots / f"page-welcome-{name}.png")
        seen.accessible()
        seen.ask(BEDS)
        seen.ask("Can she program in Haskell?")
        seen.page.wait_for_timeout(300)
        seen.page.screenshot(path=shots / f"page-refusal-{name}.png")
        seen.accessible()
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    with watched(chromium, f"{site.url}/sources/resume.md#160-200", size, dark) as seen:
        seen.page.wait_for_selector("mark")
        seen.accessible()
        seen.page.screenshot(path=shots / f"source-{name}.png")


def test_embedded_in_a_frame_it_has_no_header(site: Served, chromium: Browser) -> None:
    with watched(chromium, f"{site.url}/?embed=1") as seen:
        seen.page.wait_for_selector(".welcome .ask")
        expect(seen.page.locator("#masthead")).to_be_hidden()


class Written:
    """Streams what a model might have written; waits before the last event until it is let go."""

    def __init__(self, nurse: Assistant, lines: int = 2) -> None:
        self.nurse, self.go, self.lines = nurse, threading.Event(), lines
        self.asked: list[tuple[str, object]] = []
        """Each question with its history."""

    def __getattr__(self, name: str) -> object:
        return getattr(self.nurse, name)

    def stream(self, question: str, history: object) -> Iterator[Event]:
        self.asked.append((question, history))
        answer = self.nurse.ask(BEDS)
        withheld = Withheld("She ran a hospital.", "entailment", "The source does not say so.")
        yield Retrieved(question, answer.hits)
        for statement in answer.statements * self.lines:
            yield Sentence(statement, answer.citations)
        yield withheld
        self.go.wait(20)
        yield Done(
            Answer(**{n: getattr(answer, n) for n in answer.__slots__} | {"withheld": (withheld,), "engine": "m"})
        )


def test_sentences_appear_as_they_come_and_stop_stops(
    serve: Callable[..., Served], nurse: Assistant, chromium: Browser
) -> None:
    model = Written(nurse)
    site = serve(make=lambda _: model).ready()
    with watched(chromium, site.url) as seen:
        page = seen.page
        page.fill("#question textarea", BEDS)
        page.keyboard.press("Enter")
        expect(page.locator("#now .is-writing .said li")).to_have_count(2)
        expect(page.locator("#now")).to_have_attribute("aria-busy", "true")
        page.locator(".stop-button").click()
        expect(page.locator("#now .is-stopped .note")).to_have_text("Stopped.")
        expect(page.locator(".submit-button")).to_be_visible()
        model.go.set()
        seen.ask(BEDS)
        expect(page.locator("#now .engine")).to_contain_text(
            "Written by m · checked against sources · 1 sentence withheld"
        )


NEXT = "How many nurses are in the team?"


@pytest.mark.parametrize("enters", [1, 2])
def test_what_is_asked_right_after_stop_is_answered_once(
    serve: Callable[..., Served], nurse: Assistant, chromium: Browser, enters: int
) -> None:
    """While the model is deaf to the stop; Gradio itself drops an Enter until it is done with that."""
    model = Written(nurse)
    site = serve(make=lambda _: model).ready()
    with watched(chromium, site.url) as seen:
        page = seen.page
        page.fill("#question textarea", BEDS)
        for _ in range(enters):
            page.keyboard.press("Enter")
        expect(page.locator("#now .is-writing .said li")).to_have_count(2)
        page.locator(".stop-button").click()
        page.fill("#question textarea", NEXT)
        for _ in range(enters):
            page.keyboard.press("Enter")
        expect(page.locator("#now .is-writing .question")).to_contain_text(NEXT)
        expect(page.locator("#past .is-stopped .note")).to_have_text("Stopped.")
        page.fill("#question textarea", "for later")
        model.go.set()
        expect(page.locator("#now .is-done .engine")).to_contain_text("Written by m")
        expect(page.locator(".submit-button")).to_be_visible()
        expect(page.locator("#question textarea")).to_have_value("for later")
        seen.ask(BEDS)
        expect(page.locator(".turn .question")).to_contain_text([BEDS, NEXT, BEDS])
        assert [question for question, _ in model.asked] == [BEDS, NEXT, BEDS]
        assert [[asked for asked, _ in history] for _, history in model.asked] == [[], [], [BEDS]]


def test_a_stop_that_never_comes_through_holds_a_question_only_so_long(
    serve: Callable[..., Served], nurse: Assistant, chromium: Browser
) -> None:
    model = Written(nurse)
    site = serve(make=lambda _: model).ready()
    dependencies = httpx.get(f"{site.url}/config").json()["dependencies"]
    ready = next(each["id"] for each in dependencies if each["api_name"] == "ready")
    with watched(chromium, site.url) as seen:
        page = seen.page
        page.route(
            "**/queue/join*", lambda r: None if r.request.post_data_json["fn_index"] == ready else r.continue_()
        )  # without an end, as where the network is gone
        page.fill("#question textarea", BEDS)
        page.keyboard.press("Enter")
        expect(page.locator("#now .is-writing .said li")).to_have_count(2)
        page.locator(".stop-button").click()
        expect(page.locator("#now .is-stopped")).to_be_visible()
        page.fill("#question textarea", NEXT)
        page.keyboard.press("Enter")
        page.wait_for_timeout(1500)
        expect(page.locator("#now .question")).to_contain_text(BEDS)
        page.evaluate("{ const now = Date.now; Date.now = () => now() + 10000; }")
        expect(page.locator("#now .is-writing .question")).to_contain_text(NEXT)
        model.go.set()
        expect(page.locator("#now .is-done .engine")).to_contain_text("Written by m")
        assert [question for question, _ in model.asked] == [BEDS, NEXT]


@pytest.mark.parametrize("when", ["writing", "done"])
def test_what_is_asked_right_after_new_chat_begins_one(
    serve: Callable[..., Served], nurse: Assistant, chromium: Browser, when: str
) -> None:
    model = Written(nurse)
    site = serve(make=lambda _: model).ready()
    with watched(chromium, site.url) as seen:
        page = seen.page
        page.fill("#question textarea", BEDS)
        page.keyboard.press("Enter")
        expect(page.locator("#now .is-writing .said li")).to_have_count(2)
        page.fill("#question textarea", "half a ques")
        if when == "done":
            model.go.set()
            expect(page.locator(".submit-button")).to_be_visible()
        page.locator("#fresh").click()
        expect(page.locator("#question textarea")).to_have_value("")
        page.fill("#question textarea", NEXT)
        page.keyboard.press("Enter")
        expect(page.locator("#now .question")).to_contain_text(NEXT)
        model.go.set()
        expect(page.locator("#now .is-done .engine")).to_contain_text("Written by m")
        expect(page.locator(".turn")).to_have_count(1)
        expect(page.locator("#question textarea")).to_have_value("")
        assert [(question, list(history)) for question, history in model.asked] == [(BEDS, []), (NEXT, [])]


class ClosesLate:
    """The app, whose first stream of news holds back its last word until another event has joined."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.held, self.joined = threading.Event(), threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")

        async def late(message: Message) -> None:
            if b"close_stream" in message.get("body", b"") and not self.held.is_set():
                self.held.set()
                await asyncio.to_thread(self.joined.wait, 20)
                await asyncio.sleep(0.5)  # the browser has heard that it joined
            await send(message)

        await self.app(scope, receive, late if path.endswith("/queue/data") else send)
        if path.endswith("/queue/join") and self.held.is_set():
            self.joined.set()


def test_a_question_that_joins_while_a_stream_closes_is_answered(
    serve: Callable[..., Served], chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow: list[ClosesLate] = []
    build = serving.build

    def built(*args: Any) -> tuple[Any, ClosesLate]:
        desk, app = build(*args)
        slow.append(ClosesLate(app))
        return desk, slow[0]

    monkeypatch.setattr(serving, "build", built)
    site = serve().ready()
    with watched(chromium, site.url) as seen:
        while not slow[0].held.is_set():
            seen.page.wait_for_timeout(20)
        seen.ask(BEDS)
        expect(seen.page.locator("#now .is-done .reply")).to_contain_text("34 beds")
        expect(seen.page.locator(".turn")).to_have_count(1)
        seen.ask(NEXT)


def test_an_empty_enter_asks_nothing(site: Served, chromium: Browser) -> None:
    with watched(chromium, site.url) as seen:
        seen.page.wait_for_selector("#composer .submit-button")
        seen.page.focus("#question textarea")
        seen.page.keyboard.press("Enter")
        seen.page.locator(".submit-button").click()
        seen.ask(BEDS)
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_timeout(300)
        expect(seen.page.locator(".turn")).to_have_count(1)


def test_a_first_question_waits_for_the_models_with_a_word(
    serve: Callable[..., Served], nurse: Assistant, chromium: Browser
) -> None:
    go = threading.Event()
    site = serve(make=lambda _: (go.wait(30), nurse)[1])
    with watched(chromium, site.url) as seen:
        page = seen.page
        expect(page.locator("h1")).to_have_text("Ines Okafor")
        page.fill("#question textarea", BEDS)
        page.keyboard.press("Enter")
        expect(page.locator("#now .note")).to_contain_text("waking up")
        go.set()
        expect(page.locator("#now .is-done .reply")).to_contain_text("34 beds")


def test_over_the_limit_the_page_says_so_kindly(serve: Callable[..., Served], chromium: Browser, shots: Path) -> None:
    site = serve(per_minute=1).ready()
    with watched(chromium, site.url) as seen:
        seen.ask(BEDS)
        seen.ask(BEDS)
        note = seen.page.locator("#now .note")
        expect(note).to_have_text(
            "That was a lot of questions (the limit is 1 a minute). Please come back in a minute."
        )
        expect(seen.page.locator("#now .again")).to_be_in_viewport(ratio=1)
        expect(seen.page.locator("#heard")).to_contain_text("Please come back in a minute.")
        expect(seen.page.locator("#past .reply")).to_contain_text("34 beds")
        seen.accessible()
        seen.page.wait_for_timeout(500)  # it scrolls there
        seen.page.screenshot(path=shots / "page-limit.png")


def test_a_full_queue_is_told_and_the_question_asked_again(
    serve: Callable[..., Served], nurse: Assistant, chromium: Browser, shots: Path
) -> None:
    model = Written(nurse)
    site = serve(make=lambda _: model, at_once=1, queue=1).ready()
    with ThreadPoolExecutor(1) as others, watched(chromium, site.url) as first, watched(chromium, site.url) as second:
        other = others.submit(site.ask, BEDS)
        while not site.desk.gate.inside:
            first.page.wait_for_timeout(20)
        first.page.fill("#question textarea", BEDS)
        first.page.keyboard.press("Enter")
        expect(first.page.locator("#now .is-waiting .note")).to_have_text(
            "Some others are asking too; your turn comes in a moment."
        )
        second.ask(BEDS)
        expect(second.page.locator("#now .is-failed .note")).to_have_text(
            "Many people are asking just now. Please try again in a few seconds."
        )
        second.page.screenshot(path=shots / "page-busy.png")
        model.go.set()
        expect(first.page.locator("#now .is-done .reply")).to_contain_text("34 beds")
        second.page.get_by_role("button", name="Ask again").click()
        expect(second.page.locator("#now .is-done .reply")).to_contain_text("34 beds")
        assert other.result().status_code == 200
