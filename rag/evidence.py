"""How well hits carry a question: which sentence says most of it, and what of it nobody says. Figures, no verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from rag.attribute import attribute
from rag.catalogue import Catalogue
from rag.fitting import CHANGE, EXPECTED, FIGURE, STRICT, fitting, holds_name, wants_name
from rag.question import RE, Question
from rag.schema import Hit, Span
from rag.terms import fold, terms, words


@dataclass(frozen=True)
class Scored:
    """A quotable unit of a hit, and how well it answers. Higher is better; about 0 to 1."""

    hit: Hit
    span: Span
    text: str
    similarity: float
    interaction: float
    """Late interaction of the question's tokens with its own, or its similarity where there are none."""
    coverage: float
    """Share of the question's weight that stands in the unit, its context counted half."""
    fits: bool
    """It holds what the form of the question wants: a date, a figure, a name."""
    score: float
    on_topic: bool = False
    """It states what is asked of anybody's career (`[topics]` of the lexicon)."""
    at_employer: bool = False
    """An employer is asked for, and it stands under one."""
    following: float = 0.0
    """What of the score it gained for following what was quoted last, or for having been quoted."""
    quoted: bool = False
    """It was quoted last, and holds what a question that leans on that wants: "by how much?"."""

    @property
    def plain(self) -> float:
        """The score without what it gained for fitting and for its place."""
        return self.score - self.following - (FITTING if self.fits else 0.0)


@dataclass(frozen=True)
class Evidence:
    """The hits of one question, measured."""

    sentences: tuple[Scored, ...]
    """Best first."""
    features: tuple[float, ...]
    """In the order of `answerable.FEATURES`."""
    certain: bool
    """The best sentence states what is asked of anybody's career, in full and in the form that is asked for; or says
    most of what an employer is asked for, and stands under one; or was just quoted, and holds what is asked of it; or
    says all that is asked, with a name in the place of the class."""
    strict: bool
    """Only sentences that fit answer: the kind of thing was asked for, or a date, a figure, a length."""


LEANING = 0.5
"""What the terms of the earlier question count in a follow-up."""
SENTENCE, INTERACTION, PASSAGE, COVERAGE = 0.15, 0.60, 0.15, 0.10
"""What a unit's own cosine, its tokens', its passage's cosine and the covered share of the question count in its score.

Of the weights that `python -m eval.rank --folds DIR` tries, within 0.004 of the best reciprocal rank (0.800), which
leaves coverage at 0.05: words that stand in both, and topics, are worth more where the embedding knows a field less.
"""
IN_CONTEXT = 0.5
"""What a term counts that stands in the unit's context only."""
CLOSE = 0.13
"""How far below the best a unit still competes with it."""
STATING = 0.05
"""What it gains on top where what it states was asked for by kind."""
ASKED_IN = 8
"""Sentences, best first, in which what is asked for may be named."""
SUBJECT = 0.5
"""Share of what the best of them says of the thing in question that the one which names it must say too."""
SAID = 4
"""Sentences, best first, that an answer may be made of."""
COVERED = 0.9
"""Coverage from which a sentence says all that is asked about."""
TOPIC = 0.1
"""What a sentence gains that states what is asked of anybody's career (`[topics]` of the lexicon)."""
MOST = 0.6
"""Coverage from which a sentence is taken to be about what an employer is asked for."""
FOLLOWING, REACH = 0.15, 600
"""What the unit gains that follows what the answer before quoted, and the characters over which that fades; also what
was quoted itself gains, where it holds what is asked of it."""
FITTING = 0.03
"""What a sentence gains that holds what the form of the question wants."""

