"""A document's markup: blanked in a copy of the same length, so that what follows may look at words alone.

Whatever is found in the copy is at the same offsets in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.schema import Document, Section

_ATTRIBUTES = r"""(?:"[^"]{0,2000}"|'[^']{0,2000}'|\{(?:[^{}]|\{[^{}]{0,500}\}){0,2000}+\}|[^<>"'{}])*+"""
_TAG = rf"(?:</|(?<![\w`])<)[A-Za-z][\w.-]*+(?=[\s/>]){_ATTRIBUTES}>"
_IMAGE = r"\[?!\[[^\]\n]*\]\([^)\n]*\)(?:\]\([^)\n]*\))?"
_MARKUP = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|<!--(?:[^-]++|-(?!->)){0,200}+-->"
    rf"|{_TAG}"
    rf"|^[ \t]*{_IMAGE}[ \t]*$"
    r"|^[ \t]*(?:>[ \t]?)+"
    r"|^[ \t]*([-*_])(?:[ \t]*\2){2,}[ \t\r]*$"
    r"|^ {0,3}\[[^\]^\n][^\]\n]*\]:[ \t]+\S+(?:[ \t]+[\"'(][^\n]*[\"')])?[ \t\r]*$"
    r"|^import[ \t]+(?:[\w*{][^;'\"]{0,400}?[ \t\n]from[ \t]+)?(['\"])[^'\"\n]*\3;?[ \t\r]*$"
    r"|^export[ \t]+(?:const|let|default|function|async)\b[^\n]*$",
    re.MULTILINE,
)
FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})([^`\n]*)$")


def blanked(document: Document) -> tuple[str, dict[int, int]]:
    """The text with white space for markup (outside code) and for what no section holds, of equal length.

    With it the fenced code blocks, start → end, their fences included; an unclosed one reaches its section's end.
    """
    parts: list[str] = []
    fences: dict[int, int] = {}
    here = 0
    for section in document.sections:
        parts.append(" " * (section.start - here))
        here = section.start
        found = list(_fences(document.text, lines(document.text, section)))
        for a, b in [*found, (section.end, section.end)]:
            parts += [_MARKUP.sub(_blank, document.text[here:a]), document.text[a:b]]
            here = b
        fences |= dict(found)
    return "".join(parts), fences


def _blank(match: re.Match[str]) -> str:
    return match[0] if match["code"] else re.sub(r"[^\n]", " ", match[0])


def lines(text: str, section: Section) -> list[tuple[int, int]]:
    """Start and end of each line of the section, line ends left out."""
    found, here = [], section.start
    while here < section.end:
        stop = text.find("\n", here, section.end)
        stop = section.end if stop < 0 else stop
        found.append((here, stop))
        here = stop + 1
    return found


def _fences(text: str, lines: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    opened, mark = -1, ""
    for a, b in lines:
        match = FENCE.match(text[a:b].rstrip())
        if opened < 0 and match:
            opened, mark = a, match[1]
        elif opened >= 0 and match and match[1].startswith(mark) and not match[2].strip():
            yield opened, b
            opened = -1
    if opened >= 0:
        yield opened, lines[-1][1]
