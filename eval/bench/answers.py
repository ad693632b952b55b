"""Answered with the required facts, refused, quoted: figures of the offline engine on every set of cases at hand.

python -m eval.bench.answers [--articles DIR] [--split dev|test] [--show] [--work DIR] [SET …]

Indexes each set's corpus into a temporary folder first. `--articles` is a folder of the articles that
`articles.jsonl` asks about; they are not ours to ship.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eval.cases import load
from eval.judgement import judge
from eval.schema import Verdict
from rag import onnx_embedder, settings, wiring
from rag.assistant import Assistant

HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Set:
    """A corpus and the questions asked of it."""

    name: str
    corpus: Path
    cases: Path


def sets(articles: Path | None) -> list[Set]:
    """The shipped corpus, the fictional people, and the articles where there are any."""
    found = [Set("shipped", settings.HOME / "corpus", HERE / "cases.jsonl")]
    found += [Set(p.name, p / "corpus", p / "cases.jsonl") for p in sorted((HERE / "people").iterdir()) if p.is_dir()]
    if articles:
        found.append(Set("articles", articles, HERE / "bench" / "articles.jsonl"))
    return found


def indexed(chosen: Set, folder: Path, adapter: Path = onnx_embedder.ADAPTER) -> Assistant:
    """An assistant over the set's corpus, indexed into `folder` by the real command; `adapter` reads its questions."""
    index, models = folder / chosen.name, folder / "models"
    if not models.exists() and (settings.HOME / ".index" / "models").exists():
        shutil.copytree(settings.HOME / ".index" / "models", models)
    if not (index / "models").exists():
        models.mkdir(parents=True, exist_ok=True)
        index.mkdir(exist_ok=True)
        (index / "models").symlink_to(models.resolve())  # or each set exports the model anew
    command = [sys.executable, "-m", "ingest", "--corpus", str(chosen.corpus), "--index", str(index)]
    done = subprocess.run(command, cwd=settings.HOME, check=False, stdout=subprocess.DEVNULL)
    if done.returncode not in {0, 3}:  # 3: some files are no documents, a LICENSE for instance
        raise SystemExit(done.returncode)
    return wiring.assistant(settings.load(environ={}, index=str(index)), adapter=adapter)


def verdicts(chosen: Set, assistant: Assistant, split: str | None) -> Iterator[tuple[Verdict, str]]:
    """Each case's verdict and the text of its answer."""
    texts = assistant.snapshot().generation.text
    for case in load(chosen.cases):
        if split in {None, case.split}:
            answer = assistant.ask(case.question, case.history, today=case.today)
            yield judge(case, answer, texts), answer.text


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.answers", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="*", metavar="SET", help="names of sets; all by default")
    parser.add_argument("--articles", type=Path, metavar="DIR")
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--show", action="store_true", help="also the cases that went wrong")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep the indexes here, for the next run")
    options = parser.parse_args()
    print(f"{'set':10}{'split':6}{'answered':>12}{'refused':>12}{'cited':>10}{'misquoted':>11}{'median ms':>11}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.work or Path(scratch)
        for chosen in sets(options.articles):
            if options.sets and chosen.name not in options.sets:
                continue
            rows = list(verdicts(chosen, indexed(chosen, folder), options.split))
            for split in sorted({v.case.split for v, _ in rows}):
                _print(chosen.name, split, [v for v, _ in rows if v.case.split == split])
            if options.show:
                for verdict, text in rows:
                    if not verdict.right:
                        _explain(verdict, text)


def _print(name: str, split: str, rows: list[Verdict]) -> None:
    yes = [v for v in rows if v.case.answerable]
    no = [v for v in rows if not v.case.answerable]
    times = sorted(v.total_ms for v in rows)
    print(
        f"{name:10}{split:6}{_share(yes):>12}{_share(no):>12}{f'{sum(v.cited for v in yes)}/{len(yes)}':>10}"
        f"{sum(v.misquoted for v in rows):>11}{times[len(times) // 2]:>11.1f}"
    )


def _share(rows: list[Verdict]) -> str:
    return f"{sum(v.right for v in rows)}/{len(rows)} {sum(v.right for v in rows) / len(rows):.0%}" if rows else "-"


def _explain(verdict: Verdict, text: str) -> None:
    case = verdict.case
    after = f" (after {case.history[-1][0]!r})" if case.history else ""
    print(
        f"\n  {case.id} {case.kind}: {case.question}{after}\n    expected {case.expected or 'a refusal'} {case.sources}"
    )
    print(f"    {verdict.decision}; missing {verdict.missing}; forbidden {verdict.stated}")
    print("    " + text[:500].replace("\n", "\n    "))


if __name__ == "__main__":
    main()
