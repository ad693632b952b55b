"""`report.json` as one page that opens offline, by templates in `page/`.

Everything in it was written by someone else (documents, questions, models), so every value is escaped, no link is made
of any, and the page's policy lets nothing run or style it but the two blocks whose hashes it names.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.charts import HEIGHT, READ_AT, WIDTH, Run, charts, plane, written

PAGE = Path(__file__).with_name("page")
SLOWEST = 5
HEADLINES = ("right", "over_refusal", "under_refusal", "quote_fidelity")
KAPPA = ((0.8, "almost perfect"), (0.6, "substantial"), (0.4, "moderate"), (0.2, "fair"), (0.0, "slight"))
"""Landis and Koch, The measurement of observer agreement for categorical data, 1977."""


@dataclass(frozen=True)
class Asked:
    """A case and what each engine made of it: pairs of an engine's number and its result."""

    number: int
    case: Mapping[str, Any]
    got: tuple[tuple[int, Mapping[str, Any]], ...]
    ms: float | None
    """The slowest engine's time."""
    slow: bool = False

    @property
    def right(self) -> bool:
        """All engines were right."""
        return all(result["right"] for _, result in self.got)


def page(report: Mapping[str, Any]) -> str:
    """The page of a report, or of a report of several engines."""
    runs: list[Run] = list(report.get("engines") or [report])
    style, script = ((PAGE / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    asked = _asked(runs)
    drawn = charts(runs)
    environment = Environment(
        loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"written": written, "agreement": agreement, "ms": _ms, "squeezed": _squeezed}
    text = environment.get_template("report.html.j2").render(
        runs=runs,
        first=runs[0],
        engines=[run["engine"] for run in runs],
        several=len(runs) > 1,
        units=defaultdict(lambda: "share", {s["metric"]: s["unit"] for s in runs[0]["scores"]}),
        lower=defaultdict(bool, {s["metric"]: s["better"] == "lower" for s in runs[0]["scores"]}),
        bars=_bars(runs),
        judged=any(run["judge"] for run in runs),
        headlines=[c for name in HEADLINES for c in drawn if c.name == name.replace("_", " ")],
        groups=_grouped(drawn),
        plane=plane(runs),
        width=WIDTH,
        height=HEIGHT,
        read_at=READ_AT,
        wrong=[a for a in asked if not a.right],
        slow=sorted((a for a in asked if a.slow), key=lambda a: -(a.ms or 0)),
        others=[a for a in asked if a.right and not a.slow],
        asked=asked,
        kinds=list(dict.fromkeys(a.case["kind"] for a in asked)),
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
    )
    # A lone surrogate from a document could not be written.
    return text.encode("utf-8", "replace").decode("utf-8")


def _policy(style: str, script: str) -> str:
    hashed = [base64.b64encode(hashlib.sha256(block.encode()).digest()).decode() for block in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{hashed[0]}'; script-src 'sha256-{hashed[1]}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _asked(runs: Sequence[Run]) -> list[Asked]:
    """The cases of all runs in the first's order, those that only another has at the end."""
    cases: dict[str, dict[int, Mapping[str, Any]]] = {}
    for i, run in enumerate(runs):
        for result in run["results"]:
            cases.setdefault(result["id"], {})[i] = result
    times = {id: list(_times(id, runs)) for id in cases}
    slowest = set(sorted((id for id in cases if times[id]), key=lambda id: -max(times[id]))[:SLOWEST])
    return [
        Asked(n, next(iter(got.values())), tuple(got.items()), max(times[id], default=None), id in slowest)
        for n, (id, got) in enumerate(cases.items(), start=1)
    ]


def _times(id: str, runs: Sequence[Run]) -> Iterator[float]:
    for run in runs:
        if id in run["timings"]["per_case_ms"]:
            yield run["timings"]["per_case_ms"][id]


def _bars(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The thresholds, those that an engine missed first, each with every engine's outcome."""
    found: dict[tuple[str, str], list[Mapping[str, Any] | None]] = {}
    for i, run in enumerate(runs):
        for bar in run["thresholds"]:
            found.setdefault((bar["metric"], bar["of"]), [None] * len(runs))[i] = bar
    rows = [{"bar": next(b for b in got if b), "got": got} for got in found.values()]
    return sorted(rows, key=lambda row: not any(b and b["met"] is False for b in row["got"]))


def _grouped(drawn: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    groups: dict[str, list[Any]] = {}
    for chart in drawn:
        groups.setdefault(chart.group, []).append(chart)
    return list(groups.items())


def agreement(kappa: float | None) -> str:
    """Cohen's kappa in words."""
    if kappa is None:
        return "not defined"
    return next((word for least, word in KAPPA if kappa > least), "none beyond chance")


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms"


def _squeezed(text: str) -> str:
    """Without empty lines."""
    return re.sub(r"\n\s*\n", "\n", text)
