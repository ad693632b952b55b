"""Behind a reverse proxy: the scheme and host that the visitor asked, and whose word for them counts."""

import asyncio
from collections.abc import Callable, Mapping
from ipaddress import ip_network

import httpx
import pytest
from playwright.sync_api import Browser, expect
from proxied import Proxy
from served import Served
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send
from watched import watched

from ui.visitors import Visitors

Serve = Callable[..., Served]
PUBLIC = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "ask.example"}


@pytest.mark.parametrize(
    ("peer", "told", "expected"),
    [
        ("203.0.113.9", PUBLIC, ("http", "inside:7860")),  # not a proxy of ours: its own invention
        ("10.0.0.1", {}, ("http", "inside:7860")),
        ("10.0.0.1", PUBLIC, ("https", "ask.example")),
        ("10.0.0.1", {"X-Forwarded-Proto": "https"}, ("https", "inside:7860")),
        # Written by our proxies, one entry each, to the right of what the visitor wrote himself.
        ("10.0.0.1", {"X-Forwarded-Host": "evil.example, ask.example"}, ("http", "ask.example")),
        (
            "10.0.0.1",
            {
                "X-Forwarded-For": "6.6.6.6, 198.51.100.7, 10.0.0.2",
                "X-Forwarded-Host": "evil.example, ask.example, inner",
                "X-Forwarded-Proto": "gopher, https, http",
            },
            ("https", "ask.example"),
        ),
        ("10.0.0.1", {"X-Forwarded-Host": 'x"><script>', "X-Forwarded-Proto": "javascript"}, ("http", "inside:7860")),
        ("10.0.0.1", {"X-Forwarded-Host": "[2001:db8::1]:8443"}, ("http", "[2001:db8::1]:8443")),
        # Two proxies of ours of which the outer one writes no host: what the inner one wrote over or behind counts.
        (
            "10.0.0.1",
            {"X-Forwarded-For": "198.51.100.7, 10.0.0.2", "X-Forwarded-Host": "ask.example"},
            ("http", "ask.example"),
        ),
        (
            "10.0.0.1",
            {
                "X-Forwarded-For": "198.51.100.7, 10.0.0.3, 10.0.0.2",
                "X-Forwarded-Host": "evil.example, ask.example",
                "X-Forwarded-Proto": "http, https",
            },
            ("https", "ask.example"),
        ),
        # More entries than proxies, and addresses of ours that a stranger claims to have come through.
        (
            "10.0.0.1",
            {
                "X-Forwarded-For": "10.0.0.9, 10.0.0.8, 198.51.100.7",
                "X-Forwarded-Host": "evil.example, worse.example, ask.example",
            },
            ("http", "ask.example"),
        ),
        ("10.0.0.1", {"X-Forwarded-Host": "ask.example:1"}, ("http", "ask.example:1")),
        ("10.0.0.1", {"X-Forwarded-Host": "ask.example:65535"}, ("http", "ask.example:65535")),
        ("10.0.0.1", {"X-Forwarded-Host": "ask.example:0"}, ("http", "inside:7860")),
        ("10.0.0.1", {"X-Forwarded-Host": "ask.example:65536"}, ("http", "inside:7860")),
        ("10.0.0.1", {"X-Forwarded-Host": "ask.example:"}, ("http", "inside:7860")),
        ("10.0.0.1", {"X-Forwarded-Host": "ask.example:٨٠"}, ("http", "inside:7860")),
        ("10.0.0.1", {"X-Forwarded-Host": "a/../b"}, ("http", "inside:7860")),
        ("10.0.0.1", {"X-Forwarded-Host": ", ,"}, ("http", "inside:7860")),
    ],
)
def test_scheme_and_host_that_trusted_proxies_tell(
    peer: str, told: Mapping[str, str], expected: tuple[str, str]
) -> None:
    scope = passed(peer, {"Host": "inside:7860", "Accept": "*/*"} | told)
    assert (scope["scheme"], Headers(scope=scope)["host"]) == expected


