"""The content words of a claim stand in what it cites, as they are, by their sense, or nearly so by their vectors."""

from __future__ import annotations

import functools
import math

import numpy as np

from rag.checks.setting import Setting
from rag.claim import Reading
from rag.grounds import Grounds

FEATURES = ("unsupported", "share", "similarity")
WEIGHTS = (-1.0, -4.0, 4.0)
BIAS = 2.0
THRESHOLD = 0.5
"""Fitted by `python -m eval.bench.claims --fit` on the dev half."""


def features(claim: Reading, grounds: Grounds, setting: Setting) -> tuple[tuple[float, ...], list[str]]:
    """The figures that decide, and the words which nothing supports, the rarest first.

    The weight of a word is 0.5 to 1.5 by its rarity; what stands in words close in meaning counts as much as they are.
    """
    total, missing, words = 0.0, 0.0, []
    for word in claim.content:
        if all(s in setting.wording.free for s in word.stems) or setting.owner & {word.low}:
            continue
        weight = 0.5 + setting.rarity(word.low)
        total += weight
        if not any(grounds.says(s) for s in word.stems) and not grounds.names(word.said):
            missing += weight
            words.append((weight, word.said))
    similarity = _similarity(claim, grounds, setting)
    return (missing, missing / total if total else 0.0, similarity), [w for _, w in sorted(words, reverse=True)]


def support(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """Not too much of a claim is without support."""
    figures, words = features(claim, grounds, setting)
    sure = 1 / (1 + math.exp(-(BIAS + sum(w * f for w, f in zip(WEIGHTS, figures, strict=True)))))
    if words and sure < THRESHOLD:
        return f"The cited passages say nothing of {words[0]!r}."
    return None


def _similarity(claim: Reading, grounds: Grounds, setting: Setting) -> float:
    """The best cosine of the claim to a unit; 0.5, about the middle, without an embedder."""
    if setting.encode is None:
        return 0.5
    texts = tuple(u.reading.text for u in grounds.units if u.reading.text.strip())
    mine = _vectors(setting.encode, (claim.text,))[0]
    return float(max(np.dot(v, mine) for v in _vectors(setting.encode, texts))) if texts else 0.0


@functools.lru_cache(maxsize=8192)
def _vector(encode, text: str):  # type: ignore[no-untyped-def]
    return encode([text])[0]


def _vectors(encode, texts):  # type: ignore[no-untyped-def]
    return [_vector(encode, t) for t in texts]
