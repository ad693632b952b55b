"""The source view of a PDF: its pages, and a quote on one of them, in a real browser."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from reportlab.pdfgen.canvas import Canvas
from served import Served
from watched import PHONE, watched

from rag.assistant import Assistant
from ui.sources import parts

PAGES = (
    (
        "Leda Marsh",
        "",
        "Bridge engineer | leda@marsh.example",
        "",
        "Experience",
        "",
        "Lead Engineer, Harrow Bridges",
        "April 2018 – present, Leeds",
        "• Designed the Ouse footbridge, 140 metres long, of weathering steel.",
        "• Leads a team of nine.",
    ),
    (
        "Education",
        "",
        "MEng Civil Engineering, University of Leeds, 2010",
        "",
        "Awards",
        "",
        "Institution medal for the lifting plan of the Calder viaduct in 2021, which",
        "moved 900 tonnes in one night without closing the railway.",
    ),
    ("Languages", "", "• English, native", "• Danish, fluent"),
)
QUOTE = "\n".join(PAGES[1][-2:])


@pytest.fixture(scope="module")
def engineer(
    assistant_over: Callable[[Path, Path], Assistant], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Assistant, Path]:
    """Answers from a resume of three pages, and the folder of its index."""
    folder = tmp_path_factory.mktemp("engineer")
    (folder / "corpus").mkdir()
    drawn = Canvas(str(folder / "corpus" / "Résumé 2024 (final).pdf"))
    for page in PAGES:
        for line, words in enumerate(page):
            drawn.drawString(60, 780 - 14 * line, words)
        drawn.showPage()
    drawn.save()
    return assistant_over(folder / "corpus", folder / "index"), folder / "index"


def test_a_heading_at_the_top_of_a_page_stands_on_that_page(engineer: tuple[Assistant, Path]) -> None:
    generation = engineer[0].snapshot().generation
    [document] = generation.documents
    shown = parts(generation, document.source)
    assert "".join(text for _, text in shown) == generation.text(document.source)
    assert [heading for heading, _ in shown] == ["Page 1", "Page 2", "Page 3"]
    for (_, text), lines in zip(shown, PAGES, strict=True):
        assert [line for line in text.split("\n") if line] == [line for line in lines if line]


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 860), PHONE])
def test_a_citation_leads_to_its_page_of_a_pdf(
    serve: Callable[..., Served],
    engineer: tuple[Assistant, Path],
    chromium: Browser,
    shots: Path,
    size: tuple[int, int],
) -> None:
    assistant, index = engineer
    site = serve(make=lambda _: assistant, index=index).ready()
    with watched(chromium, site.url, size) as seen:
        seen.ask("Which awards have they received?")
        card = seen.page.locator("#now .card").first
        expect(card.locator(".locator")).to_have_text("Page 2 › Awards")
        with seen.page.context.expect_page() as opened:
            card.locator(".place").click()
        source = opened.value
        mark = source.locator("mark")
        expect(mark).to_be_in_viewport()
        assert mark.evaluate("e => e.textContent") == QUOTE
        expect(source.locator("#found")).to_have_text("The quoted words are highlighted on page 2.")
        expect(source.get_by_role("link", name="Ask about this career")).to_be_visible()
        expect(source.locator("h2").nth(1)).to_be_in_viewport()
        expect(source.locator("h2")).to_have_text(["Page 1", "Page 2", "Page 3"])
        assert mark.evaluate("e => e.closest('section').querySelector('h2').textContent") == "Page 2"
        source.screenshot(path=shots / f"source-pdf-{size[0]}.png")
    assert httpx.get(f"{site.url}/sources/R%C3%A9sum%C3%A9%202024%20(final).pdf").status_code == 200
