"""A generation to search: written, opened, asked. The only importer of chromadb and of bm25s.

Chroma proposes the nearest passages; their cosines come from the vectors beside it, so that scores are exact and ties
fall the same way every time. Chroma writes a row into its own file whenever it opens it. Where that fails (a full
disk, a read-only folder, a generation whose files were removed since) the vectors are scanned instead: the same
answer, and at this size as fast. So does a process that answers one question and ends: importing Chroma would take it
longer than all the rest.
"""

from __future__ import annotations

import errno
import logging
import shutil
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from rag import generation as disk
from rag.embedder import SCALE
from rag.errors import ResumeError
from rag.generation import Contents, IndexDamaged, Manifest, StoredDocument
from rag.schema import Passage
from rag.terms import terms

if TYPE_CHECKING:
    import bm25s
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

Vectors = NDArray[np.float32]
Positions = NDArray[np.int64]
SearchedBy = Literal["chroma", "scan"]

COLLECTION = "passages"
BATCH = 5_000
"""Rows of one `add`; Chroma refuses more than 5,461."""
HNSW = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 3_000,
    "max_neighbors": 32,
    "batch_size": 2,
    "sync_threshold": 2,  # all is in the graph's files when `add` returns, so that readers have nothing to write back
}
"""Chroma builds the graph on several threads, another one each time, so the search is made wide enough to be exact
in practice: of 200 questions over 10,000 vectors of real sentences, the 60 nearest were missed in part by 142 at
ef_search 256, by 14 at 1,000, by none at 3,000 (`tests/test_store.py` holds a smaller check)."""
ROOM = 2**20
"""Bytes free, below which a write of Chroma's that failed is put down to a full disk."""

_log = logging.getLogger(__name__)
_clients = threading.RLock()
"""Chroma counts its users of a path without a lock of its own."""


def write(folder: Path, contents: Contents) -> None:
    """Write a new generation and read it back; OSError and ResumeError leave an incomplete folder behind."""
    from chromadb.errors import ChromaError

    folder.mkdir(parents=True)
    disk.write_contents(folder, contents)
    _write_keywords(folder / "keywords", contents.passages)
    try:
        _write_vectors(folder / "vectors", contents)
        disk.write_manifest(folder, contents.manifest)
        _prove(folder)
    except ChromaError as exc:
        # Chroma seldom says why.
        full = shutil.disk_usage(folder).free < ROOM
        raise OSError(errno.ENOSPC if full else errno.EIO, f"Chroma: {exc}") from exc


def _write_keywords(folder: Path, passages: Sequence[Passage]) -> None:
    import bm25s

    index = bm25s.BM25()
    tokens = [terms(p.embedded) for p in passages]
    # bm25s cannot index an empty vocabulary.
    index.index(tokens if any(tokens) else [[""]], show_progress=False)
    index.save(folder, show_progress=False)


def _write_vectors(folder: Path, contents: Contents) -> None:
    client = _open_client(folder)
    try:
        collection = client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": HNSW})
        rows = list(_alike(contents.vectors))
        for i in range(0, len(rows), BATCH):
            some = rows[i : i + BATCH]
            collection.add(ids=[contents.passages[row].id for row in some], embeddings=contents.vectors[some])
    finally:
        _close_client(client)


def _alike(vectors: Vectors) -> dict[int, list[int]]:
    """The first row of each distinct vector, and all rows that are equal to it.

    Chroma is given each vector once: hundreds of equal ones (a page of the same words) cut its graph to pieces.
    """
    first: dict[bytes, int] = {}
    alike: dict[int, list[int]] = {}
    for row, vector in enumerate(vectors):
        alike.setdefault(first.setdefault(vector.tobytes(), row), []).append(row)
    return alike


