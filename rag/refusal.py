"""What is said when the documents do not answer: what is missing, the nearest they say, whom to ask."""

from __future__ import annotations

from rag.decide import Verdict
from rag.evidence import Evidence
from rag.extract import said
from rag.schema import Draft, Reply
from rag.terms import mentions

NOT_SAID = "The documents do not say."
"""The one phrase for it, shared by engines, prompts and tests."""
NEAR = 0.3
"""Cosine from which a sentence is near enough to be offered."""


def refusal(verdict: Verdict, evidence: Evidence) -> Reply:
    """A refusal with its reason in words."""
    nearest: tuple[Draft, ...] = ()
    if verdict.supposed_employer:
        naming = [s for s in evidence.sentences if mentions(verdict.supposed_employer, s.text)]
        nearest = tuple(said(s.hit.passage, s.span) for s in naming[:1])
    elif verdict.reason == "not_in_corpus" and evidence.sentences:
        best = max(evidence.sentences[:5], key=lambda s: s.similarity)
        if best.similarity >= NEAR:
            nearest = (said(best.hit.passage, best.span),)
    return Reply("refuse", nearest, unsaid(verdict), verdict.reason)


def unsaid(verdict: Verdict) -> str:
    """What the documents do not say, in one line."""
    if verdict.reason == "private":
        return f"{NOT_SAID} They hold nothing about {verdict.attribute}."
    if verdict.reason == "off_topic":
        return f"{NOT_SAID} They are about one person's work; please ask about that."
    if verdict.supposed_employer:
        return f"The documents name no role at {verdict.supposed_employer}."
    if verdict.moved:
        return f"The documents do not tell of a move from {verdict.moved[0]} to {verdict.moved[1]}."
    if verdict.apart:
        return f"The documents do not connect {verdict.apart[0]} with {verdict.apart[1]}."
    if verdict.missing:
        return f"The documents do not mention {listed(verdict.missing)}."
    return NOT_SAID


def listed(names: tuple[str, ...]) -> str:
    """`A`, `A or B`, `A, B or C`."""
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
