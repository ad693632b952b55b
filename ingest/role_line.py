"""One line of a position's header → its parts and dates; several of them → what they say together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.dates import Period, period
from ingest.role_words import Part, goes_on, is_place, is_region, is_suffix, is_topic, is_work, part, resembles_title
from rag.schema import Role, Span

LONGEST = 120
"""Characters of a header line; a longer one is prose."""
BULLET = re.compile(r"\s*(?:[-+*•◦▪‣●○■·–►➢]|\d{1,3}[.)])\s+\S")
LENGTH = re.compile(
    r"\(?\s*\b\d+\+?\s*(?:years?|yrs?|months?|mos?)\b(?:[\s,]*(?:and\s+)?\d+\s*(?:months?|mos?)\b)?\.?\s*\)?", re.I
)
HARD = re.compile(r"\s*[|•·\t]\s*|\s+[–—-]+\s+|\s*—\s*|\s{3,}|\s*\x00\s*|:\s+")
_LETTERED = re.compile(r"[^\W\d_]\w+(?: [^\W\d_]\w+)? [A-Z]")
"""`Restaurant A`."""
AT = re.compile(r"\s+(?:at|@)\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that could be part of an entry's header, and what its parts are."""

    start: int
    end: int
    parts: tuple[tuple[Part, str], ...]
    when: Period | None = None
    bullet: bool = False
    length: bool = False
    """It only says how long: so begins a list of several positions with the employer on the line above."""

    def has(self, *kinds: Part) -> bool:
        """Whether one of its parts is of one of these kinds."""
        return any(kind in kinds for kind, _ in self.parts)

    @property
    def is_header(self) -> bool:
        """Nothing in it is prose, and there is something in it."""
        return not self.bullet and not self.has("prose") and bool(self.parts or self.when)


def unquoted(raw: str) -> str:
    """A line without what quotes it, closes a table row or breaks it."""
    return re.sub(r"^[\s>|]+|[\s|\\]+$", "", raw)


def read(said: str, start: int, end: int, raw: str = "") -> Line:
    """One line, read. `said` is its text without mark-up, `raw` as it stands."""
    if BULLET.match(raw):
        return Line(start, end, (), None, bullet=True)
    if len(said) > LONGEST:
        return Line(start, end, (("prose", said),))
    when = period(said)
    left = ""
    if when:
        left, right = said[: when.at[0]], said[when.at[1] :]
        if re.search(r"[\w)]\s*$", left) and re.match(r"\s*\w", right):
            return Line(start, end, (("prose", said),))
        said = re.sub(r"[(\[,\s]+$", "", left) + "\x00" + re.sub(r"^[)\],;.\s]+", "", right)
    if LENGTH.fullmatch(said.strip()):
        return Line(start, end, (), None, length=True)
    said = LENGTH.sub("\x00", said)
    pieces: list[tuple[Part, str]] = []
    for piece in HARD.split(said):
        pieces += _divided(piece.strip(" ,;()[]") if piece.count("(") != piece.count(")") else piece.strip(" ,;"))
    if (
        when
        and [kind for kind, _ in pieces][:2] == ["name", "place"]
        and not left.strip(" (*_")
        and is_region(pieces[1][1])
    ):
        pieces[:2] = [("place", f"{pieces[0][1]}, {pieces[1][1]}")]
    return Line(start, end, tuple(pieces), when)


def _divided(piece: str) -> list[tuple[Part, str]]:
    """A part between strong separators, divided at `at` and at commas where they divide."""
    if not piece.strip():
        return []
    at = AT.split(piece, maxsplit=1)
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
        elif found and kind == "title" and goes_on(said):
            found[-1] = ("title", f"{found[-1][1]}, {said}")
        elif found and kind == "place" and goes_on(said):
            found[-1] = ("place", f"{found[-1][1]}, {said}")
        elif found and kind == "department" and found[-1][0] == "title":
            found[-1] = ("title", f"{found[-1][1]}, {said}")
        elif found and kind == "place" and found[-1][0] == "place":
            found[-1] = ("place", f"{found[-1][1]}, {said}")
        else:
            found.append((kind, said))
    return found


def in_order(said: str) -> tuple[str, str, str] | None:
    """`Commis, Noma (stage), Copenhagen` → title, employer, place: told by where they stand, not by their words.

    None where a word says that they stand otherwise.
    """
    when = period(said)
    said = said[: when.at[0]].rstrip(" (,|–—-") if when and not said[when.at[1] :].strip(" )") else said
    pieces = [re.sub(r"\s*\([^()]*\)$", "", piece.strip()) for piece in said.split(",")]
    if len(said) > LONGEST or len(pieces) != 3 or HARD.search(said):
        return None
    title, employer, place = pieces
    if not all(piece[:1].isupper() and len(piece.split()) <= 5 and piece[-1:] not in ".!?" for piece in pieces):
        return None
    plausible = (
        part(title) in {"title", "name"}
        and (part(employer) in {"organisation", "name"} or _LETTERED.fullmatch(employer))
        and part(place) in {"place", "name"}
        and not is_topic(title)
        and is_work(pieces)
    )
    return (title, employer, place) if plausible else None


def resolved(header: Sequence[Line]) -> Role:
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
    place = _place(header, employer) or _likely_place(header, employer)
    when = next((line.when for line in header if line.when), None)
    stated = Span(min(line.start for line in header), max(line.end for line in header))
    if not when:
        return Role(title, employer, location=place, stated=stated)
    return Role(title, employer, "", when.start, when.end, place, 0, stated, when.said)


def _place(header: Sequence[Line], employer: str) -> str:
    """The first place, with the town before it where it is a country or a state: `Dayton` of `Dayton, Ohio`."""
    for line in header:
        for i, (kind, text) in enumerate(line.parts):
            if kind == "place":
                before = line.parts[i - 1] if i else ("prose", "")
                town = before[0] == "name" and before[1] != employer and is_region(text)
                return f"{before[1]}, {text}" if town else text
    return ""


def _likely_place(header: Sequence[Line], employer: str) -> str:
    """A single name that follows a date and a comma, or title and employer, on a line: where places stand."""
    for line in header:
        kinds = [kind for kind, _ in line.parts]
        text = line.parts[-1][1] if line.parts else ""
        if kinds[-1:] == ["name"] and text != employer and employer and len(text.split()) <= 2:
            alone = line.when is not None and len(kinds) == 1
            if alone or (kinds[:-1] in (["title", "name"], ["title", "organisation"]) and not resembles_title(text)):
                return text
    return ""
