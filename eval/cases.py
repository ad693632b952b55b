"""Golden questions, read from JSON Lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from eval.schema import Case
from rag.errors import ResumeError

SHIPPED = Path(__file__).parent / "cases.jsonl"
"""About the corpus of this repository."""
SHARE = 0.5
"""Of the files that a case file names, how many the index must hold for it to be about this corpus."""


@dataclass(frozen=True)
class CaseFile:
    """A file of cases, read."""

    path: Path
    cases: tuple[Case, ...]
    sha256: str


def chosen(given: Path | None, corpus: Path, indexed: Collection[str]) -> tuple[list[CaseFile], list[str]]:
    """The case files to score, and what there is to say about those left out.

    `given` alone; or the shipped cases and the owner's own, `cases.jsonl` in the corpus folder, of either those that
    are about the documents in the index: an owner who replaces the corpus is not asked about ours, and a document that
    went missing from the corpus does not silence the questions about it. Raises ResumeError where nothing is left.
    """
    if given:
        return [_file(given)], []
    found, notes = [], []
    for path in (SHIPPED, corpus / "cases.jsonl"):
        if not path.is_file():
            continue
        file = _file(path)
        named = {source for case in file.cases for source in case.sources}
        held = sum(any(s == n or s.endswith(f"/{n}") for s in indexed) for n in named)
        if held >= SHARE * len(named):
            found.append(file)
        else:
            notes.append(
                f"{path} is about other documents ({held} of the {len(named)} files it names are indexed): left out"
            )
    if not found:
        raise ResumeError(
            f"no questions are about the indexed documents; write {corpus / 'cases.jsonl'}, or start from what "
            "python -m eval --suggest proposes"
        )
    twice = list(_twice(found))
    if twice:
        raise ResumeError(f"{found[1].path}: id: {twice[0]!r} is in {found[0].path} already")
    return found, notes


def _twice(files: Sequence[CaseFile]) -> Iterator[str]:
    seen: set[str] = set()
    for case in (c for file in files for c in file.cases):
        if case.id in seen:
            yield case.id
        seen.add(case.id)


def _file(path: Path) -> CaseFile:
    cases = tuple(load(path))
    return CaseFile(path, cases, hashlib.sha256(path.read_bytes()).hexdigest())


def load(path: Path) -> list[Case]:
    """The cases of a file, in order; raises ResumeError naming the line and the field that does not fit."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as exc:
        raise ResumeError(f"cases {path} cannot be read: {exc}") from exc
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            case = Case.model_validate(json.loads(line))
        except ValidationError as exc:
            first = exc.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "the case"
            raise ResumeError(f"{path}, line {number}: {field}: {first['msg']}") from exc
        except (ValueError, RecursionError) as exc:
            reason = exc.msg if isinstance(exc, json.JSONDecodeError) else exc
            raise ResumeError(f"{path}, line {number}: not JSON ({reason})") from exc
        if case.id in cases:
            raise ResumeError(f"{path}, line {number}: id: {case.id!r} is there already")
        cases[case.id] = case
    if not cases:
        raise ResumeError(f"{path} holds no cases")
    return list(cases.values())
