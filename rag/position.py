"""A position in words: how it is called, its dates, the line that states it."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable

from rag import quantity
from rag.career import Position, stated_length
from rag.schema import Draft, Quote, Role


def label(position: Position) -> str:
    """`Software Engineer at Rapido (inferred)`: the employer is marked where the owner inferred it."""
    role = position.role
    employer = f"{role.employer} (inferred)" if role.employer and role.employer_basis else role.employer
    return " at ".join(part for part in (role.title, employer) if part)


def dates(position: Position) -> str:
    """`2016-09 to 2019-02`, `March 2019 – May 2022`, `since 2020-01`, as the document writes them where that is clear.

    Empty where it gives none.
    """
    role = position.role
    if role.start and role.start == role.end and len(quantity.dates(role.written)) != 1:
        return date(role, role.start)
    ends = [end for end in (role.start, role.end) if end and end != "present"]
    if role.end and ends and all(end in _read(role) for end in ends):
        return role.written
    start, end = date(role, role.start), date(role, role.end)
    if start and end:
        return f"{start} to {end}"
    return f"since {start}" if start else f"until {end}" if end else ""


def date(role: Role, iso: str, beside: Iterable[Role] = ()) -> str:
    """A date of a role in the words of the document: `Mar 2019`, `2019-03`.

    `beside`: roles whose dates stand in the same sentence; where one names months, numbers are put in words too.
    """
    roles = (role, *beside)
    said = _read(role).get(iso) or iso
    return in_words(iso, roles) if said == iso else said


def in_words(iso: str, roles: Iterable[Role]) -> str:
    """`March 2019` of `2019-03` where roles are dated by the names of months, else as it is."""
    if not re.fullmatch(r"\d{4}-\d\d", iso) or not any(re.search(r"[^\W\d_]{3}\S* \d{4}", r.written) for r in roles):
        return iso
    return f"{calendar.month_name[int(iso[5:])]} {iso[:4]}"


def stretch(start: str, end: str) -> str:
    """`from March 2019 to May 2022`; `in March 2019` where both are the same."""
    return f"in {start}" if start == end else f"from {start} to {end}"


def _read(role: Role) -> dict[str, str]:
    """The dates that are read in what is written, by their ISO form."""
    # A hyphen before a number is a sign elsewhere; between two years it is a dash.
    written = re.sub(r"(?<=\b\d{4})-(?=\d{4}\b)", "–", role.written)
    return {d.iso: d.said for d in quantity.dates(written) if d.year}


def stated(position: Position) -> Quote:
    """The lines of the document that state the position."""
    span = position.role.stated
    return Quote(position.source, position.title, position.locator, span.start, span.end)


def line(position: Position, today: dt.date, first: str = "") -> Draft:
    """The position as the document states it, its length computed: title, employer, dates, place."""
    text = label(position)
    if said := dates(position):
        lasted = stated_length(position.role, today)
        text += f", {said}" + (f" ({lasted})" if lasted else "")
    if position.role.location:
        text += f", {position.role.location}"
    return Draft(f"{first}{text}.", (stated(position),))