@pytest.mark.parametrize("peer", ["10.0.0.1", "203.0.113.9"])
def test_no_hearsay_goes_further(peer: str) -> None:
    """Gradio would believe these of anybody."""
    hearsay = PUBLIC | {
        "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Port": "1", "X-Forwarded-Prefix": "/x", "X-Real-IP": "6.6.6.6",
        "Forwarded": "for=6.6.6.6;host=evil.example", "X-Gradio-Server": "https://evil.example",
    }  # fmt: skip
    assert set(Headers(scope=passed(peer, {"Host": "inside", "Accept": "*/*"} | hearsay))) == {"host", "accept"}


def passed(peer: str, headers: Mapping[str, str]) -> Scope:
    """The scope of a request as it is behind Visitors."""
    behind: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        behind.append(scope)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "scheme": "http", "client": (peer, 4711), "headers": raw}
    asyncio.run(Visitors(app, [ip_network("10.0.0.0/8")])(scope, None, None))  # type: ignore[arg-type]
    return behind[0]


def test_a_visitor_cannot_move_the_page_elsewhere(site: Served) -> None:
    forged = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Gradio-Server": "https://evil.example",
    }
    for path in ("/", "/config", "/widget", "/gradio_api/info"):
        reply = httpx.get(site.url + path, headers=forged)
        assert reply.status_code == 200, path
        assert "evil.example" not in reply.text, path
        assert site.url.replace("http:", "https:") not in reply.text, path
    own = httpx.get(f"{site.url}/api/profile", headers=forged | {"Origin": "https://evil.example"})
    assert own.status_code == 403


def test_behind_a_proxy_the_public_address_is_the_own_one(serve: Serve) -> None:
    site = serve(trusted_proxies="127.0.0.1").ready()
    page = httpx.get(site.url, headers=PUBLIC).text
    assert '<meta property="og:url" content="https://ask.example/">' in page
    assert '<meta property="og:image" content="https://ask.example/static-ui/card.png">' in page
    assert '"root":"https://ask.example"' in page
    assert "https://ask.example/widget.js" in httpx.get(f"{site.url}/widget", headers=PUBLIC).text
    for origin, expected in (("https://ask.example", 200), (site.url, 403), ("https://evil.example", 403)):
        asked = site.ask("How many beds?", headers=PUBLIC | {"Origin": origin})
        assert asked.status_code == expected, origin


@pytest.mark.browser
def test_the_page_and_the_widget_over_tls(serve: Serve, chromium: Browser) -> None:
    site = serve(trusted_proxies="127.0.0.1").ready()
    with Proxy(site.url) as proxy:
        with watched(chromium, proxy.url) as seen:
            seen.ask("How many beds has the ward?")
            expect(seen.page.locator("#now .reply")).to_contain_text("34 beds")
            assert seen.page.locator("meta[property='og:url']").get_attribute("content") == f"{proxy.url}/"
        with watched(chromium, f"{proxy.url}/widget") as seen:
            page = seen.page
            expect(page.locator("pre").first).to_contain_text(f'<script src="{proxy.url}/widget.js" async></script>')
            page.locator("ask-my-resume .launch").click()
            page.locator("ask-my-resume textarea").fill("How many beds has the ward?")
            page.keyboard.press("Enter")
            expect(page.locator("ask-my-resume .turn li, ask-my-resume .turn .said p").first).to_contain_text("34 beds")


@pytest.mark.browser
def test_a_proxy_that_nobody_listed_costs_no_answer(serve: Serve, chromium: Browser) -> None:
    """It keeps the host, as most do; only the addresses that the page writes out say http then."""
    with Proxy(serve().ready().url, keeps_host=True) as proxy, watched(chromium, proxy.url) as seen:
        seen.ask("How many beds has the ward?")
        expect(seen.page.locator("#now .reply")).to_contain_text("34 beds")
