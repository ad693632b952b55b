"""A reader who leaves while a model is silent: the model is stopped, and the place is free for the next."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from penned import writing
from playwright.sync_api import Browser, expect
from scripted import Silent
from served import Served
from watched import watched

from rag.assistant import Assistant
from rag.embedder import Embedder
from rag.llm import TIMEOUTS

Serve = Callable[..., Served]
FALLS = "How did they cut falls?"
SOON = 3.0
"""Seconds, well below those after which a silent model is given up."""


@pytest.fixture
def silent(serve: Serve, nurse: Assistant, embedder: Embedder) -> Iterator[tuple[Served, Silent]]:
    model = Silent()
    with writing(nurse, embedder, model) as assistant:
        yield serve(make=lambda _: assistant, at_once=1, queue=0).ready(), model


def asked(site: Served, model: Silent) -> None:
    until = time.monotonic() + 10
    while not model.open and time.monotonic() < until:
        time.sleep(0.02)
    assert (model.open, site.desk.gate.inside) == (1, 1)


def freed(site: Served, model: Silent) -> None:
    """Both, and never the place before the model: it would then be asked by more than there are places."""
    assert TIMEOUTS.first_token > 2 * SOON
    until = time.monotonic() + SOON
    while site.desk.gate.inside and time.monotonic() < until:
        time.sleep(0.002)
    assert (site.desk.gate.inside, model.open) == (0, 0)


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("history", [[], [["What is done there?", "Falls are counted."]]], ids=["first", "follow-up"])
def test_over_http(silent: tuple[Served, Silent], accept: str, history: list[list[str]]) -> None:
    site, model = silent
    body = {"question": FALLS, "history": history}
    with httpx.Client(timeout=1) as visitor, pytest.raises(httpx.ReadTimeout):
        visitor.post(f"{site.url}/api/ask", json=body, headers={"Accept": accept})
    freed(site, model)
    assert site.ask("What is their salary?").status_code == 200


@pytest.mark.browser
@pytest.mark.parametrize("how", ["stop", "close"])
def test_on_the_page(silent: tuple[Served, Silent], chromium: Browser, how: str) -> None:
    site, model = silent
    with watched(chromium, site.url) as seen:
        seen.page.fill("#question textarea", FALLS)
        seen.page.keyboard.press("Enter")
        expect(seen.page.locator("#now .is-writing")).to_be_visible()
        asked(site, model)
        if how == "stop":
            seen.page.locator(".stop-button").click()
            freed(site, model)
    freed(site, model)
