"""Real `kill -9` of real ingests, at moments spread over the whole run."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hashed import HashEmbedder

from ingest.sync import Model, sync
from rag import generation as disk
from rag.embedder import Embedder
from rag.store import Store

HOME = Path(__file__).parent.parent
KILLS = 40
DOCUMENTS = 6
SERVER = """
import os, sys
from pathlib import Path
import chromadb, bm25s
from hashed import HashEmbedder
from ingest.sync import Model, sync
corpus, index = map(Path, sys.argv[1:])
while sys.stdin.readline():
    child = os.fork()
    if child == 0:
        sync(corpus, index, HashEmbedder().model())
        os._exit(0)
    print(child, flush=True)
    sys.stdin.readline()  # until then the child is a zombie at least, and its number its own
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Ingests:
    """Starts ingests that have imported everything already, so that a kill falls into their work."""

    def __init__(self, corpus: Path, index: Path) -> None:
        environment = os.environ | {"PYTHONPATH": f"{HOME}{os.pathsep}{HOME / 'tests'}"}
        command = [sys.executable, "-c", SERVER, str(corpus), str(index)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def run(self, kill_after: float | None = None) -> int:
        """Its exit status: 0, or -9 where it was killed in time."""
        assert self._process.stdin
        assert self._process.stdout
        print(file=self._process.stdin, flush=True)
        child = int(self._process.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(child, signal.SIGKILL)
        print(file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_edition(tmp_path / "corpus", 0)
    return tmp_path / "corpus"


@pytest.fixture
def ingests(corpus: Path, tmp_path: Path) -> Iterator[Ingests]:
    started = Ingests(corpus, tmp_path / "index")
    yield started
    started.close()


def write_edition(corpus: Path, edition: int) -> None:
    corpus.mkdir(exist_ok=True)
    for i in range(DOCUMENTS):
        (corpus / f"{i}.md").write_text(f"# Document {i}\n\nIn edition{edition} they did deed{i}.\n" + "Words. " * 50)


def edition_of(index: Path) -> int:
    """The one edition that everything in the index is of: texts, passages, vectors, sentences, keywords."""
    generation = Store(index).current()
    assert len(generation.documents) == DOCUMENTS
    found = {word for d in generation.documents for word in d.text.split() if word.startswith("edition")}
    assert len(found) == 1
    word = found.pop()
    for position, passage in enumerate(generation.passages):
        vector = HashEmbedder().encode_query(passage.embedded)
        positions, cosines = generation.nearest(vector, 3)
        assert position in positions
        assert cosines[0] == pytest.approx(1, abs=1e-5)
    assert generation.searched_by == "chroma"
    assert generation.document_frequency(word) >= DOCUMENTS
    unit = next(text for p in generation.passages for text in p.embedded_sentences if word in text)
    assert generation.sentence_cosines(HashEmbedder().encode_query(unit)).max() == pytest.approx(1, abs=1e-5)
    return int(word.removeprefix("edition"))


def assert_tidy(index: Path) -> None:
    current = disk.current(index)
    assert current
    kept = {current, disk.read_manifest(disk.folder_of(index, current)).previous} - {""}
    assert {p.name for p in (index / "generations").iterdir()} == kept
    assert {p.name for p in index.iterdir()} == {"CURRENT", "generations", "lock"}


@pytest.mark.slow
def test_killed_at_any_moment(corpus: Path, tmp_path: Path, ingests: Ingests) -> None:
    index = tmp_path / "index"
    random.seed(3)
    seconds = []
    for edition in (1, 2, 3):
        write_edition(corpus, edition)
        started = time.perf_counter()
        assert ingests.run() == 0
        seconds.append(time.perf_counter() - started)
    duration = sorted(seconds)[1]
    old, kills, survived = 3, 0, {"old": 0, "new": 0}
    for i in range(3 * KILLS):
        if kills == KILLS:
            break
        new = old + 1
        write_edition(corpus, new)
        share = ((i % KILLS) + random.random()) / KILLS
        killed = ingests.run(kill_after=duration * share) == -signal.SIGKILL
        kills += killed
        answers = edition_of(index)
        assert answers in {old, new}
        if not killed:  # the machine is quicker, or slower, than when it was timed
            duration *= 0.95
        elif share > 0.9 and answers == old:
            duration *= 1.1
        survived["old" if answers == old else "new"] += 1
        report = sync(corpus, index, HashEmbedder().model())
        assert report.published == (answers == old)
        assert edition_of(index) == new
        assert_tidy(index)
        old = new
    assert kills == KILLS
    assert survived["old"] > 0


@pytest.mark.slow
def test_killed_during_the_first_ingest(corpus: Path, tmp_path: Path, ingests: Ingests) -> None:
    index = tmp_path / "index"
    for delay in (0.0, 0.02, 0.05, 0.1):
        ingests.run(kill_after=delay)
        if disk.current(index):
            assert edition_of(index) == 0
    sync(corpus, index, HashEmbedder().model())
    assert edition_of(index) == 0
    assert_tidy(index)


@pytest.mark.slow
def test_the_command_killed(corpus: Path, tmp_path: Path, cache: Path, embedder: Embedder) -> None:
    """The same with `python -m ingest` as the owner runs it, the bundled model included."""
    index = tmp_path / "index"
    index.mkdir()
    (index / "models").symlink_to(cache)
    command = [sys.executable, "-m", "ingest", "--corpus", str(corpus), "--index", str(index), "--json"]
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=HOME)
    duration = time.perf_counter() - started
    for edition, share in enumerate((0.5, 0.7, 0.85, 0.95), start=1):
        write_edition(corpus, edition)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=HOME)
        time.sleep(share * duration)
        process.kill()
        process.wait()
        texts = {d.source: d.text for d in Store(index).current().documents}
        whole = {path.name: path.read_text() for path in corpus.iterdir()}
        before = {name: text.replace(f"edition{edition} ", f"edition{edition - 1} ") for name, text in whole.items()}
        assert texts in (whole, before)
        sync(corpus, index, Model(embedder.name, embedder.fingerprint, lambda: embedder))  # what the command does
        assert {d.source: d.text for d in Store(index).current().documents} == whole
    subprocess.run(command, check=True, capture_output=True, cwd=HOME)
