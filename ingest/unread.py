"""What was meant as a position, perhaps, and was not read as one."""

from __future__ import annotations

from collections.abc import Sequence

from ingest import layout
from ingest.headings import lines, plain
from ingest.layout import ITEM, LINE
from ingest.role_line import BULLET, unquoted
from ingest.roles import outermost
from rag.schema import Role, Span


def unread(text: str, start: int, end: int, found: Sequence[Role]) -> list[str]:
    """Dated lines that look like a position's header, and that none of the positions found there is stated by."""
    taken = [role.stated for role in found if role.title]

    def is_free(a: int, b: int) -> bool:
        return not any(span.start < b and a < span.end for span in taken)

    left: list[str] = []
    before = ""
    rows = [(a, b) for a, b in lines(text, start, end) if text[a:b].strip()]
    for i, (a, b) in enumerate(rows):
        said = "" if BULLET.match(text[a:b]) else plain(unquoted(text[a:b]))
        one = layout.header([said], LINE, Span(a, b)) if said and is_free(a, b) else None
        if one and one.ranges:
            heads = len(one.cells) == 1 and i + 1 < len(rows) and not is_free(*rows[i + 1])  # an employer of several
            whole = said if one.cells or not before else f"{before} {said}"
            if layout.looks_like_work(whole) and not heads and (one.cells or before):
                left.append(whole)
        before = said if is_free(a, b) and not one else ""
    for a, b, said, _ in outermost(text, start, end):
        one = layout.header([said], ITEM, Span(a, b))
        if one and one.ranges and is_free(a, b) and layout.looks_like_work(said):
            left.append(said)
    return left
