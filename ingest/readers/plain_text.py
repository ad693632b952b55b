"""Plain text: the file as it stands; known résumé headings after blank lines make its sections."""

from __future__ import annotations

from pathlib import Path

from ingest.headings import of_plain_text
from ingest.readers import front_matter, outline
from ingest.schema import Document
from rag.errors import Refused


def decode(path: Path) -> str:
    """The file's text, untouched: line ends and a byte order mark are kept. Raises Refused."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as exc:
        raise Refused(f"not UTF-8 at byte {exc.start}; save it as UTF-8") from exc
    if "\0" in text:
        raise Refused(f"not text: a NUL character at {text.index(chr(0))}; save it as UTF-8 text")
    return text


def read(path: Path, source: str) -> Document:
    """A `.txt` file. Raises Refused."""
    text = decode(path)
    front = front_matter.parse(text)
    headings = of_plain_text(text, front.length, apart=True)
    return outline.build(source, text, headings, front, title=outline.title_line(text[front.length :]))
