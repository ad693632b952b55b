"""Numbers, their measures and bounds, periods and dates: each stands in the cited passages, said of the same thing."""

from __future__ import annotations

import re

from rag.checks.setting import Setting
from rag.claim import Reading
from rag.grounds import Grounds, Unit
from rag.quantity import Date, Quantity, pairs
from rag.schema import Role

NEAR = 6
"""Content words on either side of a figure that tell what it counts: a clause has about as many."""
_PERIODS = {
    "daily": "day", "day": "day", "days": "day", "weekly": "week", "week": "week", "weeks": "week", "month": "month",
    "months": "month", "monthly": "month", "year": "year", "years": "year", "yearly": "year", "annual": "year",
    "annually": "year", "hour": "hour", "hours": "hour", "hourly": "hour", "night": "night", "nights": "night",
    "nightly": "night", "minute": "minute", "minutes": "minute", "quarter": "quarter", "quarterly": "quarter",
    "decade": "decade", "decades": "decade",
}  # fmt: skip
_SINCE = re.compile(r"\b(?:since|joined|joining|started|began|from)\b(?: \w+){0,5}? ?$", re.I)
_UNTIL = re.compile(r"\b(?:until|till|to|left|leaving|ended|through)\b(?: \w+){0,4}? ?$", re.I)


def _found(quantity: Quantity, grounds: Grounds) -> list[tuple[Unit, Quantity]]:
    return [
        (unit, other)
        for unit in grounds.units
        for other in unit.reading.quantities
        if abs(other.value - quantity.value) <= 1e-3 * max(1.0, abs(quantity.value))
    ]


def _measured(quantity: Quantity, other: Quantity) -> bool:
    return quantity.unit == other.unit or {quantity.unit, other.unit} == {"", "ordinal"}


def _computed(quantity: Quantity, grounds: Grounds) -> bool:
    return (quantity.value, quantity.unit) in grounds.lengths


def _checked(claim: Reading, grounds: Grounds) -> list[Quantity]:
    """The numbers of a claim that need a place; a bare 1 is `one` or an article there."""
    return [q for q in claim.quantities if (q.value != 1 or q.unit) and not _computed(q, grounds)]


def number(claim: Reading, grounds: Grounds, _: Setting) -> str | None:
    """Every number stands in a cited passage, in whatever form."""
    for quantity in _checked(claim, grounds):
        if not _found(quantity, grounds):
            return f"The number {quantity.said!r} stands in no cited passage."
    return None


def unit(claim: Reading, grounds: Grounds, _: Setting) -> str | None:
    """Every number is measured in what the passage measures it in."""
    for quantity in _checked(claim, grounds):
        found = _found(quantity, grounds)
        if found and not any(_measured(quantity, other) for _, other in found):
            return f"The cited passages do not give {quantity.said!r} in this unit."
    return None


def bound(claim: Reading, grounds: Grounds, _: Setting) -> str | None:
    """`about`, `fewer than` are not dropped, `more than` is not added; `400M+` may become `400 million`."""
    for quantity in _checked(claim, grounds):
        found = [other for _, other in _found(quantity, grounds) if _measured(quantity, other)]
        allowed = {other.bound for other in found}
        if found and quantity.bound not in allowed and not (quantity.bound == "" and "over" in allowed):
            return f"The cited passages do not say {quantity.said!r} with this bound."
    return None


def counted(claim: Reading, grounds: Grounds, _: Setting) -> str | None:
    """A number counts the same thing: some word near it is near it in the passage, and no other number has its noun."""
    for quantity in _checked(claim, grounds):
        found = [(u, other) for u, other in _found(quantity, grounds) if _measured(quantity, other)]
        near = claim.around(quantity.start, NEAR)
        if not found or not near:
            continue
        noun = _noun(claim, quantity)
        if noun and not any(_noun_near(u, other, noun, grounds) for u, other in found):
            others = [
                o for u in grounds.units for o in u.reading.quantities
                if o.unit == quantity.unit and o.value != quantity.value and _noun(u.reading, o) and
                grounds.wording.same(_noun(u.reading, o), noun)
            ]  # fmt: skip
            if others:
                return f"The cited passages say {others[0].said!r}, not {quantity.said!r}, of that."
        if not any(
            any(grounds.wording.same(s, o) for s in near for o in _nearby(u.reading, other)) for u, other in found
        ):
            return f"The cited passages say {quantity.said!r} of something else."
    return None


