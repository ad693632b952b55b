"""The offline engine: hits → the one to four sentences of the owner that answer, verbatim, each with its place."""

from __future__ import annotations

import re

from rag.career import Position
from rag.catalogue import PUBLISHED, Catalogue, quote
from rag.enumerated import announced
from rag.evidence import CLOSE, Evidence, Scored
from rag.fitting import LENGTH, counted_in
from rag.lexicon import Lexicon
from rag.position import label, stated
from rag.question import Question
from rag.schema import Draft, Passage, Quote, Span
from rag.terms import fold, mentions, terms, words

LIMIT = {"list": 6}
"""Statements at most, by the form of the question; 4 for the others."""
SPAN = 120
"""Words at most of a sentence with the list that it opens."""
_VALUE = re.compile(r"[$€£]?(?<![\w-])\d[\d,.]*(?:\s?%|[kKmMbB]\b)?\+?")
SHORT, LINES = 90, 3
"""Words below which an entry is quoted whole, and the lines of an award that it may be made of."""
_ITEM = re.compile(r"^\s*[-*+•]\s", re.MULTILINE)
_DENIAL = re.compile(
    r"(?:but )?(?:it|that|this|they|these|those|he|she|i)\b (?:\w+ )?"
    r"(?:(?:do|does|did|was|were|is|are|has|have|had|would|could|can)(?: not\b|n['’]t\b)"
    r"|never\b|disagree|wrong\b|false\b)"
    r"[^.!?]{0,40}[.!?]?$",
    re.IGNORECASE,
)
"""A short sentence that takes back the one before ("It does not.")."""
PREMISE = 0.3
"""Coverage from which the best sentence is about what the question assumes."""


ANNOUNCED = 3
"""Sentences, best first, of which one may announce the list that is asked for."""


def drafts(question: Question, evidence: Evidence, catalogue: Catalogue) -> tuple[Draft, ...]:
    """The sentences that answer best, in the order of their scores; or what one of them announces, in its own order."""
    chosen = select(question, evidence)
    for one in chosen[:ANNOUNCED]:
        if items := announced(question, one.hit.passage, one.span, catalogue):
            return tuple(said(p, s) for p, s in ((one.hit.passage, one.span), *items))
    made = (entry(s.hit.passage, opened(s.hit.passage, s.span), value(question, s.text)) for s in chosen)
    return tuple({draft.quotes: draft for draft in reversed(list(made))}.values())[::-1]


def select(question: Question, evidence: Evidence) -> list[Scored]:
    """The best sentence and those near it that add something."""
    chosen: list[Scored] = []
    sentences = [s for s in evidence.sentences if s.fits] if evidence.strict else []
    sentences = sentences or list(evidence.sentences)
    limit = LIMIT.get(question.form, 4)
    for sentence in sentences:
        if chosen and sentence.score < chosen[0].score - chosen[0].following - CLOSE:
            break
        new = set(terms(sentence.text))
        if chosen and len(new) < 3:
            continue
        if any(
            c.hit is sentence.hit and opened(c.hit.passage, c.span).end >= sentence.span.end > c.span.end
            for c in chosen
        ):
            continue
        if any(len(new & set(terms(c.text))) > 0.8 * len(new) for c in chosen):
            continue
        chosen.append(sentence)
        if len(chosen) == limit:
            break
    return chosen


def opened(passage: Passage, span: Span) -> Span:
    """A unit with what it needs: after a colon the list or the next sentence, and a short one that denies it."""
    following = [s for s in passage.sentences if s.start >= span.end]
    if not passage.quote(span).rstrip(" *_").endswith(":"):
        denied = following and _DENIAL.match(passage.quote(following[0]))
        return Span(span.start, following[0].end) if denied else span
    end, words_left = span.end, SPAN
    for unit in following:
        item = re.search(r"(?:^|\n)\s*(?:[-*+•|]|\d+[.)])\s*$", passage.text[: unit.start - passage.start])
        words_left -= len(passage.quote(unit).split())
        if words_left < 0:
            break
        end = unit.end
        if not item:
            break
    return Span(span.start, end)


