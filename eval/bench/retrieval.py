"""Keywords alone, vectors alone and both, on every set at hand: nDCG@10 of the passages that hold the answer.

python -m eval.bench.retrieval [--data DIR] [--work DIR] [--folds DIR] [--fit]

`--data` is a folder with `articles/`, `squad2.jsonl` (SQuAD 2.0) and `clapnq.jsonl` (CLAPNQ); without it only our own
sets count. `--folds` is what `python -m eval.adapt --folds DIR` has kept: each corpus's questions are read as unseen
ones. `--fit` tries a grid of weights instead and prints the best: those of `rag/retrieve.py` come from it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval import folds
from eval.bench.answers import Set, indexed, sets
from eval.cases import load
from eval.judgement import holds
from rag import onnx_embedder
from rag.assistant import Assistant
from rag.embedder import Asked
from rag.retrieve import Weights, retrieve

DEPTH = 10
MARGIN = 0.01
"""How far above the better search alone a fitted hybrid must be on every set: most have few questions."""
MODES = {
    "keywords": Weights(sentence=0.0, interaction=0.0, keyword=1.0),
    "passage vectors": Weights(sentence=0.0, interaction=0.0, keyword=0.0),
    "+ sentence vectors": Weights(interaction=0.0, keyword=0.0),
    "+ late interaction": Weights(keyword=0.0),
    "hybrid": Weights(),
}


@dataclass(frozen=True)
class Query:
    """A question, embedded, and the ids of the passages that answer it."""

    text: str
    asked: Asked
    relevant: frozenset[str]


def ndcg(ranked: Sequence[str], relevant: frozenset[str], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain (Järvelin & Kekäläinen) with gain 1 for every relevant passage."""
    gained = sum(1 / math.log2(i + 2) for i, id in enumerate(ranked[:depth]) if id in relevant)
    return gained / sum(1 / math.log2(i + 2) for i in range(min(depth, len(relevant))))


def main() -> None:
    """Prints a row a set."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.retrieval", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, metavar="DIR")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep the indexes here, for the next run")
    parser.add_argument("--folds", type=Path, metavar="DIR", help="adapters of eval.adapt --folds")
    parser.add_argument("--fit", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.work or Path(scratch)
        groups = {
            name: list(rows)
            for name, rows in itertools.groupby(_asked(options.data, folder, options.folds), lambda r: r[0])
        }
        if options.fit:
            _fit(groups)
            return
        print(f"{'nDCG@10':14}{'n':>6}" + "".join(f"{mode:>20}" for mode in MODES))
        for name, rows in groups.items():
            scores = [_mean(rows, weights) for weights in MODES.values()]
            count = sum(len(queries) for _, _, queries in rows)
            print(f"{name:14}{count:>6}" + "".join(f"{s:>20.3f}" for s in scores))


def _asked(data: Path | None, folder: Path, adapters: Path | None) -> Iterator[tuple[str, Assistant, list[Query]]]:
    for chosen in sets(data / "articles" if data else None):
        reader = folds.unseen(chosen.name, adapters) if adapters else onnx_embedder.ADAPTER
        assistant = indexed(chosen, folder, reader)
        cases = [c for c in load(chosen.cases) if c.answerable and not c.history and c.split == "dev"]
        for name, kinds in ((chosen.name, False), (f"{chosen.name} para", True)):
            queries = [
                _query(assistant, c.question, [a for fact in c.expected for a in fact], c.sources)
                for c in cases
                if not kinds or c.kind == "paraphrase"
            ]
            if found := [q for q in queries if q.relevant]:
                yield name, assistant, found
    if data:
        for name in ("squad2", "clapnq"):
            for assistant, rows in _foreign(name, data / f"{name}.jsonl", folder):
                yield name, assistant, rows


def _query(assistant: Assistant, question: str, held: Sequence[str], sources: Sequence[str]) -> Query:
    now = assistant.snapshot()
    found = assistant.examine(question, (), now)
    relevant = frozenset(
        p.id
        for p in now.generation.passages
        if any(p.source == s or p.source.endswith("/" + s) for s in sources) and any(holds(p.embedded, a) for a in held)
    )
    return Query(found.question.asked, found.embedded, relevant)


def _foreign(name: str, file: Path, folder: Path) -> Iterator[tuple[Assistant, list[Query]]]:
    """One corpus for each article of SQuAD, one for all of CLAPNQ; every context a file of its own."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        groups[row["title"] if "context" in row else "all"].append(row)
    for group, rows in groups.items():
        corpus = folder / f"{name}-corpus" / "".join(c if c.isalnum() else "_" for c in group)
        corpus.mkdir(parents=True, exist_ok=True)
        files: dict[str, str] = {}
        for row in rows:
            text = row.get("context") or row["text"]
            if text not in files:
                files[text] = f"{len(files):04}.md"
                body = f"---\ntitle: {json.dumps(row['title'].replace('_', ' '))}\n---\n\n{text}\n"
                (corpus / files[text]).write_text(body, encoding="utf-8")
        assistant = indexed(Set(f"{name}-{corpus.name}", corpus, file), folder)
        queries = []
        for row in rows[:: 4 if name == "squad2" else 1]:
            if row["answerable"]:
                source = files[row.get("context") or row["text"]]
                now = assistant.snapshot()
                ids = frozenset(p.id for p in now.generation.passages if p.source == source)
                found = assistant.examine(row["question"], (), now)
                queries.append(Query(found.question.asked, found.embedded, ids))
        yield assistant, queries


def _mean(rows: Sequence[tuple[str, Assistant, list[Query]]], weights: Weights) -> float:
    scores = [
        ndcg([h.passage.id for h in retrieve(q.text, q.asked, a.snapshot().generation, DEPTH, (), weights)], q.relevant)
        for _, a, queries in rows
        for q in queries
    ]
    return sum(scores) / len(scores)


def _fit(groups: dict[str, list[tuple[str, Assistant, list[Query]]]]) -> None:
    """The grid: those first that are above the better search alone on every set, by the mean over the sets."""
    grid = itertools.product((0.0, 0.2, 0.4, 0.6), (0.0, 0.3, 0.5, 0.7, 0.85), (0.0, 0.05, 0.1, 0.2))
    scored = {w: [_mean(rows, w) for rows in groups.values()] for w in itertools.starmap(Weights, grid)}
    alone = [max(_mean(rows, MODES[m]) for m in ("keywords", "passage vectors")) for rows in groups.values()]

    def least(weights: Weights) -> float:
        return min(s - a for s, a in zip(scored[weights], alone, strict=True))

    order = sorted(scored, key=lambda w: (least(w) < MARGIN, -sum(scored[w])))
    print("  ".join(groups))
    for w in order[:8]:
        print(
            f"sentence {w.sentence:.2f} interaction {w.interaction:.2f} keyword {w.keyword:.2f}: "
            f"mean {sum(scored[w]) / len(alone):.4f}, "
            f"least over the better alone {least(w):+.3f}"
        )


if __name__ == "__main__":
    main()
