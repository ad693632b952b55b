"""The bars that a run must clear, from TOML: a table a metric, `all` or a kind → the figure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from eval.metrics import METRICS
from eval.schema import Bar, Kind, Score
from rag.errors import ResumeError

SHIPPED = Path(__file__).parent / "thresholds.toml"


@dataclass(frozen=True)
class Thresholds:
    """Metric → of → bar: at least it, or at most where lower is better."""

    bars: Mapping[str, Mapping[str, float]]

    def against(self, scores: Sequence[Score]) -> list[Bar]:
        """Each bar with its figure."""
        by_name = {score.metric.name: score for score in scores}
        found = []
        for name, bars in self.bars.items():
            score = by_name[name]
            for of, bar in bars.items():
                row = score.row(of)
                found.append(Bar(name, of, bar, row.mean if row else None, score.metric.better))
        return found


def load(path: Path = SHIPPED) -> Thresholds:
    """The bars of a file; raises ResumeError naming the entry that does not fit."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ResumeError(f"thresholds {path} cannot be read: {exc}") from exc
    known = {"all", *get_args(Kind)}
    for name, bars in tables.items():
        if name not in METRICS:
            raise ResumeError(f"{path}: {name!r} is no metric; there are {', '.join(METRICS)}")
        if not isinstance(bars, dict):
            raise ResumeError(f'{path}: {name}: a table is needed, as in [{name}] with the line "all = 0.9"')
        for of, bar in bars.items():
            if of not in known:
                raise ResumeError(f"{path}: {name}: {of!r} is neither `all` nor a kind of question")
            if isinstance(bar, bool) or not isinstance(bar, int | float):
                raise ResumeError(f"{path}: {name}.{of}: {bar!r} is no number")
    return Thresholds(tables)
