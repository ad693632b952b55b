"""The folder and the former index → the index that the folder asks for, all but its vectors."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ingest import chunk
from ingest.folder import File
from ingest.readers import READERS, read_document
from ingest.schema import Document
from rag.errors import Refused, ResumeError
from rag.generation import Contents, RefusedRow, SourceRow, StoredDocument
from rag.schema import Passage

Progress = Callable[[str, int, int], object]
"""Told what is being done (`reading`, `embedding`, `writing`), how much of it is done, and of how much."""


CHILDREN = min(os.cpu_count() or 1, 8)
"""Files that are read at a time; those that need a process of their own may take 2 GB each (`readers/sandbox.py`)."""

_Held = tuple[SourceRow, StoredDocument, tuple[Passage, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """In order of source, private documents left out."""

    rows: tuple[SourceRow, ...]
    documents: tuple[StoredDocument, ...]
    passages: tuple[Passage, ...]
    refused: tuple[RefusedRow, ...]
    extras: Mapping[str, str]
    private: int
    """How many documents were left out as private."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a file; a private one is neither held nor refused."""

    held: _Held | None = None
    refused: RefusedRow | None = None


def planned(files: Sequence[File], extras: Mapping[str, str], former: Contents | None, say: Progress) -> Plan:
    """Reads what is new or edited. Raises ResumeError where every file is refused."""
    known = former if former and former.manifest.chunker == chunk.VERSION else None
    held = _by_source(known) if known else {}
    refusals = {row.path: row for row in known.manifest.refused if row.sha256} if known else {}
    outcomes: list[_Outcome] = []
    say("reading", 0, len(files))
    with ThreadPoolExecutor(CHILDREN) as pool:
        try:
            for outcome in pool.map(lambda file: _looked_at(file, held, refusals), files):
                outcomes.append(outcome)
                say("reading", len(outcomes), len(files))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    kept = [outcome.held for outcome in outcomes if outcome.held]
    refused = tuple(outcome.refused for outcome in outcomes if outcome.refused)
    if len(refused) == len(files):
        each = "; ".join(f"{row.path}: {row.reason}" for row in refused)
        raise ResumeError(f"every file of the corpus was refused, the index stays as it was: {each}")
    return Plan(
        rows=tuple(row for row, _, _ in kept),
        documents=tuple(document for _, document, _ in kept),
        passages=tuple(passage for _, _, passages in kept for passage in passages),
        refused=refused,
        extras=extras,
        private=len(files) - len(kept) - len(refused),
    )


def _looked_at(file: File, held: Mapping[str, _Held], refusals: Mapping[str, RefusedRow]) -> _Outcome:
    """`held` and `refusals` of the former index spare the reading of a file whose bytes are the same."""
    sha256 = ""
    try:
        # Hashed before it is read: of a file that changes meanwhile, the next ingest sees that it did.
        sha256 = file.sha256() if file.path.suffix.casefold() in READERS else ""
        if file.source in held and held[file.source][0].sha256 == sha256:
            return _Outcome(held[file.source])
        if file.source in refusals and refusals[file.source].sha256 == sha256:
            return _Outcome(refused=refusals[file.source])
        document = read(file)
    except Refused as exc:
        return _Outcome(refused=RefusedRow(file.source, " ".join(str(exc).split()), sha256 if exc.lasting else ""))
    if document.private:
        return _Outcome()
    passages = chunk.chunk(document)
    row = SourceRow(file.source, sha256, document.kind, document.title, len(passages), document.unread)
    return _Outcome((row, _stored(document), passages))


def read(file: File) -> Document:
    """The document in a file; raises Refused."""
    if file.refusal:
        raise Refused(file.refusal)
    try:
        document = read_document(file.path, file.source, file.path.parents[file.source.count("/")])
        document.text.encode()
    except OSError as exc:
        raise Refused(f"cannot be read: {exc.strerror or exc}", lasting=False) from exc
    except UnicodeEncodeError as exc:
        raise Refused("its text holds half a surrogate pair, which is no character") from exc
    return document


def _stored(document: Document) -> StoredDocument:
    return StoredDocument(
        source=document.source,
        kind=document.kind,
        title=document.title,
        text=document.text,
        date=document.date,
        url=document.url,
        employer=document.employer,
        full_text=document.full_text,
        role=document.role,
    )


def _by_source(former: Contents) -> dict[str, _Held]:
    held = {}
    start = 0
    for row, document in zip(former.manifest.sources, former.documents, strict=True):
        held[row.path] = (row, document, former.passages[start : start + row.passages])
        start += row.passages
    return held
