"""An optional cross-encoder over the hits: slower, and better only where its training fits the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rag.errors import ResumeError
from rag.schema import Hit

CANDIDATES = 30
"""Hits that are scored anew for one question."""


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder, by a hub's name or a folder. Raises ResumeError naming the fix."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import CrossEncoder

            self._model: Any = CrossEncoder(model)
        except Exception as exc:  # the hub, the file system and the model's own code raise what they like
            reason = next(iter(str(exc).splitlines()), "") or type(exc).__name__
            raise ResumeError(
                f"reranker {model!r} could not be loaded: {reason.rstrip('.')}; set RESUME_RERANKER to a folder or a "
                "name that this machine can download, or leave it empty"
            ) from exc

    def __call__(self, question: str, hits: Sequence[Hit], top_k: int) -> list[Hit]:
        """The best `top_k` of the hits, best first; their scores are the model's, through a sigmoid: 0 to 1."""
        if not hits:
            return []
        from torch.nn import Sigmoid

        pairs = [(question, hit.passage.embedded) for hit in hits]
        scores = self._model.predict(pairs, activation_fn=Sigmoid(), show_progress_bar=False)
        order = sorted(range(len(hits)), key=lambda i: (-float(scores[i]), i))
        return [replace(hits[i], score=float(scores[i])) for i in order[:top_k]]
