"""An answer for the terminal: the text, then its sources with a path that a terminal can open."""

from __future__ import annotations

import textwrap
from pathlib import Path

from rag.schema import Answer, Citation

WIDTH = 100


def render(answer: Answer, corpus: Path, color: bool) -> str:
    """Plain text, or ANSI colours and OSC 8 links where `color` is set."""
    lines = [_wrapped(line) for line in answer.text.splitlines()]
    if answer.citations:
        lines.append("")
        lines += [_source(c, corpus, color) for c in answer.citations]
    return "\n".join(_printable(line) for line in lines) if not color else "\n".join(lines)


def _wrapped(line: str) -> str:
    indent = "  " if line.startswith("- ") else ""
    return textwrap.fill(
        _printable(line), WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _source(citation: Citation, corpus: Path, color: bool) -> str:
    path = corpus / citation.source
    name = _printable(citation.source)
    if color:
        name = f"\033]8;;{path.absolute().as_uri()}\033\\\033[36m{name}\033[0m\033]8;;\033\\"
    quote = textwrap.shorten(_printable(citation.quote), 160, placeholder=" …")
    locator = f" · {_printable(citation.locator)}" if citation.locator else ""
    return f'[{citation.number}] {name}{locator}\n    "{quote}"'


def _printable(text: str) -> str:
    """Without control characters: a document must not steer the terminal."""
    return "".join(c if c.isprintable() or c in " \n" else " " for c in text)
