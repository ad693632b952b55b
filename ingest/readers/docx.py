"""DOCX: paragraphs, lists and tables in document order. Run in a child process."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.headings import Heading, of_plain_text
from ingest.readers import outline
from ingest.schema import Document
from rag.errors import Refused

UNPACKED = 200 * 1024**2
"""Bytes that the archive may unpack to."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {f"{_W}tab": "    ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_LIST = "list"
_LEFT_OUT = {f"{_W}txbxContent", f"{_W}del", f"{_W}moveFrom", _FALLBACK}


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph or a table row. Level 0 is no heading; the title is level 1 and `title`."""

    text: str
    level: int = 0
    title: bool = False
    within: object = None
    """The table that it is a row of, or _LIST: without a blank line after another of the same."""


def read(path: Path, source: str) -> Document:
    """A `.docx` file. Raises Refused, and whatever python-docx raises."""
    _check(path)
    import docx

    document = docx.Document(str(path))
    body = list(_Walk(document).blocks(document.element.body))
    blocks = [*_header(document), *body]
    text, title = "", next((block.text for block in body if block.title), body[0].text if body else "")
    headings: list[Heading] = []
    before: _Block | None = None
    for block in blocks:
        if before:
            text += "\n" if block.within is not None and block.within is before.within else "\n\n"
        start, before = len(text), block
        text += block.text
        if block.level:
            headings.append(Heading(block.level, " ".join(block.text.split()), start, len(text)))
    if not re.search(r"\w", text):
        raise Refused("no text: pictures only; write some, or add a text layer (OCR)")
    title = outline.title_line(title)
    if all(heading.text == title for heading in headings):
        marked = {heading.start for heading in headings}
        headings = sorted(
            [*headings, *(h for h in of_plain_text(text) if h.start not in marked)], key=lambda h: h.start
        )
    return outline.build(source, text, headings, title=title, wrapped=False)


def _check(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise Refused("encrypted, or an old .doc file; save it as .docx without a password")
    if not zipfile.is_zipfile(path):
        raise Refused("damaged: not a .docx file; save it anew from the program that made it")
    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > UNPACKED:
            raise Refused(f"unpacks to over {UNPACKED // 1024**2} MB; save it anew without what is embedded in it")


def _header(document: Any) -> Iterator[_Block]:
    """The first page's header, where many put their name and address."""
    section = document.sections[0] if len(document.sections) else None
    if section is not None:
        header = section.first_page_header if section.different_first_page_header_footer else section.header
        if not header.is_linked_to_previous:
            yield from _Walk(document).blocks(header._element)


class _Walk:
    """Blocks of an element in document order, those in content controls and text boxes too."""

    def __init__(self, document: Any) -> None:
        self.styles: dict[str, Any] = {style.style_id: style for style in document.styles}

    def blocks(self, parent: Any) -> Iterator[_Block]:
        for element in parent.iterchildren():
            if element.tag == f"{_W}p":
                yield from self.paragraph(element)
            elif element.tag == f"{_W}tbl":
                for row in _within(element, "tr"):
                    yield from self.row(row, element)
            elif element.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"}:
                yield from self.blocks(element)

    def paragraph(self, element: Any) -> Iterator[_Block]:
        text = "\n".join(line.strip() for line in "".join(_said(element)).split("\n")).strip()
        if text:
            level, title, item = self.looks(element)
            yield _Block(f"- {text}" if item else text, level, title, _LIST if item else None)
        for box in element.iter(f"{_W}txbxContent"):
            if not any(above.tag == _FALLBACK for above in box.iterancestors()):
                yield from self.blocks(box)

    def row(self, row: Any, table: Any) -> Iterator[_Block]:
        """`cell | cell`; the cells of a table that only lays out the page, or holds lists, follow one another."""
        cells = [list(self.blocks(cell)) for cell in _within(row, "tc")]
        if any(len(cell) > 2 or any(b.level or b.within is not None for b in cell) for cell in cells):
            for cell in cells:
                yield from cell
            return
        said = [" ".join(" ".join(block.text.split()) for block in cell) for cell in cells]
        if any(said):
            yield _Block(" | ".join(said), within=table)

    def looks(self, element: Any) -> tuple[int, bool, bool]:
        """Heading level, whether it is the title, whether it is a list item: of the paragraph or of its styles."""
        properties = element.find(f"{_W}pPr")
        named = properties.find(f"{_W}pStyle") if properties is not None else None
        style = self.styles.get(named.get(f"{_W}val")) if named is not None else None
        level, item, seen = _outline(properties), _numbered(properties), 0
        while style is not None and seen < 10:
            name = (style.name or "").casefold()
            if name == "title":
                return 1, True, False
            if match := re.fullmatch(r"heading ([1-9])", name):
                return int(match[1]), False, False
            item = name.startswith("list") if item is None and name.startswith("list") else item
            below = style.element.find(f"{_W}pPr")
            level, item = level or _outline(below), _numbered(below) if item is None else item
            style, seen = style.base_style, seen + 1
        return level, False, bool(item) and not level


def _outline(properties: Any) -> int:
    found = properties.find(f"{_W}outlineLvl") if properties is not None else None
    value = found.get(f"{_W}val", "9") if found is not None else "9"
    return int(value) + 1 if value.isdigit() and int(value) < 9 else 0


def _numbered(properties: Any) -> bool | None:
    """None where nothing is said of a list; number 0 takes a list away."""
    found = properties.find(f"{_W}numPr") if properties is not None else None
    number = found.find(f"{_W}numId") if found is not None else None
    return None if number is None else number.get(f"{_W}val") != "0"


def _within(parent: Any, name: str) -> Iterator[Any]:
    """Rows of a table, cells of a row, those in content controls too."""
    for element in parent.iterchildren():
        if element.tag == _W + name:
            yield element
        elif element.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"}:
            yield from _within(element, name)


def _said(element: Any) -> Iterator[str]:
    """A paragraph's words without its text boxes and what was struck out."""
    for child in element.iterchildren():
        if child.tag in _LEFT_OUT or not isinstance(child.tag, str):
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag != f"{_W}pPr":
            yield from _said(child)
