"""The widget on other people's pages, in a real browser."""

import asyncio
import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from served import Served
from sites import WIDGET, Api, Sites

pytestmark = pytest.mark.browser
LIMIT = 15 * 1024
ASKED = "What did they do with Kubernetes?"
SETTLED = "dialog => Promise.all(dialog.getAnimations().map(a => a.finished))"
Visit = Callable[..., Page]


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as api:
        yield api
        api.held.set()


@pytest.fixture(scope="module")
def sites() -> Iterator[Sites]:
    with Sites() as sites:
        yield sites


def embedding(
    api: Api | Served, head: str = "", body: str = "", attributes: str = "", doctype: str = "<!doctype html>"
) -> str:
    tag = f'<script src="{api.url}/widget.js" async {attributes}></script>'
    return (
        f'{doctype}<html lang="en"><head><meta name="viewport" content="width=device-width"><title>Host</title>{head}'
        f"</head><body>{body}<main><h1>Host</h1><p><a href='#'>A link</a></p></main>{tag}</body></html>"
    )


@pytest.fixture
def visit(chromium: Browser, sites: Sites, api: Api) -> Iterator[Visit]:
    """Open a page that embeds the widget, as a new visitor; a script's error or a blocking policy fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def go(html: str | None = None, policy: str = "", init: str = "", **context: object) -> Page:
        headers = {"Content_Security_Policy": policy} if policy else {}
        address = sites.add(f"/{len(sites.pages)}", html or embedding(api), **headers)
        contexts.append(chromium.new_context(**context))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Security Policy" in message.text else None)
        if init:
            page.add_init_script(init)
        page.goto(address)
        return page

    yield go
    for context in contexts:
        context.close()
    assert not errors


def opened(page: Page) -> Locator:
    """The dialog, by a click on the button."""
    page.locator("ask-my-resume .launch").click()
    dialog = page.locator("ask-my-resume dialog")
    expect(dialog).to_be_visible()
    dialog.evaluate(SETTLED)
    return dialog


def ask(page: Page, question: str = ASKED) -> Locator:
    """Types a question into the open dialog; its turn."""
    page.locator("ask-my-resume textarea").fill(question)
    page.keyboard.press("Enter")
    return page.locator("ask-my-resume .turn").last


def answered(page: Page, question: str = ASKED) -> Locator:
    turn = ask(page, question)
    expect(page.get_by_label("Send")).to_be_visible()
    return turn


def test_size() -> None:
    assert len(gzip.compress((WIDGET / "widget.js").read_bytes(), 9)) <= LIMIT


def test_an_answer_with_its_sources(visit: Visit, api: Api) -> None:
    page = visit()
    dialog = opened(page)
    expect(dialog.get_by_role("heading")).to_have_text("Ask about Ines Okafor")
    turn = answered(page)
    expect(turn.locator(".said > p").first).to_have_text("From the documents:")
    expect(turn.locator("li")).to_have_text(
        [
            re.compile(r"^Focus on cloud & infrastructure\s1$"),
            re.compile(r"^Moved from virtual machines to Docker and Kubernetes\s21$"),
        ]
    )
    turn.locator("summary").click()
    expect(turn.locator("blockquote").last).to_contain_text("reducing costs by 40%")
    chip = turn.get_by_role("link", name="Source 1: Focus Areas · My Work Spans (opens in a new tab)").first
    assert chip.get_attribute("rel") == "noopener"
    with page.expect_popup() as popup:
        chip.click()
    assert popup.value.url == f"{api.url}/sources/bio/focus%20%C3%A4reas.md#7-9"
    assert popup.value.evaluate("window.opener") is None


def test_nothing_is_asked_of_the_server_before_it_is_opened(visit: Visit, api: Api) -> None:
    page = visit()
    page.locator("ask-my-resume .launch").hover()
    page.wait_for_timeout(200)
    assert api.paths == ["/widget.js"]
    opened(page)
    expect(page.locator("ask-my-resume .choice")).to_have_count(3)
    assert api.paths == ["/widget.js", "/api/profile"]


def test_a_follow_up_carries_the_conversation(visit: Visit, api: Api) -> None:
    page = visit()
    opened(page)
    answered(page)
    answered(page, 'And "before"\tthat? \\ é')
    assert [body["protocol"] for body in api.bodies] == [1, 1]
    assert api.bodies[0]["history"] == []
    assert api.bodies[1]["question"] == 'And "before"\tthat? \\ é'
    [[question, said]] = api.bodies[1]["history"]
    assert question == ASKED
    assert said.startswith("From the documents:\n- Focus")


def test_a_long_conversation_stays_below_what_the_server_takes(visit: Visit, api: Api) -> None:
    page = visit()
    opened(page)
    for n in range(23):
        answered(page, f"{n} prose " + "\u4e16" * 900)
    longest = max(len(json.dumps(body, ensure_ascii=False).encode()) for body in api.bodies)
    assert 10000 < longest < 16 * 1024
    assert api.bodies[-1]["history"][-1][0].startswith("21 ")


def test_prose_is_one_paragraph(visit: Visit) -> None:
    page = visit()
    opened(page)
    turn = answered(page, "prose")
    expect(turn.locator(".said > p")).to_have_count(1)
    expect(turn.locator(".said > p")).to_have_text(re.compile(r"infrastructure\s1 Moved .* Kubernetes\s21$"))


def test_sentences_show_while_others_are_written_and_stop_ends_it(visit: Visit, api: Api) -> None:
    page = visit()
    opened(page)
    turn = ask(page, "hang")
    expect(turn.locator("li")).to_have_text(re.compile("Focus on cloud"))
    expect(turn.locator(".chip")).to_have_count(1)
    page.get_by_label("Stop").click()
    expect(turn.locator(".note")).to_have_text("Stopped.")
    expect(page.get_by_label("Send")).to_be_visible()
    api.held.set()
    expect(answered(page).locator("li")).to_have_count(2)
    assert api.bodies[-1]["history"] == []


def test_a_stream_in_small_pieces(visit: Visit) -> None:
    page = visit()
    opened(page)
    expect(answered(page, "torn").locator("li")).to_have_count(2)


def test_a_refusal_helps(visit: Visit, api: Api) -> None:
    page = visit()
    opened(page)
    turn = answered(page, "salary")
    expect(turn).to_contain_text("The documents do not say.")
    assert turn.get_by_role("link", name="ines@okafor.example").get_attribute("href") == "mailto:ines@okafor.example"
    expect(turn.locator(".choice")).to_have_count(2)
    turn.locator(".choice").first.click()
    expect(page.locator("ask-my-resume .turn")).to_have_count(2)
    expect(page.locator("ask-my-resume .turn").last).to_contain_text("Moved from virtual machines")


def test_announced_once_and_complete(visit: Visit) -> None:
    page = visit()
    opened(page)
    page.evaluate("""() => {
        window.announced = [];
        const live = document.querySelector("ask-my-resume").shadowRoot.querySelector("[aria-live]");
        new MutationObserver((records) => {
            for (const record of records) for (const node of record.addedNodes) announced.push(node.textContent);
        }).observe(live, { childList: true });
    }""")
    answered(page)
    [announced] = page.evaluate("announced")
    assert announced.startswith("From the documents:")
    assert "[" not in announced
    assert announced.endswith("2 sources.")
    assert page.locator("ask-my-resume [aria-live]").count() == 1


def focused(page: Page) -> str:
    """The focused element's name, of the widget's where the focus is in there."""
    return str(
        page.evaluate("""() => {
        const inside = document.activeElement.shadowRoot, at = inside ? inside.activeElement : document.activeElement;
        return (inside ? "widget " : "page ") + (at.getAttribute("aria-label") || at.textContent.trim());
    }""")
    )


def test_keyboard_alone(visit: Visit) -> None:
    page = visit(init="addEventListener('keydown', e => { window.heard = (window.heard || '') + e.key });")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused(page) == "widget Ask my resume"
    page.keyboard.press("Enter")
    assert focused(page) == "widget Your question"
    expect(page.locator("ask-my-resume .choice")).to_have_count(3)
    around = []
    for _ in range(7):
        page.keyboard.press("Tab")
        around.append(focused(page))
    assert around[0] == "widget Send"
    assert around[1] == "widget Close"
    assert around[-1] == "widget Your question"
    assert all(name.startswith("widget ") for name in around)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    before = page.evaluate("window.heard")
    page.keyboard.type(ASKED)
    assert page.evaluate("window.heard") == before, "the page's shortcuts hear what is typed"
    page.keyboard.press("Enter")
    expect(page.locator("ask-my-resume li .chip")).to_have_count(3)
    assert focused(page) == "widget Your question"
    page.keyboard.press("Escape")
    expect(page.locator("ask-my-resume dialog")).to_be_hidden()
    expect(page.locator("ask-my-resume .launch")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("ask-my-resume .turn")).to_have_count(1)
    page.keyboard.press("Escape")


def test_focus_comes_back_where_a_click_gives_none(visit: Visit) -> None:
    """In some browsers a button that is clicked is not focused, so the dialog alone would return it to the page."""
    page = visit()
    page.locator("main a").focus()
    page.locator("ask-my-resume .launch").evaluate("button => button.click()")
    page.keyboard.press("Escape")
    expect(page.locator("ask-my-resume .launch")).to_be_focused()


RESET = """<style>
* { all: unset !important; display: none !important; color: red !important; font: 40px serif !important;
    opacity: 0 !important; pointer-events: none !important; position: static !important;
    letter-spacing: 1em !important }
