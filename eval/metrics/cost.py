"""Tokens that a model read and wrote for a question, and their price. The offline engine costs nothing.

Not judged where the engine does not report its tokens; money also where its price is not listed in `prices.toml`.
Latency is no score: it differs from run to run, and stands in the report's timings.
"""

import functools
import tomllib
from importlib import resources

from eval.schema import Metric, Outcome, Usage

OFFLINE = "extractive"
"""The engine that needs no model."""


@functools.cache
def prices() -> dict[str, tuple[float, float]]:
    """Model → dollars for a million tokens read, and written."""
    table = tomllib.loads(resources.files("eval").joinpath("prices.toml").read_text(encoding="utf-8"))
    return {name: (float(row["read"]), float(row["written"])) for name, row in table.items()}


def usage(outcome: Outcome) -> Usage | None:
    """What was used; nothing by the offline engine."""
    if outcome.usage is None and outcome.answer and outcome.answer.engine == OFFLINE:
        return Usage(OFFLINE)
    return outcome.usage


def usd(used: Usage) -> float | None:
    """Dollars; None where the price is not known."""
    if used.model == OFFLINE:
        return 0.0
    price = prices().get(used.model) or prices().get(used.model.partition(":")[2])
    return (used.read * price[0] + used.written * price[1]) / 1e6 if price else None


def _read(outcome: Outcome) -> float | None:
    used = usage(outcome)
    return None if used is None else float(used.read)


def _written(outcome: Outcome) -> float | None:
    used = usage(outcome)
    return None if used is None else float(used.written)


def _usd(outcome: Outcome) -> float | None:
    used = usage(outcome)
    return None if used is None else usd(used)


def _any(_: Outcome) -> bool:
    return True


TOKENS_IN = Metric("tokens_in", "cost", "tokens read by the model, a question", _any, _read, "lower", "tokens")
TOKENS_OUT = Metric("tokens_out", "cost", "tokens written by the model, a question", _any, _written, "lower", "tokens")
USD = Metric("usd", "cost", "dollars a question, by prices.toml", _any, _usd, "lower", "usd")
