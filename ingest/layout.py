"""How entries are laid out: what a title that no word tells is, its place among entries built alike tells.

A header is cut into cells at what separates them. Where words tell title and employer of one entry of a section, its
siblings of the same shape have them in the same cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.dates import Period, period
from ingest.role_line import AT, HARD, LENGTH, LONGEST
from ingest.role_words import (
    ends_as_organisation,
    goes_on,
    is_jobs,
    is_place,
    is_suffix,
    is_topic,
    is_work,
    part,
    phrase,
    resembles_title,
    verbal,
)
from rag.schema import Role, Span

LINE, ITEM = "line", "item"


@dataclass(frozen=True, slots=True)
class Header:
    """An entry's dated header, cut into cells."""

    mark: str
    """What sets it off: `line`, `item`, or a heading's level."""
    rows: tuple[int, int]
    """Lines above and below the dated one."""
    shape: str
    """What stands between its cells, and where its dates stand: `F,FD`."""
    cells: tuple[str, ...]
    place: str
    when: Period
    stated: Span

    @property
    def looks(self) -> tuple[str, tuple[int, int], str]:
        """What siblings have in common."""
        return self.mark, self.rows, self.shape

    @property
    def ranges(self) -> bool:
        """Whether it has two dates, rather than one."""
        return self.when.start != self.when.end


@dataclass(frozen=True, slots=True)
class Layout:
    """Which cell is the title and which the employer (-1: none is, it stands above)."""

    mark: str
    rows: tuple[int, int]
    shape: str
    title: int
    employer: int


def header(rows: Sequence[str], mark: str, stated: Span) -> Header | None:
    """Lines without mark-up as one header; None where one is too long, or has no date, or it stands among words."""
    if any(len(row) > LONGEST for row in rows):
        return None
    dated = [(i, when) for i, row in enumerate(rows) if (when := period(row))]
    if not dated:
        return None
    at, when = next((one for one in dated if one[1].start != one[1].end), dated[0])
    left, right = rows[at][: when.at[0]], rows[at][when.at[1] :]
    if re.search(r"[\w)]\s*$", left) and re.match(r"\s*\w", right):
        return None
    left = re.sub(r"[\s(\[,;|•·:–—-]+$", "", LENGTH.sub("", left))
    divided = re.match(r"[\s)\]]*[|:–—]", right)
    right = re.sub(r"^[\s)\],;.|•·:–—-]+", "", LENGTH.sub("", right)).strip(" |")
    place, shape = "", ""
    cells: list[str] = []
    below = 0
    if right and (at or (left and (is_place(right) or not divided))):
        place, right = right.strip("() "), ""
    several = sum(bool(row.strip()) for i, row in enumerate(rows) if i != at) + bool(left or right) > 1
    for i, row in enumerate(rows):
        if i > at and is_place(row):
            place = place or row
            continue
        below += i > at
        shape += "/" if shape else ""
        for k, said in enumerate([row] if i != at else [left, right]):
            shape += "D" if k else ""
            found, between, where = _cells(said.strip(), several)
            shape, cells, place = shape + between, cells + found, place or where
        shape += "D" if i == at and not shape.count("D") else ""
    return Header(mark, (at, below), shape, tuple(cells), place, when, stated)


def learnt(headers: Iterable[tuple[Header, Role]]) -> list[Layout]:
    """The layouts of headers whose titles are known by their words; the commonest first."""
    seen: Counter[Layout] = Counter()
    for one, role in headers:
        titles = [i for i, cell in enumerate(one.cells) if role.title and _same(role.title, cell)]
        employers = [i for i, cell in enumerate(one.cells) if role.employer and _same(role.employer, cell)]
        if not titles or (not employers and len(one.cells) > 1):
            continue
        employer = next((i for i in employers if i != titles[0]), -1)
        if employer >= 0 or len(one.cells) == 1:
            seen[Layout(*one.looks, titles[0], employer)] += 1
    return [layout for layout, _ in seen.most_common()]


def told(
    one: Header, layouts: Sequence[Layout], employer: str = "", alone: bool = True, mixed: bool = False
) -> Role | None:
    """The position that a header states by the layout of its siblings.

    `alone`: where no sibling of its kind is known by words, what one cell's words vouch for. `employer`: named above.
    `mixed`: its heading is not one of positions alone, so the layout tells nothing without such a word.
    """
    if not is_work(one.cells):
        return None
    found = _layout(one, layouts) or (_by_default(one, layouts) if alone and not mixed and one.ranges else None)
    if not found or (one.mark == ITEM and found.employer < 0 and not resembles_title(one.cells[0])):
        return None
    if max(found.title, found.employer) >= len(one.cells):
        return None
    title, named = one.cells[found.title], one.cells[found.employer] if found.employer >= 0 else employer
    vague = found.employer >= 0 and not is_jobs(title) and (mixed or is_jobs(named))
    if vague or is_topic(title):
        return None
    place = one.place
    if not place and found.employer >= 0:
        rest = [cell for i, cell in enumerate(one.cells) if i > max(found.title, found.employer)]
        place = rest[0] if rest else ""
        first, _, after = named.partition(", ")
        if not place and after and len(after.split()) <= 3 and not is_suffix(after):
            named, place = first, after
    if not (_could_be_title(title) and named and _could_be_employer(named, bool(employer))):
        return None
    when = one.when
    return Role(title, named, "", when.start, when.end, place, 0, one.stated, when.said)


