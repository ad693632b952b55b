"""Fits what a sentence's score is made of in `rag/evidence.py`: SENTENCE, INTERACTION, PASSAGE, COVERAGE; together 1.

python -m eval.rank --folds DIR [--articles DIR] [--work DIR]

`DIR` holds what `python -m eval.adapt --folds DIR` has kept: each corpus's questions are read as unseen ones.
On the `dev` questions whose facts stand in some sentence of the hits: the weights with which the first sentence that
holds a fact stands highest, by its mean reciprocal rank, each corpus counting alike. Prints them beside those in use.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval import folds
from eval.bench.answers import indexed, sets
from eval.cases import load
from eval.judgement import holds
from eval.schema import Case
from rag import evidence
from rag.assistant import Assistant

STEP = 0.05


def tables(cases: Sequence[Case], assistant: Assistant) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """Of each question, its sentences' figures (n, 4) and which of them hold a fact."""
    now = assistant.snapshot()
    for case in cases:
        found = assistant.examine(case.question, case.history, now)
        sentences = assistant.evidence(found, now.catalogue).sentences
        gold = np.array([any(holds(s.text, a) for fact in case.expected for a in fact) for s in sentences], dtype=bool)
        if case.answerable and gold.any():
            yield np.array([(s.similarity, s.interaction, s.hit.similarity, s.coverage) for s in sentences]), gold


@dataclass(frozen=True)
class Tables:
    """The tables of one corpus, one below the other."""

    figures: NDArray[np.float64]
    """(sentences, 4)"""
    gold: NDArray[np.bool_]
    starts: NDArray[np.int64]
    """Where each question's sentences begin."""

    @classmethod
    def joined(cls, found: Sequence[tuple[NDArray[np.float64], NDArray[np.bool_]]]) -> Tables:
        """Of at least one question."""
        starts = np.cumsum([0, *(len(gold) for _, gold in found[:-1])])
        return cls(np.concatenate([x for x, _ in found]), np.concatenate([gold for _, gold in found]), starts)

    def reciprocal_rank(self, weights: tuple[float, ...]) -> float:
        """The mean of 1 over the place of the best sentence that holds a fact; ties count against it."""
        scores = self.figures @ np.array(weights)
        best = np.maximum.reduceat(np.where(self.gold, scores, -np.inf), self.starts)
        lengths = np.diff(self.starts, append=len(scores))
        return float(np.mean(1 / np.add.reduceat(scores >= np.repeat(best, lengths) - 1e-12, self.starts, dtype=int)))


def main() -> None:
    """Prints the weights."""
    parser = argparse.ArgumentParser(prog="python -m eval.rank", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folds", type=Path, metavar="DIR", required=True, help="adapters of eval.adapt --folds")
    parser.add_argument("--articles", type=Path, metavar="DIR")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep the indexes here, for the next run")
    options = parser.parse_args()
    corpora = []
    with tempfile.TemporaryDirectory() as scratch:
        for chosen in sets(options.articles):
            dev = [c for c in load(chosen.cases) if c.split == "dev"]
            if dev:
                reader = folds.unseen(chosen.name, options.folds)
                found = list(tables(dev, indexed(chosen, options.work or Path(scratch), reader)))
                corpora.append(Tables.joined(found))

    def mean(weights: tuple[float, ...]) -> float:
        return float(np.mean([each.reciprocal_rank(weights) for each in corpora]))

    shares = np.arange(0.0, 1.0 + STEP / 2, STEP)
    grid = [(*w, 1 - sum(w)) for w in itertools.product(shares, repeat=3) if sum(w) <= 1 + 1e-9]
    best = max(grid, key=mean)
    used = (evidence.SENTENCE, evidence.INTERACTION, evidence.PASSAGE, evidence.COVERAGE)
    print(f"# {sum(len(each.starts) for each in corpora)} questions on {len(corpora)} corpora, mean reciprocal rank")
    print(f"SENTENCE, INTERACTION, PASSAGE, COVERAGE = {', '.join(f'{w:.2f}' for w in best)}  # {mean(best):.3f}")
    print(f"# in use: {', '.join(f'{w:.2f}' for w in used)}: {mean(used):.3f}")


if __name__ == "__main__":
    main()
