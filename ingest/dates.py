"""Dates as people write them → ISO 8601 at the precision written; nothing is filled in."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:19[4-9]\d|20\d\d)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_NUMBER = r"(?:0?[1-9]|1[0-2])"
# The longer forms first, so that none is cut short.
_FORMS = (
    rf"(?P<y>{_YEAR})[-/.](?P<n>0[1-9]|1[0-2])[-/.](?P<d>{_DAY})",
    rf"(?P<d>{_DAY})(?:st|nd|rd|th)?\s+(?P<m>{_MONTH}),?\s+(?P<y>{_YEAR})",
    rf"(?P<m>{_MONTH})\s+(?P<d>{_DAY})(?:st|nd|rd|th)?,?\s+(?P<y>{_YEAR})",
    rf"(?P<m>{_MONTH}),?[\s/-]*(?:of\s+)?(?P<y>{_YEAR})",
    r"(?P<m>" + _MONTH + r")\s*['’](?P<yy>\d\d)",
    rf"(?P<y>{_YEAR})\s+(?P<m>{_MONTH})",
    rf"(?P<y>{_YEAR})[-/.](?P<n>0[1-9]|1[0-2])",
    rf"(?P<n>{_NUMBER})\s?[/.-]\s?(?P<y>{_YEAR})",
    rf"(?:(?:spring|summer|fall|autumn|winter|q[1-4])\s+)?(?P<y>{_YEAR})",
)
_FORM = [re.compile(form, re.IGNORECASE) for form in _FORMS]
_DATE = "(?:" + "|".join(re.sub(r"\?P<\w+>", "?:", form) for form in _FORMS) + r")(?![\w+%]|[/.]\d)"
_PRESENT = (  # and as the neighbours of an English line may say it, whose role would else be part of the one above
    r"(?:present(?:[ -]day)?|current(?:ly)?(?: (?:role|position))?|now|today|ongoing|date"
    r"|jetzt|heute|aujourd['’]hui|actualidad|presente|oggi)\b"
)
_UP_TO = r"(?:(?:up )?to|until|till)\s+"
_UNSAID = r"(?:\?+|tb[acd]|unknown|n/a)"
"""In the place of an end that is not said."""
_LEFT = r"(?<![\w$€£#/.])"
_TO = r"\s*(?:[-–—−‒~]+|\b(?:to|until|till|through|thru|bis|au|hasta|al)\b|\bà\b)\s*"
_RANGE = re.compile(
    rf"{_LEFT}(?:(?:from|von|de|du|desde)\s+)?(?P<a>{_DATE}|{_MONTH})(?:{_TO}(?P<b>(?:{_UP_TO})?(?:the\s+)?{_PRESENT}|{_DATE})"
    rf"|(?P<open>\s*[-–—]\s*(?:{_UNSAID}\s*)?(?=$|\))))",
    re.IGNORECASE,
)
_YEARS = (
    re.compile(rf"{_LEFT}(?P<a>{_YEAR})\s?/\s?(?P<b>{_YEAR})(?![\w/.-])"),
    re.compile(r"(?<![\w'’])['’](?P<a>\d\d)\s*[-–—/]\s*['’](?P<b>\d\d)(?!\w)"),
)
"""`2007/2012` and `'07 – '12`."""
_SHORT = re.compile(rf"{_LEFT}(?P<a>{_YEAR})[-–—/](?P<b>\d\d)(?![\w/.-])")
_SINCE = re.compile(
    rf"{_LEFT}(?:(?:since|seit|ab|depuis|desde)\s+(?P<a>{_DATE})|(?P<c>{_DATE})\s+onwards?\b)", re.IGNORECASE
)
_ONE = re.compile(rf"{_LEFT}{_DATE}(?!\s?[-–—]\s?\w)", re.IGNORECASE)
_IS_NOW = re.compile(rf"(?:(?:{_UP_TO})?(?:the\s+)?(?!date){_PRESENT}|{_UP_TO}date)(?:\s*\([^()]*\))?", re.IGNORECASE)
PRESENT = "present"


@dataclass(frozen=True, slots=True)
class Period:
    """What a line says of when, as ISO dates (`end` may be `present`), where in the line it says so and how."""

    start: str
    end: str
    at: tuple[int, int]
    said: str = ""


def iso(text: str) -> str:
    """`Mar 2019`, `03/2019` → `2019-03`, `present` and its likes → `present`; empty where it is no date."""
    text = _alone(text)
    if _IS_NOW.fullmatch(text):
        return PRESENT
    for form in _FORM:
        if match := form.fullmatch(text):
            return _iso(match)
    return ""


def impossible(text: str) -> bool:
    """Whether a text is written as a date and no calendar has it (`2019-13`, `31 April 2019`)."""
    text = _alone(text)
    numbers = re.fullmatch(r"[\d\s./-]+", text)
    return not iso(text) and bool(numbers or any(form.fullmatch(text) for form in _FORM))


def _alone(text: str) -> str:
    """On one line, the time of day left out."""
    text = " ".join(text.split())
    return text[:10] if re.match(r"\d{4}-\d\d-\d\d[T ]", text) else text


def period(line: str) -> Period | None:
    """The first range of dates in a line, else the first date, which then is start and end."""
    for years in _SHORT.finditer(line):
        start, end = years["a"], years["a"][:2] + years["b"]
        if end > start and (int(years["b"]) > 12 or line[years.end("a")] in "–—/"):
            return Period(start, end, years.span(), years[0])
    for form in _YEARS:
        if pair := form.search(line):
            start, end = (_century(pair[name]) for name in "ab")
            return Period(start, end, pair.span(), pair[0]) if start <= end else None
    if both := _RANGE.search(line):
        return _range(both)
    if since := _SINCE.search(line):
        return Period(iso(since["a"] or since["c"]), "present", since.span(), since[0])
    if one := _ONE.search(line):
        found = iso(one[0])
        return Period(found, found, one.span(), one[0]) if found else None
    return None


def _range(match: re.Match[str]) -> Period | None:
    first, last = match["a"], match["b"] or ""
    end = (
        ""
        if match["open"] is not None
        else "present"
        if re.fullmatch(rf"(?:{_UP_TO})?(?:the\s+)?{_PRESENT}", last, re.I)
        else iso(last)
    )
    start = iso(first)
    if not start and re.fullmatch(_MONTH, first, re.I) and len(end) >= 7 and end != "present":
        start = iso(f"{first} {end[:4]}")
    if not start or (end and end != "present" and end < start[: len(end)]):
        return None
    return Period(start, end, match.span(), match[0])


def _century(year: str) -> str:
    return year if len(year) == 4 else ("19" if year > "49" else "20") + year


def _iso(match: re.Match[str]) -> str:
    said = {key: value for key, value in match.groupdict().items() if value}
    year = said.get("y", "")
    if "yy" in said:
        year = _century(said["yy"])
    month = _NAMES.index(said["m"][:3].lower()) + 1 if "m" in said else int(said.get("n", 0))
    if "d" in said:
        try:
            return dt.date(int(year), month, int(said["d"])).isoformat()
        except ValueError:
            return ""
    return f"{year}-{month:02d}" if month else year
