"""Make the index equal the folder; what has not changed is neither read nor embedded again."""

from __future__ import annotations

import datetime as dt
import errno
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import chunk, folder, lock
from ingest.plan import Plan, Progress, planned
from rag import generation as disk
from rag import glossary, terms
from rag.errors import ResumeError
from rag.generation import Contents, IndexDamaged, Manifest
from rag.schema import Passage

if TYPE_CHECKING:
    from rag.embedder import Embedder
    from rag.generation import Tokens, Vectors


@dataclass(frozen=True, slots=True)
class Model:
    """An embedding model, loaded only if something is to be embedded."""

    name: str
    fingerprint: str
    load: Callable[[], Embedder]


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did, or would do."""

    added: tuple[str, ...]
    edited: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    """Old and new source of a file whose bytes stayed the same."""
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    """Source and reason."""
    unread: tuple[tuple[str, str], ...]
    """Source and a dated line among its positions that could not be read as one; such a position counts for nothing."""
    private: int
    """How many documents were left out as private; a log names none of them."""
    passages: int
    """In the index, afterwards."""
    embedded: int
    """Texts given to the embedding model: passages and sentences that the index did not hold."""
    seconds: float
    published: bool
    """False where the index was equal to the folder already, and for a dry run."""


def sync(
    corpus: Path,
    index: Path,
    model: Model,
    *,
    dry_run: bool = False,
    rebuild: bool = False,
    progress: Progress | None = None,
    check_extra: Callable[[str, str], object] | None = None,
) -> Report:
    """Publish a generation equal to one built from nothing, unless the current one is. `dry_run` writes nothing.

    `rebuild` uses nothing of the current generation. `check_extra` is given name and text of the corpus's `.toml` files
    and may raise. Raises ResumeError (the index stays as it was): a corpus that is missing, empty or refused as a
    whole, an index of another embedding model, a disk that cannot be written; IndexLocked.
    """
    started = time.perf_counter()
    say = progress or (lambda _what, _done, _of: None)
    folder.keeps_apart(corpus, index)
    files = folder.files(corpus)
    extras = folder.extras(corpus)
    for name, text in extras.items():
        if check_extra:
            check_extra(name, text)
    try:
        held: AbstractContextManager[None] = nullcontext() if dry_run else lock.held(index)
        with held:
            if not dry_run:
                disk.tidy(index)
            former = None if rebuild else _former(index)
            if former and former.manifest.sources:
                former.manifest.check_model(model.name, model.fingerprint)
            plan = planned(files, extras, former, say)
            changed = former is None or not _equal(former, plan, model)
            known = _known(former, model) if changed else _Known({}, {})
            missing = _missing(plan.passages, known) if changed else ([], [])
            if changed and not dry_run:
                _publish(index, plan, model, known, missing, say)
                disk.tidy(index)
    except OSError as exc:
        raise ResumeError(_unwritable(index, exc)) from exc
    return _report(former, plan, sum(map(len, missing)), time.perf_counter() - started, changed and not dry_run)


def _former(index: Path) -> Contents | None:
    """The index as it is; None where there is none, or none that this program can read: it is built anew."""
    try:
        name = disk.current(index)
        return disk.read(disk.folder_of(index, name)) if name else None
    except IndexDamaged:
        return None


def _texts(passages: Sequence[Passage]) -> tuple[list[str], list[str]]:
    """What is embedded: passages and their units, both under their context; units with what is what."""
    units = [
        glossary.glossed(text, p.quote(span))
        for p in passages
        for text, span in zip(p.embedded_sentences, p.sentences, strict=True)
    ]
    return [p.embedded for p in passages], units


@dataclass(slots=True)
class _Known:
    """What is embedded already."""

    passages: dict[str, Vectors]
    units: dict[str, tuple[Vectors, Tokens]]
    """Text → its vector; a unit's also its tokens."""


def _known(former: Contents | None, model: Model) -> _Known:
    """From the former generation."""
    import numpy as np

    if former is None or not _embedded_alike(former.manifest, model):
        return _Known({}, {})
    whole, units = _texts(former.passages)
    tokens = np.split(former.tokens, np.cumsum(former.lengths)[:-1]) if units else []
    return _Known(
        dict(zip(whole, former.vectors, strict=True)),
        dict(zip(units, zip(former.sentences, tokens, strict=True), strict=True)),
    )


def _missing(passages: Sequence[Passage], known: _Known) -> tuple[list[str], list[str]]:
    """Passages and units that are to be embedded; a passage that is one unit is embedded as that."""
    whole, units = _texts(passages)
    own = dict.fromkeys(units)
    return (
        [t for t in dict.fromkeys(whole) if t not in known.passages and t not in own],
        [t for t in own if t not in known.units],
    )


