"""Dates and durations of positions, computed from what the documents state. Nothing is guessed: no date, no figure."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.schema import Passage, Role


@dataclass(frozen=True)
class Position:
    """A role and the document that states it."""

    role: Role
    source: str
    title: str
    locator: str
    heading: str = ""
    """The headings over it, which may say more than title and employer ("…, Intensive Care Unit, …")."""

    @property
    def said(self) -> str:
        """All words that tell which position it is."""
        return f"{self.role.title} {self.role.employer} {self.role.location} {self.heading}"


def positions(passages: Iterable[Passage]) -> tuple[Position, ...]:
    """The positions that the passages tell of, newest first; undated ones in the order given by their documents."""
    found: dict[tuple[str, str, str, str], Position] = {}
    for passage in passages:
        role = passage.role
        if role and (role.title or role.employer):
            key = (role.title.casefold(), role.employer.casefold(), role.start, role.end)
            found.setdefault(
                key, Position(role, passage.source, passage.title, passage.locator, " ".join(passage.heading))
            )
    undated = [p for p in found.values() if not p.role.start and not p.role.end]
    dated = [p for p in found.values() if p.role.start or p.role.end]
    dated.sort(key=lambda p: (p.role.end == "present", p.role.end or p.role.start, p.role.start), reverse=True)
    return (*dated, *sorted(undated, key=lambda p: (p.role.order, p.source)))


def month(date: str, today: dt.date, closing: bool = False, wide: bool = False) -> int | None:
    """Months since year 0 of an ISO date or `present`; None where there is none.

    A bare year counts from its January; as the end of a range too, so that 2019 – 2021 is two years; `wide` closes it
    with its December. `closing` adds the month itself: a job from 2019-03 to 2019-05 lasted three months.
    """
    if date == "present":
        return today.year * 12 + today.month - 1 + closing
    if not date:
        return None
    year, *rest = (int(part) for part in date.split("-"))
    if not rest:
        return year * 12 + (12 if closing and wide else 0)
    return year * 12 + rest[0] - 1 + closing


def span(role: Role, today: dt.date, wide: bool = False) -> tuple[int, int] | None:
    """The first month of a position and the month after its last one so far; None unless both ends are stated.

    `wide`: the longest that bare years allow, for what must not be claimed without certainty, such as a gap.
    """
    start, end = month(role.start, today), month(role.end, today, closing=True, wide=wide)
    now = today.year * 12 + today.month
    if start is None or end is None or end < start or start >= now:
        return None
    return start, min(max(end, start + 1), max(now, start + 1))


def certain(role: Role, today: dt.date) -> tuple[int, int] | None:
    """The months that a position covers whatever its bare years mean; None where there is no such month."""
    found = span(role, today)
    if found is None:
        return None
    start = found[0] + (11 if len(role.start) == 4 else 0)
    return (start, found[1]) if start < found[1] else None


def years(role: Role, today: dt.date) -> range:
    """The calendar years which a position touches; empty unless both ends are stated."""
    if not role.start or not role.end:
        return range(0)
    last = today.year if role.end == "present" else int(role.end[:4])
    return range(int(role.start[:4]), last + 1)


def stated_length(role: Role, today: dt.date) -> str:
    """`3 years 4 months`; `about 3 years` where only years are stated; empty where an end is missing."""
    found = span(role, today)
    if found is None:
        return ""
    if len(role.start) == len(role.end) == 4 and role.start == role.end:
        return "within a year"
    about = "about " if 4 in {len(role.start), len(role.end)} else ""
    return about + length(found[1] - found[0])


def merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping and touching ranges joined, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def total_months(spans: Sequence[tuple[int, int]]) -> int:
    """Months covered by at least one range."""
    return sum(end - start for start, end in merged(spans))


def gaps(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges between the first and the last month that no position covers."""
    joined = merged(spans)
    return [(before[1], after[0]) for before, after in itertools.pairwise(joined)]


def length(months: int) -> str:
    """`3 years 4 months`, `1 year`, `5 months`."""
    years, rest = divmod(months, 12)
    parts = [f"{n} {unit}{'s' * (n != 1)}" for n, unit in ((years, "year"), (rest, "month")) if n]
    return " ".join(parts) or "less than a month"


def year_month(months: int) -> str:
    """`2019-03` of a month count."""
    return f"{months // 12}-{months % 12 + 1:02d}"
