"""What can be computed about a career, as statements with quotes: years in all, each position and its length."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rag.career import Position, length, merged, span, total_months, year_month
from rag.position import in_words, line, stated
from rag.schema import Draft

POSITIONS = 12
"""Positions that are listed, newest first."""


def facts(positions: Sequence[Position], today: dt.date) -> tuple[Draft, ...]:
    """The time in all, and what is stated of each position; the current one says so."""
    dated = [(p, found) for p in positions if (found := span(p.role, today))]
    total = []
    if dated:
        joined = merged([found for _, found in dated])
        since = in_words(year_month(joined[0][0]), [p.role for p, _ in dated])
        text = f"{length(total_months(joined))} of work in all since {since}, computed from the dates."
        total.append(Draft(text, tuple(stated(p) for p, _ in dated)))
    return (*total, *(line(p, today, _standing(p)) for p in positions[:POSITIONS]))


def _standing(position: Position) -> str:
    return "Current role: " if position.role.end == "present" else ""