def _embedded_alike(there: Manifest, model: Model) -> bool:
    return (there.fingerprint, there.glossary) == (model.fingerprint, glossary.version())


def _equal(former: Contents, plan: Plan, model: Model) -> bool:
    there = former.manifest
    return (
        there.sources == plan.rows
        and there.refused == plan.refused
        and former.passages == plan.passages
        and former.documents == plan.documents
        and former.extras == plan.extras
        and _embedded_alike(there, model)
        and (there.chunker, there.keywords) == (chunk.VERSION, terms.VERSION)
    )


def _publish(
    index: Path, plan: Plan, model: Model, known: _Known, missing: tuple[list[str], list[str]], say: Progress
) -> None:
    import numpy as np

    from rag import store
    from rag.embedder import TOKEN_WIDTH

    if any(missing):
        done, of = 0, sum(map(len, missing))

        def more(n: int) -> None:
            nonlocal done
            done += n
            say("embedding", done, of)

        say("embedding", 0, of)
        embedder, (whole, units) = model.load(), missing
        known.passages |= zip(whole, embedder.encode(whole, more), strict=True)
        known.units |= zip(units, zip(*embedder.encode_tokens(units, more), strict=True), strict=True)
    say("writing", 0, 1)
    whole, units = _texts(plan.passages)
    of_passages = [known.units[text][0] if text in known.units else known.passages[text] for text in whole]
    dimensions = len(of_passages[0]) if of_passages else 0

    def rows(vectors: Sequence[Vectors]) -> Vectors:
        return np.array(vectors, dtype=np.float32).reshape(len(vectors), dimensions)

    of_units = [known.units[text] for text in units]
    tokens = [each for _, each in of_units]

    now = dt.datetime.now(dt.UTC)
    manifest = Manifest(
        model=model.name,
        fingerprint=model.fingerprint,
        dimensions=dimensions,
        chunker=chunk.VERSION,
        keywords=terms.VERSION,
        created=now.isoformat(timespec="seconds"),
        previous=_current(index),
        sources=plan.rows,
        refused=plan.refused,
        glossary=glossary.version(),
    )
    name = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    path = disk.folder_of(index, name)
    try:
        contents = Contents(
            manifest,
            plan.documents,
            plan.passages,
            dict(plan.extras),
            rows(of_passages),
            rows([vector for vector, _ in of_units]),
            np.concatenate(tokens) if tokens else np.empty((0, TOKEN_WIDTH), dtype=np.int8),
            np.array([len(each) for each in tokens], dtype=np.int32),
        )
        store.write(path, contents)
        disk.publish(index, name)
    except BaseException:
        if _current(index) != name:
            shutil.rmtree(path, ignore_errors=True)
        raise
    say("writing", 1, 1)


def _current(index: Path) -> str:
    try:
        return disk.current(index) or ""
    except IndexDamaged:
        return ""


def _unwritable(index: Path, exc: OSError) -> str:
    full = exc.errno in {errno.ENOSPC, errno.EDQUOT}
    why = "the disk is full" if full else exc.strerror or str(exc)
    fix = "free some space" if full else "make it writable"
    return f"the index in {index} could not be written ({why}) and stays as it was; {fix}, or choose another --index"


def _report(former: Contents | None, plan: Plan, embedded: int, seconds: float, published: bool) -> Report:
    before = {row.path: row.sha256 for row in former.manifest.sources} if former else {}
    after = {row.path: row.sha256 for row in plan.rows}
    added = [path for path in after if path not in before]
    removed = [path for path in before if path not in after]
    renamed = list(_renamed(removed, added, before, after))
    return Report(
        added=tuple(path for path in added if path not in {new for _, new in renamed}),
        edited=tuple(path for path in after if path in before and before[path] != after[path]),
        renamed=tuple(renamed),
        removed=tuple(path for path in removed if path not in {old for old, _ in renamed}),
        unchanged=tuple(path for path in after if before.get(path) == after[path]),
        refused=tuple((row.path, row.reason) for row in plan.refused),
        unread=tuple((row.path, line) for row in plan.rows for line in row.unread),
        private=plan.private,
        passages=len(plan.passages),
        embedded=embedded,
        seconds=round(seconds, 3),
        published=published,
    )


def _renamed(
    removed: Sequence[str], added: Sequence[str], before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Pairs of a source gone and a source come with the same bytes, each in one pair."""
    left = list(added)
    for old in removed:
        for new in left:
            if before[old] == after[new]:
                left.remove(new)
                yield old, new
                break
