"""Positions in a résumé: an entry's heading and date lines → `Role`. What is not certain stays empty.

Which part is the title is told by words for people's work, which the employer by what is left and by words for
organisations. Lines count as an entry's header only near a date or under a heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.dates import Period, period
from ingest.headings import lines, plain
from ingest.role_words import Part, is_place, is_region, is_suffix, part, resembles_title
from rag.schema import Role, Span

LONGEST = 120
"""Characters of a header line; a longer one is prose."""
_BULLET = re.compile(r"\s*(?:[-+*•◦▪‣●○■·–►➢]|\d{1,3}[.)])\s+\S")
_LENGTH = re.compile(
    r"\(?\s*\b\d+\+?\s*(?:years?|yrs?|months?|mos?)\b(?:[\s,]*(?:and\s+)?\d+\s*(?:months?|mos?)\b)?\.?\s*\)?", re.I
)
_HARD = re.compile(r"\s*[|•·\t]\s*|\s+[–—-]+\s+|\s*—\s*|\s{3,}|\s*\x00\s*|:\s+")
_AT = re.compile(r"\s+(?:at|@)\s+")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that could be part of an entry's header, and what its parts are."""

    start: int
    end: int
    parts: tuple[tuple[Part, str], ...]
    when: Period | None = None
    bullet: bool = False

    def has(self, *kinds: Part) -> bool:
        return any(kind in kinds for kind, _ in self.parts)

    @property
    def is_header(self) -> bool:
        """Nothing in it is prose, and there is something in it."""
        return not self.bullet and not self.has("prose") and bool(self.parts or self.when)


def of_heading(text: str, heading: Span, title: str, end: int, employer: str = "") -> Role | None:
    """The position that a heading (its lines, its text) opens, with the lines below it that state more of it.

    `employer`: what a heading above it names. None where it is not certainly a position.
    """
    mark = re.compile(r"\s*#*\s*").match(text, heading.start, heading.end)
    first = _read(title, mark.end() if mark else heading.start, heading.end)
    if first.has("prose") and not (first.when or first.has("title")):
        return None
    below = _below(text, first, heading.end, end)
    role = _resolve([first, *below])
    if not role.title and not (role.employer and role.start):
        return None
    return replace(role, employer=role.employer or employer)


def employer_of(title: str, certain: bool = False) -> str:
    """The employer that a heading names by itself, with nothing of a title: `Acme Corp, Berlin`.

    `certain`: only where a word for organisations says so.
    """
    line = _read(title, 0, len(title))
    if line.has("title", "prose"):
        return ""
    named = [said for kind, said in line.parts if kind == "organisation" or (kind == "name" and not certain)]
    return named[0] if len(named) == 1 else ""


def entries(text: str, start: int, end: int) -> list[Role]:
    """Positions stated by plain lines (no headings) of `text[start:end]`, in order, each with a date and a title."""
    read = [
        _read(plain(_unquoted(text[a:b])), a, b, text[a:b]) for a, b in lines(text, start, end) if text[a:b].strip()
    ]
    widest = max((line.end - line.start for line in read), default=0)
    found: list[Role] = []
    used = -1
    for i, line in enumerate(read):
        if i <= used or not line.when or not line.is_header:
            continue
        header, last = _around(text, read, i, used, widest)
        role = _resolve(header)
        if role.title:
            found.append(role)
            used = last
    return found


def _around(text: str, read: Sequence[_Line], i: int, used: int, widest: int) -> tuple[list[_Line], int]:
    """The header that the dated line `i` is part of, and its last line. Lines up to `used` belong to others."""
    header, low, high = [read[i]], i, i

    def lacks(kind: Part) -> bool:
        role = _resolve(header)
        return not (role.title if kind == "title" else role.employer)

    def above() -> None:
        nonlocal low
        for _ in range(2):
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


def _below(text: str, first: _Line, start: int, end: int) -> list[_Line]:
    """The lines under a heading that go on stating the position: up to the last dated one of three."""
    taken: list[_Line] = []
    for a, b in lines(text, start, end):
        raw = text[a:b]
        if not raw.strip():
            continue
        line = _read(plain(_unquoted(raw)), a, b, raw)
        if len(taken) == 3 or not line.is_header:
            break
        taken.append(line)
    dated = [k for k, line in enumerate(taken) if line.when]
    whole = [bool(re.fullmatch(r"\s*(\*\*|\*|__|_)\S.*\1\s*", text[line.start : line.end])) for line in taken]
    keep = 0
    for k, line in enumerate(taken):
        if dated and k <= dated[0] and not first.when:
            keep = k + 1
        elif k == keep and (whole[k] or line.has("organisation", "place", "title")) and not (line.when and first.when):
            keep = k + 1
        elif k == keep and first.when and k == 0 and line.parts and _names_employer(first, line):
            keep = k + 1
    return taken[:keep]


