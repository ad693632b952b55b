"""What a question was read as and what was found for it; a reply to it → the answer that is shown."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rag.catalogue import Catalogue
from rag.decide import Verdict
from rag.embedder import Asked
from rag.profile import Profile
from rag.question import Question
from rag.schema import NEAREST, Answer, Citation, Hit, Quote, Reason, Reply, Statement
from rag.store import Generation


@dataclass(frozen=True)
class Snapshot:
    """Everything an answer reads, of one generation."""

    generation: Generation
    catalogue: Catalogue
    profile: Profile


@dataclass(frozen=True)
class Examined:
    """A question, read, and what was found for it."""

    question: Question
    command: bool
    """It only gives orders to the program."""
    names: Verdict
    hits: tuple[Hit, ...]
    embedded: Asked
    """The question alone, without what it leans on."""
    about_career: float = 0.0
    """Log odds that it is about a career; 0 where no model tells."""
    told: tuple[tuple[str, int], ...] = ()
    """Where the documents go on after the answer before."""


def compose(reply: Reply, question: str, found: Examined, now: Snapshot) -> Answer:
    """A reply with its citations numbered in the order of their first use."""
    numbers: dict[Quote, int] = {}
    statements = []
    for draft in reply.drafts:
        used = tuple(dict.fromkeys(numbers.setdefault(q, len(numbers) + 1) for q in draft.quotes))
        statements.append(Statement(draft.text, used, draft.mended))
    citations = tuple(_cited(quote, number, now.generation.text(quote.source)) for quote, number in numbers.items())
    lines = [f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in statements]
    lead = reply.lead
    if reply.decision == "refuse":
        lead = f"{lead} {NEAREST}" if lines else lead
        if now.profile.contact and reply.reason != "off_topic":
            lines.append(f"For anything else, ask {now.profile.name} directly: {now.profile.contact}")
    elif len(lines) > 1:
        lines = [f"- {line}" for line in lines]
    text = "\n".join([lead, *lines] if lead else lines)
    return Answer(
        question=question,
        standalone_question=found.question.text,
        decision=reply.decision,
        text=text,
        reason=reply.reason,
        statements=tuple(statements),
        citations=citations,
        hits=found.hits,
        confidence=(float(reply.decision != "refuse") if reply.confidence is None else reply.confidence),
    )


def _cited(quote: Quote, number: int, text: str) -> Citation:
    locator = quote.locator
    if not locator or locator.startswith("Line"):  # a passage's lines; the quote's own are nearer
        first, last = text.count("\n", 0, quote.start) + 1, text.count("\n", 0, quote.end) + 1
        locator = f"Lines {first}–{last}" if last > first else f"Line {first}"
    said = text[quote.start : quote.end]
    return Citation(number, quote.source, quote.title, locator, said, quote.start, quote.end)


def refused(question: str, text: str, reason: Reason, started: float) -> Answer:
    """The answer to what is no question, or too long a one; `started` by `time.perf_counter`."""
    spent = {"retrieve": 0.0, "answer": 0.0, "total": round((time.perf_counter() - started) * 1000, 2)}
    return Answer(question, question, "refuse", text, reason, timings_ms=spent)
