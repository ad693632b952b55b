"""Numbers, measures and dates of a text in one form: 1M = 1,000,000 = one million, Dec 2018 = 2018-12."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from rag.terms import unaccented

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
_WORDS: dict[str, float] = {w: i for i, w in enumerate((*_ONES, "seventeen", "eighteen", "nineteen"))}
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS |= {w: 10 * i for i, w in enumerate(_TENS, start=2)}
_SCALES: dict[str, float] = {
    "hundred": 100, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "billion": 1e9, "b": 1e9,
    "bn": 1e9, "dozen": 12,
}  # fmt: skip
_ORDINALS = {"third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10}
_ORDINALS |= {f"{w.removesuffix('y')}ieth": 10 * i for i, w in enumerate(_TENS, start=2)}
_FRACTIONS = {"half": 50.0, "quarter": 25.0} | {w: 100.0 / n for w, n in _ORDINALS.items() if n <= 10}

_UNITS = {
    "%": "% percent per cent pct percentage", "£": "£ pounds pound gbp sterling", "$": "$ dollars dollar usd",
    "€": "€ euros euro eur", "second": "seconds second secs sec s", "minute": "minutes minute mins min",
    "hour": "hours hour hrs hr h", "day": "days day", "night": "nights night", "week": "weeks week",
    "month": "months month", "quarter": "quarters", "year": "years year yrs yr", "decade": "decades decade",
    "m": "metres metre meters meter m", "km": "kilometres kilometre kilometers kilometer km", "mile": "miles mile",
    "kg": "kilograms kilogram kilos kg", "g": "grams gram g", "t": "tonnes tonne tons ton",
    "V": "volts volt v", "mA": "milliamps milliamp ma", "µA": "microamps microamp µa μa ua", "A": "amps amp",
    "W": "watts watt w", "MW": "megawatts megawatt mw", "Hz": "hertz hz", "kHz": "kilohertz khz",
    "MHz": "megahertz mhz", "GHz": "gigahertz ghz", "°C": "°c degrees celsius", "byte": "bytes byte",
    "KB": "kilobytes kb", "MB": "megabytes mb", "GB": "gigabytes gb", "TB": "terabytes tb", "bit": "bits bit",
    "ms": "milliseconds ms", "mile/h": "mph", "kr": "kronor kroner kr",
}  # fmt: skip
_UNIT = {spelt: unit for unit, listed in _UNITS.items() for spelt in listed.split() if spelt not in {"per", "cent"}}
_UNIT["per cent"] = "%"

_SPELT = "|".join((*_WORDS, *_ORDINALS, "half", "quarter", "dozen"))
_NUMBER = re.compile(
    rf"""(?P<money>[$£€])?\s?(?<![\w.])(?<![A-Za-z]-)(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!\w*(?-i:[A-Z])\w)
        (?P<ordinal>st|nd|rd|th)?
        (?P<scale>\s(?:hundred|thousand|million|billion|dozen|mn|bn)(?!\w)|(?:hundred|thousand|million|billion|mn|bn|[kmb])(?![\w/]))?
      | \b(?P<words>(?:{_SPELT})
            (?:(?:[ -]|\ and\ )(?:{_SPELT}|hundred|thousand|million|billion|thirds|quarters|fifths|tenths)\b)*
        (?:[ -](?:hundred|thousand|million|billion|thirds))*)\b
      | \b(?P<article>(?:an?\ |(?<=per\ )|(?<=every\ ))(?:hundred|thousand|million|billion|dozen))\b""",
    re.VERBOSE | re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?P<plus>\+)?[\s-]?(?P<unit>%|°\s?[cC]|per cent\b|[a-zµμ]+|[A-Zµ]{1,3}\b)?(?P<late>\+)?", re.IGNORECASE
)
_BOUND = re.compile(
    r"\b(?P<over>(?:well )?over|more than|at least|above|exceeding"
    r"|upwards of|north of|greater than|beyond|no fewer than)\b"
    r"|\b(?P<under>(?:fewer|less|lower) than|under|below|up to|at most|no more than|nearly|almost|close to)\b"
    r"|\b(?P<about>about|around|roughly|approximately|some|circa|an estimated)\b"
)


class Quantity(NamedTuple):
    """A number in a text, its measure, and how exactly it is meant."""

    value: float
    unit: str
    """A key of the table of measures; empty for a count."""
    bound: str
    """`over`, `under`, `about`, or empty for the number itself."""
    start: int
    end: int
    said: str


class Date(NamedTuple):
    """A date at the precision it is written with; 0 stands for what it does not say."""

    year: int
    month: int
    day: int
    start: int
    said: str

    @property
    def iso(self) -> str:
        """`2019-03`; empty without a year."""
        return "-".join([str(self.year), *(f"{n:02d}" for n in (self.month, self.day) if n)]) if self.year else ""

    def within(self, other: Date) -> bool:
        """Whether `other` says all that this one says."""
        return all(mine in {0, theirs} for mine, theirs in zip(self[:3], other[:3], strict=True))


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text in order, years and dates left out; `one` is an article more often than a number."""
    taken = [(d.start, d.start + len(d.said)) for d in dates(text)]
    found: list[Quantity] = []
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if any(a < end and start < b for a, b in taken) or match[0].strip().casefold() in {"one", "m"}:
            continue
        value, unit = _value(match, text)
        if value is None:
            continue
        after = _AFTER.match(text, end)
        plus = bool(after and (after["plus"] or after["late"]))
        if after and after["unit"] and not unit:
            said = re.sub(r"\s", "", after["unit"].casefold()) if after["unit"][:1] == "°" else after["unit"].casefold()
            unit = _UNIT.get(said, "") if len(said) > 1 or said in "%vmwhgs" else ""
            if (
                unit in {"m", "s", "second", "g", "hour", "W", "V"}
                and len(said) == 1
                and after["unit"].isupper() != (unit in {"V", "W"})
            ):
                unit = ""
            end = after.end("unit") if unit else end
        bound = _bound(text, start) or ("over" if plus else "")
        found.append(Quantity(value, unit, bound, start, end, text[start:end].strip()))
    return _paired(found, text)


