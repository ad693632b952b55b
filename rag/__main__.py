"""`python -m rag "QUESTION"`: one answer on the terminal, a prompt, or a batch."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rag.command_line import Parser
from rag.errors import ResumeError

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.schema import Answer


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns its exit status."""
    options = _parser().parse_intermixed_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        return _run(options)
    except ResumeError as exc:
        print(f"error: {exc}".encode(errors="replace").decode(), file=sys.stderr)
        return exc.exit_status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as exc:
        print(f"error: the answer could not be written: {exc.strerror}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        "python -m rag",
        "Answers a question from the indexed documents.",
        "exit status: 0 done, 2 wrong use, bad setting or no index, 130 interrupted",
    )
    parser.add_argument(
        "words", nargs="*", metavar="QUESTION", help="in quotes or not; without it: a prompt, one question a line"
    )
    parser.add_argument(
        "--batch", metavar="FILE", help="JSON Lines of questions (- is standard input); answers as JSON Lines"
    )
    parser.add_argument("--index", metavar="DIR", help="folder of the index (RESUME_INDEX)")
    parser.add_argument("--top-k", type=int, metavar="N", help="passages given to the engine (RESUME_TOP_K, 8)")
    parser.add_argument(
        "--llm", metavar="MODEL", help="provider:model that writes the answer (RESUME_LLM); empty: offline"
    )
    parser.add_argument("--json", action="store_true", help="the answer as JSON")
    return parser


def _run(options: argparse.Namespace) -> int:
    question = " ".join(options.words) if options.words else None
    if options.batch is not None and question is not None:
        raise ResumeError("give either a question or --batch, not both")
    from rag import settings, wiring

    chosen = settings.load(
        index=options.index,
        top_k=options.top_k,
        llm=options.llm,
        llm_base_url="" if options.llm == "" else None,  # --llm "" asks for the offline engine
    )
    lines = _open(options.batch) if options.batch is not None else None
    assistant = wiring.assistant(chosen, once=question is not None)
    if lines is not None:
        with lines:
            for row in batch(assistant, lines):
                print(row, flush=True)
    elif question is not None:
        _show(assistant.ask(question), chosen.corpus, options.json)
    else:
        _prompt(assistant, chosen.corpus, options.json)
    return 0


def _open(name: str) -> TextIO:
    if name == "-":
        return sys.stdin
    try:
        return Path(name).open(encoding="utf-8", errors="surrogateescape")
    except OSError as exc:
        raise ResumeError(f"cannot read {name}: {exc.strerror}") from exc


def batch(assistant: Assistant, lines: TextIO) -> Iterator[str]:
    """A row of JSON for each line that is not blank; a line that cannot be read gives its error and the run goes on."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        row: Any = None
        try:
            row = json.loads(line)
            question, history = _row(row)
            named = row.get("id")
            _line({"id": named})
        except (ValueError, RecursionError) as exc:
            name = row.get("id") if isinstance(row, dict) else None
            try:
                yield _line({"id": name, "error": f"line {number}: {exc}"})
            except (ValueError, RecursionError):
                yield _line({"id": None, "error": f"line {number}: id: cannot be written as JSON"})
            continue
        yield _line(assistant.ask(question, history).to_json(named))


def _line(row: dict[str, Any]) -> str:
    text = json.dumps(row, ensure_ascii=False, allow_nan=False)
    text.encode()  # half a surrogate pair raises here, a ValueError
    return text


def _row(row: Any) -> tuple[str, list[tuple[str, str]]]:
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    question, history = row.get("question"), row.get("history") or []
    if not isinstance(question, str):
        raise ValueError("question: a string is needed")
    pairs = isinstance(history, list) and all(
        isinstance(turn, list) and len(turn) == 2 and all(isinstance(text, str) for text in turn) for turn in history
    )
    if not pairs:
        raise ValueError('history: a list of ["earlier question", "its answer"] is needed')
    for text in (question, *(t for turn in history for t in turn)):
        text.encode()  # a lone surrogate raises ValueError here and not where the answer is printed
    return question, [(turn[0], turn[1]) for turn in history]


def _prompt(assistant: Assistant, corpus: Path, as_json: bool) -> None:
    history: list[tuple[str, str]] = []
    interactive = sys.stdin.isatty()
    if interactive:
        import readline  # noqa: F401 (line editing for input())

        print("Ask about the documents; an empty line ends.")
    while True:
        try:
            question = input("\n? " if interactive else "")
        except EOFError:
            break
        if not question.strip():
            break
        answer = assistant.ask(question, history)
        _show(answer, corpus, as_json)
        history.append((answer.standalone_question, answer.text))


def _show(answer: Answer, corpus: Path, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer.to_json(), ensure_ascii=False, indent=2))
        return
    from rag.terminal import render

    print(render(answer, corpus, color=sys.stdout.isatty() and "NO_COLOR" not in os.environ))


if __name__ == "__main__":
    sys.exit(main())