_RATE = re.compile(r"\b(?:a|per|each|every) (second|minute|hour|day|week|month|quarter|year)\b")
_GAIN = "save|cut|drop|fall|reduce|lower|shrink|rise|grow|gain|increase|improve|raise|change"
_BY_HOW_MUCH = re.compile(rf"\bby how much\b|\bhow much (?:did|does|has|have) \w+ (?:{_GAIN})")
_PER = frozenset(
    terms(f"day week month quarter year second minute hour exactly go went come came {_GAIN.replace('|', ' ')}")
)
"""All that a question may say besides its form for it to be asked of what was quoted ("how many a day?")."""
_EMPLOYERS = frozenset(
    terms(
        """company companies employer employers firm firms organisation organization workplace title role position job
        pay paying paid payroll"""
    )
)
_FOR_WHOM = re.compile(
    r"\b(?:which|what)\b(?:\W+(?:of|the|his|her|their|your|these|those|one|past|former)\b)*"
    r"\W+(?:compan(?:y|ies)|employers?|firms?|organi[sz]ations?|workplaces?)(?:['’]s)?"
    r"(?=\W*$|[?,.;]|\s+(?:did|does|do|was|were|is|are|has|have|had|got|saw|gave|made|paid|ran|where|that|for|he|she|they"
    r"|you|\w+ed)\b)"
    r"|\bwho\b.{0,12}\bemployer\b|\bwhose (?:was|were|is|are)\b"
    r"|\bwho (?:was paying|paid|employed) (?:him|her|them|you)\b"
    r"|^\W*(?:and |so |but )?where (?:was|were) (?:\w+ ){1,3}?when\b"
    r"|^\W*(?:and |so |but )?where (?:did|has|have|had) (?:he|she|they|you|\w+(?: engineer| candidate)?) (?:ever )?"
    r"(?:us(?:e|ed)|buil[dt]|lead|led|develop|design|implement|creat|introduc|manag|train|mentor|migrat|writ(?:e|ten)|wrote"
    r"|set|run|ran|deploy|architect|provision|automat|analy[sz]|cut|reduc|optimi[sz]|improv|configur|install|maintain"
    r"|work(?:ed)? (?:on|with)\b)"
    r"|\b(?:what|which) (?:(?:was|were|is) )?(?:(?:his|her|their|your|the) )?(?:title|role|position)\b.*\bwhen\b"
    r"|\b(?:in|as|under) (?:what|which) (?:role|title|position|capacity|job)\b",
    re.IGNORECASE,
)


def weights(question: Question, rank: Callable[[str], float]) -> dict[str, float]:
    """How much each content term says, 0.15 to 1: by how rare the word is in English (`rank`, 0 common to 1 rare)."""
    found: dict[str, float] = {}
    for part, share in zip(question.asked.split(RE), (1.0, LEANING), strict=False):
        for word in words(part):
            for term in terms(word):
                if term in question.terms:
                    found[term] = max(found.get(term, 0.0), share * (0.15 + 0.85 * rank(fold(word))))
    return found