def _value(match: re.Match[str], text: str) -> tuple[float | None, str]:
    """The number itself, and the measure that its own form gives (money before it, a fraction's percent)."""
    if match["digits"]:
        value = float(match["digits"].replace(",", ""))
        if match["scale"]:
            value *= _SCALES[match["scale"].strip().casefold()]
        return value, match["money"] or ("ordinal" if match["ordinal"] else "")
    said = (match["words"] or match["article"]).casefold()
    parts = [p for p in re.split(r"[ -]", said) if p != "and"]
    share = re.match(r"\s+(?:of|the|as)\b", text[match.end() :]) or re.search(
        r"\b(?:an?|one)\s$", text[: match.start()], re.I
    )
    if len(parts) == 1 and parts[0] in _FRACTIONS and (share or parts[0] == "half"):
        return _FRACTIONS[parts[0]], "%"
    if len(parts) == 2 and parts[1] in {"thirds", "third", "quarters", "fifths", "tenths", "eighth"}:
        whole = {"thirds": 3, "third": 3, "quarters": 4, "fifths": 5, "tenths": 10, "eighth": 8}[parts[1]]
        return round(100.0 * _WORDS.get(parts[0], 1) / whole, 4), "%"
    total, run = 0.0, 0.0
    for part in parts:
        if part in _WORDS:
            run += _WORDS[part]
        elif part in _ORDINALS:
            return run + _ORDINALS[part], "ordinal"
        elif part in _SCALES:
            run = max(run, 1.0) * _SCALES[part]
            if part not in {"hundred", "dozen"}:
                total, run = total + run, 0.0
    total += run
    return (total, "") if total else (None, "")


