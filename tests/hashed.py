"""A small real embedder for tests: a text is the sum of its words' random directions, so likeness can be foreseen."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.sync import Model
from rag.embedder import SCALE, TOKEN_WIDTH, Embedder


@functools.cache
def _direction(word: str, dimensions: int) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
    return np.random.default_rng(seed).normal(size=dimensions)


def tokens(text: str) -> NDArray[np.int8]:
    """(words, TOKEN_WIDTH)"""
    words = text.lower().split() or [""]
    rows = np.array([_direction(word, TOKEN_WIDTH) for word in words])
    return np.rint(rows / np.linalg.norm(rows, axis=1, keepdims=True) * SCALE).astype(np.int8)


class HashEmbedder(Embedder):
    """Texts without a word in common are about orthogonal."""

    name = "hashed words"
    dimensions = 64

    def __init__(self, fingerprint: str = "hashed-1") -> None:
        self.fingerprint = fingerprint
        self.texts: list[str] = []
        """Everything it was given."""
        self.loads = 0

    def encode(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> NDArray[np.float32]:
        self.texts += texts
        vectors = np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(
            len(texts), self.dimensions
        )
        if progress:
            progress(len(texts))
        return vectors

    def encode_tokens(
        self, texts: Sequence[str], progress: Callable[[int], object] | None = None
    ) -> tuple[NDArray[np.float32], list[NDArray[np.int8]]]:
        """A token a word."""
        return self.encode(texts, progress), [tokens(text) for text in texts]

    def _vector(self, text: str) -> NDArray[np.float64]:
        total = np.zeros(self.dimensions)
        for word in text.lower().split() or [""]:
            total += _direction(word, self.dimensions)
        return total / np.linalg.norm(total)

    def model(self) -> Model:
        """It, as an ingest takes it; counts how often it is loaded."""

        def load() -> Embedder:
            self.loads += 1
            return self

        return Model(self.name, self.fingerprint, load)
