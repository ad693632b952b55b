"""report.json → report.md, and the tables of the terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

Run = Mapping[str, Any]
"""One engine's report.json."""
_MARKS = "\\|<>`*_[]"
Table = tuple[Sequence[str], Sequence[Sequence[str]]]
"""Headings and rows."""


def runs(report: Mapping[str, Any]) -> list[Run]:
    """The engines of a report.json."""
    return list(report.get("engines", [report]))


def figure(value: float | None, unit: str = "share") -> str:
    """`83.1%`, `412`, `$0.0004`; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:.1%}" if unit == "share" else f"${value:.4f}" if unit == "usd" else f"{value:,.0f}"


def interval(row: Mapping[str, Any], unit: str) -> str:
    """`83.1% [79.0%, 87.2%]`."""
    if row["mean"] is None:
        return "–"
    return f"{figure(row['mean'], unit)} [{figure(row['low'], unit)}, {figure(row['high'], unit)}]"


def summary(report: Mapping[str, Any]) -> Table:
    """Every metric over all cases, the engines side by side."""
    found = runs(report)
    rows = []
    for i, score in enumerate(found[0]["scores"]):
        row = [score["group"], f"{score['metric']} {'↑' if score['better'] == 'higher' else '↓'}"]
        for run in found:
            overall = run["scores"][i]["rows"][0]
            row += [interval(overall, score["unit"]), str(overall["n"]), str(overall["not_judged"] or "")]
        rows.append(row)
    several = [f" {run['engine']}" if len(found) > 1 else "" for run in found]
    heads = [h for name in several for h in (f"mean [95%]{name}", "n", "not judged")]
    return ["group", "metric", *heads], rows


def kinds(run: Run, metrics: Sequence[str] = ("right", "facts", "gold_source", "nDCG@5")) -> Table:
    """Some metrics, all of them shares, by kind of question; by split and origin where there is more than one."""
    scores = {s["metric"]: s for s in run["scores"]}
    rows = []
    overall, *others = scores["right"]["rows"]
    named = [overall, *(r for r in others if ":" not in r["of"] or r["n"] < overall["n"])]
    for kind in (r["of"] for r in named):
        cells = []
        for name in metrics:
            row = next((r for r in scores[name]["rows"] if r["of"] == kind), None)
            cells.append(_short(row) if row else "")
        rows.append([kind, *cells])
    return ["kind", *(f"{name} [95%], n" for name in metrics)], rows


def _short(row: Mapping[str, Any]) -> str:
    """`83% [79–87], 207`."""
    if row["mean"] is None:
        return "–"
    return f"{row['mean']:.0%} [{row['low'] * 100:.0f}–{row['high'] * 100:.0f}], {row['n']}"


def page(report: Mapping[str, Any], compared: str = "") -> str:
    """report.md; `compared` is the section that a comparison adds."""
    parts = ["# Evaluation", "Means with bootstrap 95% intervals. What could not be judged is counted apart.", ""]
    parts += [table(summary(report)), compared]
    for run in runs(report):
        parts += [f"## {run['engine']}", _about(run), table(kinds(run)), _bars(run), _judge(run), _failed(run)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _about(run: Run) -> str:
    index, cases, spent = run["index"], run["cases"], run["timings"]
    files = ", ".join(f"`{f['path']}`" for f in cases["files"])
    origin = f"{cases['written']} written, {cases['suggested']} suggested by the program"
    latency = "" if spent["p50_ms"] is None else f" Latency: p50 {spent['p50_ms']} ms, p95 {spent['p95_ms']} ms."
    return (
        f"{cases['n']} questions ({origin}) from {files}, on {index['documents']} documents in {index['passages']} "
        f"passages.{latency}"
    )


def _bars(run: Run) -> str:
    if not run["thresholds"]:
        return ""
    words = {True: "met", False: "**missed**", None: "not measured"}
    rows = [[b["metric"], b["of"], f"{b['bar']}", figure(b["value"]), words[b["met"]]] for b in run["thresholds"]]
    return "### Thresholds\n\n" + table((["metric", "of", "bar", "figure", ""], rows))


def _judge(run: Run) -> str:
    if not (judge := run["judge"]):
        return ""
    kappas = ", ".join(f"{k} {'–' if v is None else f'{v:.2f}'}" for k, v in judge["kappa"].items())
    return (
        f"### Judge\n\n{judge['model']}: {judge['n']} judged, {judge['not_judged']} replies not judged. Agreement with "
        f"the rules, Cohen's kappa: {kappas}."
    )


def _failed(run: Run) -> str:
    wrong = [r for r in run["results"] if not r["right"]]
    if not wrong:
        return "### Failed\n\nNone."
    parts = [f"### Failed ({len(wrong)})"]
    for result in wrong:
        said = " ".join(result["text"].split())
        parts.append(
            f"- **{plain(result['id'])}** ({result['kind']}, {result['origin']}) {plain(result['question'])}  \n"
            f"  {plain('; '.join(result['why']))}  \n"
            f"  Got ({result['decision'] or 'error'}): {plain(said[:300])}{'…' if len(said) > 300 else ''}"
        )
    return "\n".join([parts[0], "", *parts[1:]])


def table(made: Table) -> str:
    """As Markdown."""
    heads, rows = made
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(plain(cell) for cell in line)} |" for line in lines)


def plain(text: str) -> str:
    """Words in which Markdown sees no table, no tag and no code."""
    return " ".join(text.split()).translate({ord(c): f"\\{c}" for c in _MARKS}) if text != "---" else text


def unescaped(text: str) -> str:
    """Markdown as a terminal shows it: without the backslashes of `plain`."""
    return re.sub(rf"\\([{re.escape(_MARKS)}])", r"\1", text)
