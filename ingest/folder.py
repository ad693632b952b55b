"""The corpus folder → the files in it, and which of them are no documents."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.readers import LARGEST
from rag.errors import Refused, ResumeError

EXTRAS = ("aliases.toml", "profile.toml")
"""Files at the top of the folder that the index carries along without searching them."""
NO_DOCUMENTS = frozenset({*EXTRAS, "cases.jsonl"})


@dataclass(frozen=True, slots=True)
class File:
    """A file of the corpus."""

    source: str
    """Path below the corpus folder, with `/`."""
    path: Path
    refusal: str = ""
    """Not empty: it is not to be opened at all, and why."""

    def sha256(self) -> str:
        """Of its bytes; raises Refused."""
        if self.refusal:
            raise Refused(self.refusal)
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as exc:
            raise Refused(f"cannot be read: {exc.strerror}; mend or remove it") from exc


def files(corpus: Path) -> list[File]:
    """Every document of the folder, in order of source; hidden files are left out.

    Raises ResumeError for a folder that is missing or holds no document: an empty folder is more often a wrong path
    or an unmounted disk than a wish to forget everything.
    """
    if not corpus.is_dir():
        what = "is not a folder" if corpus.exists() else "does not exist"
        raise ResumeError(f"the corpus folder {corpus} {what}; name another with --corpus or RESUME_CORPUS")
    root = Path(os.path.realpath(corpus))
    found = sorted(_walk(root, ""), key=lambda file: file.source)
    if not found:
        raise ResumeError(f"the corpus folder {corpus} holds no documents; add some, or name another with --corpus")
    return found


def keeps_apart(corpus: Path, index: Path) -> None:
    """Raises ResumeError for an index among the documents, where the next ingest would read it as some of them."""
    root, real = Path(os.path.realpath(corpus)), Path(os.path.realpath(index))
    if real.is_relative_to(root) and not any(part.startswith(".") for part in real.relative_to(root).parts):
        raise ResumeError(f"the index {index} lies among the documents of {corpus}; choose another --index")


def extras(corpus: Path) -> Mapping[str, str]:
    """Texts of the files at the top that are no documents but belong to an answer. Raises ResumeError naming one."""
    texts = {}
    for name in EXTRAS:
        found = list(_file(Path(os.path.realpath(corpus)), name)) if os.path.lexists(corpus / name) else []
        if found and found[0].refusal:
            raise ResumeError(f"{corpus / name}: {found[0].refusal}")
        try:
            texts[name] = (corpus / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as exc:
            why = f"{exc.strerror}; mend or remove it" if isinstance(exc, OSError) else "not UTF-8; save it as UTF-8"
            raise ResumeError(f"{corpus / name} cannot be read: {why}") from exc
    return texts


def _walk(root: Path, below: str) -> Iterator[File]:
    try:
        entries = list(os.scandir(root / below))
    except OSError as exc:
        yield File(below, root / below, f"folder cannot be read: {exc.strerror}")
        return
    for entry in entries:
        source = f"{below}/{entry.name}" if below else entry.name
        if entry.name.startswith(".") or source in NO_DOCUMENTS:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, source)
        else:
            yield from _file(root, source)


def _file(root: Path, source: str) -> Iterator[File]:
    path = root / source
    try:
        source.encode()
    except UnicodeEncodeError:
        yield File(os.fsencode(source).decode("utf-8", "backslashreplace"), path, "its name is not UTF-8; rename it")
        return
    target = Path(os.path.realpath(path))
    if path.is_symlink() and not target.is_relative_to(root):
        yield File(source, path, "a symbolic link that leaves the corpus folder; put a copy in its place")
        return
    try:
        about = path.stat()
    except OSError as exc:
        yield File(source, path, f"cannot be read: {exc.strerror}; mend or remove it")
        return
    if stat.S_ISDIR(about.st_mode):  # a link to a folder of the corpus: its files are indexed where they lie
        return
    if about.st_size > LARGEST:
        yield File(source, path, f"{about.st_size / 2**20:.1f} MB, over {LARGEST // 2**20} MB; divide it")
    elif stat.S_ISREG(about.st_mode):
        yield File(source, path)
    else:
        yield File(source, path, "not a regular file; remove it")