def measure(
    question: Question,
    hits: Sequence[Hit],
    catalogue: Catalogue,
    rank: Callable[[str], float],
    within: Collection[int] | None = None,
    wanted: Callable[[str], bool] | None = None,
    about_career: float = 0.0,
    told: Sequence[tuple[str, int]] = (),
) -> Evidence:
    """Every unit of every hit scored, and the figures that deciding rests on.

    `within` are positions of the passages that hold all the question names: where hits are among them, only
    those count.
    `wanted` tells whether a sentence holds the kind of thing asked for; without it the form of the question decides.
    `about_career` are log odds that the question is about a career (`intent.py`).
    `told` is where the documents go on after the answer before (`history.told`).
    """
    if within:
        ids = {catalogue.passages[i].id for i in within}
        hits = [h for h in hits if h.passage.id in ids] or hits
    weight = weights(question, rank)
    total = sum(weight.values()) or 1.0
    fits = wanted or fitting(question.form, question.text, catalogue.generation.document_frequency)
    gain = FITTING + (STATING if wanted else 0.0)
    topic, named = catalogue.topic(question.own) or (None, frozenset[str]())
    if attribute(question.own).terms - named:
        named = frozenset()  # the grade of a degree is asked for, not the degree
    for_whom = _FOR_WHOM.search(question.own) is not None
    leaning = RE in question.text
    own_terms = set(terms(question.own))
    leans = leaning and question.form in STRICT and own_terms <= _PER
    leans |= leaning and question.form == "who" and bool(own_terms) and own_terms <= _ANY_PARTY
    leans_for_whom = leaning and for_whom and _EMPLOYERS.issuperset(terms(question.own))
    on_topics = False
    scored: list[Scored] = []
    for hit in hits:
        context = set(terms(f"{hit.passage.context} {hit.passage.date} {hit.passage.kind}"))
        at_employer = for_whom and bool(hit.passage.role.employer if hit.passage.role else hit.passage.employer)
        if at_employer:
            context |= _EMPLOYERS
        figures = zip(hit.sentence_similarity, hit.interaction or hit.sentence_similarity, strict=True)
        for span, (similarity, interaction) in zip(hit.passage.sentences, figures, strict=True):
            text = hit.passage.quote(span)
            own = set(terms(text))
            on_topic = topic is not None and catalogue.states(topic, hit.passage, text)
            if on_topic:
                on_topics, own = True, own | named
            covered = (w * (1.0 if t in own else IN_CONTEXT if t in context else 0.0) for t, w in weight.items())
            coverage = sum(covered) / total
            fit = fits is not None and fits(text)
            score = SENTENCE * similarity + INTERACTION * interaction + PASSAGE * hit.similarity
            score += COVERAGE * coverage + gain * fit + TOPIC * (on_topic or (at_employer and coverage >= MOST))
            places = {(hit.passage.source, span.start), (hit.passage.source, span.end)}
            quoted = (at_employer if leans_for_whom else leans and fit and _measured(question, text)) and not (
                places.isdisjoint(told)
            )
            after = max((_following(hit.passage.source, span, *place) for place in told), default=0.0)
            after = FOLLOWING if quoted else after
            told_of = (on_topic, at_employer, after, quoted)
            scored.append(Scored(hit, span, text, similarity, interaction, coverage, fit, score + after, *told_of))
    scored.sort(key=lambda s: -s.score)
    best = [s for s in scored[:SAID] if s.score >= scored[0].score - CLOSE]
    name = wants_name(question.own)
    needed = question.form in STRICT or bool(wanted and question.of_kind)
    held, placed = _placeheld(question, best, weight)
    known = named.union(*(terms(h.passage.kind) for h in hits), held)
    absent = tuple(t for t in weight if t not in known and not catalogue.generation.document_frequency(t))
    features = (
        scored[0].score if scored else 0.0,
        max((s.similarity for s in scored), default=0.0),
        max((s.interaction for s in scored), default=0.0),
        max((h.similarity for h in hits), default=0.0),
        max((s.coverage for s in scored), default=0.0),
        sum(weight[t] for t in absent) / total,
        max((weight[t] for t in absent), default=0.0),
        float(impersonal(question)) * sum(weight[t] for t in absent) / total,
        *_attribute_absent(question, scored[:ASKED_IN], {t: w for t, w in weight.items() if t not in known}),
        max(about_career, 0.0),
        0.0 if topic else min(about_career, 0.0),
        float(needed and fits is not None and not _met(scored)),
        float(question.form in EXPECTED and not any(s.fits for s in best)),
        float(name),
        float(name and not any(holds_name(s.text, question.text, lambda w: rank(w) < 1) for s in best)),
        float(bool(question.names) and any(s.coverage > COVERED for s in scored)),
        float(on_topics),
    )
    certain = bool(scored) and (placed or _certain(scored[0], question.form, fits is not None))
    strict = wanted is not None or question.form in STRICT
    return Evidence(tuple(scored), features, certain, strict)


ALL = 0.999
"""Coverage of a sentence that says everything that is asked."""
_SAID = frozenset({"count", "duration", "yes_no"})
"""Forms of a question that such a sentence answers: it has the figure, or it is the fact."""


def _certain(best: Scored, form: str, form_wants: bool) -> bool:
    if best.quoted or (best.at_employer and best.coverage >= MOST):
        return True
    if best.coverage >= ALL and form in _SAID and (best.fits or not form_wants):
        return True
    return best.on_topic and best.coverage > COVERED and (best.fits or not form_wants)


def _measured(question: Question, text: str) -> bool:
    """Whether a text that holds a figure holds what a bare question measures by it: a change, a rate, one number."""
    own = fold(question.own)
    if _BY_HOW_MUCH.search(own):
        return CHANGE.search(text) is not None
    if rate := _RATE.search(own):
        often = "daily" if rate[1] == "day" else f"{rate[1]}ly"
        return re.search(rf"\b(?:(?:a|an|per|each|every) {rate[1]}|{often})\b|/{rate[1]}", fold(text)) is not None
    return question.form != "count" or len(FIGURE.findall(text)) == 1


