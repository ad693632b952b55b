"""No deed grows in the retelling: contributed → led, helped → built, team → sole, one → many, user → expert."""

from __future__ import annotations

import re

from rag.checks.setting import Setting
from rag.claim import Reading, Word
from rag.grounds import Grounds, Unit

OBJECT = 6
"""Content stems after a verb (before it, in the passive) that tell what was done; a bullet's object seldom has more."""
_PART, _DO, _LEAD, _SOLE = 1, 2, 3, 4
_ALONE = re.compile(
    r"\b(?:on|by|of) (?:his|her|their|its) own\b|\b(?:by|all) (?:him|her|them)sel(?:f|ves)\b|\bthe only (?!one of)"
    r"|\bwithout (?:any )?(?:help|assistance|support)\b|\bone-(?:man|woman|person)\b"
    r"|\bsingle-?handed\w*|\bin charge of all\b",
    re.I,
)
_PLURAL = re.compile(r"(?<![siu])s$|^(?:people|children|men|women)$")
_LEVEL = {_DO: "done", _LEAD: "led", _SOLE: "done alone"}
_NAME_OF_TIME = frozenset(
    "day days night nights week weeks month months year years hour monday tuesday wednesday".split()
)


def deed(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """A share in a deed is not told as the deed, nor the deed as the lead of it."""
    deeds = setting.wording.deeds
    earlier = _DO
    for word in claim.words:
        level = next((deeds[s] for s in word.stems if s in deeds), 0) or deeds.get(word.low, 0)
        if level == _PART:
            earlier = _PART
        if word.low == "own" and re.search(r"\b(?:his|her|their|its|my|our)\s+$", claim.text[: word.start]):
            continue
        if level not in {_DO, _LEAD} or earlier == _PART:
            continue
        objects = _objects(word, claim, grounds)
        best = _where(objects, grounds)
        if best is None:
            continue
        stated = _stated(objects, best, grounds, setting)
        if stated == _PART or (level == _LEAD and stated < level and not _same_deed(word, best, grounds)):
            return f"The cited passages do not say that this was {_LEVEL[level]} ({word.said!r})."
    return None


def _objects(word: Word, claim: Reading, grounds: Grounds) -> list[str]:
    after = [s for w in claim.content if w.start > word.end for s in w.stems][:OBJECT]
    passive = re.match(r"\s+by\b", claim.text[word.end :]) or re.search(
        r"\b(?:was|were|been|is|are)\s+$", claim.text[: word.start]
    )
    if passive or not after:
        after = [s for w in claim.content if w.end < word.start for s in w.stems][-OBJECT:] + after
    return [s for s in after if s not in grounds.wording.free]


def _where(objects: list[str], grounds: Grounds) -> Unit | None:
    """The unit that holds most of the objects."""
    scored = [(len(grounds.shared(objects, u.reading)), not u.context, u) for u in grounds.units]
    n, _, best = max(scored, key=lambda s: s[:2], default=(0, False, None))
    return best if n else None


def _stated(objects: list[str], unit: Unit, grounds: Grounds, setting: Setting) -> int:
    """How much of the deed the unit gives to the person: by the verb that stands nearest before the objects."""
    level, since = _DO, 0
    exact = set(objects) & unit.reading.stems
    for i, word in enumerate(unit.reading.words):
        if any(s in exact or (not exact and grounds.wording.same(s, o)) for s in word.stems for o in objects):
            if word.stems and word.stems[0] in setting.wording.deeds and level == _DO:
                level = setting.wording.deeds[word.stems[0]]
            return level
        found = next((setting.wording.deeds[s] for s in word.stems if s in setting.wording.deeds), 0)
        if found in {_PART, _LEAD} or (found == _DO and level == _PART and i - since > 2):
            level, since = found, i
    return level


def _same_deed(word: Word, unit: Unit, grounds: Grounds) -> bool:
    held = unit.reading.stems | {
        s for u in grounds.units if u.context and u.passage == unit.passage for s in u.reading.stems
    }
    return any(grounds.wording.same(s, o) for s in word.stems for o in held)


def sole(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """Nobody did alone what a passage does not say was done alone."""
    said = [m[0] for m in _ALONE.finditer(claim.text)]
    said += [w.said for w in claim.words if setting.wording.deeds.get((w.stems or (w.low,))[0]) == _SOLE]
    if said:
        for unit in grounds.aligned(claim):
            alone = {"alone", "sole", "solely", "single-handedly"}
            if _ALONE.search(unit.reading.text) or alone & unit.reading.lows:
                qualified = re.search(r"\bfor (?:\w+ ){1,3}(?:days?|weeks?|months?|years?)\b", unit.reading.text)
                if not qualified or (grounds.wording.same("month", "month") and qualified[0].split()[-1] in claim.lows):
                    return None
        return f"The cited passages do not say {said[0]!r}."
    return None


def many(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """One thing does not become several, two not dozens, some not all."""
    units = grounds.aligned(claim)
    for i, word in enumerate(claim.words):
        if word.low in setting.wording.several and word.low not in grounds.lows:
            noun = next((w for w in claim.words[i + 1 : i + 6] if w.stems and _PLURAL.search(w.low)), None)
            if noun and not _several(noun.stems[0], grounds, 10 if word.low in setting.wording.large else 2):
                return f"{word.said!r} is more than the cited passages say."
        if word.low in setting.wording.every and not _idiom(i, claim):
            held = {w for u in units for w in u.reading.lows}
            each = word.low == "each" and word.low in grounds.lows
            if not each and not held & (setting.wording.every | {"no", "none", "nobody", "any", "everything", "both"}):
                return f"{word.said!r} is more than the cited passages say."
    return None


def _idiom(i: int, claim: Reading) -> bool:
    """`twelve in all`, `every night`, `at all`: a total or a time, no claim about everything."""
    before = claim.words[i - 1].low if i else ""
    after = claim.words[i + 1].low if i + 1 < len(claim.words) else ""
    return before in {"in", "at", "after", "above"} or after in _NAME_OF_TIME or after == "other"


def _several(stem: str, grounds: Grounds, least: int) -> bool:
    """Whether the passages speak of the thing in the plural, by no number below `least`."""
    plural, exact = False, stem in grounds.stems
    for unit in grounds.units:
        for word in unit.reading.words:
            named = word.stems and (word.stems[0] == stem if exact else grounds.wording.same(word.stems[0], stem))
            if named and _PLURAL.search(word.low):
                numbers = [q.value for q in unit.reading.quantities if 0 <= word.start - q.end < 25]
                if numbers and max(numbers) < least:
                    return False
                plural = True
    return plural


def proficiency(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """How well somebody knows a thing is what the passages say of that thing, or less."""
    table = setting.wording.proficiency
    for i, word in enumerate(claim.words):
        level = table.get(word.low, 0)
        if level < 3:
            continue
        start, end = claim.text.rfind(",", 0, word.start), claim.text.find(",", word.end)
        inside = [w for w in claim.words if start < w.start and (end < 0 or w.end <= end)]
        near = [w for w in inside if w.stems and w.low not in table and abs(claim.at(w.start) - i) < 10]
        things = [s for w in near for s in w.stems if s not in setting.wording.free]
        scored = [(len([s for s in things if s in u.reading.stems]), u) for u in grounds.units]
        best = max((n for n, _ in scored), default=0)
        units = [u for n, u in scored if n == best] if best else list(grounds.units)
        stated = max((_level(things, u, setting) for u in units), default=0)
        if stated < level:
            return f"The cited passages do not say {word.said!r} of that."
    return None


def _level(things: list[str], unit: Unit, setting: Setting) -> int:
    """The proficiency that a unit gives to the things: of several, the one that stands nearest to them."""
    places = [i for i, w in enumerate(unit.reading.words) if set(w.stems) & set(things)]
    levels = [
        (min((abs(i - p) for p in places), default=0), setting.wording.proficiency[w.low])
        for i, w in enumerate(unit.reading.words)
        if w.low in setting.wording.proficiency
    ]
    return min(levels)[1] if levels else 0