def _names_employer(first: _Line, line: _Line) -> bool:
    """A dated heading that is all title, and below it a line of names with a place or in more than one part."""
    return first.has("title") and not first.has("organisation", "name") and len(line.parts) > 1


def _opens(text: str, read: Sequence[_Line], i: int, used: int, widest: int) -> bool:
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


def _touches(text: str, one: _Line, other: _Line) -> bool:
    return len(re.findall(r"\r\n|\r|\n", text[one.end : other.start])) <= 1


def _unquoted(raw: str) -> str:
    return re.sub(r"^[\s>|]+|[\s|\\]+$", "", raw)


def _read(said: str, start: int, end: int, raw: str = "") -> _Line:
    """One line, read. `said` is its text without mark-up, `raw` as it stands."""
    if _BULLET.match(raw):
        return _Line(start, end, (), None, bullet=True)
    if len(said) > LONGEST:
        return _Line(start, end, (("prose", said),))
    when = period(said)
    left = ""
    if when:
        left, right = said[: when.at[0]], said[when.at[1] :]
        if re.search(r"[\w)]\s*$", left) and re.match(r"\s*\w", right):
            return _Line(start, end, (("prose", said),))
        said = re.sub(r"[(\[,\s]+$", "", left) + "\x00" + re.sub(r"^[)\],;.\s]+", "", right)
    said = _LENGTH.sub("\x00", said)
    pieces: list[tuple[Part, str]] = []
    for piece in _HARD.split(said):
        pieces += _divided(piece.strip(" ,;()[]") if piece.count("(") != piece.count(")") else piece.strip(" ,;"))
    if (
        when
        and [kind for kind, _ in pieces] == ["name", "place"]
        and not left.strip(" (*_")
        and is_region(pieces[1][1])
    ):
        pieces = [("place", f"{pieces[0][1]}, {pieces[1][1]}")]
    return _Line(start, end, tuple(pieces), when)


def _divided(piece: str) -> list[tuple[Part, str]]:
    """A part between strong separators, divided at `at` and at commas where they divide."""
    if not piece.strip():
        return []
    at = _AT.split(piece, maxsplit=1)
    if len(at) == 2 and part(at[0].split(",")[0]) == "title":
        return [
            *_divided(at[0]),
            *(("organisation" if kind in {"name", "title", "department"} else kind, t) for kind, t in _divided(at[1])),
        ]
    if aside := re.fullmatch(r"(.+?)\s*\(([^()]+)\)", piece):
        kind = part(aside[2])
        if kind in {"place", "terms"}:
            return [*_divided(aside[1]), (kind, aside[2])]
    if is_place(piece):
        return [("place", piece)]
    found: list[tuple[Part, str]] = []
    for said in (p.strip() for p in piece.split(",") if p.strip()):
        kind = part(said)
        if found and is_suffix(said):
            found[-1] = ("organisation", f"{found[-1][1]}, {said}")
        elif found and kind == "department" and found[-1][0] == "title":
            found[-1] = ("title", f"{found[-1][1]}, {said}")
        elif found and kind == "place" and found[-1][0] == "place":
            found[-1] = ("place", f"{found[-1][1]}, {said}")
        elif len(found) > 1 and found[-1][0] == "name" and is_region(said):
            found[-1] = ("place", f"{found[-1][1]}, {said}")
        else:
            found.append((kind, said))
    return found


def _resolve(header: Sequence[_Line]) -> Role:
    """What the lines of one header say together."""
    parts = [one for line in header for one in line.parts]
    said = {kind: [text for k, text in parts if k == kind] for kind in ("title", "organisation", "name", "place")}
    titles, organisations, names = said["title"], said["organisation"], said["name"]
    title = titles[0] if titles else ""
    if not title and organisations and len(names) == 1 and resembles_title(names[0]):
        title, names = names[0], []
    employer = organisations[0] if organisations else ""
    if not employer and names and (title or (len(names) == 1 and not resembles_title(names[0]))):
        employer = names[0]
    place = said["place"][0] if said["place"] else _likely_place(header, employer)
    when = next((line.when for line in header if line.when), None)
    stated = Span(min(line.start for line in header), max(line.end for line in header))
    return Role(title, employer, "", when.start if when else "", when.end if when else "", place, 0, stated)


def _likely_place(header: Sequence[_Line], employer: str) -> str:
    """A single name that follows a date and a comma, or title and employer, on a line: where places stand."""
    for line in header:
        kinds = [kind for kind, _ in line.parts]
        text = line.parts[-1][1] if line.parts else ""
        if kinds[-1:] == ["name"] and text != employer and employer and len(text.split()) <= 2:
            alone = line.when is not None and len(kinds) == 1
            if alone or (kinds[:-1] in (["title", "name"], ["title", "organisation"]) and not resembles_title(text)):
                return text
    return ""
