"""One question, one answer: fold the history in, retrieve, decide, let an engine write, number the citations."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag import listing, timeline
from rag.catalogue import Catalogue
from rag.decide import decide, named
from rag.embed import Embedder, Vectors
from rag.evidence import LEANING, Evidence, measure
from rag.extract import drafts, premise
from rag.frequency import Frequency
from rag.history import standalone
from rag.lexicon import Lexicon
from rag.profile import Profile
from rag.question import RE, read, without_commands
from rag.refusal import listed, refusal
from rag.retrieve import retrieve
from rag.schema import Answer, Citation, Hit, Quote, Reply, Statement
from rag.store import Generation

MAX_QUESTION = 1000
"""Characters; a longer question is refused before anything is embedded."""


@dataclass(frozen=True)
class Snapshot:
    """Everything an answer reads, of one generation."""

    generation: Generation
    catalogue: Catalogue
    profile: Profile


class Assistant:
    """Answers questions about one corpus. Threads may share one."""

    def __init__(
        self,
        current: Callable[[], Generation],
        embedder: Embedder,
        frequency: Frequency,
        lexicon: Callable[[str], Lexicon],
        profile: Callable[[str], Profile],
        top_k: int = 8,
        today: dt.date | None = None,
    ) -> None:
        self._current = current
        self._embedder = embedder
        self._frequency = frequency
        self._lexicon = lexicon
        self._profile = profile
        self._top_k = top_k
        self._today = today
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """The generation that answers now, with its look-ups; one question uses one snapshot throughout."""
        generation = self._current()
        held = self._snapshot
        if held is None or held.generation is not generation:
            catalogue = Catalogue(generation, self._lexicon(generation.extra("aliases.toml")))
            held = Snapshot(generation, catalogue, self._profile(generation.extra("profile.toml")))
            self._snapshot = held
        return held

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        top_k: int | None = None,
        today: dt.date | None = None,
    ) -> Answer:
        """The answer to a question; `history` holds earlier questions and answers, oldest first.

        `today` overrides the clock of the assistant for this question.
        """
        started = time.perf_counter()
        if not re.search(r"\w", question):
            return _refused(question, "Please ask a question.", "empty_question", started)
        if len(question) > MAX_QUESTION:
            text = f"The question is longer than {MAX_QUESTION:,} characters; please shorten it."
            return _refused(question, text, "too_long", started)
        now = self.snapshot()
        clock = today or self._today or dt.date.today()
        catalogue, generation = now.catalogue, now.generation
        folded = standalone(question.strip(), history, catalogue.lexicon, catalogue.positions)
        asked = without_commands(folded)
        if not re.search(r"\w", asked):
            asked, command = folded, True
        else:
            command = False
        read_as = read(
            asked,
            catalogue.lexicon,
            catalogue.positions,
            now.profile.names,
            catalogue.held,
            self._frequency.common,
            self._frequency.spelt,
        )
        names = named(read_as, catalogue)
        vector = self._vector(read_as.asked)
        hits = retrieve(read_as.asked, vector, generation, top_k or self._top_k, names.within or ())
        retrieved = time.perf_counter()
        if command:
            reply = Reply("refuse", (), "That is an instruction, not a question about the documents.", "off_topic")
        else:
            reply = (
                timeline.reply(read_as, catalogue, clock)
                or listing.reply(read_as, catalogue)
                or self._evidence(read_as, names, hits, catalogue, clock)
            )
        done = time.perf_counter()
        timings = {"retrieve": retrieved - started, "answer": done - retrieved, "total": done - started}
        answer = compose(reply, question, asked, hits, catalogue, now.profile)
        return replace(answer, timings_ms={k: round(v * 1000, 2) for k, v in timings.items()})

    def _vector(self, asked: str) -> Vectors:
        """The question's embedding; a follow-up's is its own, turned towards the question that it leans on."""
        own, _, leaning = asked.partition(RE)
        vector = self._embedder.encode_query(own)
        if leaning:
            vector = (1 - LEANING / 2) * vector + LEANING / 2 * self._embedder.encode_query(leaning)
            vector = vector / np.linalg.norm(vector)
        return vector

    def _evidence(self, question, names, hits, catalogue, clock) -> Reply:  # type: ignore[no-untyped-def]
        wanted = listing.wanted(question, catalogue.lexicon)
        evidence = measure(question, hits, catalogue, self._frequency.rarity, names.within, wanted)
        verdict = decide(question, names, evidence, hits, catalogue)
        if verdict.decision == "refuse":
            return refusal(verdict, evidence)
        lead = premise(question, evidence, catalogue.lexicon)
        decision = verdict.decision
        if verdict.apart:
            lead = f"The documents do not connect {verdict.apart[0]} with {verdict.apart[1]}. They do say:"
        elif verdict.missing:
            lead = f"The documents do not mention {listed(verdict.missing)}. They do say:"
        elif lead:
            decision = "partial"
        found = drafts(question, evidence)
        if verdict.missing and len(question.scope) == 1:  # a claim about a position: what is stated of it goes first
            found = (timeline.line(question.scope[0], clock), *found)
        return Reply(decision, found, lead)


def compose(
    reply: Reply, question: str, asked: str, hits: Sequence[Hit], catalogue: Catalogue, profile: Profile
) -> Answer:
    """A reply with its citations numbered in the order of their first use."""
    numbers: dict[Quote, int] = {}
    statements = []
    for draft in reply.drafts:
        used = tuple(dict.fromkeys(numbers.setdefault(q, len(numbers) + 1) for q in draft.quotes))
        statements.append(Statement(draft.text, used))
    texts = catalogue.generation.text
    citations = tuple(
        Citation(n, q.source, q.title, q.locator, texts(q.source)[q.start : q.end], q.start, q.end)
        for q, n in numbers.items()
    )
    lines = [f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in statements]
    lead = reply.lead
    if reply.decision == "refuse":
        lead = f"{lead} The nearest they say:" if lines else lead
        if profile.contact and reply.reason != "off_topic":
            lines.append(f"For anything else, ask {profile.name} directly: {profile.contact}")
    elif len(lines) > 1:
        lines = [f"- {line}" for line in lines]
    text = "\n".join([lead, *lines] if lead else lines)
    return Answer(question, asked, reply.decision, text, reply.reason, tuple(statements), citations, tuple(hits))


def _refused(question: str, text: str, reason, started: float) -> Answer:  # type: ignore[no-untyped-def]
    spent = {"retrieve": 0.0, "answer": 0.0, "total": round((time.perf_counter() - started) * 1000, 2)}
    return Answer(question, question, "refuse", text, reason, timings_ms=spent)


__all__ = ["Answer", "Assistant", "Evidence"]