def _bound(text: str, start: int) -> str:
    before = text[max(0, start - 26) : start].casefold()
    found = [m for m in _BOUND.finditer(before) if re.fullmatch(r"\s*(?:an?\s|the\s|[$£€]\s?)?", before[m.end() :])]
    return str(found[-1].lastgroup) if found else ""


def _paired(found: list[Quantity], text: str) -> list[Quantity]:
    """`from 19 days to 8`, `81 to 97 percent`: what one of the two is measured in holds for the other."""
    for i in range(len(found) - 1):
        first, second = found[i], found[i + 1]
        between = text[first.end : second.start].casefold()
        joined = re.fullmatch(r"\s*(?:to|and|or|–|-|down to|up to)?\s*(?:\w+ than\s*|from\s*)?", between)
        if joined and bool(first.unit) != bool(second.unit) and "ordinal" not in {first.unit, second.unit}:
            unit = first.unit or second.unit
            if (
                second.unit
                or not re.match(r"\s*[a-z]{3,}", text[second.end :])
                or " to" in between
                or "from" in between
            ):
                found[i], found[i + 1] = first._replace(unit=unit), second._replace(unit=unit)
    return found


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"""(?<![\w.,-])(?P<iso>(?:19|20)\d\d-\d\d(?:-\d\d)?)(?![\w-])
      | \b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\ (?:of\ )?)?(?P<month>{_MONTH})
            \ (?:(?P<day2>\d{{1,2}}),\ )?(?:of\ )?(?P<year>(?:19|20)\d\d)\b
      | (?<!\w)(?P<slash>\d{{1,2}}/(?:19|20)\d\d)\b
      | (?<![\w$£€.,-])(?P<only>(?:19|20)\d\d)(?![\w%+]|,\d|\.\d)
      | (?P<bare>(?-i:Jan(?:uary)?|Feb(?:ruary)?|March|April|(?<=in\ )May|June|July|August|Sept(?:ember)?
            |October|November|December))\b""",
    re.VERBOSE | re.IGNORECASE,
)


# A bare year before a plural is a count (2000 messages), unless what stands before it dates something.
_COUNTED = re.compile(r" [a-z]+s\b(?<!\bwas)(?<!\bis)")
_DATED = re.compile(
    r"(?:\b(?:in|since|until|till|by|from|to|of|the|an?|during|before|after|and|early|late|through)|[–(-]) $", re.I
)


def dates(text: str) -> list[Date]:
    """The dates of a text: years, months, days, months without a year (year 0)."""
    found = []
    for m in _DATE.finditer(text):
        year, month, day = 0, 0, 0
        if m["iso"]:
            year, month, day = (*(int(p) for p in m["iso"].split("-")), 0)[:3]
        elif m["year"]:
            year, month = int(m["year"]), _MONTHS.index(unaccented(m["month"])[:3].casefold()) + 1
            day = int(m["day"] or m["day2"] or 0)
        elif m["slash"]:
            month, year = (int(p) for p in m["slash"].split("/"))
        elif m["only"]:
            if _COUNTED.match(text, m.end()) and not _DATED.search(text[: m.start()]):
                continue
            year = int(m["only"])
        elif m["bare"]:
            month = _MONTHS.index(m["bare"][:3].casefold()) + 1
        if month <= 12:
            found.append(Date(year, month, day, m.start(), m[0]))
    return found


def pairs(text: str, found: list[Quantity]) -> set[tuple[float, float]]:
    """Every `from a … to b` (or `to b from a`) of a text, as (a, b)."""
    led = {
        q: re.search(r"\b(from|to)\b(?: (?:\w+ than|only|just|about|over))?\s*[$£€]?$", text[: q.start].casefold())
        for q in found
    }
    words = [(q.value, m[1]) for q, m in led.items() if m]
    out = set()
    for (a, x), (b, y) in itertools.pairwise(words):
        if (x, y) == ("from", "to"):
            out.add((a, b))
        elif (x, y) == ("to", "from"):
            out.add((b, a))
    return out
