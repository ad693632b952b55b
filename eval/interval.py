"""How sure a figure is: bootstrap intervals, paired tests, agreement. Every random draw has a fixed seed."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20_240_101
RESAMPLES = 2_000
LEVEL = 0.95

Indices = NDArray[np.int64]
Figures = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A figure and its percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13).

    Where all cases came out alike the interval has no width: the bootstrap cannot see what it was never shown.
    """

    value: float
    low: float
    high: float


@functools.lru_cache(maxsize=64)
def _drawn(n: int) -> Indices:
    """RESAMPLES draws of n out of n, with replacement."""
    return np.random.default_rng([SEED, n]).integers(0, n, size=(RESAMPLES, n))


def bootstrap(n: int, pool: Callable[[Indices], Figures]) -> Interval:
    """The interval of a figure over n > 0 cases; `pool` takes rows of indices (b, n) to the figure of each, (b,)."""
    value = float(pool(np.arange(n)[None, :])[0])
    figures = pool(_drawn(n))
    low, high = np.quantile(figures, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, float(low), float(high))


def of_mean(values: Sequence[float]) -> Interval:
    """The interval of the mean of at least one value."""
    array = np.asarray(values, dtype=np.float64)
    return bootstrap(len(array), lambda rows: np.asarray(array[rows].mean(axis=1)))


def of_difference(before: Sequence[float], after: Sequence[float]) -> Interval:
    """The paired bootstrap of the mean change: the same cases, before and after."""
    return of_mean([b - a for a, b in zip(before, after, strict=True)])


def mcnemar(worse: int, better: int) -> float:
    """The exact two-sided p of McNemar's test (1947), from the cases that changed: a binomial with p = 1/2."""
    n = worse + better
    p: float = 2 * sum(math.comb(n, k) for k in range(min(worse, better) + 1)) / 2**n
    return min(1.0, p)


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa (1960) of two judges; None where chance alone explains all, or nothing was judged by both."""
    if not pairs:
        return None
    n = len(pairs)
    agreed = sum(a == b for a, b in pairs) / n
    first, second = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    chance = first * second + (1 - first) * (1 - second)
    return None if chance == 1 else (agreed - chance) / (1 - chance)