def _prove(folder: Path) -> None:
    """Ask the written files for some of their own vectors: Chroma does not check that its own writes succeed."""
    generation = Generation(folder)
    n = len(generation.passages)
    for position in {0, n // 2, n - 1} if n else ():
        _, cosines = generation.nearest(generation.vectors[position], 1)
        if generation.searched_by != "chroma" or cosines[0] < 0.999:
            raise OSError(f"the vectors written to {folder} cannot be read back")
    if n and generation.count() != (distinct := len(_alike(generation.vectors))):
        raise OSError(f"Chroma holds {generation.count()} of {distinct} vectors in {folder}")


@dataclass(frozen=True, slots=True)
class _Chroma:
    client: ClientAPI
    collection: Collection


class Generation:
    """One generation, opened: immutable, and of use even after its files are removed. Safe to share among threads."""

    def __init__(self, folder: Path, searched_by: SearchedBy = "chroma") -> None:
        contents = disk.read(folder)
        self.name = folder.name
        self.manifest: Manifest = contents.manifest
        self.documents: tuple[StoredDocument, ...] = contents.documents
        self.passages: tuple[Passage, ...] = contents.passages
        self.vectors: Vectors = contents.vectors
        """(n, d), of length one, in the passages' order."""
        self._extras = contents.extras
        self._sentences = contents.sentences
        self._tokens = contents.tokens
        self._ends = np.concatenate([[0], np.cumsum(contents.lengths, dtype=np.int64)])
        self._keywords = _open_keywords(folder)
        self._folder = folder
        self._positions = {p.id: i for i, p in enumerate(self.passages)}
        self._by_source = {d.source: d for d in self.documents}
        counts = np.fromiter((len(p.sentences) for p in self.passages), dtype=np.int64, count=len(self.passages))
        self._bounds = np.concatenate([[0], np.cumsum(counts)])
        self._spoken = np.flatnonzero(counts)
        self._chroma: _Chroma | None = None
        self._alike: dict[int, list[int]] = {}
        self._opening = threading.Lock()
        self.searched_by: SearchedBy = searched_by
        """`chroma`; `scan` where that was asked for, or once Chroma's files turned out to be out of reach."""

    def nearest(self, vector: Vectors, n: int) -> tuple[Positions, Vectors]:
        """Positions and cosines of the `n` passages nearest to `vector` (d,), best first; fewer if there are fewer."""
        n = min(n, len(self.passages))
        if n <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        positions = self._propose(vector, n)
        cosines = self.cosines(vector, positions)
        order = np.lexsort((positions, -cosines))
        return positions[order][:n], cosines[order][:n]

    def _propose(self, vector: Vectors, n: int) -> Positions:
        if self.searched_by == "chroma":
            from chromadb.errors import ChromaError

            try:
                found = self.warm().collection.query(query_embeddings=np.atleast_2d(vector), n_results=n, include=[])[
                    "ids"
                ][0]
                return np.array([row for id in found for row in self._alike[self._positions[id]]], dtype=np.int64)
            except (ChromaError, OSError) as exc:
                _log.info("Chroma cannot open %s (%s); scanning the vectors instead", self._folder, exc)
                self.searched_by = "scan"
        every = self.vectors @ vector
        return np.argpartition(-every, n - 1)[:n].astype(np.int64)

    def warm(self) -> _Chroma:
        """Import and open Chroma now (0.4 s in a new process) and not at the first question."""
        with self._opening:
            if self._chroma is None:
                self._alike = _alike(self.vectors)
                client = _open_client(self._folder / "vectors")
                try:
                    self._chroma = _Chroma(client, client.get_collection(COLLECTION, embedding_function=None))
                except BaseException:
                    _close_client(client)
                    raise
                weakref.finalize(self, _close_client, client).atexit = False
            return self._chroma

    def count(self) -> int:
        """Vectors that Chroma holds."""
        return self.warm().collection.count()

    def cosines(self, vector: Vectors, positions: Sequence[int] | Positions) -> Vectors:
        """Cosine of `vector` to each of the passages at `positions`."""
        return np.asarray(self.vectors[np.asarray(positions, dtype=np.int64)] @ vector)

    def similar(self, position: int, others: Sequence[int] | Positions) -> float:
        """The largest cosine of one passage to some others; -1 for none."""
        return float(self.cosines(self.vectors[position], others).max(initial=-1.0))

    def units_of(self, position: int) -> slice:
        """Where the cosines of a passage's sentences stand in what `sentence_cosines` returns."""
        return slice(int(self._bounds[position]), int(self._bounds[position + 1]))

    def sentence_cosines(self, vector: Vectors) -> Vectors:
        """Cosine of `vector` to every sentence of every passage, (m,)."""
        if not len(self._sentences):
            return np.empty(0, np.float32)
        return np.asarray(self._sentences @ vector)

    def interactions(self, tokens: Vectors, positions: Sequence[int] | Positions) -> list[Vectors]:
        """Late interaction (MaxSim) of a question's tokens (q, w) with each sentence of some passages, (units,) each.

        Empty for a passage without tokens, and where the question has none.
        """
        found = [np.empty(0, np.float32)] * len(positions)
        ends = [self._ends[u.start : u.stop + 1] for u in (self.units_of(int(i)) for i in positions)]
        held = [n for n, own in enumerate(ends) if len(own) > 1 and np.all(own[1:] > own[:-1])]
        if not len(tokens) or not held:
            return found
        own = np.concatenate([self._tokens[ends[n][0] : ends[n][-1]] for n in held]).astype(np.float32)
        starts = np.cumsum([0, *(length for n in held for length in np.diff(ends[n]))])[:-1]
        each = np.maximum.reduceat(own @ (tokens.T / SCALE), starts).sum(axis=1)
        bounds = np.cumsum([len(ends[n]) - 1 for n in held])[:-1]
        for n, of_one in zip(held, np.split(each, bounds), strict=True):
            found[n] = of_one
        return found

    def best_sentences(self, units: Vectors) -> Vectors:
        """The largest of each passage's sentence cosines, (n,); -1 for a passage that has none."""
        best = np.full(len(self.passages), -1.0, dtype=np.float32)
        if len(self._spoken):
            best[self._spoken] = np.maximum.reduceat(units, self._bounds[self._spoken])
        return best

    def keyword_scores(self, tokens: Sequence[str]) -> Vectors:
        """BM25 of every passage for tokens made by `rag.terms.terms`, (n,); unknown ones count nothing."""
        ids = self._keywords.get_tokens_ids([t for t in tokens if t])
        if not ids or not self.passages:
            return np.zeros(len(self.passages), dtype=np.float32)
        return np.asarray(self._keywords.get_scores_from_ids(ids), dtype=np.float32)

    def document_frequency(self, token: str) -> int:
        """In how many passages a token made by `rag.terms.terms` occurs."""
        id = self._keywords.vocab_dict.get(token) if token else None
        if id is None:
            return 0
        bounds = self._keywords.scores["indptr"]
        return int(bounds[id + 1] - bounds[id])

    def document(self, source: str) -> StoredDocument:
        """The document with this source; KeyError for one that is not in the index."""
        return self._by_source[source]

    def text(self, source: str) -> str:
        """The text that citations of this source index."""
        return self.document(source).text

    def extra(self, name: str) -> str:
        """The text of a file of the corpus that is no document (`profile.toml`), empty where there is none."""
        return self._extras.get(name, "")


class Store:
    """An index folder. Take one Generation a question, and use it for all of that question."""

    def __init__(self, index: Path, searched_by: SearchedBy = "chroma") -> None:
        self._index = index
        self._searched_by = searched_by
        self._model = ("", "")
        self._generation: Generation | None = None
        self._opening = threading.Lock()

    def current(self) -> Generation:
        """What `CURRENT` names now, opened once (reading the name costs some 20 µs).

        Raises ResumeError where there is no index, where it is damaged, and where it was built with another embedding
        model than the one this store was made for.
        """
        held = self._generation
        if held is not None and disk.current(self._index) == held.name:
            return held
        with self._opening:
            for attempt in range(5):
                name = disk.current(self._index)
                if name is None:
                    raise ResumeError(f"there is no index in {self._index}; run python -m ingest --index {self._index}")
                if self._generation is not None and self._generation.name == name:
                    return self._generation
                try:
                    opened = Generation(disk.folder_of(self._index, name), self._searched_by)
                except IndexDamaged:
                    # Two publishes since the name was read remove what it named.
                    if attempt < 4 and disk.current(self._index) != name:
                        continue
                    raise
                if self._model[1]:
                    opened.manifest.check_model(*self._model)
                self._generation = opened
                return opened
        raise AssertionError("unreachable")

    def check_model(self, name: str, fingerprint: str) -> None:
        """Raise ResumeError unless the index was built with this embedding model; later generations are held to it."""
        self._model = (name, fingerprint)
        self.current().manifest.check_model(name, fingerprint)


def _open_keywords(folder: Path) -> bm25s.BM25:
    import bm25s

    try:
        return bm25s.BM25.load(folder / "keywords")
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise IndexDamaged(f"the index in {folder} is damaged (keywords: {exc}); run python -m ingest") from exc


def _open_client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    # Named one by one, and without `.env`: Chroma would take its own settings from the environment and from our file.
    settings = Settings(  # type: ignore[call-arg]  # pydantic-settings' own argument
        _env_file=None,
        anonymized_telemetry=False,
        chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
        allow_reset=False,
        migrations="apply",
    )
    with _clients:
        return chromadb.PersistentClient(str(folder), settings=settings)


def _close_client(client: Any) -> None:
    with _clients:
        client.close()
