"""The folder and the former index → the index that the folder asks for, all but its vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Plan:
    """In order of source, private documents left out."""

    rows: tuple[SourceRow, ...]
    documents: tuple[StoredDocument, ...]
    passages: tuple[Passage, ...]
    refused: tuple[RefusedRow, ...]
    extras: Mapping[str, str]


def planned(files: Sequence[File], extras: Mapping[str, str], former: Contents | None, say: Progress) -> Plan:
    """Reads what is new or edited. Raises ResumeError where every file is refused."""
    kept = _by_source(former) if former and former.manifest.chunker == chunk.VERSION else {}
    rows: list[SourceRow] = []
    documents: list[StoredDocument] = []
    passages: list[Passage] = []
    refused: list[RefusedRow] = []
    private = 0
    for i, file in enumerate(files):
        say("reading", i, len(files))
        try:
            # Hashed before it is read: of a file that changes meanwhile, the next ingest sees that it did.
            sha256 = file.sha256() if file.path.suffix.casefold() in READERS else ""
            if file.source in kept and kept[file.source][0].sha256 == sha256:
                row, stored, pieces = kept[file.source]
            else:
                document = read(file)
                if document.private:
                    private += 1
                    continue
                pieces = chunk.chunk(document)
                row = SourceRow(file.source, sha256, document.kind, document.title, len(pieces))
                stored = _stored(document)
        except Refused as exc:
            refused.append(RefusedRow(file.source, " ".join(str(exc).split())))
            continue
        rows.append(row)
        documents.append(stored)
        passages.extend(pieces)
    say("reading", len(files), len(files))
    if refused and not rows and not private:
        each = "; ".join(f"{row.path}: {row.reason}" for row in refused)
        raise ResumeError(f"every file of the corpus was refused, the index stays as it was: {each}")
    return Plan(tuple(rows), tuple(documents), tuple(passages), tuple(refused), extras)


def read(file: File) -> Document:
    """The document in a file; raises Refused."""
    if file.refusal:
        raise Refused(file.refusal)
    try:
        document = read_document(file.path, file.source, file.path.parents[file.source.count("/")])
        document.text.encode()
    except OSError as exc:
        raise Refused(f"cannot be read: {exc.strerror or exc}") from exc
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


def _by_source(former: Contents) -> dict[str, tuple[SourceRow, StoredDocument, tuple[Passage, ...]]]:
    held = {}
    start = 0
    for row, document in zip(former.manifest.sources, former.documents, strict=True):
        held[row.path] = (row, document, former.passages[start : start + row.passages])
        start += row.passages
    return held
