"""Files → `Document`: one reader a format, and the checks that hold for all of them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from ingest.readers import json_resume, markdown, plain_text
from ingest.readers.sandbox import sandboxed
from ingest.schema import Document
from rag.errors import Refused

Reader = Callable[[Path, str], Document]
"""Path and source → what the file says; raises Refused with the reason and the fix."""

LARGEST = 20 * 1024**2
"""Bytes of a file."""

READERS: dict[str, Reader] = {
    ".docx": sandboxed("ingest.readers.docx"),
    ".json": json_resume.read,
    ".markdown": markdown.read,
    ".md": markdown.read,
    ".pdf": sandboxed("ingest.readers.pdf"),
    ".txt": plain_text.read,
}


def read_document(path: Path, source: str, root: Path) -> Document:
    """The file, read by its suffix. `root` is the corpus folder, which no symbolic link may leave. Raises Refused."""
    _check(path, root)
    reader = READERS.get(path.suffix.casefold())
    if not reader:
        known = ", ".join(READERS)
        raise Refused(f"unknown suffix {path.suffix or '(none)'}; use one of {known}")
    document = reader(path, source)
    if not document.text.strip(" \t\r\n\ufeff"):
        raise Refused("empty; write something, or remove it")
    said = any(document.text[section.start : section.end].strip() for section in document.sections)
    stated = document.role or any(section.role for section in document.sections)
    if not (said or stated or document.private):
        raise Refused("no text but its headings; write some, or remove it")
    return document


def _check(path: Path, root: Path) -> None:
    try:
        real = Path(os.path.realpath(path, strict=True))
        about = real.stat()
    except OSError as exc:
        raise Refused(f"cannot be read: {exc.strerror or exc}; replace it with the file itself") from exc
    if not real.is_relative_to(os.path.realpath(root)):
        raise Refused("a symbolic link that leaves the corpus folder; put a copy of the file in its place")
    if not stat.S_ISREG(about.st_mode):
        raise Refused("not a regular file; remove it")
    if about.st_size > LARGEST:
        raise Refused(
            f"{about.st_size / 1024**2:.1f} MB, over {LARGEST // 1024**2} MB; divide it or leave its images out"
        )
    if about.st_size == 0:
        raise Refused("empty; write something, or remove it")