html, body, main, h1, head + body * { display: block !important; opacity: 1 !important }
html { font-size: 3px !important; direction: rtl; min-height: 3000px !important }
body { transform: scale(.5); overflow: hidden; height: 20px }
ask-my-resume { left: -999px !important; visibility: hidden !important; z-index: -1 !important; width: 0 !important }
</style>"""
STRICT = (
    "default-src 'none'; script-src {0}; connect-src {0}; style-src 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
POLLUTED = """
Object.prototype.toJSON = function () { return "hijacked" };
String.prototype.toJSON = Array.prototype.toJSON = Object.prototype.toJSON;
Array.prototype.each = Object.prototype.forEachPair = function () {};
Array.from = () => { throw Error("an old polyfill") };
JSON.stringify = () => '"hijacked"';
document.addEventListener("focusin", e => document.querySelector("main a").focus());
document.addEventListener("keydown", e => e.preventDefault());
"""
HOSTILE = {
    "resets": {"head": RESET},
    "quirks": {"doctype": "", "head": "<style>table,div{color:red}</style>", "body": "<table><tr><td>old</table>"},
    "strict": {},
    "polluted": {"head": f"<script>{POLLUTED}</script>"},
    "clobbered": {"body": '<img name="currentScript"><form name="fetch"></form><a id="ask"></a>'},
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages(kind: str, visit: Visit, api: Api) -> None:
    html = embedding(api, **HOSTILE[kind])
    page = visit(html, policy=STRICT.format(api.url) if kind == "strict" else "")
    assert page.evaluate("document.compatMode") == ("BackCompat" if kind == "quirks" else "CSS1Compat")
    page.evaluate("scrollTo(0, 500)")
    launch = page.locator("ask-my-resume .launch")
    box = launch.bounding_box()
    assert box
    assert box["x"] + box["width"] == page.viewport_size["width"] - 20  # type: ignore[index]
    assert box["y"] + box["height"] == page.viewport_size["height"] - 20  # type: ignore[index]
    dialog = opened(page)
    turn = answered(page)
    expect(turn.locator("li")).to_have_count(2)
    assert api.bodies[-1]["question"] == ASKED
    look = turn.locator("li").first.evaluate(
        "e => { const s = getComputedStyle(e); return [s.fontSize, s.color, s.letterSpacing, s.direction] }"
    )
    assert look == ["15px", "rgb(28, 35, 33)", "normal", "ltr"]
    assert dialog.bounding_box() == {"x": 850, "y": 40, "width": 410, "height": 660}
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_page_is_left_as_it_was(visit: Visit, api: Api, sites: Sites) -> None:
    page = visit("<!doctype html><title>x</title><p>text")
    own = "() => [Object.keys(window).join(), getComputedStyle(document.querySelector('p')).cssText, document.cookie]"
    before = page.evaluate(own)
    page.evaluate("""src => new Promise(done => {
        const tag = document.createElement("script"); tag.src = src; tag.onload = done; document.head.append(tag) })""",
        f"{api.url}/widget.js")  # fmt: skip
    opened(page)
    answered(page)
    assert page.evaluate(own) == before


def test_two_inclusions_give_one_widget(visit: Visit, api: Api) -> None:
    twice = f'<script src="{api.url}/widget.js" async></script><script src="{api.url}/widget.js?2" defer></script>'
    page = visit(embedding(api, head=twice))
    opened(page)
    assert page.locator("ask-my-resume").count() == 1


def test_storage_and_cookies_blocked(visit: Visit) -> None:
    blocked = """for (const [owner, name] of [[window, "localStorage"], [window, "sessionStorage"],
        [window, "indexedDB"], [window, "caches"], [Document.prototype, "cookie"]])
        Object.defineProperty(owner, name, { get() { throw new DOMException("blocked", "SecurityError") } });"""
    page = visit(init=blocked)
    opened(page)
    expect(answered(page).locator("li")).to_have_count(2)
    assert page.context.cookies() == []


def test_server_down_then_up_again(visit: Visit, api: Api) -> None:
    page = visit()
    api.__exit__()
    dialog = opened(page)
    expect(dialog.locator(".warn")).to_contain_text("can’t be reached right now")
    turn = ask(page)
    expect(turn.locator(".warn")).to_contain_text("can’t be reached right now")
    with Api(api.server_address[1]) as again:
        turn.get_by_role("button", name="Try again").click()
        expect(turn.locator("li")).to_have_count(2)
        assert len(again.bodies) == 1
        dialog.get_by_role("button", name="Try again").click()
        expect(dialog.get_by_role("heading")).to_have_text("Ask about Ines Okafor")
        expect(page.locator("ask-my-resume .warn")).to_have_count(0)


def test_server_slow(visit: Visit, api: Api) -> None:
    api.pause = 3
    page = visit()
    dialog = opened(page)
    expect(dialog.locator(".hello")).not_to_contain_text("Waking")
    turn = ask(page, "sleepy")
    expect(dialog.locator(".hello")).to_contain_text("Waking up the server")
    expect(turn.locator(".note")).to_contain_text("The server is waking up")
    expect(turn.locator("li")).to_have_count(2)
    expect(dialog.locator(".hello")).to_contain_text("What has been published?")


def test_a_server_that_falls_silent_is_given_up(visit: Visit) -> None:
    page = visit()
    page.clock.install()
    opened(page)
    turn = ask(page, "hang")
    expect(turn.locator("li")).to_have_count(1)
    page.clock.fast_forward("01:31")
    expect(turn.locator(".warn")).to_contain_text("The server is taking too long.")
    expect(turn.locator("li")).to_have_count(1)


def test_waiting_says_why(visit: Visit, api: Api) -> None:
    page = visit()
    opened(page)
    turn = ask(page, "waiting")
    expect(turn.locator(".note")).to_have_text("Your turn comes in a moment.")
    api.held.set()
    expect(turn.locator("li")).to_have_count(2)


@pytest.mark.parametrize(
    ("question", "told", "sentences"),
    [
        ("busy", "That was a lot of questions. Please come back soon.", 0),
        ("broken", "The server is restarting. Please ask again in a moment.", 2),
        ("cut", "The connection was lost before the answer was complete.", 1),
    ],
)
def test_troubles_are_told_and_what_was_proved_stays(visit: Visit, question: str, told: str, sentences: int) -> None:
    page = visit()
    opened(page)
    turn = answered(page, question)
    expect(turn.locator(".warn p")).to_have_text(told)
    expect(turn.locator("li")).to_have_count(sentences)
    expect(turn.get_by_role("button", name="Try again")).to_be_visible()


def test_another_protocol(visit: Visit, api: Api) -> None:
    page = visit()
    opened(page)
    api.version = "2"
    turn = answered(page)
    expect(turn.locator(".warn")).to_have_text("This chat has been updated. Please reload the page.")


def test_hostile_answers_stay_text(visit: Visit, api: Api) -> None:
    bad = "<svg onload=window.pwned=1>"
    api.profile |= {
        "name": bad,
        "headline": bad,
        "suggested_questions": [bad],
        "contact": "pwned",
        "contact_url": "javascript:pwned=1",
    }
    page = visit(embedding(api, attributes=f"data-question='{bad}' data-accent='red;}}*{{x:url(//evil.example)}}'"))
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    dialog = opened(page)
    turn = answered(page, f"hostile {bad}")
    turn.locator("summary").click()
    expect(turn.locator("blockquote")).to_contain_text("<script>window.pwned=1</script>")
    assert dialog.locator("img, script, svg[onload]").count() == 0
    for link in dialog.locator("a").all():
        assert str(link.get_attribute("href")).startswith(f"{api.url}/sources/")
    assert page.evaluate("window.pwned") is None
    assert {url.split("/")[2] for url in elsewhere} == {api.url.split("/")[2]}


def test_attributes(visit: Visit, api: Api) -> None:
    page = visit(embedding(api, attributes='data-title="Ask me" data-question="Why you?" data-accent="gold"'))
    expect(page.locator("ask-my-resume .launch")).to_have_text("Ask me")
    dialog = opened(page)
    expect(dialog.get_by_role("heading")).to_have_text("Ask me")
    expect(dialog.locator(".choice").first).to_have_text("Why you?")
    look = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    assert dialog.locator(".send").evaluate(look) == ["rgb(255, 215, 0)", "rgb(0, 0, 0)"]


ACCENTS = ["#0f6b5c", "gold", "white", "black", "oklch(70% .2 150)", "hsl(300 90% 50%)", "#777", "nonsense"]
CONTRASTS = """() => {
    const root = document.querySelector("ask-my-resume").shadowRoot, found = {};
    const rgb = (value) => value.match(/[\\d.]+/g).map(Number);
    const light = (value) => {
        const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const [r, g, b] = rgb(value).map(v => linear(v / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    for (const e of root.querySelectorAll("*")) {
        const written = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || e.matches("textarea, svg");
        if (!written || !e.checkVisibility() || e.closest(".sr")) continue;
        let behind = e;
        while (rgb(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
        const pair = [getComputedStyle(e).color, getComputedStyle(behind).backgroundColor].map(light);
        found[`${e.tagName} ${e.className.baseVal ?? e.className}`] = Math.max(...pair) / Math.min(...pair);
    }
    return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_accent_can_be_read(visit: Visit, api: Api, scheme: str) -> None:
    """Measured here, of text on what is painted behind it: axe gives up on text inside a modal dialog."""
    for accent in ACCENTS:
        page = visit(embedding(api, attributes=f'data-accent="{accent}"'), color_scheme=scheme)
        opened(page)
        answered(page).locator("summary").click()
        found = page.evaluate(CONTRASTS)
        assert {"A chip", "P asked", "BUTTON choice", "SUMMARY ", "P foot", "TEXTAREA ", "SPAN "} <= set(found)
        assert {what: ratio for what, ratio in found.items() if ratio < 4.5} == {}, accent
        page.context.close()


def violations(page: Page) -> list[str]:
    """What axe holds to be wrong, seriously, with the widget."""
    found = Axe().run(page, context={"include": [["ask-my-resume"]]}).response["violations"]
    return [
        f"{v['id']}: {n['target']} {n.get('failureSummary')}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for n in v["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("question", [ASKED, "salary", "busy"])
def test_no_serious_finding_of_axe(visit: Visit, scheme: str, question: str) -> None:
    page = visit(color_scheme=scheme)
    assert violations(page) == []
    opened(page)
    expect(page.locator("ask-my-resume .choice")).to_have_count(3)
    assert violations(page) == []
    turn = answered(page, question)
    if question == ASKED:
        turn.locator("summary").click()
    assert violations(page) == []


PHONE = {"viewport": {"width": 360, "height": 640}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


def test_phone_fills_the_screen(visit: Visit) -> None:
    page = visit(**PHONE)
    page.locator("ask-my-resume .launch").tap()
    dialog = page.locator("ask-my-resume dialog")
    dialog.evaluate(SETTLED)
    assert dialog.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 640}
    assert focused(page) != "widget Your question", "a focused field would bring up the keyboard"
    page.locator("ask-my-resume .choice").first.tap()
    turn = page.locator("ask-my-resume .turn")
    expect(turn.locator("li")).to_have_count(2)
    assert focused(page) != "widget Your question"
    sideways = "e => e.scrollWidth > e.clientWidth"
    assert not page.locator("ask-my-resume .log").evaluate(sideways)
    for target in page.locator("ask-my-resume :is(button, a, textarea)").all():
        box = target.bounding_box()
        assert box is None or not box["width"] or min(box["width"], box["height"]) >= 24


def test_dark_and_light_follow_the_visitor_or_the_site(visit: Visit, api: Api) -> None:
    page = visit(color_scheme="light")
    dialog = opened(page)
    expect(dialog).to_have_css("background-color", "rgb(255, 255, 255)")
    page.emulate_media(color_scheme="dark")
    expect(dialog).to_have_css("background-color", "rgb(21, 27, 25)")
    page = visit(embedding(api, attributes='data-theme="light"'), color_scheme="dark")
    expect(opened(page)).to_have_css("background-color", "rgb(255, 255, 255)")


def test_reduced_motion(visit: Visit) -> None:
    for motion, moves in (("reduce", 0), ("no-preference", 1)):
        page = visit(reduced_motion=motion)
        opened(page)
        ask(page, "waiting")
        expect(page.locator("ask-my-resume .busy")).to_be_visible()
        running = "document.querySelector('ask-my-resume').shadowRoot.getAnimations().length > 0"
        assert page.evaluate(running) == bool(moves)


def test_the_real_server(serve: Callable[..., Served], visit: Visit, sites: Sites) -> None:
    served = serve(allowed_origins=sites.url).ready()
    page = visit(embedding(served))
    dialog = opened(page)
    expect(dialog.get_by_role("heading")).to_have_text("Ask about Ines Okafor")
    turn = answered(page, "How many beds does the ward have?")
    expect(turn).to_contain_text("34 beds")
    with page.expect_popup() as popup:
        turn.locator(".chip").first.click()
    expect(popup.value.locator("mark")).to_contain_text("34 beds")


def test_the_real_servers_limit_and_its_full_queue(
    serve: Callable[..., Served], visit: Visit, sites: Sites, shots: Path
) -> None:
    served = serve(allowed_origins=sites.url, per_minute=1, at_once=1, queue=0).ready()
    page = visit(embedding(served))
    opened(page)
    taken = served.desk.gate.line()
    asyncio.run_coroutine_threadsafe(taken.__aenter__(), served.loop).result()
    turn = answered(page, "How many beds does the ward have?")
    expect(turn.locator(".warn p")).to_have_text("Many people are asking just now. Please try again in a few seconds.")
    turn.get_by_role("button", name="Try again").click()
    expect(turn.locator(".warn p")).to_have_text(
        "That was a lot of questions (the limit is 1 a minute). Please come back in a minute."
    )
    page.screenshot(path=shots / "widget-limit.png")


def test_a_site_that_is_not_listed_gets_a_plain_word(serve: Callable[..., Served], visit: Visit) -> None:
    page = visit(embedding(serve().ready()))
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    dialog = opened(page)
    expect(dialog.locator(".warn")).to_contain_text("can’t be reached right now")
    assert any("RESUME_ALLOWED_ORIGINS" in text for text in told), "the site's owner is told why"


def test_the_demo_page(serve: Callable[..., Served], visit: Visit) -> None:
    served = serve().ready()
    page = visit()
    page.goto(f"{served.url}/widget")
    expect(page.locator("pre").first).to_contain_text(f'<script src="{served.url}/widget.js" async></script>')
    opened(page)
    expect(answered(page, "How many beds does the ward have?")).to_contain_text("34 beds")
    assert Axe().run(page).response["violations"] == []
