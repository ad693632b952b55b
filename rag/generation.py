"""A generation on disk: what it holds, how it is read and published. No search; that is `store.py`.

.index/CURRENT                   one line: the name of the generation that answers
.index/generations/<name>/
    manifest.json                `Manifest`; written last
    documents.jsonl              `StoredDocument`s, in order of source
    passages.jsonl               `Passage`s, in order of source, then start
    extras.json                  the owner's `profile.toml` and `aliases.toml`: name → text
    passages.npy sentences.npy   float32 (n, d) and (m, d), of length one: of each passage and each unit
    tokens.npy lengths.npy       int8 (t, w) and int32 (m,): each unit's tokens for late interaction, and how many
    vectors/ keywords/           Chroma's and bm25s's own files, made from the above
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.embedder import TOKEN_WIDTH
from rag.errors import ResumeError
from rag.schema import Passage, Role, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Tokens = NDArray[np.int8]

FORMAT = 3
"""Raised when a generation's files, or what is embedded of a passage (`rag/schema.py`), change their meaning; an index
of another format is built anew by the next ingest."""


class IndexDamaged(ResumeError):
    """An index that this program cannot read; the next ingest builds it anew."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A document of the corpus, as the manifest lists it."""

    path: str
    sha256: str
    """Of the file's bytes."""
    kind: str
    title: str
    passages: int
    unread: tuple[str, ...] = ()
    """Dated lines among its positions that could not be read as one."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A file that could not be read, and why."""

    path: str
    reason: str
    sha256: str = ""
    """Of its bytes, which need not be read again while they are the same; empty where they may be read otherwise."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was built from and with."""

    model: str
    fingerprint: str
    dimensions: int
    chunker: str
    keywords: str
    """Version of the keyword tokenizer."""
    created: str
    """UTC, ISO 8601."""
    previous: str
    """The generation that answered before this one, empty for the first; it is kept until the next publish."""
    sources: tuple[SourceRow, ...]
    refused: tuple[RefusedRow, ...]
    format: int = FORMAT
    glossary: str = ""
    """Version of what is said beside the units where they are embedded (`rag/glossary.py`)."""

    def check_model(self, name: str, fingerprint: str) -> None:
        """Raise ResumeError when questions embedded with this model cannot be compared with the index's vectors."""
        if fingerprint == self.fingerprint:
            return
        other = f"{name} ({fingerprint[:8]})" if name == self.model else name
        built = f"{self.model} ({self.fingerprint[:8]})" if name == self.model else self.model
        raise ResumeError(
            f"the index was built with embedding model {built}, not with {other}; "
            f"run python -m ingest --rebuild, or set RESUME_EMBEDDING_MODEL back"
        )


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document's text and what its file says about it; citations are offsets into `text`."""

    source: str
    kind: str
    title: str
    text: str
    date: str = ""
    url: str = ""
    employer: str = ""
    full_text: bool = True
    """False: a summary of something published elsewhere."""
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a generation is made of."""

    manifest: Manifest
    documents: tuple[StoredDocument, ...]
    passages: tuple[Passage, ...]
    extras: dict[str, str]
    """Files of the corpus that are no documents (`profile.toml`), name → text: an answer reads one generation only."""
    vectors: Vectors
    """(n, d): row i embeds `passages[i].embedded`."""
    sentences: Vectors
    """(m, d): a row for each unit of each passage, in order."""
    tokens: Tokens
    """(t, w): the tokens of all units, in order."""
    lengths: NDArray[np.int32]
    """(m,): how many of them are a unit's."""


def current(index: Path) -> str | None:
    """The name of the generation that answers, None where there is no index."""
    try:
        name = (index / "CURRENT").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as exc:
        raise IndexDamaged(f"{index / 'CURRENT'} cannot be read ({exc}); run python -m ingest") from exc
    if not name or Path(name).name != name:
        raise IndexDamaged(f"{index / 'CURRENT'} names no generation ({name!r}); run python -m ingest")
    return name


def folder_of(index: Path, name: str) -> Path:
    """Where a generation lies."""
    return index / "generations" / name


