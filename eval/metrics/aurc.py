"""Risk–coverage: how wrong the answers are that the system is surest of (El-Yaniv and Wiener 2010).

Questions are taken in order of falling confidence. Coverage is the share taken, risk the share of those that are
wrong; answering what the documents do not answer is wrong (Kamath, Jia and Liang 2020), and so is a refusal of what
they do. The area is the mean of the risk over the n coverages (Geifman, Uziel and El-Yaniv 2019). Equal confidences
have no order: each of them counts with the mean error of its tie. An ideal order does not reach 0 either, unless
nothing is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eval.schema import Curve, Metric, Outcome


def confidence(outcome: Outcome) -> float | None:
    """What the engine thinks of its chances; None where it does not say, or raised."""
    return outcome.answer.confidence if outcome.answer else None


def lost(outcome: Outcome) -> bool:
    """Whether standing by an answer to this question is wrong."""
    return not (outcome.case.answerable and outcome.right)


def risks(sure: NDArray[np.float64], wrong: NDArray[np.float64]) -> NDArray[np.float64]:
    """The risk at coverages 1/n, 2/n, …, 1, of confidences and errors (0 or 1), a set of cases a row: (b, n)."""
    order = np.argsort(-sure, axis=1, kind="stable")
    sure, wrong = np.take_along_axis(sure, order, axis=1), np.take_along_axis(wrong, order, axis=1)
    first = np.ones(sure.shape, dtype=bool)
    first[:, 1:] = sure[:, 1:] < sure[:, :-1]
    tie = first.ravel().cumsum() - 1
    even = (np.bincount(tie, weights=wrong.ravel()) / np.bincount(tie))[tie].reshape(sure.shape)
    return np.asarray(even.cumsum(axis=1) / np.arange(1, sure.shape[1] + 1))


def curve(outcomes: Sequence[Outcome]) -> Curve:
    """A point for each confidence that occurs: coverage and risk of standing by everything at least as sure."""
    judged = [(sure, lost(o)) for o in outcomes if (sure := confidence(o)) is not None]
    if not judged:
        return Curve((), None, 0)
    judged.sort(reverse=True)
    n = len(judged)
    (risk,) = risks(np.array([[s for s, _ in judged]]), np.array([[w for _, w in judged]], dtype=np.float64))
    ends = [i for i in range(n) if i == n - 1 or judged[i + 1][0] < judged[i][0]]
    return Curve(tuple(((i + 1) / n, float(risk[i])) for i in ends), float(risk.mean()), n)


def _areas(outcomes: Sequence[Outcome], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    sure = np.array([confidence(o) for o in outcomes], dtype=np.float64)
    wrong = np.array([lost(o) for o in outcomes], dtype=np.float64)
    return np.asarray(risks(sure[rows], wrong[rows]).mean(axis=1))


AURC = Metric(
    "AURC",
    "decision",
    "area under the risk–coverage curve: low where the surest answers are right",
    applies=lambda outcome: True,
    measure=confidence,
    better="lower",
    pool=_areas,
)
