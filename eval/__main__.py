"""`python -m eval`: scores answers, writes a report."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.command_line import Parser
from rag.errors import ResumeError

if TYPE_CHECKING:
    from eval.cases import CaseFile
    from eval.judge import Judge
    from eval.schema import Report
    from eval.thresholds import Thresholds
    from rag.assistant import Assistant
    from rag.settings import Settings

BELOW = 1
"""Exit status where a threshold is missed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return _suggest(options) if options.suggest else _run(options)
    except ResumeError as exc:
        print(f"error: {exc}".encode(errors="replace").decode(), file=sys.stderr)
        return exc.exit_status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        print("interrupted; no report was written", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        "python -m eval",
        "Scores the answers to golden questions and writes a report: JSON, JSON Lines, Markdown, HTML.",
        "exit status: 0 done, 1 a figure is below its threshold (eval/thresholds.toml), 2 wrong use",
    )
    parser.add_argument("--index", metavar="DIR", help="folder of the index (RESUME_INDEX)")
    parser.add_argument(
        "--cases", type=Path, metavar="FILE", help="these questions alone; else eval/cases.jsonl and corpus/cases.jsonl"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder of the report (out/eval in the checkout)")
    parser.add_argument("--split", choices=("dev", "test"), help="only these questions; test: never used for tuning")
    parser.add_argument("--compare", type=Path, metavar="OLD.json", help="what changed since an earlier report.json")
    parser.add_argument("--judge", metavar="MODEL", help="provider:model that also judges support and correctness")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="also write JUnit XML, for CI systems")
    parser.add_argument("--engines", metavar="A,B", help="extractive, provider:model, …: side by side (RESUME_LLM)")
    parser.add_argument("--suggest", action="store_true", help="propose cases from the index, as JSON Lines")
    return parser


def _run(options: argparse.Namespace) -> int:
    from eval import compare, html, junit, markdown, report, thresholds
    from eval.metrics.cost import OFFLINE
    from rag import settings, wiring

    first = settings.load(index=options.index)
    names = _names(options.engines) or [first.llm or OFFLINE]
    earlier = compare.read(options.compare) if options.compare else None
    bars = thresholds.load()
    judge = _judge(options.judge, first) if options.judge else None
    engines = {}
    for n in names:
        own = None if n != OFFLINE else ""  # offline, whatever server is set
        chosen = settings.load(index=options.index, llm=n if own is None else own, llm_base_url=own)
        engines[n] = wiring.assistant(chosen)
    files = _cases(options, first, engines[names[0]])
    out = options.out or settings.HOME / "out" / "eval"
    with _written(out):  # known before the questions are asked, not after
        out.mkdir(parents=True, exist_ok=True)
    reports = [_evaluated(name, engine, options, first, files, bars, judge) for name, engine in engines.items()]

    with _written(out):
        value = report.write(reports, out)
        compared = compare.section(compare.of(earlier, value)) if earlier is not None else ""
        (out / "report.md").write_text(markdown.page(value, compared), encoding="utf-8")
        (out / "report.html").write_text(html.page(value), encoding="utf-8")
    if options.junit:
        with _written(options.junit):
            options.junit.parent.mkdir(parents=True, exist_ok=True)
            options.junit.write_text(junit.xml(value), encoding="utf-8")
    if judge and judge.problem:
        print(f"the judge {options.judge} failed: {judge.problem}", file=sys.stderr)
    _show(value, compared, out)
    return _verdict(reports)


def _names(engines: str | None) -> list[str]:
    if engines is None:
        return []
    names = [name.strip() for name in engines.split(",")]
    if not all(names) or len(set(names)) < len(names):
        raise ResumeError(f"--engines {engines!r}: names are needed, each once, as in extractive,openai:gpt-4o-mini")
    return names


def _cases(options: argparse.Namespace, chosen: Settings, assistant: Assistant) -> list[CaseFile]:
    from eval import cases

    indexed = {row.path for row in assistant.snapshot().generation.manifest.sources}
    files, notes = cases.chosen(options.cases, chosen.corpus, indexed)
    if options.split and not any(c.split == options.split for file in files for c in file.cases):
        listed = ", ".join(str(file.path) for file in files)
        raise ResumeError(f"--split {options.split}: there is no such question in {listed}")
    for note in notes:
        print(note, file=sys.stderr)
    return files


def _evaluated(
    name: str,
    assistant: Assistant,
    options: argparse.Namespace,
    chosen: Settings,
    files: Sequence[CaseFile],
    bars: Thresholds,
    judge: Judge | None,
) -> Report:
    from eval.run import Bench, evaluated

    bench = Bench.of(assistant.snapshot().generation, chosen.corpus, assistant.clock())
    with _progress(name) as progress:
        return evaluated(name, assistant, bench, files, bars, options.split, judge, options.judge or "", progress)


def _judge(name: str, chosen: Settings) -> Judge:
    from eval.judge import Judge, model

    return Judge(model(name, chosen.llm_base_url), chosen.index / "judge.jsonl")


@contextlib.contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise ResumeError(f"{exc.filename or path} cannot be written: {exc.strerror}") from exc


@contextlib.contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], object]]:
    """A bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _show(value: Mapping[str, Any], compared: str, out: Path) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from eval import markdown

    console = Console() if sys.stdout.isatty() else Console(width=200)
    by_kind = ("right", "facts", "nDCG@5")  # what fits into 80 columns
    tables = [markdown.summary(value), *(markdown.kinds(run, by_kind) for run in markdown.runs(value))]
    for heads, rows in tables:
        table = Table(box=None, pad_edge=False)
        for head in heads:
            table.add_column(head, no_wrap=True)
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
        console.print()
    for run in markdown.runs(value):
        if judge := run["judge"]:
            console.print(f"judge {judge['model']}: Cohen's kappa {judge['kappa']}, {judge['not_judged']} not judged")
    if compared:
        console.print(markdown.unescaped(compared), markup=False, highlight=False)
    console.print(f"{out / 'report.html'}", markup=False, soft_wrap=True)
    sys.stdout.flush()


def _verdict(reports: Sequence[Report]) -> int:
    for report in reports:
        for bar in report.missed:
            side = "below" if bar.better == "higher" else "above"
            fix = "; run python -m ingest" if bar.metric == "freshness" else ""
            figure = f"{bar.metric} ({bar.of}) is {bar.value:.3f}, {side} {bar.bar}{fix}"
            print(f"{report.engine}: {figure}", file=sys.stderr)
    return BELOW if any(report.missed for report in reports) else 0


def _suggest(options: argparse.Namespace) -> int:
    from eval import suggest
    from rag import lexicon, profile, settings
    from rag.store import Store

    generation = Store(settings.load(index=options.index).index, "scan").current()
    words = lexicon.load(generation.extra("aliases.toml"))
    name = profile.parse(generation.extra("profile.toml")).display_name
    for case in suggest.cases(generation.documents, generation.passages, words, name):
        print(case.model_dump_json(exclude_defaults=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
