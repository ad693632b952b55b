"""A report as files: `report.json` (version 1), `results.jsonl`, `report.md`.

report.json: `version`, `engine`, `index`, `cases` (files, counts), `scores` (a row for all cases and for each kind,
split and origin that the metric applies to: n, mean, bootstrap interval, how many were not judged; a mean is null where
n is 0), `risk_coverage`, `thresholds` (`met` is null where nothing was measured), `judge`, `results` (a case each),
`timings`. Two runs over the same index and cases differ in `timings` alone. Several engines stand side by side as
`{"version": 1, "engines": [report, …]}`.

results.jsonl names its fields as ragas does: `user_input`, `retrieved_contexts`, `retrieved_context_ids`,
`reference_context_ids`, `response`, `reference`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.judgement import why
from eval.metrics import METRICS
from eval.metrics.aurc import AURC, confidence
from eval.metrics.citation_recall import recalled, statements
from eval.metrics.quote_fidelity import faithful
from eval.schema import REGEX, Outcome, Report
from rag.schema import Citation

VERSION = 1
AROUND = 160
"""Characters of the document shown before and after a quote."""
DIGITS = 6


def to_json(report: Report) -> dict[str, Any]:
    """The object of report.json."""
    cases = [o.case for o in report.outcomes]
    return {
        "version": VERSION,
        "engine": report.engine,
        "index": dict(report.index),
        "cases": {
            "files": [dict(f) for f in report.files],
            "n": len(cases),
            "written": sum(c.origin == "written" for c in cases),
            "suggested": sum(c.origin == "suggested" for c in cases),
            "by_kind": dict(Counter(c.kind for c in cases)),
            "by_split": dict(Counter(c.split for c in cases)),
        },
        "scores": [
            {
                "metric": score.metric.name,
                "group": score.metric.group,
                "unit": score.metric.unit,
                "better": score.metric.better,
                "about": score.metric.about,
                "rows": [{k: _rounded(v) for k, v in asdict(row).items()} for row in score.rows],
            }
            for score in report.scores
        ],
        "risk_coverage": {
            "points": [[_rounded(x), _rounded(y)] for x, y in report.curve.points],
            "aurc": _rounded(report.curve.aurc),
            "n": report.curve.n,
        },
        "thresholds": [
            {"metric": b.metric, "of": b.of, "bar": b.bar, "value": _rounded(b.value), "met": b.met}
            for b in report.thresholds
        ],
        "judge": _judge(report.judge),
        "results": [_result(o) for o in report.outcomes],
        "timings": _timings(report),
    }


def _rounded(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value


def _judge(judge: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if judge is None else {**judge, "kappa": {k: _rounded(v) for k, v in judge["kappa"].items()}}


def _result(outcome: Outcome) -> dict[str, Any]:
    case, answer = outcome.case, outcome.answer
    applying = [m for m in METRICS.values() if m is not AURC and m.applies(outcome)]
    values = {m.name: m.measure(outcome) for m in applying}
    sure = confidence(outcome)
    judged = {s.text: recalled(outcome, s) for s in statements(outcome)}
    return {
        "id": case.id,
        "kind": case.kind,
        "split": case.split,
        "origin": case.origin,
        "question": case.question,
        "history": [list(turn) for turn in case.history],
        "standalone_question": answer.standalone_question if answer else case.question,
        "answerable": case.answerable,
        "expected": [list(fact) for fact in case.expected],
        "forbidden": list(case.forbidden),
        "sources": list(case.sources),
        "answer": case.answer,
        "note": case.note,
        "decision": answer.decision if answer else None,
        "reason": answer.reason if answer else None,
        "confidence": _rounded(sure),
        "text": answer.text if answer else "",
        "right": outcome.right,
        "why": why(outcome),
        "statements": [
            {"text": s.text, "citations": list(s.citations), "supported": judged.get(s.text)}
            for s in (answer.statements if answer else ())
        ],
        "citations": [_citation(outcome, c) for c in (answer.citations if answer else ())],
        "hits": [
            {"source": h.passage.source, "locator": h.passage.locator, "score": round(h.score, 4)}
            for h in (answer.hits if answer else ())
        ],
        "scores": {name: _rounded(values.get(name)) for name, m in METRICS.items() if m is not AURC},
        "not_judged": [name for name, value in values.items() if value is None],
        "error": outcome.error or None,
    }


def _citation(outcome: Outcome, citation: Citation) -> dict[str, Any]:
    text = outcome.text_of(citation.source) or ""
    return asdict(citation) | {
        "before": text[max(0, citation.start - AROUND) : citation.start],
        "after": text[citation.end : citation.end + AROUND],
        "faithful": faithful(citation, outcome.text_of),
    }


def _timings(report: Report) -> dict[str, Any]:
    spent = {o.case.id: o.answer.timings_ms.get("total", 0.0) for o in report.outcomes if o.answer}
    times = sorted(spent.values())
    return {
        "p50_ms": _percentile(times, 50),
        "p95_ms": _percentile(times, 95),
        "total_s": round(report.seconds, 2),
        "per_case_ms": spent,
        "date": report.date,
    }


def _percentile(times: Sequence[float], percent: int) -> float | None:
    """Nearest rank: the smallest time that at least so many percent of the times do not exceed."""
    return times[-(-len(times) * percent // 100) - 1] if times else None


def rows(report: Report) -> Iterator[dict[str, Any]]:
    """The lines of results.jsonl."""
    for outcome in report.outcomes:
        case, answer = outcome.case, outcome.answer
        hits = [h.passage for h in answer.hits] if answer else []
        yield {
            "id": case.id,
            "engine": report.engine,
            "kind": case.kind,
            "origin": case.origin,
            "user_input": case.question,
            "retrieved_contexts": [p.text for p in hits],
            "retrieved_context_ids": [p.source for p in hits],
            "reference_context_ids": list(case.sources),
            "response": answer.text if answer else "",
            "reference": case.answer or "; ".join(_readable(fact) for fact in case.expected),
            "decision": answer.decision if answer else None,
            "right": outcome.right,
            "error": outcome.error or None,
        }


def _readable(fact: Sequence[str]) -> str:
    """The first alternative that is no regular expression."""
    return next((a for a in fact if not a.startswith(REGEX)), fact[0].removeprefix(REGEX) if fact else "")


def body(reports: Sequence[Report]) -> dict[str, Any]:
    """report.json: of one engine, or several side by side."""
    if len(reports) == 1:
        return to_json(reports[0])
    return {"version": VERSION, "engines": [to_json(r) for r in reports]}


def dumped(value: Any) -> str:
    """JSON as the report's files hold it."""
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def write(reports: Sequence[Report], out: Path) -> dict[str, Any]:
    """report.json and results.jsonl in a folder, made where it is missing; returns report.json's object."""
    out.mkdir(parents=True, exist_ok=True)
    value = body(reports)
    (out / "report.json").write_text(dumped(value), encoding="utf-8")
    with (out / "results.jsonl").open("w", encoding="utf-8") as file:
        for row in (r for report in reports for r in rows(report)):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return value
