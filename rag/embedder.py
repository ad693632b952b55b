"""What an embedding model gives: vectors of texts and questions, and their tokens for late interaction."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from langchain_core.embeddings.embeddings import Embeddings
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Tokens = NDArray[np.int8]
"""Of one text, (tokens, TOKEN_WIDTH): each token's projected vector, of length SCALE; (0, TOKEN_WIDTH) without any."""

TOKEN_WIDTH = 96
SCALE = 127
BATCH_TOKENS = 2048
"""Padded tokens a batch: 16 texts of 128 ran fastest on two cores (`eval/bench`)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, embedded."""

    vector: Vectors
    """(dimensions,), of length one."""
    tokens: Vectors
    """(tokens, TOKEN_WIDTH), each as long as it counts, all lengths together one; (0, TOKEN_WIDTH) where the model has
    no late interaction."""

    def leaning(self, other: Asked, share: float) -> Asked:
        """This question, with another in its mind."""
        vector = (1 - share) * self.vector + share * other.vector
        tokens = np.concatenate([(1 - share) * self.tokens, share * other.tokens])
        return Asked(vector / np.linalg.norm(vector), tokens)


class Embedder(Embeddings):
    """A LangChain `Embeddings` whose vectors have length one, so that a dot product is a cosine."""

    name: str
    fingerprint: str
    dimensions: int

    @abstractmethod
    def encode(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> Vectors:
        """Vectors (n, dimensions) in the texts' order; `progress` is told how many more texts are done."""

    def encode_tokens(
        self, texts: Sequence[str], progress: Callable[[int], object] | None = None
    ) -> tuple[Vectors, list[Tokens]]:
        """As `encode`, and each text's tokens for late interaction; no tokens, where the model has none."""
        return self.encode(texts, progress), [np.empty((0, TOKEN_WIDTH), dtype=np.int8)] * len(texts)

    def ask(self, question: str) -> Asked:
        """A question, which some models treat otherwise than a document."""
        return Asked(np.asarray(self.encode([question])[0]), np.empty((0, TOKEN_WIDTH), dtype=np.float32))

    def encode_query(self, text: str) -> Vectors:
        """The vector (dimensions,) of a question."""
        return self.ask(text).vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's word for `encode`."""
        return [vector.tolist() for vector in self.encode(texts)]

    def embed_query(self, text: str) -> list[float]:
        """LangChain's word for `encode_query`."""
        vector: list[float] = self.encode_query(text).tolist()
        return vector


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices of texts of like length, about BATCH_TOKENS padded tokens together, longest first."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
