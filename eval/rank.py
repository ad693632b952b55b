"""Fits what a sentence's score is made of in `rag/evidence.py`: SENTENCE, PASSAGE and COVERAGE, which add up to 1.

python -m eval.rank [--articles DIR] [--work DIR]

On the `dev` questions whose facts stand in some sentence of the hits: the weights with which the first sentence that
holds a fact stands highest, by its mean reciprocal rank, each corpus counting alike. Prints them beside those in use.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench.answers import indexed, sets
from eval.cases import load
from eval.judgement import holds
from eval.schema import Case
from rag import evidence
from rag.assistant import Assistant

STEP = 0.05


def tables(cases: Sequence[Case], assistant: Assistant) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """Of each question, its sentences' figures (n, 3) and which of them hold a fact."""
    now = assistant.snapshot()
    for case in cases:
        found = assistant.examine(case.question, case.history, now)
        sentences = assistant.evidence(found, now.catalogue).sentences
        gold = np.array([any(holds(s.text, a) for fact in case.expected for a in fact) for s in sentences], dtype=bool)
        if case.answerable and gold.any():
            yield np.array([(s.similarity, s.hit.similarity, s.coverage) for s in sentences]), gold


def reciprocal_rank(scores: NDArray[np.float64], gold: NDArray[np.bool_]) -> float:
    """1 over the place of the best sentence that holds a fact; ties count against it."""
    return 1 / float(np.sum(scores >= scores[gold].max() - 1e-12))


def main() -> None:
    """Prints the weights."""
    parser = argparse.ArgumentParser(prog="python -m eval.rank", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=Path, metavar="DIR")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep the indexes here, for the next run")
    options = parser.parse_args()
    corpora = []
    with tempfile.TemporaryDirectory() as scratch:
        for chosen in sets(options.articles):
            dev = [c for c in load(chosen.cases) if c.split == "dev"]
            if dev:
                corpora.append(list(tables(dev, indexed(chosen, options.work or Path(scratch)))))

    def mean(weights: tuple[float, float, float]) -> float:
        parts = [np.mean([reciprocal_rank(x @ np.array(weights), gold) for x, gold in c]) for c in corpora]
        return float(np.mean(parts))

    shares = np.arange(0.0, 1.0 + STEP / 2, STEP)
    grid = [(s, p, 1 - s - p) for s, p in itertools.product(shares, shares) if s + p <= 1 + 1e-9]
    best = max(grid, key=mean)
    used = (evidence.SENTENCE, evidence.PASSAGE, evidence.COVERAGE)
    print(f"# {sum(map(len, corpora))} questions on {len(corpora)} corpora, mean reciprocal rank")
    print(f"SENTENCE, PASSAGE, COVERAGE = {best[0]:.2f}, {best[1]:.2f}, {best[2]:.2f}  # {mean(best):.3f}")
    print(f"# in use: {', '.join(f'{w:.2f}' for w in used)}: {mean(used):.3f}")


if __name__ == "__main__":
    main()
