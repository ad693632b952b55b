"""An answer that a model writes: what it is given, the events on the way, and who answers when nothing passes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.context import context
from rag.facts import facts
from rag.gate import gate
from rag.refusal import NOT_SAID
from rag.schema import Answer, Draft, Hit, Reply, Sentence, Withheld

if TYPE_CHECKING:
    from rag.catalogue import Catalogue
    from rag.gate import Check
    from rag.profile import Profile
    from rag.writer import Ending, Task, Writer

NOTES: dict[Ending, str] = {
    "done": "Nothing that the model wrote is borne out by the documents. In their own words:",
    "failed": "The model is not available just now. In the documents' own words:",
    "over budget": "Today's budget for the model is used up. In the documents' own words:",
}
"""One line before the offline engine's answer, by how the model's writing ended."""
CUT = "The model was cut off; what it had written by then:"


@dataclass(frozen=True)
class Penned:
    """A model at work for an assistant: who writes, who checks, and how much is read."""

    writer: Writer
    check: Callable[[Catalogue, Profile], Check]
    """Made once for a question, of what one generation holds."""
    tokens: int
    """Of passages in a prompt, about."""


def writable(reply: Reply) -> bool:
    """Whether a model may write this answer: not where it is refused, nor where it was computed and is exact."""
    return reply.decision != "refuse" and reply.confidence is not None


def written(
    penned: Penned, task: Task, offline: Reply, compose: Callable[[Reply], Answer]
) -> Generator[Sentence | Withheld, None, Answer]:
    """The events of a model's answer, then the answer; the offline reply where nothing passed."""
    drafts: list[Draft] = []
    withheld: list[Withheld] = []
    writing = penned.writer.write(task)
    try:
        while True:
            try:
                said = next(writing)
            except StopIteration as end:
                ending: Ending = end.value
                break
            if isinstance(said, Withheld):
                withheld.append(said)
                yield said
            else:
                drafts.append(said)
                yield last(compose(replace(offline, drafts=tuple(drafts))))
    finally:
        writing.close()
    if drafts:
        lead = CUT if ending == "failed" else ""
        reply, engine = replace(offline, drafts=tuple(drafts), lead=lead), penned.writer.name
    elif ending == "declined":
        reply = Reply("refuse", offline.drafts[:1], NOT_SAID, "not_in_corpus", offline.confidence)
        engine = penned.writer.name
    else:
        reply = replace(offline, lead=f"{NOTES[ending]} {offline.lead}".strip())
        engine = "extractive"
    return replace(compose(reply), engine=engine, withheld=tuple(withheld))


def last(answer: Answer) -> Sentence:
    """The newest statement of an answer in the making, with its citations."""
    statement = answer.statements[-1]
    return Sentence(statement, tuple(c for c in answer.citations if c.number in statement.citations))


def task(
    penned: Penned,
    question: str,
    hits: tuple[Hit, ...],
    catalogue: Catalogue,
    profile: Profile,
    clock: dt.date,
    begun: float,
) -> Task:
    """What the model is given for a question: passages, then computed facts, which are cited like passages."""
    from rag.writer import Task

    computed = facts(catalogue.positions, clock)
    given = context(hits, catalogue.passages, penned.tokens, [fact.text for fact in computed])
    sources = {p.id: fact.quotes for p, fact in zip(given.facts, computed, strict=True)}
    inputs = {
        "name": profile.name,
        "passages": given.text,
        "today": clock.isoformat(),
        "nearest": given.hint,
        "question": question,
    }
    return Task(inputs, given.numbered, gate(penned.check(catalogue, profile), sources), begun)
