"""One question, one answer: fold the history in, retrieve, decide, let an engine write, number the citations."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rag import listing, timeline
from rag.answerable import Answerable
from rag.catalogue import Catalogue
from rag.commands import is_task, without_commands
from rag.composing import Examined, Snapshot, compose, refused
from rag.decide import decide, named
from rag.embedder import Embedder
from rag.evidence import CLOSE, LEANING, Evidence, impersonal, measure
from rag.extract import drafts, premise
from rag.frequency import Frequency
from rag.history import standalone, told
from rag.intent import Intent
from rag.lexicon import Lexicon
from rag.position import line
from rag.posts import OF_A_POST, no_title
from rag.premises import claims, presumes
from rag.profile import Profile
from rag.question import ASKING, RE, read
from rag.refusal import refusal, unsaid
from rag.rerank import CANDIDATES, CrossEncoderReranker
from rag.retrieve import retrieve
from rag.schema import Answer, Done, Event, Reply, Retrieved, Sentence
from rag.store import Generation
from rag.terms import terms
from rag.written import Penned, task, writable, written

__all__ = ["Assistant", "Examined", "Snapshot", "compose"]

MAX_QUESTION = 1000
"""Characters; a longer question is refused before anything is embedded."""
CONTENT = 2
"""Terms, besides the employer's, of a question that takes for granted where something was, for it to be put right."""
ELSEWHERE = 0.4
"""Share of the question that what is said of another employer must cover beyond what is said of the one named."""
MAX_TURNS, MAX_ANSWER = 20, 4000
"""Earlier turns that are heeded, the latest, and the characters of each answer."""


