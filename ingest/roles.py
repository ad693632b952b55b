"""Positions in a résumé: an entry's heading and date lines → `Role`. What is not certain stays empty.

Which part is the title is told by words for people's work, which the employer by what is left and by words for
organisations. Lines count as an entry's header only near a date or under a heading.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ingest import layout
from ingest.headings import bars_positions, holds_positions, lines, plain
from ingest.layout import ITEM, LINE, Header, Layout
from ingest.role_line import BULLET, Line, in_order, resolved, unquoted
from ingest.role_line import read as read_line
from ingest.role_words import is_work
from rag.schema import Role, Span


@dataclass(frozen=True, slots=True)
class Siblings:
    """What the entries around tell: how those with known titles are laid out, and the employer named above."""

    layouts: Sequence[Layout] = ()
    employer: str = ""
    alone: bool = True
    """Where there are none, words that vouch for a title or an employer tell."""
    mixed: bool = False
    """Under a heading that is not one of positions alone."""


def of_heading(text: str, heading: Span, title: str, end: int, employer: str = "") -> Role | None:
    """The position that a heading (its lines, its text) opens, with the lines below it that state more of it.

    `employer`: what a heading above it names. None where it is not certainly a position.
    """
    mark = re.compile(r"\s*#*\s*").match(text, heading.start, heading.end)
    first = read_line(title, mark.end() if mark else heading.start, heading.end)
    ordered = in_order(title)
    if first.has("prose") and not (first.when or first.has("title") or ordered):
        return None
    below = _below(text, first, heading.end, end)
    role = resolved([first, *below])
    if ordered and role.start != role.end:
        role = _filled(role, ordered)
    elif first.has("prose") and not (first.when or first.has("title")):
        return None
    if not role.title and not (role.employer and role.start):
        return None
    return replace(role, employer=role.employer or employer)


def by_layout(text: str, heading: Span, level: int, title: str, end: int, siblings: Siblings) -> Role | None:
    """The position of a heading whose title no word tells, laid out as its siblings are."""
    one = header_of(text, heading, level, title, end)
    return layout.told(one, siblings.layouts, siblings.employer, siblings.alone, siblings.mixed) if one else None


def header_of(text: str, heading: Span, level: int, title: str, end: int) -> Header | None:
    """The dated header that a heading and the lines below it make."""
    mark = re.compile(r"\s*#*\s*").match(text, heading.start, heading.end)
    first = read_line(title, mark.end() if mark else heading.start, heading.end)
    below = _below(text, first, heading.end, end)
    rows = [title, *(plain(unquoted(text[line.start : line.end])) for line in below)]
    return layout.header(rows, f"heading {level}", Span(first.start, below[-1].end if below else first.end))


def header_at(text: str, stated: Span) -> Header | None:
    """The dated header of a position that lines state."""
    before = text[max(text.rfind("\n", 0, stated.start), text.rfind("\r", 0, stated.start)) + 1 : stated.start]
    rows = [plain(unquoted(text[a:b])) for a, b in lines(text, stated.start, stated.end) if text[a:b].strip()]
    return layout.header(rows, ITEM if before.strip() else LINE, stated)


def _filled(role: Role, ordered: tuple[str, str, str]) -> Role:
    """With title, employer and place by their order, where their words did not tell title and employer."""
    if role.title and role.employer:
        return role
    title, employer, place = ordered
    return replace(role, title=title, employer=employer, location=role.location or place)


def employer_of(title: str, certain: bool = False) -> str:
    """The employer that a heading names by itself, with nothing of a title: `Acme Corp, Berlin`.

    `certain`: only where a word for organisations says so.
    """
    line = read_line(title, 0, len(title))
    if line.has("title", "prose"):
        return ""
    named = [said for kind, said in line.parts if kind == "organisation" or (kind == "name" and not certain)]
    return named[0] if len(named) == 1 else ""


def stretches(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """`text[start:end]` without what stands below a line that names a section of no positions (`**Education**`)."""
    here: int | None = start
    for a, b in lines(text, start, end):
        said = plain(unquoted(text[a:b]))
        if not said[:1].isupper() or len(said) > 40:
            continue
        if here is not None and bars_positions(said):
            yield here, a
            here = None
        elif here is None and holds_positions(said):
            here = b
    if here is not None:
        yield here, end


def entries(text: str, start: int, end: int, unknown: bool = False, siblings: Siblings | None = None) -> list[Role]:
    """Positions stated by plain lines (no headings) of `text[start:end]`, in order, each with a date and a title.

    `unknown`: and those at a range of dates whose title no word tells, by the order of their parts; where that does not
    tell it either, an empty one, which only ends the position above. `siblings`: and those laid out as they are.
    """
    read = [
        read_line(plain(unquoted(text[a:b])), a, b, text[a:b]) for a, b in lines(text, start, end) if text[a:b].strip()
    ]
    widest = max((line.end - line.start for line in read), default=0)
    found: list[Role] = []
    used, shared = -1, ""
    for i, line in enumerate(read):
        if i <= used or not line.when:
            continue
        header, last = _around(text, read, i, used, widest) if line.is_header else ([line], i)
        role = resolved(header) if line.is_header else Role()
        if role.title and not is_work((role.title,)):
            continue
        if role.title:
            if role.employer:
                shared = role.employer if any(one.length for one in header) else ""
            found.append(replace(role, employer=role.employer or shared))
            used = last
        elif unknown and siblings and (told := _sibling(text, read, i, used, siblings)):
            found.append(told[0])
            used = told[1]
        elif unknown and line.is_header and (other := _unknown(text, read, i, used)):
            found.append(other)
            used = i
    return found


def _sibling(text: str, read: Sequence[Line], i: int, used: int, siblings: Siblings) -> tuple[Role, int] | None:
    """The position at the dated line `i` by the layout of its siblings, and its last line."""
    learnt = [known.rows for known in siblings.layouts if known.mark == LINE]
    for above, below in dict.fromkeys([*learnt, (0, 0), (1, 0)]):
        first, last = i - above, i + below
        if first <= used or last >= len(read) or (read[i].parts and (above, below) == (1, 0) and not learnt):
            continue
        taken = read[first : last + 1]
        if any(line.bullet or line.length or (line.when and line is not read[i]) for line in taken):
            continue
        if (above, below) not in learnt and any(
            not _touches(text, one, other) for one, other in itertools.pairwise(taken)
        ):
            continue
        rows = [plain(unquoted(text[line.start : line.end])) for line in taken]
        one = layout.header(rows, LINE, Span(taken[0].start, taken[-1].end))
        role = layout.told(one, siblings.layouts, siblings.employer, siblings.alone, siblings.mixed) if one else None
        if role:
            after = read[last + 1] if last + 1 < len(read) else None
            placed = after and not after.when and after.parts and all(kind == "place" for kind, _ in after.parts)
            if after and placed and not role.location and _touches(text, read[last], after):
                stated = Span(role.stated.start, after.end)
                return replace(role, location=after.parts[0][1], stated=stated), last + 1
            return role, last
    return None


def items(text: str, start: int, end: int, siblings: Siblings | None = None) -> list[Role]:
    """Positions that list items of `text[start:end]` state, each with a range of dates, a title and an employer.

    The outermost items alone, and where no line of its own states a position that they tell of.
    """
    found: list[tuple[Header, Role]] = []
    left: list[tuple[Header, str]] = []
    for a, b, said, above in outermost(text, start, end):
        line = read_line(said, a, b)
        employer = above or (siblings.employer if siblings else "")
        one = layout.header([said], ITEM, Span(a, b))
        if not one:
            continue
        role = resolved([line]) if line.is_header and one.ranges else Role()
        if role.title and not is_work((role.title,)):
            continue
        role = replace(role, employer=role.employer or employer)
        if role.title and role.employer:
            found.append((one, role))
        elif siblings and (told := layout.told(one, siblings.layouts, employer, siblings.alone, siblings.mixed)):
            found.append((one, told))
        else:
            left.append((one, employer))
    if siblings:  # a single date is one of a position where siblings with a range of them are laid out just so
        layouts = layout.learnt(found)
        more = ((one, layout.told(one, layouts, employer, False, siblings.mixed)) for one, employer in left)
        found += [(one, role) for one, role in more if role]
    return sorted((role for _, role in found), key=lambda role: role.stated.start)


def outermost(text: str, start: int, end: int) -> Iterator[tuple[int, int, str, str]]:
    """List items that may state a position: from where to where, their words, and the employer on the line above."""
    rows = [(a, b, text[a:b]) for a, b in lines(text, start, end) if text[a:b].strip()]
    plainly = [read_line(plain(unquoted(raw)), a, b, raw) for a, b, raw in rows]
    if any(line.when and line.when.start != line.when.end and not line.bullet for line in plainly):
        return
    depth = [len(raw.expandtabs(4)) - len(raw.expandtabs(4).lstrip()) for _, _, raw in rows]
    least = min((d for d, line in zip(depth, plainly, strict=True) if line.bullet), default=0)
    above: Line | None = None
    for (a, b, raw), line, deep in zip(rows, plainly, depth, strict=True):
        mark = BULLET.match(raw)
        if not mark:
            above = line if deep <= least else above
        elif deep <= least and not (above and above.is_header and above.has("title")):
            named = [said for kind, said in above.parts if kind in {"organisation", "name"}] if above else []
            employer = named[0] if above and above.is_header and len(named) == 1 else ""
            yield a + mark.end() - 1, b, plain(raw[mark.end() - 1 :]), employer


def _unknown(text: str, read: Sequence[Line], i: int, used: int) -> Role | None:
    """What begins at a line of names with a range of dates, in it or alone on the line below."""
    line, below = read[i], read[i + 1] if i + 1 < len(read) else None
    if not line.when or line.when.start == line.when.end:
        return None
    if not below or below.length or (below.is_header and (below.when or below.has("title"))):
        return None  # an employer, with its positions below
    first = line
    if not line.parts:
        if i - 1 <= used or not _touches(text, read[i - 1], line):
            return None
        first = read[i - 1]
    said = plain(unquoted(text[first.start : first.end]))
    ordered = in_order(said)
    if not (said[:1].isupper() and len(said) <= 80) or not (ordered or (first.is_header and first.parts)):
        return None
    stated = Span(first.start, line.end)
    role = replace(resolved([first, line] if first is not line else [line]), stated=stated)
    if ordered:
        return _filled(role, ordered)
    return role if role.title and role.employer else Role(stated=stated)


def _around(text: str, read: Sequence[Line], i: int, used: int, widest: int) -> tuple[list[Line], int]:
    """The header that the dated line `i` is part of, and its last line. Lines up to `used` belong to others."""
    header, low, high = [read[i]], i, i

    def lacks(kind: Literal["title", "employer"]) -> bool:
        role = resolved(header)
        return not (role.title if kind == "title" else role.employer)

    def above() -> None:
        nonlocal low
        for _ in range(2):
            if low - 2 > used and read[low - 1].length:
                header.insert(0, read[low - 1])
                low -= 1
            line = read[low - 1] if low - 1 > used else None
            wanted = line and (
                (lacks("title") and line.has("title")) or (lacks("employer") and line.has("organisation", "name"))
            )
            if (
                not line
                or not wanted
                or line.when
                or not line.is_header
                or not _opens(text, read, low - 1, used, widest)
            ):
                return
            if line.has("title") and not lacks("title"):
                return
            header.insert(0, line)
            low -= 1

    def below(near: bool) -> None:
        nonlocal high
        line = read[high + 1] if high + 1 < len(read) else None
        if not line or line.when or not line.is_header or near != _touches(text, read[high], line):
            return
        dated = high + 2 < len(read) and read[high + 2].when is not None and read[high + 2].is_header
        title = line.has("title") and lacks("title")
        employer = line.has("organisation", "name") and lacks("employer") and not line.has("title") and not dated
        if title or employer or all(kind == "place" for kind, _ in line.parts):
            header.append(line)
            high += 1

    if (
        not read[i].has("title")
        and read[i].has("organisation", "name")
        and i + 1 < len(read)
        and read[i + 1].has("title")
    ):
        below(near=_touches(text, read[i], read[i + 1]))
    above()
    below(near=True)
    if lacks("employer") or lacks("title"):
        below(near=False)
    return header, high


def _below(text: str, first: Line, start: int, end: int) -> list[Line]:
    """The lines under a heading that go on stating the position: up to the last dated one of three."""
    taken: list[Line] = []
    for a, b in lines(text, start, end):
        raw = text[a:b]
        if not raw.strip():
            continue
        line = read_line(plain(unquoted(raw)), a, b, raw)
        if len(taken) == 3 or not line.is_header:
            break
        taken.append(line)
    dated = [k for k, line in enumerate(taken) if line.when]
    whole = [bool(re.fullmatch(r"\s*(\*\*|\*|__|_)\S.*\1\s*", text[line.start : line.end])) for line in taken]
    keep = 0
    for k, line in enumerate(taken):
        if k > keep and not (dated and k <= dated[0] and not first.when):
            break
        telling = whole[k] or line.has("organisation", "place", "title") or (k == 0 and _names_employer(first, line))
        if (dated and k <= dated[0] and not first.when) or (telling and not (line.when and first.when)):
            keep = k + 1
    return taken[:keep]


def _names_employer(first: Line, line: Line) -> bool:
    """A dated heading that is all title, and below it a line of names with a place or in more than one part."""
    return bool(first.when) and first.has("title") and not first.has("organisation", "name") and len(line.parts) > 1


def _opens(text: str, read: Sequence[Line], i: int, used: int, widest: int) -> bool:
    """Whether line `i` can begin an entry, or is rather the rest of the list item above it."""
    if i == 0 or i - 1 <= used or not _touches(text, read[i - 1], read[i]):
        return True
    before = read[i - 1]
    if text[before.start : before.end].rstrip()[-1:] in ",;-–—&":
        return False
    if text[read[i].start : read[i].end].lstrip()[:1].islower():
        return False
    ended = text[before.start : before.end].rstrip()[-1:] in ".!?"
    return ended or before.is_header or before.end - before.start < 0.75 * widest


def _touches(text: str, one: Line, other: Line) -> bool:
    return len(re.findall(r"\r\n|\r|\n", text[one.end : other.start])) <= 1
