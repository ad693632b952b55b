"""Two report.json → what got worse and what got better, case by case, and whether that is more than noise.

McNemar's exact test on the cases that turned right or wrong; for every metric the mean change over the cases that both
runs judged, with its paired bootstrap 95% interval. Cases that only one run has, or whose question or expectation was
edited in between, are named and left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.interval import Interval, mcnemar, of_difference
from eval.markdown import Run, figure, plain, runs, table
from eval.report import VERSION
from rag.errors import ResumeError

ALPHA = 0.05
_SAME = ("question", "history", "answerable", "expected", "forbidden", "sources", "answer")
"""Fields of a case that make it another one when they are edited."""


@dataclass(frozen=True)
class Change:
    """A case whose answer turned right, or wrong."""

    id: str
    kind: str
    question: str
    why: tuple[str, ...]
    """Why the wrong one of the two is wrong."""


@dataclass(frozen=True)
class Moved:
    """A metric's mean change."""

    metric: str
    unit: str
    better: str
    n: int
    change: Interval

    @property
    def verdict(self) -> str:
        """`better` or `worse` where the interval leaves 0 out; `noise` where it does not; `same` for no change."""
        if self.change.value == self.change.low == self.change.high == 0:
            return "same"
        if self.change.low <= 0 <= self.change.high:
            return "noise"
        return "better" if (self.change.value > 0) == (self.better == "higher") else "worse"


@dataclass(frozen=True)
class Comparison:
    """One engine, before and after."""

    engines: tuple[str, str]
    n: int
    """Cases that both runs asked."""
    regressions: tuple[Change, ...]
    improvements: tuple[Change, ...]
    p: float
    """McNemar's, two-sided and exact."""
    moved: tuple[Moved, ...]
    left_out: tuple[str, ...]
    """Ids that only one run has, or that were edited."""

    @property
    def verdict(self) -> str:
        """In one word, on the share of right answers."""
        if self.p >= ALPHA:
            return "noise" if self.regressions or self.improvements else "same"
        return "worse" if len(self.regressions) > len(self.improvements) else "better"


def read(path: Path) -> Mapping[str, Any]:
    """An earlier report.json; raises ResumeError for anything else."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ResumeError(f"--compare {path} cannot be read: {exc}") from exc
    version = value.get("version") if isinstance(value, dict) else None
    if version != VERSION:
        raise ResumeError(f"--compare {path} is no report.json of version {VERSION} (version {version})")
    wanted = {"engine", "scores", "results"}
    if not all(isinstance(run, dict) and wanted <= run.keys() for run in runs(value)):
        raise ResumeError(f"--compare {path} is no complete report.json; write one with python -m eval --out DIR")
    return value  # type: ignore[no-any-return]


def of(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Comparison]:
    """Each engine of the new report against the same one of the old; of one engine each, those two."""
    before, after = {run["engine"]: run for run in runs(old)}, {run["engine"]: run for run in runs(new)}
    if len(before) == len(after) == 1:
        return [_compared(*before.values(), *after.values())]
    shared = [name for name in after if name in before]
    if not shared:
        raise ResumeError(f"--compare: no engine is in both reports ({', '.join(before)}; {', '.join(after)})")
    return [_compared(before[name], after[name]) for name in shared]


def _compared(old: Run, new: Run) -> Comparison:
    before, after = ({r["id"]: r for r in run["results"]} for run in (old, new))
    same = [i for i in after if i in before and all(before[i].get(f) == after[i].get(f) for f in _SAME)]
    worse = [_change(after[i], after[i]) for i in same if before[i]["right"] and not after[i]["right"]]
    better = [_change(after[i], before[i]) for i in same if after[i]["right"] and not before[i]["right"]]
    moved = []
    for score in new["scores"]:
        pairs = [(before[i]["scores"].get(score["metric"]), after[i]["scores"].get(score["metric"])) for i in same]
        judged = [(a, b) for a, b in pairs if a is not None and b is not None]
        if judged:
            change = of_difference([a for a, _ in judged], [b for _, b in judged])
            moved.append(Moved(score["metric"], score["unit"], score["better"], len(judged), change))
    left_out = [i for i in {**before, **after} if i not in set(same)]
    p = mcnemar(len(worse), len(better))
    engines = (old["engine"], new["engine"])
    return Comparison(engines, len(same), tuple(worse), tuple(better), p, tuple(moved), tuple(left_out))


def _change(case: Mapping[str, Any], wrong: Mapping[str, Any]) -> Change:
    return Change(case["id"], case["kind"], case["question"], tuple(wrong["why"]))


def section(comparisons: list[Comparison]) -> str:
    """The comparison as Markdown."""
    return "\n\n".join(_section(c) for c in comparisons)


def _section(found: Comparison) -> str:
    words = {
        "same": "no case changed",
        "noise": "no more than noise",
        "worse": "worse, beyond noise",
        "better": "better, beyond noise",
    }
    parts = [
        f"## Compared: {found.engines[0]} → {found.engines[1]}",
        f"{len(found.regressions)} regressions, {len(found.improvements)} improvements over {found.n} questions: "
        f"{words[found.verdict]} (McNemar's exact p = {found.p:.3g}).",
    ]
    for title, changes, was in (("Regressions", found.regressions, ""), ("Improvements", found.improvements, "was: ")):
        if changes:
            lines = [
                f"- **{plain(c.id)}** ({c.kind}) {plain(c.question)} – {was}{plain('; '.join(c.why))}" for c in changes
            ]
            parts.append(f"### {title}\n\n" + "\n".join(lines))
    if found.left_out:
        parts.append(f"Left out, in one run only or edited: {plain(', '.join(found.left_out))}.")
    rows = [[m.metric, _signed(m), f"{m.n}", m.verdict] for m in found.moved if m.verdict != "same"]
    if rows:
        parts.append("### Metrics\n\n" + table((["metric", "mean change [95%]", "n", ""], rows)))
    return "\n\n".join(parts)


def _signed(moved: Moved) -> str:
    value, low, high = (
        f"{'−' if x < 0 else '+'}{figure(abs(x), moved.unit)}"
        for x in (moved.change.value, moved.change.low, moved.change.high)
    )
    return f"{value} [{low}, {high}]"
