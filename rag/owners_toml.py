"""The owner's `.toml` files: what tomllib says of a broken one, in words that name the line, the field and the fix."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from rag.errors import ResumeError

_FIELD = re.compile(r"[ \t]*(?:\[+(?P<table>[^\[\]\"',]+)\]+[ \t]*(?:#.*)?$|(?P<key>[\w.\"'-][\w. \"'-]*?)[ \t]*=)")


def tables(text: str, path: str, example: str) -> dict[str, Any]:
    """What the file says. Raises ResumeError; `example` is a line as the file should have it."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError as exc:
        raise ResumeError(f"{path}: lists within lists without end; write {example}") from exc
    except tomllib.TOMLDecodeError as exc:
        raise ResumeError(f"{path}, {_told(text, str(exc), example)}") from exc


def _told(text: str, why: str, example: str) -> str:
    lines = text.split("\n")
    at = re.search(r"\(at line (\d+)", why)
    number = int(at[1]) if at else len(lines)
    held = [(i, match) for i, line in enumerate(lines[:number], 1) if (match := _FIELD.match(line))]
    start, match = held[-1] if held else (number, None)
    if not match or (start < number and why.startswith(("Expected '='", "Invalid statement"))):
        return f"line {number}: {lines[number - 1].strip()[:40]!r} is no field; write {example}"
    name = (match["key"] or match["table"]).strip("\"' ")
    what = f"line {start}: {name}"
    if why.startswith(("Cannot overwrite", "Cannot declare", "Duplicate")):
        return f"{what} is given twice; keep one of the two"
    listed = lines[start - 1].partition("=")[2].lstrip().startswith("[")
    if listed and why.startswith(("Unclosed array", "Invalid value (at end")):
        return f"{what} is a list that lacks a comma or its end; write commas between its entries and ] after them"
    return f"{what} cannot be read; write {example}, in straight quotes, every backslash twice"
