"""Markdown: the file as it stands, cut at its headings; comments and front matter are in no section."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.headings import Heading, lines, plain
from ingest.readers import front_matter, outline
from ingest.readers.plain_text import decode
from ingest.schema import Document
from rag.schema import Span

if TYPE_CHECKING:
    from markdown_it.token import Token


def read(path: Path, source: str) -> Document:
    """A `.md` file. Raises Refused."""
    return build_document(decode(path), source)


def build_document(text: str, source: str) -> Document:
    """The document that a Markdown text makes; its title, kind and role come from `source` where nothing else says."""
    front = front_matter.parse(text)
    start = front.length or len(text) - len(text.lstrip("\ufeff"))
    starts, tokens = _blocks(text, start)
    return outline.build(source, text, list(_headings(starts, tokens)), front, list(_comments(text, starts, tokens)))


def _blocks(text: str, start: int) -> tuple[list[Span], list[Token]]:
    """The body's lines and the block tokens, whose maps count them.

    Inline mark-up is not parsed: nothing here needs it, and on hostile text it takes quadratic time.
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return [Span(a, b) for a, b in lines(text, start)], parser.parse(text[start:])


def _headings(starts: list[Span], tokens: list[Token]) -> Iterator[Heading]:
    for token, inline in itertools.pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            first, last = token.map
            yield Heading(
                int(token.tag[1]), plain(" ".join(inline.content.split())), starts[first].start, starts[last - 1].end
            )


def _comments(text: str, starts: list[Span], tokens: list[Token]) -> Iterator[Span]:
    """HTML comments, in blocks of their own or within a line; a block that never closes hides what follows it."""
    for token in tokens:
        if token.type not in {"html_block", "inline"} or not token.map or "<!--" not in token.content:
            continue
        here, end = starts[token.map[0]].start, starts[token.map[1] - 1].end
        first = here
        while (opened := text.find("<!--", here, end)) >= 0:
            closed = text.find("-->", opened + 2, end)
            if token.type == "inline" and (closed < 0 or _in_code(text[first:opened])):
                here = opened + 4
                continue
            here = end if closed < 0 else closed + 3
            yield Span(opened, here)


def _in_code(before: str) -> bool:
    """Whether a paragraph's text up to here leaves a code span open."""
    opened = ""
    for run in re.findall(r"`+", before.replace("\\`", "")):
        opened = "" if run == opened else opened or run
    return bool(opened)
