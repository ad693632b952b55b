"""PDF: text by page, columns kept apart. Run in a child process."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.headings import of_plain_text
from ingest.readers import outline
from ingest.readers.columns import parted, unwoven
from ingest.schema import Document
from rag.errors import Refused
from rag.schema import Span

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

PAGES = 500
WIDE = 4
"""Blanks in a line that set its parts off; fewer are how justified text and word-by-word drawing come out."""
_TYPOGRAPHIC = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_TABLE = str.maketrans(
    _TYPOGRAPHIC
    | {
        "\xa0": " ",
        "\x7f": "•",
        "\uf0b7": "•",
        "\uf0a7": "•",
        "\u200b": "",
        "\r": "\n",
        "\x0b": "\n",
        "\x0c": "\n",
        "\t": "    ",
    }
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufeff\ufffe\uffff]")


def read(path: Path, source: str) -> Document:
    """A `.pdf` file; its text is the pages, two line ends between them. Raises Refused, and whatever pypdf raises."""
    from pypdf.errors import DependencyError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        return _read(path, source)
    except DependencyError as exc:  # of all that pypdf needs more packages for, text meets AES alone
        raise Refused("encrypted with AES, be it without a password; print it to a new PDF") from exc


def _read(path: Path, source: str) -> Document:
    reader = _opened(path)
    if len(reader.pages) > PAGES:
        raise Refused(f"{len(reader.pages)} pages, over {PAGES}; divide it into several files")
    pages: list[Span] = []
    text = ""
    for number, page in enumerate(reader.pages, 1):
        said = _page(page, number)
        text += "\n\n" if pages else ""
        pages.append(Span(len(text), len(text) + len(said)))
        text += said
    if not re.search(r"\w", text):
        raise Refused("no text: a scan or pictures only; add a text layer (OCR)")
    return outline.build(source, text, of_plain_text(text), pages=pages, title=outline.title_line(text))


def _opened(path: Path) -> PdfReader:
    """Many files are encrypted against changes only, and open with an empty password."""
    from pypdf import PdfReader

    try:
        reader = PdfReader(path)
        opened = not reader.is_encrypted or bool(reader.decrypt(""))
    except NotImplementedError:
        opened = False
    if not opened:
        raise Refused("encrypted; save a copy without a password (print it to PDF)")
    return reader


def _page(page: PageObject, number: int) -> str:
    from pypdf.errors import DependencyError

    try:
        woven = page.extract_text(extraction_mode="layout")
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - layout mode is the pickier one; what plain mode raises too is told below
        woven = ""
    text = "\n".join(unwoven(_clean(woven).split("\n")))
    try:
        plain = _clean(page.extract_text())
    except (DependencyError, MemoryError):
        raise
    except Exception as exc:
        if not re.search(r"\w", text):
            why = f"page {number} cannot be read ({type(exc).__name__}); print the file to a new PDF"
            raise Refused(why) from exc
        plain = ""
    # Layout mode leaves out what is drawn by form objects, and turned pages.
    text = plain if _letters(plain) > 1.2 * _letters(text) else parted(text, plain)
    lines = [re.sub(rf"(?<=\S) {{2,{WIDE - 1}}}(?=\S)", " ", line.strip()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(re.sub(rf" {{{WIDE},}}", " " * WIDE, line) for line in lines)).strip(
        "\n"
    )


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _clean(text: str) -> str:
    """Ligatures as letters, no control characters, no halves of surrogate pairs."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", text.translate(_TABLE))
