"""What the report's charts draw, in numbers: positions in percent of a chart's width, and paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 640, 300
"""Of the risk–coverage curve's plane."""
SCALES = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
"""Risks at which the curve's axis may end."""
STEPS = 100
"""Coverages that the curve is drawn through besides its own."""
READ_AT = (0.25, 0.5, 0.75, 1.0)
"""Coverages at which the curve is also given in figures."""

Run = Mapping[str, Any]


@dataclass(frozen=True)
class Whisker:
    """One engine's figure over some cases."""

    engine: int
    n: int
    not_judged: int
    figure: str
    """Empty where nothing was measured."""
    interval: str
    at: float = 0.0
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Line:
    """The cases that a figure is over, and each engine's."""

    of: str
    label: str
    whiskers: tuple[Whisker, ...]
    bar: float | None = None
    """Where the threshold stands."""


@dataclass(frozen=True)
class Chart:
    """A metric."""

    name: str
    group: str
    unit: str
    about: str
    better: str
    end: str
    """What the right edge of the chart means."""
    lines: tuple[Line, ...]

    @property
    def overall(self) -> Line:
        """Over all cases."""
        return next((line for line in self.lines if line.of == "all"), self.lines[0])


def charts(runs: Sequence[Run]) -> list[Chart]:
    """A chart for each metric of the first run, with the other runs' figures beside it."""
    return [_chart(score, runs) for score in runs[0]["scores"] if score["rows"]]


def _chart(score: Mapping[str, Any], runs: Sequence[Run]) -> Chart:
    name, unit = score["metric"], score["unit"]
    found = [{r["of"]: r for s in run["scores"] if s["metric"] == name for r in s["rows"]} for run in runs]
    ofs = list(dict.fromkeys(of for rows in found for of in rows))
    ends = [r["high"] or r["mean"] or 0.0 for rows in found for r in rows.values()]
    scale = 1.0 if unit == "share" else max(ends, default=0.0) or 1.0
    bars = {b["of"]: b["bar"] for b in runs[0]["thresholds"] if b["metric"] == name}
    lines = []
    for of in ofs:
        whiskers = tuple(_whisker(i, rows[of], unit, scale) for i, rows in enumerate(found) if of in rows)
        bar = _percent(bars[of], scale) if of in bars else None
        lines.append(Line(of, "all cases" if of == "all" else of.replace(":", ": "), whiskers, bar))
    about = score.get("about", "")
    return Chart(
        name.replace("_", " "), score["group"], unit, about, score["better"], written(scale, unit), tuple(lines)
    )


def _whisker(engine: int, row: Mapping[str, Any], unit: str, scale: float) -> Whisker:
    mean, low, high = row["mean"], row["low"], row["high"]
    if mean is None:
        return Whisker(engine, row["n"], row["not_judged"], "", "")
    low, high = (mean if low is None else low), (mean if high is None else high)
    return Whisker(
        engine,
        row["n"],
        row["not_judged"],
        written(mean, unit),
        f"{written(low, unit).removesuffix('%').strip()}–{written(high, unit)}",
        *(_percent(value, scale) for value in (mean, low, high)),
    )


def _percent(value: float, scale: float) -> float:
    return round(min(max(value / scale, 0.0), 1.0) * 100, 2)


def written(value: float | None, unit: str = "share") -> str:
    """A figure with its unit."""
    if value is None:
        return "–"
    if unit == "share":
        return f"{value:.1%}".replace("%", " %")
    return f"${value:.4f}" if unit == "usd" else f"{value:,.0f}"


@dataclass(frozen=True)
class Risk:
    """One engine's risk–coverage curve."""

    engine: int
    path: str
    aurc: str
    n: int
    at: tuple[str, ...]
    """The risk at each coverage of READ_AT."""


@dataclass(frozen=True)
class Plane:
    """The curves and their axes; ticks are (position in the plane, label)."""

    risks: tuple[Risk, ...]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]


def plane(runs: Sequence[Run]) -> Plane | None:
    """The curves of all runs in one plane; None where no run has any."""
    if not any(run["risk_coverage"]["points"] for run in runs):
        return None
    highest = max(risk for run in runs for _, risk in run["risk_coverage"]["points"])
    scale = next(s for s in SCALES if s >= min(highest, 1.0))
    return Plane(
        tuple(_risk(i, run["risk_coverage"], scale) for i, run in enumerate(runs)),
        tuple((WIDTH * i / 4, f"{i * 25} %") for i in range(5)),
        tuple((HEIGHT * (1 - i / 4), f"{scale * i * 25:.3g} %") for i in range(5)),
    )


def _risk(engine: int, curve: Mapping[str, Any], scale: float) -> Risk:
    points = [(x, y) for x, y in curve["points"]]
    coverages = sorted({x for x, _ in points} | {i / STEPS for i in range(1, STEPS + 1)} | {1e-6}) if points else []
    path = " ".join(f"{x * WIDTH:.1f},{HEIGHT * (1 - risk_at(x, points) / scale):.1f}" for x in coverages)
    at = tuple(written(risk_at(x, points)) if points else "–" for x in READ_AT)
    return Risk(engine, path, "–" if curve["aurc"] is None else f"{curve['aurc']:.3f}", curve["n"], at)


def risk_at(coverage: float, points: Sequence[tuple[float, float]]) -> float:
    """The risk at a coverage between the curve's points, where equally sure answers are taken in any order.

    Between two points the errors, not the risk, grow evenly; `eval/metrics/aurc.py` counts its area the same way.
    """
    before, wrong = 0.0, 0.0
    for x, risk in points:
        if coverage <= x:
            return (wrong + (coverage - before) * (x * risk - wrong) / (x - before)) / coverage
        before, wrong = x, x * risk
    return points[-1][1]