def looks_like_work(said: str) -> bool:
    """Whether a dated line may well be meant as a position: no sentence, nothing done, no study, award or project."""
    return said.rstrip()[-1:] not in ".!?;:," and not verbal(said) and is_work(HARD.sub(",", said).split(","))


def _layout(one: Header, layouts: Sequence[Layout]) -> Layout | None:
    """That of a sibling: just so, or with its dates elsewhere, or set off otherwise where none is set off like it."""
    for known in layouts:
        if (known.mark, known.rows, known.shape) == one.looks:
            return known
    kin = [known for known in layouts if known.mark == one.mark] or (layouts if len(one.cells) > 1 else [])
    return next((known for known in kin if one.ranges and _bare(known.shape) == _bare(one.shape)), None)


def _by_default(one: Header, layouts: Sequence[Layout]) -> Layout | None:
    """The title before the employer where a word vouches for either, or after it where only the second is a title's."""
    if len(one.cells) < 2 or any(known.mark == one.mark for known in layouts):
        return None
    first, second = one.cells[:2]
    known = part(second) == "title" and part(first) != "title"
    if is_jobs(second) and (known or not is_jobs(first)) and "@" not in one.shape:
        return Layout(*one.looks, 1, 0)
    vouched = is_jobs(first) or ends_as_organisation(second) or "@" in one.shape
    return Layout(*one.looks, 0, 1) if vouched and not ends_as_organisation(first) else None


def _bare(shape: str) -> str:
    return re.sub(r"/?D/?", "", shape)


def _could_be_title(text: str) -> bool:
    return phrase(text) and not ends_as_organisation(text) and part(text) not in {"place", "terms"}


def _could_be_employer(text: str, above: bool) -> bool:
    return above or (phrase(text) and part(text) not in {"place", "terms"})


def _same(said: str, cell: str) -> bool:
    return cell == said or cell.startswith((f"{said},", f"{said} (")) or cell.endswith(f", {said}")


def _cells(text: str, several: bool) -> tuple[list[str], str, str]:
    """The cells of one line, what stands between them, and the place that it ends with.

    `several`: its header has lines enough for title and employer, so a comma in one divides nothing.
    """
    if not text:
        return [], "", ""
    hard = [piece.strip(" ,;") for piece in HARD.split(text) if piece.strip(" ,;")]
    if len(hard) > 1:
        marks = "".join(_kind(match[0]) for match in HARD.finditer(text))
        place = ""
        if len(hard) > 2 and is_place(hard[-1]):
            place, hard, marks = hard[-1], hard[:-1], marks[:-1]
        cells = []
        for cell in hard:
            said, where = _placed(cell)
            cells.append(said)
            place = place or where
        return cells, _woven(len(cells), marks), place
    if several:
        said, where = _placed(text.strip(" ,;"))
        return [said], "F", where
    if len(at := AT.split(text, maxsplit=1)) == 2:
        said, where = _placed(at[1])
        return [at[0].strip(" ,"), said], "F@F", where
    pieces: list[str] = []
    place = ""
    for piece in (_aside(piece.strip()) for piece in re.split(r",(?![^()]*\))", text) if piece.strip()):
        if pieces and (is_suffix(piece) or goes_on(piece) or part(piece) == "department"):
            pieces[-1] += f", {piece}"
        elif pieces and is_place(piece):
            place = f"{place}, {piece}" if place else piece
        else:
            pieces.append(piece)
    if len(pieces) == 3 and not place and len(pieces[2].split()) <= 3:
        place = pieces.pop()
    return pieces, ",".join("F" * len(pieces)), place


def _aside(text: str) -> str:
    return re.sub(r"\s*\([^()]*\)$", "", text) or text


def _placed(text: str) -> tuple[str, str]:
    """`Frantzén, Stockholm` and `Frantzén (Stockholm)` → the name and the place, where it is a known one."""
    if aside := re.fullmatch(r"(.+?)\s*\(([^()]+)\)", text):
        return aside[1], aside[2] if is_place(aside[2]) else ""
    for match in re.finditer(", ", text):
        if is_place(text[match.end() :]):
            return text[: match.start()], text[match.end() :]
    return text, ""


def _kind(separator: str) -> str:
    said = separator.strip()
    return "-" if said[:1] in {"–", "—", "-"} else "|" if said[:1] in {"|", "•", "·"} else ":" if said == ":" else " "


def _woven(cells: int, marks: str) -> str:
    return "".join(f"F{marks[i : i + 1]}" if i + 1 < cells else "F" for i in range(cells))
