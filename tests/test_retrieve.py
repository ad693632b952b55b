import itertools
import math
from dataclasses import dataclass, field

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.embedder import Asked
from rag.retrieve import PREFERENCE, Weights, retrieve
from rag.schema import Passage, Span


@dataclass
class Few:
    """A generation of hand-made figures: one unit a passage."""

    cosine: list[float]
    sentence: list[float]
    keyword: list[float]
    alike: set[tuple[int, int]] = field(default_factory=set)

    @property
    def passages(self) -> list[Passage]:
        n = len(self.cosine)
        return [Passage(str(i), f"{i}.md", "bio", "", (), "", 0, 1, "x", (Span(0, 1),)) for i in range(n)]

    def nearest(self, _vector: object, n: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        order = np.argsort(-np.array(self.cosine))[:n]
        return order, np.array(self.cosine)[order]

    def cosines(self, _vector: object, positions: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.array(self.cosine)[positions]

    def sentence_cosines(self, _vector: object) -> NDArray[np.float64]:
        return np.array(self.sentence)

    def interactions(self, tokens: NDArray[np.float32], positions: NDArray[np.int64]) -> list[NDArray[np.float64]]:
        return [np.array([self.sentence[i] / 2] if len(tokens) else []) for i in positions]

    def best_sentences(self, units: NDArray[np.float64]) -> NDArray[np.float64]:
        return units

    def units_of(self, position: int) -> slice:
        return slice(position, position + 1)

    def keyword_scores(self, _tokens: object) -> NDArray[np.float32]:
        return np.array(self.keyword, dtype=np.float32)

    def document_frequency(self, _token: str) -> int:
        return 0

    def similar(self, position: int, others: list[int]) -> float:
        return float(any((position, o) in self.alike or (o, position) in self.alike for o in others))


ASKED = Asked(np.zeros(1, np.float32), np.zeros((1, 1), np.float32))


def ranked(few: Few, k: int = 10, prefer: tuple[int, ...] = (), **weights: float) -> list[int]:
    hits = retrieve("q", ASKED, few, k, prefer, Weights(**weights))  # type: ignore[arg-type]
    return [int(h.passage.id) for h in hits]


def test_the_score_is_the_convex_combination() -> None:
    perfect = math.log(1 + 2.5 / 0.5)  # BM25 of a term that no passage holds, over two passages
    few = Few([0.5, 0.2], [0.7, 0.1], [perfect / 4, perfect])
    weights = Weights(sentence=0.4, interaction=0.5, keyword=0.2)
    hits = retrieve("q", ASKED, few, 2, (), weights)  # type: ignore[arg-type]
    # 0.8 · (0.5 · (0.6 · 0.5 + 0.4 · 0.7) + 0.5 · 0.35) + 0.2 / 4, and the same of 0.2, 0.1, 0.05 + 0.2 · 1
    assert [round(h.score, 4) for h in hits] == [0.422, 0.284]
    assert [round(h.keyword, 4) for h in hits] == [0.25, 1.0]


def test_without_tokens_the_vectors_stand_for_their_interaction() -> None:
    few = Few([0.5, 0.2], [0.5, 0.2], [0.0, 0.0])
    asked = Asked(np.zeros(1, np.float32), np.zeros((0, 1), np.float32))
    hits = retrieve("q", asked, few, 2, (), Weights(interaction=0.5, keyword=0.0))  # type: ignore[arg-type]
    assert [round(h.score, 4) for h in hits] == [0.5, 0.2]
    assert [h.interaction for h in hits] == [(), ()]


def test_without_keyword_weight_the_vectors_decide() -> None:
    few = Few([0.5, 0.6], [0.5, 0.6], [9.0, 0.0])
    assert ranked(few, keyword=0.0) == [1, 0]
    assert ranked(few, keyword=1.0) == [0, 1]


def test_what_holds_every_name_is_preferred() -> None:
    few = Few([0.5, 0.5 - PREFERENCE / 2], [0.5, 0.5 - PREFERENCE / 2], [0.0, 0.0])
    assert ranked(few) == [0, 1]
    assert ranked(few, prefer=(1,)) == [1, 0]


def test_a_duplicate_steps_back_but_still_fills_the_list() -> None:
    few = Few([0.9, 0.8, 0.3], [0.9, 0.8, 0.3], [0.0] * 3, {(0, 1)})
    assert ranked(few, k=2) == [0, 2]
    assert ranked(few, k=3) == [0, 2, 1]


@given(
    st.lists(st.tuples(*[st.floats(0, 1, width=32)] * 3), min_size=1, max_size=80), st.integers(1, 20), st.floats(0, 1)
)
def test_fusion_keeps_its_promises(figures: list[tuple[float, ...]], k: int, keyword: float) -> None:
    cosine, sentence, keyword_share = (list(column) for column in zip(*figures, strict=True))
    perfect = math.log(1 + (len(figures) + 0.5) / 0.5)
    few = Few(cosine, sentence, [share * perfect for share in keyword_share])
    hits = retrieve("q", ASKED, few, k, (), Weights(keyword=keyword))  # type: ignore[arg-type]
    assert len(hits) == min(k, len(figures))
    assert len({h.passage.id for h in hits}) == len(hits)
    assert all(a.score >= b.score for a, b in itertools.pairwise(hits))
    assert all(-0.01 <= h.score <= 1.01 for h in hits)
