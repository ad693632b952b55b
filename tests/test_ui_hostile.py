"""Documents and models that attack the reader: no script runs, nothing is loaded from another host."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser
from served import Served
from watched import watched

from rag.assistant import Assistant
from rag.schema import Answer, Citation, Done, Event, Retrieved, Sentence, Statement
from tests.conftest import written
from ui import render, turn
from ui.turn import Turn

ATTACKS = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=2>",
    "<img src=https://evil.example/pixel.png>",
    "![x](https://evil.example/pixel.png)",
    "[click](javascript:window.pwned=3)",
    "<a href='javascript:window.pwned=4'>click</a>",
    "[data](data:text/html,<script>window.pwned=5</script>)",
    "<svg onload=window.pwned=6>",
    "<iframe srcdoc='<script>parent.pwned=7</script>'></iframe>",
    "</pre></article><style>@import url(https://evil.example/x.css)</style>",
    "<math><mi//xlink:href='data:x,<script>window.pwned=8</script>'>",
    "$$\\href{javascript:window.pwned=9}{x}$$",
    "`</code><body onpageshow=window.pwned=10>`",
    "<details open ontoggle=window.pwned=11>",
    "{{constructor.constructor('window.pwned=12')()}} ${window.pwned=13}",
    '"><input autofocus onfocus=window.pwned=14>',
    "<form action=https://evil.example><button>Send</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "https://evil.example/auto-link",
    "&lt;script&gt;window.pwned=15&lt;/script&gt;",
    "\n\n<script>window.pwned=16</script>\n\n# Heading\n\n",
    "```html\n<script>window.pwned=17</script>\n```",
    "<object data=https://evil.example/x.swf></object><base href=https://evil.example/>",
)


def turn_of(attack: str) -> Turn:
    card = turn.Card(
        number=1, source=f"a/{attack}.md"[:400], title=attack, locator=attack, start=0, end=1,
        before=attack, quote=attack, after=attack,
    )  # fmt: skip
    lines = (turn.Line(text=attack, cards=(1,)), turn.Line(text=attack, cards=(1,)))
    return Turn(
        question=attack, state="done", decision="refuse", lead=attack, lines=lines, cards=(card,), engine=attack,
        contact=attack, suggested=(attack,), note=attack,
    )  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_markup_of_theirs_survives_rendering(attack: str) -> None:
    for decision in ("refuse", "answer"):
        html = render.turn(turn_of(attack).model_copy(update={"decision": decision}), 1)
        ours = {"article", "h2", "h3", "span", "div", "p", "ul", "ol", "li", "a", "button", "section", "blockquote"}
        assert set(re.findall(r"<(\w+)", html)) <= ours | {"mark", "br"}
        assert "\n" not in html
        for attribute in re.findall(r'<[^>"]*(?:"[^"]*"[^>"]*)*>', html):
            assert not re.search(r"\son\w+=", re.sub(r'"[^"]*"', "", attribute))
        for url in re.findall(r'href="([^"]*)"', html):
            assert url.startswith(("/sources/", "mailto:", "https://"))


def hostile_corpus(folder: Path) -> Path:
    files = {
        "profile.toml": "display_name = '<img src=x onerror=window.pwned=20>'\n"
        "headline = '<script>window.pwned=21</script>![x](https://evil.example/p.png)'\n"
        "contact = 'javascript:window.pwned=22'\n"
        "suggested_questions = ['Which tools? <img src=x onerror=window.pwned=23>', 'What was built at Acme?']\n",
        "experience/<img src=x onerror=alert(1)>.md": '---\ntitle: "<svg onload=window.pwned=24>"\nemployer: '
        "'<b onclick=window.pwned=25>Acme</b>'\nstart: 2019\nend: present\n---\n\n"
        "# Engineer\n\n- Built the payment gateway with Kubernetes <script>window.pwned=26</script>.\n"
        + "".join(f"- Built the payment tool number {i} with Kubernetes {a!r}.\n" for i, a in enumerate(ATTACKS)),
        "articles/quote'\"&.md": "# [x](javascript:window.pwned=27)\n\nKubernetes made the payment gateway stable. "
        + " ".join(a.replace("\n", " ") for a in ATTACKS),
    }
    return written(files, folder)


@pytest.mark.browser
def test_a_hostile_corpus_stays_text(
    serve: Callable[..., Served],
    assistant_over: Callable[[Path, Path], Assistant],
    chromium: Browser,
    tmp_path: Path,
    shots: Path,
) -> None:
    assistant = assistant_over(hostile_corpus(tmp_path / "corpus"), tmp_path / "index")
    site = serve(make=lambda _: assistant, index=tmp_path / "index").ready()
    with watched(chromium, site.url) as seen:
        page = seen.page
        page.wait_for_selector(".welcome")
        for question in ("What was built with Kubernetes?", "What is the payment gateway?", "Who is it?", *ATTACKS[:6]):
            seen.ask(question)
        page.screenshot(path=shots / "hostile.png", full_page=True)
        assert page.evaluate("window.pwned") is None
        images = page.locator("#now img, #past img, #masthead img, #now script, #past iframe, #past form")
        assert images.count() == 0
        links = page.eval_on_selector_all("#now a, #past a", "all => all.map(a => a.href)")
        assert links
        assert all(link.startswith(f"{site.url}/sources/") for link in links)
    sources = [document.source for document in assistant.snapshot().generation.documents]
    assert len(sources) == 2
    for source in sources:
        with watched(chromium, f"{site.url}{render.source_url(place(source))}") as seen:
            seen.page.wait_for_selector("mark")
            assert seen.page.evaluate("window.pwned") is None
            assert seen.page.locator("main img, main script, main a, main iframe").count() == 0
            shown = seen.page.eval_on_selector_all("pre.text", "all => all.map(e => e.textContent).join('')")
            assert shown == assistant.snapshot().generation.text(source)


def place(source: str) -> turn.Card:
    return turn.Card(number=1, source=source, title="", locator="", start=3, end=30, before="", quote="", after="")


@pytest.mark.browser
def test_a_hostile_model_stays_text(serve: Callable[..., Served], nurse: Assistant, chromium: Browser) -> None:
    class Hostile:
        def __getattr__(self, name: str) -> object:
            return getattr(nurse, name)

        def stream(self, question: str, history: object) -> Iterator[Event]:
            attack = ATTACKS[int(question.rsplit(maxsplit=1)[-1])]
            cited = Citation(1, "resume.md", attack, attack, attack, 0, 5)
            said = Statement(attack, (1,))
            yield Retrieved(question, ())
            yield Sentence(said, (cited,))
            yield Done(Answer(question, attack, "answer", f"{attack} [1]", None, (said,), (cited,), engine=attack))

    site = serve(make=lambda _: Hostile()).ready()
    with watched(chromium, site.url) as seen:
        for number, attack in enumerate(ATTACKS):
            seen.ask(f"Attack {number}")
            said = seen.page.locator("#now .said").inner_text()
            assert " ".join(attack.split())[:12] in " ".join(said.split()), attack
            if number % 12 == 11:
                seen.page.locator("#fresh").click()
                seen.page.wait_for_selector(".welcome")
        seen.page.wait_for_timeout(300)
        assert seen.page.evaluate("window.pwned") is None


def test_the_page_keeps_its_tags_whatever_the_profile_says(
    serve: Callable[..., Served], assistant_over: Callable[[Path, Path], Assistant], tmp_path: Path
) -> None:
    assistant = assistant_over(hostile_corpus(tmp_path / "corpus"), tmp_path / "index")
    site = serve(make=lambda _: assistant, index=tmp_path / "index").ready()
    html = httpx.get(site.url, headers={"Host": 'evil.example"><script>'}).text
    assert "<img src=x" not in html
    assert 'evil.example"><script>' not in html
    assert html.count("<script") == html.count("</script>")
    assert "<title>Ask about &lt;img" in html
