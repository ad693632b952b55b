"""Where a sentence ends, by rules of our own: pysbd ends them at nearly the same places and takes much longer."""

from __future__ import annotations

import bisect
import re

from rag.schema import Span

SAID = re.compile(r"[^\W_]")
"""A letter or a digit: without one nothing is said."""
_STOP = re.compile(r"(?:[.!?…]+[\"'”’»)\]*_`]*(?:\[\^\w+\])?(?=\s|\Z)|[。！？]+[」』）”]*)")
_LAST_WORD = re.compile(r"[^\s(\[“\"'‘*_]*\Z")
_ASIDE = re.compile(
    r"\([^()]{0,400}\)|“[^“”]{0,400}”|(?<!\w)\"(?=\S)[^\"\n]{0,400}\"|`[^`]{0,400}`"
    r"|\[[^\[\]]{0,400}\]\([^()\s]{0,400}\)"
)
"""What is kept in one sentence: brackets, quotes, code, links."""
_NEVER = frozenset(
    (
        "Mr Mrs Ms Dr Prof St Rev Hon Gen Sen Rep Gov Capt Lt Col Sgt Messrs Fig Figs Eq Vol Sec Ed Eds vs v cf e.g "
        "i.e eg ie viz approx ca fig figs pp E.g I.e Approx"
    ).split()
)
"""Abbreviations that something always follows; in another case they may be words (2 ms, the col, it is red)."""
_SELDOM = frozenset(
    (
        "inc ltd co corp llc jr sr bros ave blvd etc a.m p.m b.sc m.sc b.tech m.tech ph.d al univ dept est "
        "jan feb mar apr jun jul aug sep sept oct nov dec"
    ).split()
)
"""Abbreviations that may end a sentence; then a word of _OPENERS tells."""
_OPENERS = frozenset(
    (
        "The This That These Those It Its He She We They You There Here In On At By For From With As After Before When "
        "While If But And So Then However Our My His Her Their A An To Since During Under Over Also Who What Where Why "
        "How Today Later Once Because Although Though I"
    ).split()
)
DANGLING = frozenset(
    "a an the and or but of to in on at for with by from as that than is are was were be my your his her our".split()
)
"""Words that no writer ends a line with on purpose."""


def sentences(text: str, start: int, end: int) -> list[Span]:
    """The sentences of `text[start:end]`, trimmed; between them lies only white space."""
    spans, begin = [], start
    asides = [m.span() for m in _ASIDE.finditer(text, start, end)]
    for match in _STOP.finditer(text, start, end):
        here = match.end()
        k = bisect.bisect_left(asides, (here,)) - 1
        if (k >= 0 and here < asides[k][1]) or not _ends(text, begin, match, end):
            continue
        spans.append(trim(text, begin, here))
        begin = here
    spans.append(trim(text, begin, end))
    return [span for span in spans if span.start < span.end]


def _ends(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether the full stop (question mark, …) that `match` found ends the sentence that began at `begin`."""
    stop = match[0]
    after = text[match.end() : min(end, match.end() + 80)].lstrip(" \t\r\n\"'“‘(*_[`")
    small, closed = after[:1].islower(), stop[-1] not in ".!?…"
    if stop[0] != "." or stop.startswith(".."):
        return stop[0] in "。！？" or not (small and (closed or stop[0] in ".…"))
    found = _LAST_WORD.search(text, max(begin, match.start() - 40), match.start())
    last = found[0] if found else ""
    plain = last.casefold()
    opens = re.split(r"[\W_]", after, maxsplit=1)[0] in _OPENERS
    if last in _NEVER:
        ends = False
    elif plain in _SELDOM or re.fullmatch(r"(?:[^\W\d_]\.)*[^\W\d_]", last):
        ends = opens or (plain == "etc" and not small) or (len(last) == 1 and last.islower() and not small)
    elif plain == "no":
        ends = not after[:1].isdigit()
    elif last.isdigit():
        ends = bool(SAID.search(text, begin, match.start() - len(last)))
    else:
        ends = not (small and (closed or len(last) < 3))
    return ends


def trim(text: str, start: int, end: int) -> Span:
    """The range without white space at its ends."""
    stretch = text[start:end]
    left = len(stretch) - len(stretch.lstrip())
    return Span(start + left, max(start + left, start + len(stretch.rstrip())))
