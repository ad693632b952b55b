"""How common an English word is, from the order of the bundled model's vocabulary (BERT's: most frequent first)."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path

FIRST, LAST = 1996, 29600
"""Token ids of the first and the last whole English word in the vocabulary of bert-base-uncased."""
MISSPELT = 6
"""Letters from which a word that is not English counts as misspelt rather than as a name."""


class Frequency:
    """The vocabulary's words, with their places in it."""

    def __init__(self, vocabulary: dict[str, int]) -> None:
        self._id = vocabulary.get
        self._words = [w for w, i in vocabulary.items() if i >= FIRST and len(w) >= MISSPELT - 1 and w.isalpha()]

    def common(self, word: str) -> bool:
        """Whether a folded word is one of the 30,000 or so most frequent ones."""
        return self._id(word) is not None

    def rarity(self, word: str) -> float:
        """0 for the commonest words, 1 for those outside the vocabulary, on a log scale of rank."""
        found = self._id(word)
        if found is None:
            return 1.0
        return min(1.0, max(0.0, math.log(max(found, FIRST) / FIRST) / math.log(LAST / FIRST)))

    def spelt(self, word: str, others: Collection[str] = ()) -> str:
        """The commonest word one slip away from a folded word, `others` first; the word itself where there is none.

        A slip is a letter too many, too few, wrong, or two swapped; short words are left alone (`MISSPELT`).
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if len(word) < MISSPELT or not word.isalpha() or self.common(word) or self.common(word.removesuffix("s")):
            return word
        for known in (others, self._words):
            near = process.extract(word, known, scorer=OSA.distance, score_cutoff=1, limit=5)
            if near:
                return min((match[0] for match in near), key=lambda w: (w[0] != word[0], self._id(w) or LAST))
        return word


def slip(word: str, other: str) -> bool:
    """Whether two folded words are one slip apart: a letter too many, too few, wrong, or two swapped."""
    from rapidfuzz.distance import OSA

    return abs(len(word) - len(other)) <= 1 and OSA.distance(word, other, score_cutoff=1) == 1


def load(tokenizer: Path) -> Frequency:
    """From a `tokenizer.json`."""
    from tokenizers import Tokenizer

    return Frequency(Tokenizer.from_file(str(tokenizer)).get_vocab(with_added_tokens=False))
