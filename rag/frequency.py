"""How common an English word is, from the order of the bundled model's vocabulary (BERT's: most frequent first)."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from pathlib import Path

FIRST, LAST = 1996, 29600
"""Token ids of the first and the last whole English word in the vocabulary of bert-base-uncased."""


class Frequency:
    """`token_id` gives a whole word's id in the vocabulary, or None."""

    def __init__(self, token_id: Callable[[str], int | None]) -> None:
        self._id = functools.lru_cache(maxsize=20_000)(token_id)

    def common(self, word: str) -> bool:
        """Whether a folded word is one of the 30,000 or so most frequent ones."""
        return self._id(word) is not None

    def rarity(self, word: str) -> float:
        """0 for the commonest words, 1 for those outside the vocabulary, on a log scale of rank."""
        found = self._id(word)
        if found is None:
            return 1.0
        return min(1.0, max(0.0, math.log(max(found, FIRST) / FIRST) / math.log(LAST / FIRST)))


def load(tokenizer: Path) -> Frequency:
    """From a `tokenizer.json`."""
    from tokenizers import Tokenizer

    return Frequency(Tokenizer.from_file(str(tokenizer)).token_to_id)