def _following(place: str, unit: Span, source: str, end: int) -> float:
    """What a unit gains that stands after what was quoted last: there a follow-up goes on reading."""
    if place != source or not end <= unit.start < end + REACH:
        return 0.0
    return FOLLOWING * (1 - (unit.start - end) / REACH)


def _attribute_absent(question: Question, best: Sequence[Scored], weight: Mapping[str, float]) -> tuple[float, float]:
    """How much the attribute, or the class of thing, that is asked for says, where no sentence near the top names it.

    A sentence names it for the thing in question only where it says about as much of that thing as any other does.
    """
    wanted = attribute(question.own)
    asked = wanted.terms & weight.keys()
    if not asked or question.kind or question.of_kind:  # a kind is met by its members
        return 0.0, 0.0
    subject = weight.keys() - asked
    held = [{*terms(s.text), *terms(s.hit.passage.context)} for s in best]
    shares = [sum(weight[t] for t in subject & own) for own in held]
    most = max(shares, default=0.0)
    if any(asked & own and share >= SUBJECT * most for own, share in zip(held, shares, strict=True)):
        return 0.0, 0.0
    absent = 0.5 + 0.5 * max(weight[t] for t in asked)
    return (absent, 0.0) if wanted.definite else (0.0, absent)


_SLOT = re.compile(
    r"\b(?:which|what) ((?:[\w-]+ ){1,3}?)(?:did|does|do|was|were|is|are|has|have|had)\b.*\b"
    r"(?:(with|on|to|from|by|through|via|for)\W*$|us(?:e|es|ed|ing)\b)"
)


_USED = frozenset(terms("use used using"))
_ANY_PARTY = frozenset(
    terms("vendor partner provider supplier third party company platform tool product service solution software system")
)
"""Classes that a name in that place is of, whatever it is; "which bank … with?" is not met by any name."""


def _placeheld(question: Question, best: Sequence[Scored], weight: Mapping[str, float]) -> tuple[frozenset[str], bool]:
    """The terms of a class that a name stands for in the place where it is asked for, and whether that says it all.

    "Which vendor was it integrated with?" is answered by "with Persona", which need not say vendor; and is for certain
    by a sentence that holds whatever else is asked.
    """
    asked = _SLOT.search(fold(question.own))
    if not asked:
        return frozenset(), False
    place = re.compile(rf"(?i:\b(?:{asked[2] or 'with|on'}|using|used|uses)) (?:the )?[A-Z]")
    placed = [s for s in best if place.search(s.text)]
    kind = frozenset(terms(asked[1])) if placed else frozenset()
    rest = weight.keys() - kind - _USED
    says_all = any(rest <= set(terms(s.text)) for s in placed[:1])
    return kind, bool(placed) and set(terms(asked[1])[-1:]) <= _ANY_PARTY and len(rest) > 1 and says_all


_ADDRESSED = re.compile(
    r"^\W*(?:please |hey |hi )*(?:can|could|would|will) you (?:please )?(?:me|us|\w+ (?:me|us))?\b", re.IGNORECASE
)
_PERSON = re.compile(
    r"\b(?:he|she|they|him|her|hers|his|them|their|theirs|you|your|yours|candidate|applicant|engineer|developer|author|"
    r"owner|person|someone|resume|cv|career|profile)\b",
    re.IGNORECASE,
)


def impersonal(question: Question) -> bool:
    """Whether the question speaks of nobody: no pronoun, no name of the owner, no employer or title of theirs."""
    text = _ADDRESSED.sub("", question.own)
    return not (_PERSON.search(text) or question.scope or question.asked != question.text)


def _met(scored: Sequence[Scored]) -> bool:
    """Whether a sentence that holds the date, figure or kind asked for is about as much to the point as the best."""
    best = max(scored, key=lambda s: s.plain, default=None)
    return best is not None and any(
        s.fits and s.plain >= best.plain - CLOSE and s.coverage >= 0.6 * best.coverage for s in scored
    )
