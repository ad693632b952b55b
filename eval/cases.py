"""Golden questions, read from JSON Lines."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from eval.schema import Case
from rag.errors import ResumeError


def load(path: Path) -> list[Case]:
    """The cases of a file, in order; raises ResumeError naming the line and the field that does not fit."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise ResumeError(f"cases {path} cannot be read: {exc}") from exc
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            case = Case.model_validate(json.loads(line))
        except json.JSONDecodeError as exc:
            raise ResumeError(f"{path}, line {number}: not JSON ({exc.msg})") from exc
        except ValidationError as exc:
            first = exc.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "the case"
            raise ResumeError(f"{path}, line {number}: {field}: {first['msg']}") from exc
        if case.id in cases:
            raise ResumeError(f"{path}, line {number}: id: {case.id!r} is there already")
        cases[case.id] = case
    if not cases:
        raise ResumeError(f"{path} holds no cases")
    return list(cases.values())