class Assistant:
    """Answers questions about one corpus. Threads may share one."""

    def __init__(
        self,
        current: Callable[[], Generation],
        embedder: Embedder,
        frequency: Frequency,
        lexicon: Callable[[str], Lexicon],
        profile: Callable[[str], Profile],
        answerable: Answerable,
        top_k: int = 8,
        today: dt.date | None = None,
        rerank: CrossEncoderReranker | None = None,
        intent: Intent | None = None,
        penned: Penned | None = None,
    ) -> None:
        self._current = current
        self._embedder = embedder
        self._frequency = frequency
        self._lexicon = lexicon
        self._profile = profile
        self._answerable = answerable
        self._top_k = top_k
        self._today = today
        self._rerank = rerank
        self._intent = intent
        self.penned = penned
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

    def warm(self) -> None:
        """Opens the index and runs the embedding model once; no model that writes is asked."""
        now = self.snapshot()
        self.examine("What is the work about?", (), now)
        for topic in now.catalogue.lexicon.topics.values():  # or the first who asks for one waits for it
            now.catalogue.stating(topic)

    def clock(self) -> dt.date:
        """Today, or the day it is frozen at."""
        return self._today or dt.date.today()

    def close(self) -> None:
        """End what a model's engine holds; an assistant without one holds nothing."""
        if self.penned:
            self.penned.writer.close()

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
        for event in self.stream(question, history, top_k, today):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done")

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        top_k: int | None = None,
        today: dt.date | None = None,
    ) -> Iterator[Event]:
        """The same answer as it comes to be: Retrieved, each Sentence or Withheld, Done.

        A refused input gives Done alone. Closing it stops a model that is writing.
        """
        started, begun = time.perf_counter(), time.monotonic()
        question = question.encode(errors="replace").decode()  # half a surrogate pair, from a terminal
        history = [(asked[:MAX_QUESTION], said[:MAX_ANSWER]) for asked, said in history[-MAX_TURNS:]]
        if not re.search(r"\w", question):
            yield Done(refused(question, "Please ask a question.", "empty_question", started))
            return
        if len(question) > MAX_QUESTION:
            text = f"The question is longer than {MAX_QUESTION:,} characters; please shorten it."
            yield Done(refused(question, text, "too_long", started))
            return
        now = self.snapshot()
        clock = today or self.clock()
        found = self.examine(question, history, now, top_k, begun)
        retrieved = time.perf_counter()
        yield Retrieved(found.question.text, found.hits)
        reply = self.reply(found, now.catalogue, clock)
        asked, profile = found.question.text, now.profile

        def composed(reply: Reply) -> Answer:
            return compose(reply, question, found, now)

        if self.penned and writable(reply):
            given = task(self.penned, asked, found.hits, now.catalogue, profile, clock, begun)
            answer = yield from written(self.penned, given, reply, composed)
            done = time.perf_counter()
        else:
            done = time.perf_counter()
            answer = composed(reply)
        if answer.engine == "extractive" and answer.decision != "refuse":
            for statement in answer.statements:
                yield Sentence(statement, tuple(c for c in answer.citations if c.number in statement.citations))
        timings = {"retrieve": retrieved - started, "answer": done - retrieved, "total": done - started}
        yield Done(replace(answer, timings_ms={k: round(v * 1000, 2) for k, v in timings.items()}))

    def examine(
        self,
        question: str,
        history: Sequence[tuple[str, str]],
        now: Snapshot,
        top_k: int | None = None,
        begun: float | None = None,
    ) -> Examined:
        """A question read and its passages found; nothing is decided yet.

        `begun`, by `time.monotonic`: a model may fold the history in; without it the rules alone do.
        """
        catalogue = now.catalogue
        history = [(asked, catalogue.attributed(said)) for asked, said in history]
        rewritten = ""
        if self.penned and history and begun is not None:
            rewritten = self.penned.writer.rewrite(question.strip(), history, now.profile.name, begun)
        folded = rewritten or standalone(question.strip(), history, catalogue.lexicon, catalogue.positions)
        asked = without_commands(folded)
        command = not re.search(r"\w", asked)
        read_as = read(
            folded if command else asked,
            catalogue.lexicon,
            catalogue.positions,
            now.profile.names,
            catalogue.held,
            self._frequency.common,
            lambda word: self._frequency.spelt(word, catalogue.vocabulary),
            catalogue.written,
            catalogue.written_out,
            self._frequency.english,
        )
        names = named(read_as, catalogue)
        alone, _, leaning = read_as.asked.partition(RE)
        first = self._embedder.ask(alone)
        embedded = first.leaning(self._embedder.ask(leaning), LEANING / 2) if leaning else first
        wanted = top_k or self._top_k
        found = max(wanted, CANDIDATES) if self._rerank else wanted
        topic = catalogue.topic(read_as.own)
        prefer = names.within or (catalogue.stating(topic[0]) if topic else ())
        before = told(history[-1][1], catalogue.units) if history else ()
        near = {
            i
            for i, p in enumerate(catalogue.passages if before else ())
            if any(p.source == s and p.start <= at <= p.end for s, at in before)
        }
        hits = retrieve(read_as.asked, embedded, now.generation, found, near.union(prefer))
        if self._rerank:
            hits = self._rerank(read_as.asked, hits, wanted)
        about_career = self._intent.log_odds(embedded.vector) if self._intent else 0.0
        return Examined(read_as, command, names, tuple(hits), first, about_career, before)

    def evidence(self, found: Examined, catalogue: Catalogue) -> Evidence:
        """How well the hits carry the question."""
        wanted = listing.wanted(found.question, catalogue.lexicon)
        rarity = self._frequency.rarity
        within = found.names.within
        about_career, told = found.about_career, found.told
        return measure(found.question, found.hits, catalogue, rarity, within, wanted, about_career, told)

    def reply(self, found: Examined, catalogue: Catalogue, clock: dt.date, threshold: float | None = None) -> Reply:
        """What is said to an examined question; `threshold` is what the fitting script varies."""
        if found.command:
            return Reply("refuse", (), "That is an instruction, not a question about the documents.", "off_topic")
        if not (found.question.terms or found.question.names or found.question.scope or found.question.years):
            about = re.search(r"\b(?:who|what|about|introduce)\b.*\w", found.question.text, re.IGNORECASE)
            summary = listing.introduction(catalogue) if about else None
            return summary or Reply("refuse", (), "Please ask a question about the documents.", "empty_question")
        untitled = no_title(found.question, catalogue)
        if untitled and found.question.form in OF_A_POST:
            return Reply("partial", tuple(line(p, clock) for p in untitled.there), untitled.lead)
        computed = timeline.reply(found.question, catalogue, clock) or listing.reply(found.question, catalogue)
        if computed:
            return computed
        if is_task(found.question.text) and not found.question.scope and impersonal(found.question):
            return Reply("refuse", (), "The documents are about one person's work; please ask about that.", "off_topic")
        evidence = self.evidence(found, catalogue)
        sure = self._answerable.probability(evidence.features, found.question.form, found.embedded.vector)
        least = self._answerable.threshold if threshold is None else threshold
        verdict = decide(found.question, found.names, evidence, found.hits, catalogue, sure, least)
        unsure = verdict.decision == "refuse" and verdict.confidence is not None
        elsewhere = self._elsewhere(found, evidence, catalogue) if unsure or verdict.decision != "refuse" else None
        if verdict.decision == "refuse" and not elsewhere:
            return replace(refusal(verdict, evidence), confidence=verdict.confidence)
        if elsewhere and not (claims(found.question.text) or presumes(found.question)):
            said_elsewhere = refusal(replace(verdict, reason="not_in_corpus"), elsewhere)
            return replace(said_elsewhere, lead=f"The documents do not say that of {found.question.scope_names[0]}.")
        decision, lead = verdict.decision, premise(found.question, evidence, catalogue.lexicon)
        if elsewhere:
            evidence, decision = elsewhere, "partial"
            lead = f"The documents do not say that of {found.question.scope_names[0]}. They do say:"
        said = drafts(found.question, evidence, catalogue)
        if verdict.apart or verdict.missing or verdict.moved:
            lead = f"{unsaid(verdict)} They do say:"
            if len(found.question.scope) == 1:  # a claim about a position: what is stated of it goes first
                said = (line(found.question.scope[0], clock), *said)
        elif untitled or lead:
            decision, lead = "partial", untitled.lead if untitled else lead
        return Reply(decision, said, lead, confidence=verdict.confidence)

    def _elsewhere(self, found: Examined, evidence: Evidence, catalogue: Catalogue) -> Evidence | None:
        """The evidence from all documents, where what is asked of one employer fits what is said of another better."""
        claimed = claims(found.question.text)
        asked = presumes(found.question) or found.question.form == "yes_no"
        presumed = RE not in found.question.text and asked
        if not (evidence.sentences and found.question.scope_names and (claimed or presumed)):
            return None
        named = set(terms(" ".join(found.question.scope_names)))
        thing = replace(found.question, terms=tuple(t for t in found.question.terms if t not in named))
        ours = measure(thing, found.hits, catalogue, self._frequency.rarity, found.names.within).sentences[0]
        everywhere = measure(thing, found.hits, catalogue, self._frequency.rarity)
        best = everywhere.sentences[0]
        said = [t for t in thing.terms if t not in ASKING]
        if not claimed and (len(said) < CONTENT or not (best.hit.passage.role or best.hit.passage.employer)):
            return None  # what is said of no employer in particular puts nothing right
        nearer = claimed and best.score > ours.score + CLOSE and best.coverage >= ours.coverage
        return everywhere if nearer or best.coverage >= ours.coverage + ELSEWHERE else None