def read(folder: Path) -> Contents:
    """A generation's contents, vectors memory-mapped: they outlive the files' deletion.

    Raises IndexDamaged for one that is incomplete or of another format.
    """
    import numpy as np

    try:
        manifest = read_manifest(folder)
        documents = tuple(_document(row) for row in _lines(folder / "documents.jsonl"))
        passages = tuple(_passage(row) for row in _lines(folder / "passages.jsonl"))
        extras = json.loads((folder / "extras.json").read_text(encoding="utf-8"))
        vectors = np.asarray(np.load(folder / "passages.npy", mmap_mode="r" if passages else None))
        units = sum(len(p.sentences) for p in passages)
        sentences = np.asarray(np.load(folder / "sentences.npy", mmap_mode="r" if units else None))
        lengths = np.load(folder / "lengths.npy")
        tokens = np.asarray(np.load(folder / "tokens.npy", mmap_mode="r" if lengths.sum() else None))
    except (OSError, EOFError, ValueError, TypeError, KeyError) as exc:  # EOFError: an empty array file
        raise _damaged(folder, str(exc) or type(exc).__name__) from exc
    if [row.path for row in manifest.sources] != [d.source for d in documents]:
        raise _damaged(folder, "documents.jsonl is incomplete")
    if sum(row.passages for row in manifest.sources) != len(passages):
        raise _damaged(folder, "passages.jsonl is incomplete")
    for name, vs, n in (("passages.npy", vectors, len(passages)), ("sentences.npy", sentences, units)):
        if vs.shape != (n, manifest.dimensions) or vs.dtype != np.float32:
            raise _damaged(folder, f"{name} holds {vs.shape} of {vs.dtype}, not {(n, manifest.dimensions)} of float32")
    counted = lengths.shape == (units,) and lengths.dtype == np.int32 and not (lengths < 0).any()
    if not counted or tokens.shape != (lengths.sum(), TOKEN_WIDTH) or tokens.dtype != np.int8:
        raise _damaged(folder, f"tokens.npy holds {tokens.shape} of {tokens.dtype} for {lengths.sum()} tokens")
    return Contents(manifest, documents, passages, extras, vectors, sentences, tokens, lengths)


def read_manifest(folder: Path) -> Manifest:
    """The manifest alone. Raises IndexDamaged as `read` does."""
    try:
        body = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if body["format"] != FORMAT:
            raise IndexDamaged(
                f"{folder} has index format {body['format']}, this program reads {FORMAT}; run python -m ingest"
            )
        body["sources"] = tuple(SourceRow(**{**row, "unread": tuple(row.get("unread", ()))}) for row in body["sources"])
        body["refused"] = tuple(RefusedRow(**row) for row in body["refused"])
        return Manifest(**body)
    except (OSError, ValueError, TypeError, KeyError) as exc:
        raise _damaged(folder, str(exc) or type(exc).__name__) from exc


def read_extra(folder: Path, name: str) -> str:
    """One of the owner's files that are no documents, without reading the rest; empty where there is none."""
    try:
        extras = json.loads((folder / "extras.json").read_text(encoding="utf-8"))
        return str(extras.get(name, ""))
    except (OSError, ValueError, AttributeError) as exc:
        raise _damaged(folder, str(exc) or type(exc).__name__) from exc


def write_contents(folder: Path, contents: Contents) -> None:
    """Everything but the manifest and the two search indexes."""
    import numpy as np

    _write_lines(folder / "documents.jsonl", (asdict(d) for d in contents.documents))
    _write_lines(folder / "passages.jsonl", (_row(p) for p in contents.passages))
    (folder / "extras.json").write_text(json.dumps(contents.extras), encoding="utf-8")
    np.save(folder / "passages.npy", contents.vectors)
    np.save(folder / "sentences.npy", contents.sentences)
    np.save(folder / "tokens.npy", contents.tokens)
    np.save(folder / "lengths.npy", contents.lengths)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """The last file of a generation."""
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")


def publish(index: Path, name: str) -> None:
    """Make a complete generation the one that answers; it survives a power cut from here on."""
    folder = folder_of(index, name)
    for parent, _, files in os.walk(folder, topdown=False):
        for file in files:
            _fsync(Path(parent, file))
        _fsync(Path(parent))
    _fsync(folder.parent)
    pointer = index / "CURRENT.new"
    pointer.write_text(name + "\n", encoding="utf-8")
    _fsync(pointer)
    os.replace(pointer, index / "CURRENT")
    _fsync(index)


def tidy(index: Path) -> None:
    """Remove what no reader needs: all but the current generation and the one before. Hold the lock."""
    with contextlib.suppress(OSError):
        (index / "CURRENT.new").unlink(missing_ok=True)
    try:
        name = current(index)
        keep = {name, read_manifest(folder_of(index, name)).previous} if name else set()
    except IndexDamaged:
        return
    with contextlib.suppress(OSError):
        for folder in (index / "generations").iterdir():
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)


def _damaged(folder: Path, why: str) -> IndexDamaged:
    return IndexDamaged(f"the index in {folder} is damaged ({why}); run python -m ingest")


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _write_lines(path: Path, rows: Iterable[object]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, separators=(",", ":")) + "\n")


def _row(passage: Passage) -> dict[str, object]:
    row = {name: getattr(passage, name) for name in Passage.__dataclass_fields__}
    row["sentences"] = [[s.start, s.end] for s in passage.sentences]
    row["role"] = passage.role and asdict(passage.role)
    return row


def _passage(row: dict[str, Any]) -> Passage:
    row["heading"] = tuple(row["heading"])
    row["sentences"] = tuple(Span(start, end) for start, end in row["sentences"])
    row["role"] = _role(row["role"])
    return Passage(**row)


def _document(row: dict[str, Any]) -> StoredDocument:
    row["role"] = _role(row["role"])
    return StoredDocument(**row)


def _role(row: dict[str, Any] | None) -> Role | None:
    return Role(**row | {"stated": Span(**row["stated"])}) if row else None
