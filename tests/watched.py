"""A page of the browser that notes whatever should not happen on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, TimeoutError, expect

expect.set_options(timeout=20_000)  # a loaded machine is no fault of the page

DESKTOP, PHONE = (1280, 860), (390, 844)


class Watched:
    """A page and its faults: requests to other hosts, errors, refusals by the policy, dialogs, popups to elsewhere."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("request", lambda r: None if _own(r.url, origin) else self.faults.append(f"request to {r.url}"))
        page.on("pageerror", lambda e: self.faults.append(f"error {e}"))
        page.on("console", lambda m: self.faults.append(f"console {m.text}") if m.type == "error" else None)
        page.on("response", lambda r: self.faults.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.on("dialog", lambda d: (self.faults.append(f"dialog {d.message}"), d.dismiss()))

    def ask(self, question: str) -> None:
        """Type a question, press Enter, wait for the whole answer."""
        before = self.page.locator(".turn").count()
        self.page.fill("#question textarea", question)
        self.page.keyboard.press("Enter")
        try:
            expect(self.page.locator(".turn")).to_have_count(before + 1)
            self.page.wait_for_selector("#now .turn.is-done, #now .turn.is-failed")
            self.page.wait_for_selector("#composer .submit-button")
        except (AssertionError, TimeoutError) as exc:
            typed = self.page.input_value("#question textarea")
            shown = self.page.inner_html("#composer") + self.page.inner_html("#now")[-1500:]
            raise AssertionError(f"no answer: {self.faults} {typed!r} {shown}") from exc

    def accessible(self) -> None:
        """No finding of axe-core that is serious or worse."""
        found = Axe().run(self.page).response["violations"]
        worst = [
            (v["id"], v["impact"], [node["html"][:200] for node in v["nodes"]][:3])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert worst == [], worst


def _own(url: str, origin: str) -> bool:
    return url.startswith((f"{origin}/", "data:", "blob:", "about:"))


@contextmanager
def watched(
    browser: Browser, url: str, size: tuple[int, int] = DESKTOP, dark: bool = False, calm: bool = False
) -> Iterator[Watched]:
    """The address, opened; the faults are checked at the end."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce" if calm else "no-preference",
        bypass_csp=False,
        ignore_https_errors=True,  # the certificate of a proxy on loopback
    )
    context.set_default_timeout(20_000)
    try:
        seen = Watched(context.new_page(), "/".join(url.split("/")[:3]))
        seen.page.goto(url)
        yield seen
        assert not seen.faults, seen.faults
        assert context.cookies() == []
    finally:
        context.close()
