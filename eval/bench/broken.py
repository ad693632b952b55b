"""Ways to break the system, each with the metric that must see it.

Behaviour is exchanged, never patched: an assistant with a retriever of its own, an engine around the engine, a
generation cut by another chunker, a folder of documents that were edited since.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from eval.run import Bench, Engine, fresh
from rag import generation as disk
from rag import store
from rag.assistant import Assistant, Examined
from rag.embedder import Embedder
from rag.schema import Answer, Citation, Hit, Passage, Span, Statement
from rag.store import Generation

SEED = 7
WINDOW = 400
"""Characters of a passage of the chunker that does not care for words."""


@dataclass(frozen=True)
class System:
    """What is broken: an engine, and the bench that its answers are held against."""

    engine: Engine
    bench: Bench


@dataclass(frozen=True)
class Sound:
    """The system as it is, and what it takes to build another."""

    system: System
    assistant: Callable[[type[Assistant], Callable[[], Generation]], Assistant]
    """A class of assistant, over a generation."""
    index: Path
    generation: Generation
    embedder: Embedder
    corpus: Path
    work: Path
    """An empty folder for what a fault writes."""

    def altered(self, change: Callable[[Answer], Answer]) -> System:
        """The sound engine, its answers changed."""
        return System(Altered(self.system.engine, change), self.system.bench)


class Altered:
    """An engine whose answers are changed on their way out."""

    def __init__(self, engine: Engine, change: Callable[[Answer], Answer]) -> None:
        self._engine = engine
        self._change = change

    def ask(self, question: str, history: Sequence[tuple[str, str]] = (), *, today: Any = None) -> Answer:
        """The changed answer."""
        return self._change(self._engine.ask(question, history, today=today))


class RandomPassages(Assistant):
    """Its retriever does not look at the question."""

    def examine(self, *given: Any, **named: Any) -> Examined:
        """Passages drawn by lot in place of those found."""
        found = super().examine(*given, **named)
        passages = self.snapshot().generation.passages
        drawn = random.Random(f"{SEED} {found.question.text}").sample(passages, min(8, len(passages)))
        return replace(found, hits=tuple(Hit(p, 0.5, 0.3, (0.3,) * len(p.sentences)) for p in drawn))


def random_passages(sound: Sound) -> System:
    """The retriever returns passages by lot."""
    return replace(sound.system, engine=sound.assistant(RandomPassages, lambda: sound.generation))


def cut_words(sound: Sound) -> System:
    """The chunker cuts every 400 characters, words or not."""
    held = disk.read(disk.folder_of(sound.index, sound.generation.name))
    passages = [p for document in held.documents for p in _windows(document)]
    vectors = sound.embedder.encode([p.embedded for p in passages])
    counts = {d.source: sum(p.source == d.source for p in passages) for d in held.documents}
    rows = tuple(replace(row, passages=counts[row.path]) for row in held.manifest.sources)
    contents = replace(
        held,
        manifest=replace(held.manifest, sources=rows),
        passages=tuple(passages),
        vectors=vectors,
        sentences=vectors,
        tokens=held.tokens[:0],
        lengths=np.zeros(len(passages), dtype=np.int32),
    )
    folder = sound.work / "cut"
    store.write(folder, contents)
    cut = Generation(folder, "scan")
    return replace(sound.system, engine=sound.assistant(Assistant, lambda: cut))


def _windows(document: disk.StoredDocument) -> list[Passage]:
    text = document.text
    found = []
    for start in range(0, len(text), WINDOW):
        end = min(start + WINDOW, len(text))
        name = f"{document.source}:{start}"
        span = (Span(start, end),)
        found.append(
            Passage(name, document.source, document.kind, document.title, (), "", start, end, text[start:end], span)
        )
    return found


def no_citations(sound: Sound) -> System:
    """Citations are dropped."""

    def change(answer: Answer) -> Answer:
        return replace(answer, statements=tuple(replace(s, citations=()) for s in answer.statements), citations=())

    return sound.altered(change)


def wrong_file(sound: Sound) -> System:
    """Citations point at another file, and quote it to the letter."""
    texts = sound.system.bench.texts
    after = dict(zip(texts, [*list(texts)[1:], next(iter(texts))], strict=True))

    def moved(citation: Citation) -> Citation:
        source = after[citation.source]
        line = max(texts[source].splitlines(), key=len)
        start = texts[source].index(line)
        return replace(citation, source=source, quote=line, start=start, end=start + len(line))

    return sound.altered(lambda answer: replace(answer, citations=tuple(moved(c) for c in answer.citations)))


def altered_quotes(sound: Sound) -> System:
    """One word of every quote is another."""

    def change(answer: Answer) -> Answer:
        changed = (replace(c, quote=re.sub(r"\w+", "indeed", c.quote, count=1)) for c in answer.citations)
        return replace(answer, citations=tuple(changed))

    return sound.altered(change)


def refuses_nothing(sound: Sound) -> System:
    """Whatever is nearest is the answer."""

    def change(answer: Answer) -> Answer:
        if answer.decision != "refuse" or not answer.hits:
            return answer
        near = answer.hits[0].passage
        quote = Citation(1, near.source, near.title, near.locator, near.text, near.start, near.end)
        said = (Statement(" ".join(near.text.split()), (1,)),)
        return replace(answer, decision="answer", reason=None, statements=said, citations=(quote,))

    return sound.altered(change)


def refuses_everything(sound: Sound) -> System:
    """Nothing is answered."""
    return sound.altered(lambda answer: replace(answer, decision="refuse", reason="not_in_corpus"))


def stale_index(sound: Sound) -> System:
    """Every third document was edited after the index was made."""
    corpus = sound.work / "edited"
    shutil.copytree(sound.corpus, corpus)
    for row in sound.generation.manifest.sources[::3]:
        with (corpus / row.path).open("a", encoding="utf-8") as file:
            file.write("\nAdded since.\n")
    return replace(sound.system, bench=replace(sound.system.bench, fresh=fresh(sound.generation.manifest, corpus)))


def changed_numbers(sound: Sound) -> System:
    """Every number in a statement is one too high."""

    def change(answer: Answer) -> Answer:
        said = (replace(s, text=re.sub(r"\d+", lambda m: str(int(m[0]) + 1), s.text)) for s in answer.statements)
        return replace(answer, statements=tuple(said))

    return sound.altered(change)


def padded_citations(sound: Sound) -> System:
    """Every statement also cites the first line of a document that has nothing to do with it."""

    def change(answer: Answer) -> Answer:
        source, text = next((s, t) for s, t in sound.system.bench.texts.items() if s not in _cited(answer))
        line, number = text.splitlines()[0], len(answer.citations) + 1
        extra = Citation(number, source, "", "Line 1", line, 0, len(line))
        said = tuple(replace(s, citations=(*s.citations, number)) for s in answer.statements)
        return replace(answer, statements=said, citations=(*answer.citations, extra)) if said else answer

    return sound.altered(change)


def _cited(answer: Answer) -> set[str]:
    return {c.source for c in answer.citations}


def whole_documents(sound: Sound) -> System:
    """Every answer is all of the documents."""
    everything = " ".join(sound.system.bench.texts.values())

    def change(answer: Answer) -> Answer:
        return replace(answer, statements=(*answer.statements, Statement(everything, ())))

    return sound.altered(change)


def confidence_turned_round(sound: Sound) -> System:
    """It is surest where it should be least sure."""
    return sound.altered(lambda answer: replace(answer, confidence=1 - (answer.confidence or 0.0)))


class Raises:
    """An engine that fails at every fifth question."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._asked = 0

    def ask(self, question: str, history: Sequence[tuple[str, str]] = (), *, today: Any = None) -> Answer:
        """The answer, or what a provider raises that is away."""
        self._asked += 1
        if self._asked % 5 == 0:
            raise ConnectionError("the provider is away")
        return self._engine.ask(question, history, today=today)


def raises(sound: Sound) -> System:
    """Answering fails for every fifth question."""
    return replace(sound.system, engine=Raises(sound.system.engine))


FAULTS: dict[Callable[[Sound], System], str] = {
    random_passages: "nDCG@5",
    cut_words: "whole_words",
    no_citations: "citation_recall",
    wrong_file: "gold_source",
    altered_quotes: "quote_fidelity",
    refuses_nothing: "under_refusal",
    refuses_everything: "over_refusal",
    stale_index: "freshness",
    changed_numbers: "faithfulness",
    padded_citations: "citation_precision",
    whole_documents: "forbidden",
    confidence_turned_round: "AURC",
    raises: "right",
}
"""Fault → the metric that must see it."""
