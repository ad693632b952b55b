"""Question → hits: vectors and keywords, fused into one score.

A convex combination, not reciprocal ranks: on paraphrased questions the keyword list is noise, and ranks cannot say so.
Each search brings its candidates; they are scored with late interaction (ColBERT, Khattab and Zaharia 2020) as well:

    similarity = (1 - SENTENCE_WEIGHT) cosine + SENTENCE_WEIGHT (best sentence's cosine)
    close = (1 - INTERACTION_WEIGHT) similarity + INTERACTION_WEIGHT (best sentence's late interaction)
    score = (1 - KEYWORD_WEIGHT) close + KEYWORD_WEIGHT keyword

The weights were fitted by `python -m eval.bench.retrieval --folds DIR --fit`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.schema import Hit
from rag.terms import terms

if TYPE_CHECKING:
    from rag.embedder import Asked
    from rag.store import Generation

CANDIDATES = 60
"""Passages taken from each of the searches, and of all of them for late interaction: what costs most."""
SENTENCE_WEIGHT = 0.4
"""Of the best sentence's cosine beside the passage's."""
INTERACTION_WEIGHT = 0.5
"""Of the best sentence's late interaction beside the cosines."""
KEYWORD_WEIGHT = 0.1
"""Of the keyword score."""
WITHOUT_TOKENS = 0.2
"""The same where the model has no late interaction, as it was fitted before there was any."""
PREFERENCE = 0.15
"""What a passage gains that holds everything the question names."""
SAME = 0.97
"""Cosine between two passages from which the lower one is a duplicate and steps back."""


@dataclass(frozen=True)
class Weights:
    """What the fitting script varies."""

    sentence: float = SENTENCE_WEIGHT
    interaction: float = INTERACTION_WEIGHT
    keyword: float = KEYWORD_WEIGHT


def retrieve(
    question: str,
    asked: Asked,
    generation: Generation,
    top_k: int,
    prefer: Collection[int] = (),
    weights: Weights | None = None,
) -> list[Hit]:
    """The `top_k` best passages, best first.

    `prefer` are positions of passages that hold everything the question names; they gain PREFERENCE.
    """
    weights = weights or (Weights() if len(asked.tokens) else Weights(interaction=0.0, keyword=WITHOUT_TOKENS))
    vector = asked.vector
    near, _ = generation.nearest(vector, CANDIDATES)
    units = generation.sentence_cosines(vector)
    best = generation.best_sentences(units)
    tokens = terms(question)
    keyword = generation.keyword_scores(tokens) / _ideal(tokens, generation)

    named = np.zeros(len(keyword), dtype=np.float32)
    named[list(prefer)] = PREFERENCE
    found = (near, *(_largest(scores, CANDIDATES) for scores in (best, keyword, named)))
    chosen = np.unique(np.concatenate(found))
    cosine = generation.cosines(vector, chosen)
    similarity = (1 - weights.sentence) * cosine + weights.sentence * np.maximum(best[chosen], cosine - 0.3)
    cheap = (1 - weights.keyword) * similarity + weights.keyword * keyword[chosen] + named[chosen]
    if len(chosen) > CANDIDATES:
        best_of = np.sort(_largest(cheap, CANDIDATES))
        chosen, cosine, similarity = chosen[best_of], cosine[best_of], similarity[best_of]
    interaction = dict(zip(chosen.tolist(), generation.interactions(asked.tokens, chosen), strict=True))
    pairs = zip(interaction.values(), similarity, strict=True)
    closest = np.array([found.max() if len(found) else other for found, other in pairs], dtype=np.float32)
    similarity = (1 - weights.interaction) * similarity + weights.interaction * closest
    score = (1 - weights.keyword) * similarity + weights.keyword * keyword[chosen] + named[chosen]

    order = np.lexsort((chosen, -score))
    hits, spare = [], []
    kept: list[int] = []
    for i in order:
        position = int(chosen[i])
        hit = Hit(
            generation.passages[position],
            float(score[i]),
            float(cosine[i]),
            tuple(float(x) for x in units[generation.units_of(position)]),
            tuple(float(x) for x in interaction[position]),
            float(keyword[position]),
        )
        if kept and generation.similar(position, kept) >= SAME:
            spare.append(hit)
            continue
        kept.append(position)
        hits.append(hit)
        if len(hits) == top_k:
            return hits
    return (hits + spare)[:top_k]


def _ideal(tokens: Sequence[str], generation: Generation) -> float:
    """The BM25 score that no passage can pass: each token's inverse document frequency, as if used without end.

    Dividing by it and not by the best score at hand keeps a lone common word from counting as a perfect match.
    """
    n = len(generation.passages)
    frequencies = [generation.document_frequency(t) for t in tokens]
    return sum(math.log(1 + (n - df + 0.5) / (df + 0.5)) for df in frequencies) or 1.0


def _largest(scores: NDArray[np.float32], n: int) -> NDArray[np.int64]:
    """Positions of the n largest scores above zero, unordered."""
    held = np.flatnonzero(scores > 0)
    return held if len(held) <= n else held[np.argpartition(-scores[held], n)[:n]]
