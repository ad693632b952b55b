"""Groups of corpora, and the adapters that `python -m eval.adapt --folds DIR` has kept: each has not seen one group."""

from __future__ import annotations

from pathlib import Path

from eval.bench.answers import Set, sets
from eval.cases import load
from rag.errors import ResumeError

FOLDS = 4


def people() -> list[Set]:
    """The corpora that are learned from."""
    return [s for s in sets(None) if any(c.split != "test" for c in load(s.cases))]


def fold(name: str) -> int:
    """The group of a corpus; 0 for one that is not learned from, which every adapter knows as little."""
    names = sorted(s.name for s in people())
    return names.index(name) % FOLDS if name in names else 0


def unseen(name: str, folder: Path) -> Path:
    """An adapter that has not seen a corpus. Raises ResumeError where there is none."""
    file = folder / f"{fold(name)}.npz"
    if not file.is_file():
        raise ResumeError(f"{file} is missing; run python -m eval.adapt --folds {folder}")
    return file
