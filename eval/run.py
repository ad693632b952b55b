"""Cases × engine → outcomes → figures."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, get_args

import numpy as np

from eval.agreement import Judge, agreement
from eval.interval import bootstrap
from eval.judgement import judge as held_against
from eval.metrics import METRICS
from eval.metrics.aurc import curve
from eval.metrics.cost import OFFLINE
from eval.schema import Case, Kind, Metric, Outcome, Report, Row, Score, Usage
from eval.support import by_rule
from eval.thresholds import Thresholds

if TYPE_CHECKING:
    from eval.cases import CaseFile
    from rag.generation import Manifest
    from rag.schema import Answer, Citation
    from rag.store import Generation

Progress = Callable[[int, int], object]
"""Told after each question: how many are done, of how many."""


class Engine(Protocol):
    """What is evaluated; `rag.assistant.Assistant` is one."""

    def ask(self, question: str, history: Sequence[tuple[str, str]] = ..., *, today: dt.date | None = ...) -> Answer:
        """The answer to a question."""


@dataclass(frozen=True)
class Bench:
    """What the questions are asked of, and what the answers are held against."""

    texts: Mapping[str, str]
    """Source → text, as indexed."""
    fresh: Mapping[str, bool]
    """Source → whether its file is still as it was indexed; only files that can be looked at."""
    index: Mapping[str, Any]
    """The report's `index`."""
    today: dt.date
    """The engine's clock, for cases that do not freeze their own."""

    @classmethod
    def of(cls, generation: Generation, corpus: Path, today: dt.date) -> Bench:
        """A generation of the index, and the folder it was made from where that is at hand."""
        manifest = generation.manifest
        return cls(
            {row.path: generation.text(row.path) for row in manifest.sources},
            fresh(manifest, corpus),
            {
                "generation": generation.name,
                "documents": len(manifest.sources),
                "passages": len(generation.passages),
                "embedding_model": manifest.model,
                "chunker": manifest.chunker,
            },
            today,
        )


def fresh(manifest: Manifest, corpus: Path) -> dict[str, bool]:
    """Of each indexed file, whether it is unchanged; empty where the folder holds none of them: another corpus."""
    if not any((corpus / row.path).is_file() for row in manifest.sources):
        return {}
    return {row.path: _sha256(corpus / row.path) == row.sha256 for row in manifest.sources}


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def asked(
    cases: Sequence[Case], engine: Engine, bench: Bench, name: str = OFFLINE, judge: Judge | None = None
) -> Iterator[Outcome]:
    """Every question asked, in order. Whatever an engine raises is its answer to that question: a wrong one."""
    for case in cases:
        supports = _supports(name == OFFLINE, case.today or bench.today, judge)
        try:
            answer, usage = _ask(case, engine, metered=name != OFFLINE)
            verdict = held_against(case, answer, bench.texts.get)
        except Exception as exc:  # noqa: BLE001 (an evaluation outlives what it evaluates)
            error = f"{type(exc).__name__}: {next(iter(str(exc).splitlines()), '')}".rstrip(": ")
            yield Outcome(case, None, None, bench.texts.get, supports, error, bench.fresh)
        else:
            yield Outcome(case, answer, verdict, bench.texts.get, supports, "", bench.fresh, usage)


def _ask(case: Case, engine: Engine, metered: bool) -> tuple[Answer, Usage | None]:
    if not metered:
        return engine.ask(case.question, case.history, today=case.today), None
    from langchain_core.callbacks import get_usage_metadata_callback

    with get_usage_metadata_callback() as meter:
        answer = engine.ask(case.question, case.history, today=case.today)
    used = list(meter.usage_metadata.values())
    if not used:
        return answer, None
    total = Usage(answer.engine, sum(u["input_tokens"] for u in used), sum(u["output_tokens"] for u in used))
    return answer, total


def _supports(verbatim: bool, today: dt.date, judge: Judge | None) -> Callable[[str, Sequence[Citation]], bool | None]:
    def supports(statement: str, citations: Sequence[Citation]) -> bool | None:
        found = by_rule(statement, citations, verbatim, today)
        if found is None and judge:
            return judge.support(statement, [c.quote for c in citations])
        return found

    return supports


def grouped(outcomes: Sequence[Outcome]) -> dict[str, list[int]]:
    """Which outcomes a row is of: all, and by kind, split and origin."""
    groups = {"all": list(range(len(outcomes)))}
    for kind in get_args(Kind):
        groups[kind] = [i for i, o in enumerate(outcomes) if o.case.kind == kind]
    for of in ("split:dev", "split:test", "origin:written", "origin:suggested"):
        field, _, value = of.partition(":")
        groups[of] = [i for i, o in enumerate(outcomes) if getattr(o.case, field) == value]
    return groups


def figures(outcomes: Sequence[Outcome], by_kind: bool = True) -> list[Score]:
    """Every metric: a row for each group, or for all cases alone."""
    groups = grouped(outcomes) if by_kind else {"all": list(range(len(outcomes)))}
    scores = []
    for metric in METRICS.values():
        applies = [metric.applies(o) for o in outcomes]
        values = [metric.measure(o) if yes else None for o, yes in zip(outcomes, applies, strict=True)]
        rows = []
        for of, members in groups.items():
            counted = [i for i in members if applies[i]]
            if counted or of == "all":
                rows.append(_row(of, metric, [outcomes[i] for i in counted], [values[i] for i in counted]))
        scores.append(Score(metric, tuple(rows)))
    return scores


def _row(of: str, metric: Metric, outcomes: Sequence[Outcome], values: Sequence[float | None]) -> Row:
    judged = [(o, v) for o, v in zip(outcomes, values, strict=True) if v is not None]
    unknown = len(outcomes) - len(judged)
    if not judged:
        return Row(of, 0, None, None, None, unknown)
    array = np.array([v for _, v in judged], dtype=np.float64)
    if pool := metric.pool:
        of_judged = [o for o, _ in judged]
        found = bootstrap(len(judged), lambda rows: pool(of_judged, rows))
    else:
        found = bootstrap(len(judged), lambda rows: np.asarray(array[rows].mean(axis=1)))
    return Row(of, len(judged), found.value, found.low, found.high, unknown)


def evaluated(
    name: str,
    engine: Engine,
    bench: Bench,
    files: Sequence[CaseFile],
    thresholds: Thresholds,
    split: str | None = None,
    judge: Judge | None = None,
    judge_name: str = "",
    progress: Progress = lambda done, of: None,
) -> Report:
    """One engine's report."""
    started, date = time.perf_counter(), dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    cases = [c for file in files for c in file.cases if split in {None, c.split}]
    outcomes = []
    for outcome in asked(cases, engine, bench, name, judge):
        outcomes.append(outcome)
        progress(len(outcomes), len(cases))
    scores = figures(outcomes)
    return Report(
        engine=name,
        index=bench.index,
        files=[{"path": _shown(f.path), "sha256": f.sha256} for f in files],
        outcomes=outcomes,
        scores=scores,
        curve=curve(outcomes),
        thresholds=thresholds.against(scores),
        judge=agreement(outcomes, judge, judge_name) if judge else None,
        seconds=time.perf_counter() - started,
        date=date,
    )


def _shown(path: Path) -> str:
    home = Path(__file__).resolve().parent.parent
    path = path.absolute()
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else path.as_posix()
