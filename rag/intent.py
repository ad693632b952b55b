"""Whether a question is one about a career at all, told by what it means: a linear model over its embedding.

"Who won the world cup?" and "Has she been in charge of people?" may both share no word with the documents; only one
of them asks what documents of a career could say. Fitted by `python -m eval.fit --intent` on `eval/intents.jsonl`,
questions about no corpus in particular.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.embedder import Vectors

SHIPPED = Path(__file__).with_name("data") / "intent.json"


@dataclass(frozen=True)
class Intent:
    """A logistic regression over the bundled model's embeddings."""

    weights: Vectors
    bias: float

    def log_odds(self, vector: Vectors) -> float:
        """That a question with this embedding is about a career, against anything else; 0 is undecided."""
        return float(vector @ self.weights) + self.bias


def load() -> Intent:
    """The shipped one; it fits the bundled embedding model alone."""
    fitted = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return Intent(np.array(fitted["weights"], dtype=np.float32), fitted["bias"])
