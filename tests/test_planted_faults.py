"""The system is broken on purpose; a metric is trusted once it has seen what it is there to see."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from eval.bench.broken import FAULTS, Sound, System
from eval.bench.faults import measured, tried
from eval.cases import SHIPPED, load
from eval.metrics import METRICS
from eval.run import Bench, Engine
from eval.schema import Bar
from rag import answerable, embed, frequency, intent, lexicon, profile
from rag.assistant import Assistant
from rag.embedder import Embedder
from rag.schema import Answer
from rag.store import Generation
from tests.conftest import HOME, TODAY

CASES = load(SHIPPED)[::4]


class Remembers:
    """An engine that works each answer out once: a fault that changes answers need not have them found anew."""

    def __init__(self, engine: Engine) -> None:
        self._ask = functools.cache(lambda question, history, today: engine.ask(question, history, today=today))

    def ask(self, question: str, history: Sequence[tuple[str, str]] = (), *, today: dt.date | None = None) -> Answer:
        answer: Answer = self._ask(question, tuple(history), today)
        return answer


@pytest.fixture(scope="module")
def sound(
    shipped: Assistant, shipped_index: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> Sound:
    generation = shipped.snapshot().generation
    words, odds, sure = frequency.load(embed.tokenizer()), intent.load(), answerable.load(True)

    def assistant(kind: type[Assistant], current: Callable[[], Generation]) -> Assistant:
        return kind(current, embedder, words, lexicon.load, profile.parse, sure, today=TODAY, intent=odds)

    corpus = HOME / "corpus"
    system = System(Remembers(assistant(Assistant, lambda: generation)), Bench.of(generation, corpus, TODAY))
    return Sound(system, assistant, shipped_index, generation, embedder, corpus, tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def before(sound: Sound) -> list[Bar]:
    return measured(sound.system, CASES)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.__name__)
def test_a_planted_fault_is_seen_by_its_own_metric(
    fault: Callable[[Sound], System], sound: Sound, before: list[Bar]
) -> None:
    seen = tried(fault, sound, before, CASES)
    assert seen.sound.met is True, seen
    assert seen.broken.met is False, seen
    assert seen.caught


def test_every_fault_has_a_metric_of_its_own() -> None:
    assert len(set(FAULTS.values())) == len(FAULTS) >= 9
    assert set(FAULTS.values()) <= set(METRICS)
