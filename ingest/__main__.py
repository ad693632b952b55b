"""`python -m ingest`: makes the index equal to the folder of documents."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.command_line import Parser
from rag.errors import Refused, ResumeError

if TYPE_CHECKING:
    from ingest.plan import Progress
    from ingest.sync import Model, Report
    from rag.settings import Settings

NAMED = 10
"""Documents named in a row of the summary; the JSON names all."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except ResumeError as exc:
        print(f"error: {_printable(str(exc))}", file=sys.stderr)
        return exc.exit_status
    except KeyboardInterrupt:
        print("interrupted; the index is as it was", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains at its end
        return 141


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        "python -m ingest",
        "Make the index equal to the folder of documents.",
        "exit status: 0 done, 2 wrong use or nothing to index, 3 indexed but some files were refused, "
        "4 another ingest holds the index, 130 interrupted, 141 nobody read the output to its end",
    )
    parser.add_argument("--corpus", metavar="DIR", help="folder of documents (RESUME_CORPUS)")
    parser.add_argument("--index", metavar="DIR", help="folder of the index (RESUME_INDEX)")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--show", metavar="SOURCE", help="print a document's text exactly as citations index it")
    parser.add_argument("--rebuild", action="store_true", help="start from nothing, as another embedding model needs")
    return parser


def _run(options: argparse.Namespace) -> int:
    from rag import settings

    chosen = settings.load(corpus=options.corpus, index=options.index)
    if options.show is not None:
        sys.stdout.buffer.write(_text(chosen, options.show).encode())
        sys.stdout.buffer.flush()
        return 0
    report = _sync(chosen, options.dry_run, options.rebuild)
    for source, reason in report.refused:
        print(f"refused {_printable(source)}: {_printable(reason)}", file=sys.stderr)
    for source, line in report.unread:
        fix = "if it is a job, write it as `Title, Employer (2015 – 2017)`"
        print(f"warning {_printable(source)}: no role read in the dated line {line!r}; {fix}", file=sys.stderr)
    if options.json:
        import json
        from dataclasses import asdict

        print(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        _print_summary(report, options.dry_run)
    sys.stdout.flush()
    return Refused.exit_status if report.refused else 0


def _sync(chosen: Settings, dry_run: bool, rebuild: bool) -> Report:
    from ingest.sync import sync
    from rag import lexicon, profile

    parsers: dict[str, Callable[[str, str], object]] = {"profile.toml": profile.parse, "aliases.toml": lexicon.load}
    with _progress() as bar, _interruptible(bar) as progress:
        return sync(
            chosen.corpus,
            chosen.index,
            _model(chosen),
            dry_run=dry_run,
            rebuild=rebuild,
            progress=progress,
            check_extra=lambda name, text: parsers[name](text, str(chosen.corpus / name)),
        )


@contextlib.contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {what: bar.add_task(what, total=None, visible=False) for what in ("reading", "embedding", "writing")}
        yield lambda what, done, of: bar.update(tasks[what], completed=done, total=of, visible=True)


@contextlib.contextmanager
def _interruptible(progress: Progress) -> Iterator[Progress]:
    """Ctrl-C raises at once, and again at the next step: Python drops what is raised in a callback, as imports have."""
    pressed = False

    def interrupt(_signal: int, _frame: object) -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    def step(what: str, done: int, of: int) -> None:
        if pressed:
            raise KeyboardInterrupt
        progress(what, done, of)

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:  # ignored, or another program's own
        yield progress
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield step
    finally:
        signal.signal(signal.SIGINT, before)


def _print_summary(report: Report, dry_run: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows: list[tuple[str, int, Sequence[str]]] = [
        ("added", len(report.added), report.added),
        ("edited", len(report.edited), report.edited),
        ("renamed", len(report.renamed), [f"{old} → {new}" for old, new in report.renamed]),
        ("removed", len(report.removed), report.removed),
        ("unchanged", len(report.unchanged), ()),
        ("refused", len(report.refused), [source for source, _ in report.refused]),
        ("private", report.private, ()),
    ]
    title = "would be indexed" if dry_run else "indexed" if report.published else "nothing has changed"
    table = Table(title=title, title_justify="left")
    table.add_column("documents")
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for label, count, names in rows:
        shown = [_printable(name) for name in names[:NAMED]]
        if len(names) > NAMED:
            shown.append(f"… and {len(names) - NAMED} more")
        table.add_row(label, f"{count:,}", Text("\n".join(shown)))
    table.add_section()
    table.add_row("passages", f"{report.passages:,}", f"{report.embedded:,} texts embedded")
    table.add_row("seconds", f"{report.seconds:.1f}", "")
    Console().print(table)


def _text(chosen: Settings, source: str) -> str:
    from ingest import folder
    from ingest.plan import read
    from rag import generation as disk

    wanted = source.removeprefix("./")
    path = Path(source)
    if path.is_absolute() and path.is_relative_to(chosen.corpus):
        wanted = path.relative_to(chosen.corpus).as_posix()
    name = disk.current(chosen.index)
    held = disk.read(disk.folder_of(chosen.index, name)) if name else None
    rows = {row.path: row.sha256 for row in held.manifest.sources} if held else {}
    texts = {document.source: document.text for document in held.documents} if held else {}
    found = {file.source: file for file in folder.files(chosen.corpus)} if chosen.corpus.is_dir() else {}
    if wanted in found:
        file = found[wanted]
        try:
            return texts[wanted] if rows.get(wanted) == file.sha256() else read(file).text
        except Refused as exc:
            raise ResumeError(f"{source} is refused: {exc}") from exc
    if wanted in texts:
        return texts[wanted]
    raise ResumeError(
        f"no document {source!r} in {chosen.corpus} or in the index; --show takes a path below the corpus"
    )


def _model(chosen: Settings) -> Model:
    from ingest.sync import Model
    from rag import embed, onnx_embedder

    name = chosen.embedding_model
    shown = onnx_embedder.BUNDLED if name in {"", f"sentence-transformers/{onnx_embedder.BUNDLED}"} else name
    return Model(shown, embed.fingerprint(name), lambda: embed.load(name, chosen.index / "models", _say))


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _printable(name: str) -> str:
    """A file's name may hold a line break or a terminal's escape."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


if __name__ == "__main__":
    status = main()
    if status == 130:  # CPython overrides the status where Ctrl-C came inside an exec(), as in an import of dataclasses
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)
