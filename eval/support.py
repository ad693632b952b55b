"""Whether what is cited carries a statement, by rule: what is verbatim, and what was computed from stated dates.

The offline engine writes an owner's words (`400M — As Engineer at Acme: Served 400M users.`), a position's line
(`Engineer at Acme, 2016-09 to 2019-02 (2 years 6 months), Porto.`), a title with its date, and totals of several
positions. The first three can be checked word for word; totals, and whatever else is not verbatim, are not judged.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from rag.career import stated_length
from rag.quantity import dates
from rag.schema import Citation, Role

_OVER_SEVERAL = re.compile(
    r"(?:computed|counted) from the dates of \d+ roles?\.$|^No role is stated from |\) overlap\.$|^By the stated dates "
)
"""Computed from several positions: their quotes do not hold the figure, and no rule here counts it again."""
_POSITION = re.compile(r"\.\Z|\(\d{4}(?:-\d\d){0,2}\)\Z")
"""How a position's line and a title with its date end."""
_FRAME = re.compile(r" — |: |, | at | \(inferred\)|[()]")
"""What the engine puts between words of the documents."""
_DATE = r"\d{4}(?:-\d\d)?(?:-\d\d)?"
_RANGE = re.compile(rf"(?:{_DATE} to (?:{_DATE}|present)|since {_DATE}|until {_DATE}|{_DATE})\Z")
_LENGTH = re.compile(r"(?:about )?(?:\d+ years?(?: \d+ months?)?|\d+ months?)\Z|less than a month\Z|within a year\Z")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def by_rule(statement: str, citations: Sequence[Citation], verbatim: bool, today: dt.date) -> bool | None:
    """Whether the citations carry the statement; None where no rule can tell.

    `verbatim`: the engine promises the documents' own words, so that other words are unsupported and not merely
    unclear. `today` ends what is stated as present.
    """
    if not citations:
        return False
    said = _plain(statement)
    quotes = [_plain(c.quote) for c in citations]
    if _in(said, quotes) or any(_titled(said, c) for c in citations):
        return True
    if _OVER_SEVERAL.search(statement):
        return None
    if _under_label(said, quotes, today) or (_POSITION.search(statement) and _pieces(said, quotes, today)):
        return True
    return False if verbatim else None


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _in(piece: str, quotes: Sequence[str]) -> bool:
    """Whether it stands in a quote as whole words."""
    edges = ("(?<!\\w)" if re.match(r"\w", piece) else "", "(?!\\w)" if re.search(r"\w\Z", piece) else "")
    pattern = re.compile(edges[0] + re.escape(piece) + edges[1])
    return any(pattern.search(quote) for quote in quotes)


def _titled(said: str, citation: Citation) -> bool:
    """Words of the document under its title, or under the heading, that the citation shows."""
    title, heading = _plain(citation.title), _plain(citation.locator).rpartition(" › ")[2]
    heads = (f"{head}: " for head in (f"in “{title}”", title, heading) if head)
    return any(said.startswith(h) and _in(said.removeprefix(h), [_plain(citation.quote)]) for h in heads)


def _under_label(said: str, quotes: Sequence[str], today: dt.date) -> bool:
    """`400m — as engineer at acme: served 400m users`: what follows the label or the value is verbatim as a whole."""
    return any(
        _in(said[cut.end() :], quotes) and _pieces(said[: cut.start()].replace(" — as ", " — "), quotes, today)
        for cut in re.finditer(": | — ", said)
    )


def _pieces(said: str, quotes: Sequence[str], today: dt.date) -> bool:
    """Every piece between the engine's own words stands in a quote; dates and the length between them agree."""
    for piece in (p.strip(" .") for p in _FRAME.split(said.removeprefix("as "))):
        if not piece or _in(piece, quotes):
            continue
        if _RANGE.match(piece):
            if not all(_dated(d, quotes) for d in re.findall(_DATE, piece)):
                return False
        elif not (_LENGTH.match(piece) and piece == _counted(said, today)):
            return False
    return True


def _counted(said: str, today: dt.date) -> str:
    """The length of the first range of dates that a text gives; empty where it gives none."""
    range_said = re.search(r"(.*)\((?:about )?(?:\d+ |less than |within )[a-z0-9 ]+\)", said)
    if not range_said:
        return ""
    found = [d.iso for d in dates(range_said[1])]
    if re.search(r"(?:present|current(?:ly)?|now|today|ongoing|date)\W*\Z|\bsince\b[^,]*\Z", range_said[1]):
        found.append("present")
    return stated_length(Role(start=found[-2], end=found[-1]), today) if len(found) > 1 else ""


def _dated(date: str, quotes: Sequence[str]) -> bool:
    """Whether a quote states a date: as it is, or its year and its month in words or figures."""
    if _in(date, quotes):
        return True
    year, *rest = date.split("-")
    for quote in quotes:
        if re.search(rf"(?<!\d){year}(?!\d)", quote) and (
            not rest or re.search(rf"(?<![a-z]){_MONTHS[int(rest[0]) - 1]}|(?<!\d)0?{int(rest[0])}(?!\d)", quote)
        ):
            return True
    return False
