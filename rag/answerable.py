"""Whether the documents answer a question, as a probability: from its evidence, its form, and what it asks for.

What a question asks for tells much by itself: what somebody writes about their work holds tools, results and reasons,
and seldom a price, a version or the name of a superior. So its embedding counts beside the evidence. A logistic
regression, fitted by `python -m eval.fit` on the `dev` questions of `eval/people` and the shipped corpus.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.embedder import Vectors
from rag.forms import Form

SHIPPED = Path(__file__).with_name("data") / "answerable.json"
FEATURES = (
    "best_score",
    "sentence_similarity",
    "sentence_interaction",
    "passage_similarity",
    "sentence_coverage",
    "absent_weight",
    "rarest_absent",
    "impersonal_absent",
    "attribute_absent",
    "class_absent",
    "career_intent",
    "other_intent",
    "unmet",
    "unfit",
    "name_wanted",
    "name_missing",
    "name_covered",
    "topic_stated",
)
"""The figures of the evidence, in the order of `Evidence.features`."""


@dataclass(frozen=True)
class Answerable:
    """One fitted regression."""

    features: tuple[float, ...]
    """Weights of FEATURES, in their order."""
    forms: Mapping[Form, float]
    question: Vectors | None
    """Weights of the question's embedding; None for models that it was not fitted on."""
    bias: float
    threshold: float
    """Probability from which the documents are taken to answer."""

    def probability(self, features: Sequence[float], form: Form, vector: Vectors) -> float:
        """That the documents answer, 0 to 1; `vector` is the question's embedding, without what it leans on."""
        odds = self.bias + self.forms[form] + sum(w * x for w, x in zip(self.features, features, strict=True))
        if self.question is not None:
            odds += float(self.question @ vector)
        return 1 / (1 + math.exp(-odds))


def load(bundled: bool) -> Answerable:
    """The shipped one: for the bundled embedding model, or for any other, which then sees no embedding."""
    import numpy as np

    fitted = json.loads(SHIPPED.read_text(encoding="utf-8"))["bundled" if bundled else "other"]
    question = np.array(fitted["question"], dtype=np.float32) if bundled else None
    features = tuple(fitted["features"].get(name, 0.0) for name in FEATURES)  # 0: new, and not fitted yet
    return Answerable(features, fitted["forms"], question, fitted["bias"], fitted["threshold"])
