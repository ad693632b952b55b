"""How well hits carry a question: which sentence says most of it, and what of it nobody says. Figures, no verdict."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from rag.catalogue import Catalogue
from rag.question import RE, Question
from rag.schema import Hit, Span
from rag.terms import fold, terms, words

DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d|\b\d{1,2}/\d{4}\b|\b(?:yesterday|today|last (?:year|month|week))\b",
    re.IGNORECASE,
)
FIGURE = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|half|"
    r"dozen|couple|several|twice|once|double|none|zero)\b",
    re.IGNORECASE,
)
LENGTH = re.compile(
    r"\b(?:\d[\d.,+]*|an?|one|two|three|four|five|six|seven|eight|nine|ten|few|several|couple of) ?-?(?:more )?(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?)\b|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
BECAUSE = re.compile(
    r"\b(?:because|since|so that|due to|thanks to|as a result|in order to|reason|led to|to avoid|why)\b|\bto [a-z]+",
    re.IGNORECASE,
)
NAME = re.compile(r"(?<=[a-z,;] )[A-Z]\w+|^[A-Z]\w+ [A-Z]")
EXPECTED = {"when": DATE, "count": FIGURE, "duration": LENGTH, "why": BECAUSE, "who": NAME, "where": NAME}
"""What a sentence must hold to answer a question of this form."""


@dataclass(frozen=True)
class Scored:
    """A quotable unit of a hit, and how well it answers. Higher is better; about 0 to 1."""

    hit: Hit
    span: Span
    text: str
    similarity: float
    coverage: float
    """Share of the question's weight that stands in the unit, its context counted half."""
    fits: bool
    """It holds what the form of the question wants: a date, a figure, a name."""
    score: float


@dataclass(frozen=True)
class Evidence:
    """The hits of one question, measured."""

    sentences: tuple[Scored, ...]
    """Best first."""
    absent: tuple[str, ...]
    """Content terms which stand nowhere in the documents."""
    features: tuple[float, ...]
    """In the order of FEATURES."""


FEATURES = (
    "passage_similarity", "sentence_similarity", "sentence_coverage", "passage_coverage", "absent_weight",
    "heaviest_uncovered", "form_unmet", "counted_absent", "lead", "bare", "similarity_x_coverage", "named",
)  # fmt: skip


LEANING = 0.5
"""What the terms of the earlier question count in a follow-up."""
FITTING = 0.08
"""What a sentence gains that holds what the form of the question wants."""
_UNCOUNTED = frozenset(terms("people persons person staff things thing time times others more"))


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
) -> Evidence:
    """Every unit of every hit scored, and the figures that deciding rests on.

    `within` are positions of the passages that hold all the question names: where hits are among them, only those count.
    `wanted` tells whether a sentence holds the kind of thing asked for; without it the form of the question decides.
    """
    if within:
        ids = {catalogue.passages[i].id for i in within}
        hits = [h for h in hits if h.passage.id in ids] or hits
    weight = weights(question, rank)
    total = sum(weight.values()) or 1.0
    expected = EXPECTED.get(question.form)
    counted = counted_in(question.text) - _UNCOUNTED
    scored: list[Scored] = []
    passage_coverage = 0.0
    for hit in hits:
        context = set(terms(hit.passage.context + " " + hit.passage.date))
        body = set(terms(hit.passage.text))
        passage_coverage = max(passage_coverage, sum(weight[t] for t in weight if t in body or t in context) / total)
        for span, similarity in zip(hit.passage.sentences, hit.sentence_similarity, strict=True):
            text = hit.passage.quote(span)
            own = set(terms(text))
            coverage = (
                sum(
                    w * (1.0 if t in own else 0.5 if t in context else 0.2 if t in body else 0.0)
                    for t, w in weight.items()
                )
                / total
            )
            fits = wanted(text) if wanted else bool(expected.search(text)) if expected else True
            score = 0.5 * similarity + 0.25 * hit.score + 0.25 * coverage + (FITTING if fits and (wanted or expected) else 0.0)
            scored.append(Scored(hit, span, text, similarity, coverage, fits, score))
    fit = max((s.score - FITTING for s in scored if s.fits), default=-1.0) if wanted or expected else 1.0
    plain = max((s.score - (FITTING if s.fits and (wanted or expected) else 0.0) for s in scored), default=0.0)
    scored.sort(key=lambda s: -s.score)
    absent = tuple(t for t in weight if not catalogue.generation.document_frequency(t))
    best = scored[0] if scored else None
    top_terms = set(terms(" ".join(s.text + " " + s.hit.passage.context for s in scored[:2])))
    top = sorted((h.similarity for h in hits), reverse=True)
    features = (
        max((h.similarity for h in hits), default=0.0),
        max((s.similarity for s in scored), default=0.0),
        max((s.coverage for s in scored), default=0.0),
        passage_coverage,
        sum(weight[t] for t in absent) / total,
        max((w for t, w in weight.items() if best and t not in set(terms(best.text))), default=0.0),
        min(0.5, max(0.0, plain - fit)),
        float(bool(counted) and not counted & top_terms),
        (top[0] - sum(top) / len(top)) if top else 0.0,
        1 / (1 + math.log1p(len(weight))),
        max((s.similarity * s.coverage for s in scored), default=0.0),
        float(within is not None),
    )
    return Evidence(tuple(scored), absent, features)


def counted_in(text: str) -> set[str]:
    """The terms of what is counted: of "how many active users", active and users."""
    match = re.search(r"how (?:many|much)\s+((?:[\w-]+\s*){1,3}?)(?:\b(?:did|do|does|has|have|had|is|are|was|were|can|could|on|in|at|of)\b|[?.,]|$)", fold(text))
    return set(terms(match[1])) if match else set()
