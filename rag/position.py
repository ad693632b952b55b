"""A position in words: how it is called, its dates, the line that states it."""

from __future__ import annotations

import datetime as dt

from rag.career import Position, stated_length
from rag.schema import Draft, Quote


def label(position: Position) -> str:
    """`Software Engineer at Rapido (inferred)`: the employer is marked where the owner inferred it."""
    role = position.role
    employer = f"{role.employer} (inferred)" if role.employer and role.employer_basis else role.employer
    return " at ".join(part for part in (role.title, employer) if part)


def dates(position: Position) -> str:
    """`2016-09 to 2019-02`, `since 2020-01`; empty where the document gives none."""
    role = position.role
    if role.start and role.end:
        return f"{role.start} to {role.end}"
    return f"since {role.start}" if role.start else f"until {role.end}" if role.end else ""


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