def premise(question: Question, evidence: Evidence, lexicon: Lexicon) -> str:
    """A lead for a question that assumes what its best sentence does not say: another direction, another figure."""
    best = evidence.sentences[0]
    asked, found = set(fold(question.text).split()), set(re.findall(r"[a-z]+", fold(best.text)))
    up, down = (set(lexicon.opposites[k]) for k in ("up", "down"))
    asked = {w.strip("?.,!") for w in asked}
    for one, other in ((up, down), (down, up)):
        if asked & one and not asked & other and found & other and not found & one and best.coverage >= PREMISE:
            return "The documents say otherwise:"
    told = [s.hit.passage for s in evidence.sentences[:4]]
    if question.years and not any(_dated(y, p) for y in question.years for p in told):
        return f"The documents do not say that of {question.years[0]}. They do say:"
    figures = [n for n in question.numbers if n[:1].isdigit() and int(re.sub(r"\D", "", n) or 0) not in question.years]
    figures = [n for n in figures if not re.search(rf"[A-Z]\w*[ -]{re.escape(n)}", question.text)]  # Windows 11
    said_here = " ".join(f"{s.hit.passage.context} {s.text}" for s in evidence.sentences[:4])
    if figures and not any(mentions(n.rstrip("%+ "), said_here) or n in said_here for n in figures):
        return "The documents do not give that figure. They do say:"
    return ""


def _dated(year: int, passage: Passage) -> bool:
    """Whether a passage names a year, by its text or by its dates, or is of a role that may have lasted through it."""
    role = passage.role
    if role and (role.start or role.end):
        first, last = role.start[:4] or "0", "9" if role.end in {"", "present"} else role.end[:4]
        if first <= str(year) <= last:
            return True
    return str(year) in f"{passage.date} {passage.context} {passage.text}"


def said(passage: Passage, span: Span, first: str = "") -> Draft:
    """A unit of a passage as a statement, with the role it belongs to named."""
    text = " ".join(passage.quote(span).split())
    role = passage.role
    if role and role.title:
        position = Position(role, passage.source, passage.title, passage.locator)
        return Draft(f"{first}As {label(position)}: {text}", (quote(passage, span), stated(position)))
    if passage.kind in PUBLISHED and passage.title and passage.title.casefold() not in text.casefold():
        return Draft(f"{first}In “{passage.title}”: {text}", (quote(passage, span),))
    name = called(passage, text) if passage.kind == "award" else ""
    return Draft(f"{first}{name}{text}", (quote(passage, span),))


def entry(passage: Passage, span: Span, first: str = "") -> Draft:
    """A unit as a statement; where it is of an award that a few lines tell of, all of them."""
    few = 1 < len(passage.sentences) <= LINES and len(words(passage.text)) < SHORT
    if passage.kind == "award" and few and not _ITEM.search(passage.text):
        return whole(passage, first)
    return said(passage, span, first)


def whole(passage: Passage, first: str = "") -> Draft:
    """A passage as one statement."""
    text = " ".join(passage.text.split())
    place = Quote(passage.source, passage.title, passage.locator, passage.start, passage.end)
    return Draft(f"{first}{called(passage, text)}{text}", (place,))


def called(passage: Passage, text: str) -> str:
    """What an entry is called by its heading or its title, where its words do not say it: `Teacher of the Year: `."""
    heads = (*passage.heading[-1:], passage.title)
    own = [h for h in heads if fold(h) not in fold(text) and fold(h).removesuffix("s") != passage.kind]
    return f"{own[0]}: " if own else ""


def value(question: Question, text: str) -> str:
    """The figure or the length that the question wants, to stand first: `400M+ — `; empty where it is not certain."""
    if question.form not in {"count", "duration"}:
        return ""
    pattern = LENGTH if question.form == "duration" else _VALUE
    found = [m for m in pattern.finditer(text) if not re.fullmatch(r"(?:19|20)\d\d", m[0])]
    if len(found) > 1:
        counted = counted_in(question.text)
        near = [m for m in found if counted and counted & set(terms(text[m.end() : m.end() + 40]))]
        found = near[:1]
    return f"{found[0][0].strip(' .,')} — " if len(found) == 1 else ""
