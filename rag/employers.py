"""Which employers and titles a text speaks of, in the many ways in which people call them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence

from rag.career import Position
from rag.terms import fold, mentions, titled, unaccented

_LEGAL = re.compile(r",? (?:Inc|Ltd|LLC|LLP|GmbH|AG|SA|SAS|Corp|Co|PLC|BV|NV|Oy|AB|SE|Pty|Pvt)\.?(?: Ltd\.?)?$", re.I)
# First words that do not call an organisation by themselves.
_PLACES = frozenset("new san los las santa sao north south east west central upper lower great greater".split())
_GENERIC = _PLACES | frozenset(
    """the university city national general st. saint american british european international global united royal bank
    hospital hopital clinic college school academy institute ministry department office centre center state county
    health care services group""".split()
)
_LINKS = frozenset("of and & for the de la du des del von van der und y e in at".split())
# "Left", "worked for": what makes an everyday word the name of an employer ("Target", "Square").
_BEFORE = (
    r"(?:\b(?:at|join(?:s|ed|ing)?|left|leav(?:e|es|ing)|quit(?:ting)?)"
    r"|\b(?:work|worked|working|works|job|role|time|stint|employed|hired|career|days|position) (?:for|with|by|from|in)"
    r"|\bhow long (?:\w+ ){0,3}(?:with|for))"
    r"\s+(?:the )?"
)
_ALONE = (
    r"(?:^\W*|^\W*(?:and|or|but|so|same)?\s*(?:what about|how about|and|or|for|with|same for)"
    r"|\b(?:before|after|since|until|prior to))\s*"
)
_AFTER = r"\s+(?:role|job|position|stint|internship|tenure|employment|days|period|years|experience)\b"
# "Used Snowflake" speaks of the product, not of the employer.
_AS_TOOL = r"\b(?:us(?:e|es|ed|ing)|knows?|knew|(?:built|based) on|(?:skilled|proficient|certified) in)\s+"


@functools.lru_cache(maxsize=1024)
def short_names(employer: str) -> tuple[str, ...]:
    """An employer's name and the parts of it that people say: `Kestrel Field Robotics Ltd` → also `Kestrel`."""
    if not employer.strip():
        return ()
    whole = _LEGAL.sub("", employer).strip()
    parts = re.sub(r"^the\s+", "", whole, flags=re.I).split()
    found = [whole, " ".join(parts)]
    if len(parts) > 2 and fold(parts[0]) not in _PLACES and fold(parts[1]) not in _LINKS | _GENERIC:
        found.append(" ".join(parts[:2]).rstrip(","))
    first = parts[0].strip(",") if parts else ""
    if len(parts) > 1 and len(first) > 3 and fold(first) not in _GENERIC:
        found.append(first)
    found += [name[:-2] for name in found if re.search(r"\w['’]s$", name)]
    return tuple(dict.fromkeys(name for name in found if name))


def plain(text: str) -> str:
    """A text in which spellings of one name are the same: `St. Brigid’s` and `Saint Brigids`, `&` and `and`."""
    text = re.sub(r"\b(?:St\.|Saint) ", "St ", unaccented(text), flags=re.I)
    text = re.sub(r"(?<=\w)'(?=s\b)|(?<=\w),(?= )", "", text)
    return text.replace(" & ", " and ")


def _says(
    name: str, part: bool, text: str, places: str, common: Callable[[str], bool], listed: Callable[[str], bool]
) -> bool:
    """Whether a text (as `plain` gives it) means an employer by `name`, which may be only a `part` of its name."""
    name = plain(name)
    if not mentions(name, text):
        return False
    if " " in name:
        return True
    said = re.escape(name)
    if listed(name) and re.search(_AS_TOOL + said + r"\b", text, re.I):
        return False
    if (part or mentions(name, places)) and re.search(rf"\bin {said}\b", text, re.I):
        return False  # in Dublin, of Dublin City University
    if len(name) > 3 and not common(fold(name)):
        return True
    capital = re.search(rf"(?<=[\w,;)'\"/] ){said}(?!\w)", text)
    if capital and not titled(text):
        return True
    cues = rf"{_BEFORE}{said}(?!\w)|{_ALONE}{said}\W*$|(?<!\w){said}{_AFTER}"
    return re.search(cues, text, re.I) is not None


def _spoken(
    text: str, positions: Sequence[Position], common: Callable[[str], bool], listed: Callable[[str], bool]
) -> list[tuple[Position, str]]:
    """Each position whose employer the text names, with that name as the documents spell it."""
    text, places = plain(text), plain(" ".join(p.role.location for p in positions))
    called = {
        employer: next((n for n in short_names(employer) if _says(n, n != employer, text, places, common, listed)), "")
        for employer in {p.role.employer for p in positions}
    }
    return [(p, called[p.role.employer]) for p in positions if called[p.role.employer]]


def employers_in(
    text: str,
    positions: Sequence[Position],
    common: Callable[[str], bool] = lambda _: True,
    listed: Callable[[str], bool] = lambda _: False,
) -> list[str]:
    """Employers that a text names, as the documents spell that name, in the order of the positions.

    `common` tells which folded words are everyday ones, `listed` which names are technologies too.
    """
    return list(dict.fromkeys(name for _, name in _spoken(text, positions, common, listed)))


def scope(
    text: str, positions: Sequence[Position], common: Callable[[str], bool], listed: Callable[[str], bool]
) -> tuple[tuple[Position, ...], tuple[str, ...]]:
    """The positions whose employer or title the question names, and those names."""
    spoken = _spoken(text, positions, common, listed)
    chosen = [p for p, _ in spoken]
    names = dict.fromkeys(name for _, name in spoken)
    by_title = [(p, title) for p in positions if (title := heading(p)) and _titles(title, text)]
    longest = max((len(title.split()) for _, title in by_title), default=0)
    by_title = [(p, title) for p, title in by_title if len(title.split()) == longest]
    if by_title:
        holders = [p for p, _ in by_title]
        chosen = [p for p in chosen if p in holders] or chosen or holders
        names |= dict.fromkeys(title for _, title in by_title)
    return tuple(dict.fromkeys(chosen)), tuple(names)


def heading(position: Position) -> str:
    """A position's title without what stands in brackets: `Staff Engineer (E3)` → `Staff Engineer`."""
    return position.role.title.split("(")[0].strip(" ,")


def _titles(title: str, text: str) -> bool:
    if " " in title:
        return mentions(title, text)
    return bool(title) and re.search(rf"\bas (?:an? |the )?{re.escape(title)}\b", text, re.I) is not None
