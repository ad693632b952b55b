"""Figures in sentences, and the questions that they answer: "Trained six newcomers" → how many newcomers did she train.

Only sentences of a shape that turns into a question without understanding it: a verb of the list before a counted
plural, or before a change `by 40%` or `from 19 days to 8`. What is left out is no loss: a person adds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COUNTED = """manage lead supervise mentor train coach support serve handle process enroll build write ship deliver
launch migrate host run design develop own coordinate hire teach review operate treat recruit organise organize
save publish oversee open close sell raise maintain""".split()
_CHANGED = "reduce cut shorten increase improve lower raise grow boost decrease speed accelerate halve lift".split()
_IRREGULAR = {
    "lead": "led", "write": "wrote written", "build": "built", "run": "ran running", "teach": "taught teaches",
    "cut": "cutting", "grow": "grew grown", "ship": "shipped shipping", "enroll": "enrol enrolled",
    "sell": "sold", "oversee": "oversaw",
    "process": "processes", "coach": "coaches", "launch": "launches", "publish": "publishes",
}  # fmt: skip

_WORDS = "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty".split()
_NUMBER = rf"(?:\d[\d.,]*(?<=\d)(?: ?(?:[kKMB]\b|thousand\b|million\b|billion\b))?\+?|(?:{'|'.join(_WORDS)})\b)"
_FUZZY = r"(?:(?:over|about|around|nearly|almost|more than|up to|some|at least) )?"
_PLURAL = r"(?P<what>(?:[A-Za-z][\w-]* ){0,3}?(?:[a-z][\w-]*[^\Wsu]s|people|staff))\b"
_OBJECT = r"(?P<what>(?:[\w'’-]+ ){0,6}?[\w'’-]+)"
_AMOUNT = r"\d[\d.,]*(?<=\d) ?(?:%|percent\b|x\b)\+?"
_TIMES = frozenset("years months weeks days hours minutes seconds times percent".split())
"""Counted, these are lengths of time and rates; "how many years did she manage" asks for something else."""
_STOP = re.compile(r"\b(?:and|or|of|in|on|at|to|for|with|by|from|the|that|who|which|than|is|was|are|were|had|has)\b")


def _forms(verbs: list[str]) -> dict[str, str]:
    """Form of a verb → the verb."""
    found: dict[str, str] = {}
    for verb in verbs:
        stem = verb.removesuffix("e")
        for form in (verb, f"{verb}s", f"{stem}ed", f"{stem}ing", *_IRREGULAR.get(verb, "").split()):
            found[form] = verb
    return found


def _verb(forms: dict[str, str]) -> str:
    return rf"\b(?P<verb>{'|'.join(sorted(forms, key=len, reverse=True))})\b"


COUNTED, CHANGED = _forms(_COUNTED), _forms(_CHANGED)
_COUNT = re.compile(rf"{_verb(COUNTED)} (?:an? \w+ of )?{_FUZZY}(?P<number>{_NUMBER}) {_PLURAL}", re.IGNORECASE)
_BY = re.compile(rf"{_verb(CHANGED)} {_OBJECT} by {_FUZZY}(?P<number>{_AMOUNT})", re.IGNORECASE)
_FROM = re.compile(
    rf"{_verb(CHANGED)} {_OBJECT} from (?P<number>{_NUMBER})(?: [a-z]+)? to {_FUZZY}(?P<second>{_NUMBER})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Figure:
    """A question's words around its subject, and the figures that answer it: `How many beds`, `manage`, `34`."""

    asks: str
    does: str
    numbers: tuple[str, ...]
    past: bool = False
    """It happened once, whether the position lasts or not."""


def figures(sentence: str) -> Iterator[Figure]:
    """What a sentence's figures answer; nothing for one that has none, or is of another shape."""
    sentence = " ".join(sentence.split())
    for match in _COUNT.finditer(sentence):
        what = match["what"]
        if what.split()[-1].lower() not in _TIMES and not _STOP.search(what) and not _year(match["number"]):
            yield Figure(f"How many {what}", COUNTED[match["verb"].lower()], (match["number"],))
    for match in _BY.finditer(sentence):
        yield Figure("By how much", _changed(match), (match["number"],), past=True)
    for match in _FROM.finditer(sentence):
        yield Figure("From what and to what", _changed(match), (match["number"], match["second"]), past=True)


def _changed(match: re.Match[str]) -> str:
    return f"{CHANGED[match['verb'].lower()]} {re.sub(r'^(?:our|my|its|their) ', 'the ', match['what'])}"


def _year(number: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", number) is not None


def pattern(number: str, plural: bool = False) -> str:
    """A regular expression that finds a figure or a term, and no longer one: `8` is not in `18`, nor in `8.5`."""
    plain = re.sub(r"([^\w\s%,])", r"\\\1", re.sub(r"(?<=[\w%])\+$", "", number))
    return rf"(?<![\w.,]){plain}{'s?' * plural}(?!\w|[.,]\d)"
