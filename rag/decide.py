"""Whether the documents answer a question: answer, partial or refuse, and why. From evidence, never from hope.

First by rule: what a question names (technologies, companies, places, degrees) must stand in the documents, and
together where it asks for them together. Vectors cannot tell "Go" from "Google"; whole words can. Then by a probability
(`answerable.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.catalogue import PUBLISHED, Catalogue
from rag.direction import untold
from rag.evidence import Evidence, impersonal
from rag.pieces import asks_inside
from rag.posts import supposed_employer
from rag.premises import asks_plainly, claims, corrected, other_periods, presumes, with_titles
from rag.question import ASKING, RE, Question
from rag.schema import Decision, Hit, Reason
from rag.terms import STOPWORDS, terms

OFF_TOPIC = 0.3
"""Cosine of the best passage under which the question is about something else altogether."""
SPOKEN_OF = 0.5
"""Coverage from which a sentence speaks of what the question is about, whatever its cosine."""
STATED = 12
"""Sentences, best first, among which a personal attribute has to be stated."""


@dataclass(frozen=True)
class Verdict:
    """What was decided, and what it rests on."""

    decision: Decision
    reason: Reason | None = None
    missing: tuple[str, ...] = ()
    """What the question names and the documents do not."""
    apart: tuple[str, str] | None = None
    """Two things that the documents hold, but not together."""
    moved: tuple[str, str] | None = None
    """From what to what the question has something moved, where the documents tell of the other way, or of none."""
    attribute: str = ""
    """The personal attribute asked for."""
    supposed_employer: str = ""
    """What the question takes for an employer and the documents do not."""
    certain: bool = False
    """The documents name a thing of the kind asked for: no figure needs to be sure of it."""
    within: frozenset[int] | None = None
    """Passages that hold all that the question names, or where none does, some of it; None where it names nothing."""
    confidence: float | None = None
    """Probability that the documents answer, where no rule settled it."""


def named(question: Question, catalogue: Catalogue) -> Verdict:
    """The verdict on what the question names, before anything is ranked; its `within` restricts the evidence."""
    asked = [n for n in with_titles(question) if n not in catalogue.lexicon.kinds]
    missing = tuple(n for n in asked if not catalogue.known(n) or other_periods(n, catalogue))
    present = [n for n in asked if n not in missing]
    scope = _scope(question, catalogue)
    within, apart = _together(question, catalogue, present, scope)
    if wrong := (None if missing else _moved(question, catalogue)) or _no_employer(question, catalogue):
        return wrong
    attribute = catalogue.lexicon.private_in(question.text)
    if attribute and attribute.anywhere:
        stating = (
            i for i, p in enumerate(catalogue.passages) if p.kind != "article" and attribute.stated.search(p.text)
        )
        within = frozenset(stating) or within
    if scope is not None:
        within = scope if within is None else within & scope or scope
    if short := _unspelt(question, catalogue):
        return Verdict("refuse", "not_in_corpus", within=catalogue.holders(short))
    section = _absent_section(question, catalogue, _NAMED_PARTS if present or missing else _PARTS)
    if not apart and (section or _unstated(question, scope, catalogue)):
        return Verdict("refuse", "not_in_corpus", (section,) if section else (), within=within)
    right = corrected(question, catalogue, missing, scope) if missing else frozenset[int]()
    if apart or missing:
        claim = catalogue.holders(apart[0]) if apart else within if within is not None else scope
        claimed = claims(question.text) and not asks_plainly(question.text)
        # a project or an award was in one place, a tool may be used in any
        presumed = apart and not missing and not catalogue.lexicon.listed(apart[0]) and presumes(question)
        if claim and (claimed or presumed):
            return Verdict("partial", None, missing, apart, within=right or claim, certain=bool(right or not missing))
    if apart:
        return Verdict("refuse", "not_in_corpus", apart=apart, within=catalogue.holders(apart[0]))
    if missing:
        beside = [*present, *_offered(question, catalogue)]
        joined = beside and _joined(question, missing, beside)
        answered: Decision = "partial" if right or joined else "refuse"
        reason: Reason | None = None if right or joined else "not_in_corpus"
        return Verdict(answered, reason, missing, within=right or within, certain=bool(right))
    if _unpublished(question, catalogue, present):
        return Verdict("refuse", "not_in_corpus", within=catalogue.holders(present[0]))
    if inside := _of_kind(question, catalogue, within) or _named_alone(question, catalogue, present):
        return Verdict("answer", certain=True, within=inside)
    return Verdict("answer", within=within)


def _together(
    question: Question, catalogue: Catalogue, names: Sequence[str], scope: frozenset[int] | None
) -> tuple[frozenset[int] | None, tuple[str, str] | None]:
    """The passages that hold all the names, or where none does, some; and a name that stands apart from the scope."""
    within: frozenset[int] | None = None
    apart = None
    for name in names:
        holders = catalogue.holders(name)
        if not holders or _class_of_which(name, question, catalogue):
            continue  # known by its parts only; or no name that must stand beside the others
        if scope is not None and not holders & scope:
            if any(catalogue.holders(n) & scope and _either(question, name, n) for n in names):
                continue
            apart = (name, question.scope_names[0])
        within = holders if within is None else (within & holders or within | holders)
    return within, apart


def _class_of_which(name: str, question: Question, catalogue: Catalogue) -> bool:
    """Whether a member is asked for ("which LLM …") of what is called by a class of things: a large language model."""
    common = any(alias.islower() and " " in alias for alias in catalogue.lexicon.aliases(name))
    return common and re.search(rf"\b(?:which|what) {re.escape(name)}\b", question.own, re.IGNORECASE) is not None


def _no_employer(question: Question, catalogue: Catalogue) -> Verdict | None:
    if not (other := supposed_employer(question, catalogue)):
        return None
    return Verdict("refuse", "not_in_corpus", supposed_employer=other, within=catalogue.holders(other))


def _moved(question: Question, catalogue: Catalogue) -> Verdict | None:
    """The verdict on a move from one thing to another that the documents do not tell of."""
    if not (move := untold(question, catalogue)):
        return None
    both = (move.left, move.reached)
    if move.told and (claims(question.text) or presumes(question)):
        return Verdict("partial", moved=both, within=move.told)
    return Verdict("refuse", "not_in_corpus", moved=both, within=move.told or catalogue.holders(move.left))


_STANDS_FOR = re.compile(
    r"\bwhat (?:do|does|did) (?:the )?(?:\w+ )?([\w&]+) (?:stand for|abbreviate)\b"
    r"|\bwhat(?:'s| is| was) (?:the )?([\w&]+) (?:short for|(?:an )?(?:acronym|abbreviation) (?:for|of))\b"
    r"|\b(?:full|long) form of (?:the )?([\w&]+)\b",
    re.IGNORECASE,
)


def _unspelt(question: Question, catalogue: Catalogue) -> str:
    """The letters that the question wants written out, where no document has their words; else empty."""
    asked = _STANDS_FOR.search(question.own)
    short = next(filter(None, asked.groups()), "") if asked else ""
    if not (short.isupper() or short.islower()) or short in STOPWORDS:
        return ""
    letters, texts = re.escape(short.upper()), [p.text for p in catalogue.passages]
    if not any(re.search(rf"\b{letters}\b", text) for text in texts) or catalogue.written_out(short.upper()):
        return ""
    beside = re.compile(rf"\b{letters} \([^)]*[a-z][^)]*\)|[a-z]\w* \({letters}\)")  # "ECG (electrocardiogram)"
    return "" if any(beside.search(text) for text in texts) else short.upper()


def _either(question: Question, name: str, other: str) -> bool:
    """Whether one of the two is asked for ("Node or Python?"): then the one answers and the other need not stand."""
    one, two = re.escape(name), re.escape(other)
    return re.search(rf"(?<!\w)(?:{one} or {two}|{two} or {one})(?!\w)", question.own, re.IGNORECASE) is not None


def _offered(question: Question, catalogue: Catalogue) -> list[str]:
    """What stands beside an "or" and in the documents ("IC3 or IC4?"): told by the digit that it holds."""
    pairs = re.findall(r"(?=(?<![\w.])([\w.+#-]+) or ([\w.+#-]+))", question.own)
    return [word for pair in pairs for word in pair if re.search(r"[A-Za-z].*\d", word) and catalogue.held(word)]


def _of_kind(question: Question, catalogue: Catalogue, within: frozenset[int] | None) -> frozenset[int]:
    """The passages that name a thing of the kind asked for ("any message broker?"); empty where none is asked for."""
    if not question.kind:
        return frozenset()
    members = frozenset(i for m in catalogue.lexicon.kinds[question.kind] for i in catalogue.holders(m))
    return members if within is None else members & within


_PUBLISHING = re.compile(
    r"\b(?:publish\w*|blog(?:ged)?|wr[io]te|written|post(?:ed)?)"
    r"(?: (?:anything|something|much|articles?|posts?))? about\b",
    re.IGNORECASE,
)


def _unpublished(question: Question, catalogue: Catalogue, names: Sequence[str]) -> bool:
    """Whether something published about the names is asked for, and no piece that the documents list holds them all."""
    if not names or not _PUBLISHING.search(question.own):
        return False
    pieces = {i for i, p in enumerate(catalogue.passages) if p.kind in PUBLISHED} | {*catalogue.section("publication")}
    return bool(pieces) and pieces.isdisjoint(frozenset.intersection(*map(catalogue.holders, names)))


def _named_alone(question: Question, catalogue: Catalogue, names: Sequence[str]) -> frozenset[int]:
    """The passages that hold all names of a question which asks for no more ("has she used it?"); else empty."""
    rest = set(question.terms) - ASKING - set(terms(" ".join(names)))
    if not names or rest or question.scope or question.form not in {"yes_no", "open"} or RE in question.text:
        return frozenset()
    return frozenset.intersection(*(catalogue.holders(name) for name in names))


def _unstated(question: Question, scope: frozenset[int] | None, catalogue: Catalogue) -> bool:
    """Whether something is asked that any career has, a superior for instance, and the documents tell of none."""
    topics = [t for t, _ in catalogue.lexicon.topics_in(question.own) if t.needed]
    stating = [catalogue.stating(t) if scope is None else catalogue.stating(t) & scope for t in topics]
    return not all(stating)


_PARTS = ("certification", "education", "reference", "patent", "award")
"""Parts of a resume that a text without any of their words does not have."""
_NAMED_PARTS = ("certification", "education", "patent")
"""Those that are meant also beside a name ("AWS certifications"); a "reference architecture" is no reference."""

_LOOSE = frozenset("master major study studied studies fun personal training recognized achievement reach".split())
"""Words that ask for a part, but stand in any text."""


_DEGREES = ("PhD", "MSc", "BSc", "BEng", "BTech", "MBA")
"""A text with one of these, under any of its names, tells of an education."""


_RECOMMENDING = re.compile(r"\brecommendation (?:engine|system|service|model|algorithm|feed|platform|api)s?\b", re.I)
"""No letter of recommendation."""


def _absent_section(question: Question, catalogue: Catalogue, parts: Sequence[str]) -> str:
    """The part of a resume that the question asks for and that no document has a word of; empty if none."""
    text = _RECOMMENDING.sub(" ", question.text)
    titles = {p.title for p in catalogue.passages if " " in p.title and p.title in text}
    for title in sorted(titles, key=lambda t: (-len(t), t)):
        text = text.replace(title, " ")  # "Every Programmer Should Master" asks for no degree
    asked = [s for s in catalogue.lexicon.sections_in(text) if s in parts]
    for section in asked:
        known = [word for word in catalogue.lexicon.sections[section] if word not in _LOOSE]
        known += _DEGREES if section == "education" else ()
        if not any(catalogue.held(word) for word in known) and not catalogue.section(section):
            return section
    return ""


def _scope(question: Question, catalogue: Catalogue) -> frozenset[int] | None:
    """The passages that speak of the employers or roles in question."""
    if not question.scope_names:
        return None
    wanted = {(p.role.employer, p.role.title) for p in question.scope}
    names = "|".join(re.escape(n) for n in question.scope_names)
    roles = {
        i
        for i, p in enumerate(catalogue.passages)
        if (p.role and (p.role.employer, p.role.title) in wanted)
        or (p.employer and not p.role and re.search(names, p.employer, re.IGNORECASE))
    }
    placed = rf"\b(?:at|for|with|in|from|join|joined|joining|left) (?:the )?(?:{names})\b"
    if roles and re.search(placed, question.text, re.IGNORECASE):
        return frozenset(roles)  # "at Snowflake" is the employer, "used Snowflake" the product
    return frozenset(roles.union(*(catalogue.holders(n) for n in question.scope_names)))


_LINK = re.compile(r"\s*(?:[,/&]|\b(?:and|or|as well as)\b)\s*", re.IGNORECASE)


def _joined(question: Question, missing: Sequence[str], present: Sequence[str]) -> bool:
    """Whether a missing thing and a present one are asked for side by side ("Docker and Rust")."""
    one, other = ("|".join(map(re.escape, sorted(names, key=len, reverse=True))) for names in (missing, present))
    marked = re.sub(one, "\0", question.text, flags=re.IGNORECASE)  # a name may hold a connector: "CI/CD"
    marked = re.sub(other, "\1", marked, flags=re.IGNORECASE)
    parts = [re.sub(r"^(?:(?:with|in|the) )+", "", part) for part in _LINK.split(marked) if part]
    for here, start in enumerate(parts):
        for part in parts[here + 1 :] if start[-1:] in {"\0", "\1"} else ():
            if part[:1] in {"\0", "\1"} and part[0] != start[-1]:
                return True
            if not re.fullmatch(r"[\w.+#\0\1-]+", part):
                break
    return False


def decide(
    question: Question,
    names: Verdict,
    evidence: Evidence,
    hits: Sequence[Hit],
    catalogue: Catalogue,
    sure: float,
    threshold: float,
) -> Verdict:
    """The verdict on a question and its evidence; `names` is what `named` said of it.

    `sure` is the probability that the documents answer, `threshold` the one from which they are taken to.
    """
    near = max((h.similarity for h in hits), default=0.0)
    if attribute := catalogue.lexicon.private_in(question.text):
        stated = any(attribute.stated.search(s.text) for s in evidence.sentences[:STATED])
        if not stated:
            return Verdict("refuse", "private", attribute=attribute.name)
    if names.decision == "refuse":
        return replace(names, within=None)
    if attribute:
        if attribute.anywhere:
            return Verdict("answer", within=names.within)
        names = replace(names, certain=True)
    if evidence.sentences and asks_inside(question, evidence.sentences[0].hit.passage, catalogue):
        return Verdict("refuse", "not_in_corpus")
    if not evidence.sentences or (sure < threshold and not (names.certain or evidence.certain)):
        held = max((s.coverage for s in evidence.sentences), default=0.0) >= SPOKEN_OF
        about = near >= OFF_TOPIC or held or names.within or not impersonal(question)
        reason: Reason = "not_in_corpus" if about else "off_topic"
        return Verdict("refuse", reason, names.missing, names.apart, names.moved, confidence=sure)
    return replace(names, reason=None, confidence=sure)