def _nearby(reading: Reading, quantity: Quantity) -> list[str]:
    return reading.around(quantity.start, NEAR)


def _noun(reading: Reading, quantity: Quantity) -> str:
    """The stem of what a number counts: the word after it, the second one where the first only qualifies it."""
    after = [w for w in reading.content if w.start >= quantity.end and w.start - quantity.end < 30]
    words = reading.text[quantity.end : after[0].start].strip(" -") if after else "-"
    if not after or re.search(r"[,.;:()]|\b(?:to|in|for|by|and|of|with|on)\b", words):
        return ""
    run = [after[0]]
    for word in after[1:]:
        if reading.text[run[-1].end : word.start] != " " or len(run) == 3:
            break
        run.append(word)
    plural = next((w for w in run if w.low.endswith("s") or w.low == "people"), run[0])
    return plural.stems[0]


def _noun_near(unit: Unit, quantity: Quantity, noun: str, grounds: Grounds) -> bool:
    reading = unit.reading
    i = reading.at(quantity.start)
    near = [s for w in reading.words[max(0, i - 2) : i + 7] for s in w.stems]
    return any(grounds.wording.same(noun, s) for s in near)


def period(claim: Reading, grounds: Grounds, _: Setting) -> str | None:
    """`daily` does not become `monthly`."""
    measured = {q.unit for q in claim.quantities}
    units = grounds.aligned(claim)
    said = {_PERIODS[w] for u in units for w in u.reading.lows if w in _PERIODS}
    said |= {q.unit for u in units for q in u.reading.quantities}
    for word in claim.words:
        base = _PERIODS.get(word.low)
        if base and base not in said and base not in measured:
            return f"The cited passages do not say {word.said!r} of that."
    return None


def order(claim: Reading, grounds: Grounds, _: Setting) -> str | None:
    """`from 19 to 8` does not become `from 8 to 19`."""
    mine = pairs(claim.text, list(claim.quantities))
    theirs = {p for u in grounds.units for p in pairs(u.reading.text, list(u.reading.quantities))}
    for before, after in mine:
        if (after, before) in theirs and (before, after) not in theirs:
            return f"The cited passages say it the other way round: from {after:g} to {before:g}."
    return None


def date(claim: Reading, grounds: Grounds, _: Setting) -> str | None:
    """Every date stands in the unit that the claim retells, or is the document's or the position's own."""
    contexts = [u for u in grounds.units if u.context]
    stated = [d for u in (*grounds.aligned(claim), *contexts) for d in u.reading.dates]
    for mine in claim.dates:
        if any(mine.within(d) for d in stated):
            continue
        if not any(mine.within(d) for d in grounds.own_dates):
            return f"The date {mine.said!r} is not what the cited passages say of that."
        earlier = max((d.start + len(d.said) for d in claim.dates if d.start < mine.start), default=0)
        before = claim.text[max(earlier, mine.start - 60) : mine.start]
        roles = [p.role for p in grounds.passages if p.role]
        wrong = (_SINCE.search(before) and not _ends(mine, roles, "start")) or (
            _UNTIL.search(before) and not _ends(mine, roles, "end")
        )
        if roles and wrong:
            return f"The date {mine.said!r} is the other end of that position."
    return None


def _ends(date: Date, roles: list[Role], end: str) -> bool:
    from rag.quantity import dates

    return any(date.within(d) for role in roles for d in dates(str(getattr(role, end))))
