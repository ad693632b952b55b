"""No deed turns into its contrary: directions, opposites, negations, plans told as done, from where to where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.checks.setting import Setting
from rag.claim import Reading, Word
from rag.grounds import Grounds

NEAR = 6
"""Words on either side of a direction that tell what went that way."""
SCOPE = 4
"""Content words after a negation that it denies."""
_BOUND = re.compile(
    r"\b(?:more|less|fewer|higher|lower) than(?= [\d£$€a-z])|\bup to\b|\bmade up\b"
    r"|\bset(?:s|ting)? up\b|\bfollow(?:ed|-)?.up\b|\bcheck(?:ed)? in\b",
    re.I,
)
_FROM_TO = re.compile(r"\bfrom ((?:[\w.'-]+ ){0,5}?[\w.'-]+) (?:back )?to ((?:[\w.'-]+ ?){1,5})", re.I)
_SHARE = re.compile(r"(?:%|percent) $")
_REPLACE = re.compile(r"\b(?:replac(?:ed|es|ing)|superseded|took the place of|takes the place of)\b", re.I)


def _sides(setting: Setting) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Opposite senses, as words."""
    up, down = (frozenset(w for w in setting.lexicon.opposites.get(k, ()) if " " not in w) for k in ("up", "down"))
    up, down = (
        up | {"lengthened", "raises", "grows", "increases", "lifted"},
        down | {"reduces", "shortened", "cuts", "falls"},
    )
    yield up - {"more", "add", "added"}, down - {"less"}
    yield setting.wording.better, down
    yield from setting.wording.opposite


def direction(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """Reduced does not become increased, removed not kept, ahead not behind."""
    mine = _without_bounds(claim)
    mine = [
        w._replace(low="increased") if w.low == "more" and _SHARE.search(claim.text[: w.start]) else w for w in mine
    ]
    for index, (one, other) in enumerate(_sides(setting)):
        for word in mine:
            for side, contrary, forward in ((one, other, True), (other, one, False)):
                if word.low not in side or (index == 1 and forward):
                    continue
                if _contrary(word, claim, grounds, side, contrary):
                    return f"{word.said!r} is the contrary of what the cited passages say."
    return None


def _without_bounds(reading: Reading) -> list[Word]:
    taken = [m.span() for m in _BOUND.finditer(reading.text)]
    return [w for w in reading.words if not any(a <= w.start < b for a, b in taken)]


def _contrary(word: Word, claim: Reading, grounds: Grounds, side: frozenset[str], contrary: frozenset[str]) -> bool:
    """Whether the words and figures about a direction stand about the contrary one in the passages."""
    near = _near(word, claim)
    here = claim.at(word.start)
    figures = {q.value for q in claim.quantities if abs(claim.at(q.start) - here) <= NEAR}
    scores: dict[bool, float] = {True: 0.0, False: 0.0}
    for unit in grounds.units:
        if unit.context:
            continue
        for other in _without_bounds(unit.reading):
            if other.low in side or other.low in contrary:
                theirs = _near(other, unit.reading)
                shared = sum(any(grounds.wording.same(s, t) for t in theirs) for s in near)
                here = unit.reading.at(other.start)
                shared += sum(
                    q.value in figures for q in unit.reading.quantities if abs(unit.reading.at(q.start) - here) <= NEAR
                )
                scores[other.low in side] = max(scores[other.low in side], shared)
    return scores[False] > 0 and scores[False] > scores[True]


def _near(word: Word, reading: Reading) -> list[str]:
    i = reading.at(word.start)
    chosen = {*reading.words[max(0, i - NEAR) : i], *reading.words[i + 1 : i + NEAR + 1]}
    return [s for w in reading.content if w in chosen for s in w.stems]


def exchange(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """From where to where, and what replaced what, stay as they are."""
    units = [u.reading for u in grounds.units]
    for before, after in _moves(claim):
        for reading in units:
            for was, became in _moves(reading):
                straight = _like(before, was, grounds) + _like(after, became, grounds)
                crossed = _like(before, became, grounds), _like(after, was, grounds)
                if sum(crossed) > straight and crossed[1] and (crossed[0] or not became):
                    return "The cited passages say it the other way round."
    return None


def _moves(reading: Reading) -> list[tuple[frozenset[str], frozenset[str]]]:
    """What was there and what came in its place, as stems."""
    found = [(m[1], m[2]) for m in _FROM_TO.finditer(reading.text)]
    for match in _REPLACE.finditer(reading.text):
        left, right = reading.text[: match.start()], reading.text[match.end() :]
        passive = re.search(r"\b(?:was|were|been|is|are|be)(?: \w+ly)? $", left)
        exchanged = re.match(r"(.{3,60}?) (?:with|by) (.{3,60})", right)
        if passive:
            found.append((left, re.sub(r"^\W*(?:by|with)\b", "", right)))
        elif exchanged:
            found.append((exchanged[1], exchanged[2]))
        else:
            found.append((right, left))
    return [(_stems_of(a), _stems_of(b)) for a, b in found]


def _stems_of(text: str) -> frozenset[str]:
    from rag.claim import read

    return read(text).stems


def _like(one: frozenset[str], other: frozenset[str], grounds: Grounds) -> int:
    return sum(any(grounds.wording.same(s, o) for o in other) for s in one)


def negation(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """What the passages deny is not affirmed, and what they affirm is not denied."""
    units = grounds.aligned(claim)
    for unit in units:
        for denied in _denied(unit.reading, setting):
            affirmed = [s for s in denied if any(grounds.wording.same(s, o) for o in claim.stems)]
            if (
                denied
                and affirmed[:1] == denied[:1]
                and len(affirmed) * 2 >= len(denied)
                and not _denied(claim, setting)
            ):
                return f"The cited passages deny it ({unit.reading.text[:80]!r})."
    held = [s for u in units for denied in _denied(u.reading, setting) for s in denied]
    for denied in _denied(claim, setting):
        if denied and not any(grounds.wording.same(s, o) for s in denied for o in held):
            return "It denies something that the cited passages do not deny."
    return None


def _denied(reading: Reading, setting: Setting) -> list[list[str]]:
    """The content stems that each negation of a text denies."""
    found = []
    for match in setting.wording.manner["negation"].finditer(reading.text):
        tail = re.split(r"[,;:.](?:\s|$)| but ", reading.text[match.end() :])[0]
        end = match.end() + len(tail)
        words = [w for w in reading.content if match.end() <= w.start < end]
        found.append([w.stems[0] for w in words[:SCOPE]])
    return found


def plan(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """What is planned, wanted or only of interest is not told as done or known."""
    future = setting.wording.manner["future"]
    if future.search(claim.text):
        return None
    for unit in grounds.aligned(claim)[:1]:
        for match in future.finditer(unit.reading.text):
            after = [w for w in unit.reading.content if w.start >= match.end()][: SCOPE + 1]
            shared = [w for w in after if any(grounds.wording.same(s, o) for s in w.stems for o in claim.stems)]
            if not unit.context and after and len(shared) * 2 >= len(after) and len(shared) > 1:
                return f"The cited passages say it as {match[0]!r} only."
    return None
