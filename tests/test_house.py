"""The house stands as it is drawn: every format is listed, every setting is documented, every file has its line."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from ingest.readers import READERS
from rag.settings import PREFIX, Settings

HOME = Path(__file__).parent.parent


def test_every_reader_is_listed() -> None:
    files = [f for f in (HOME / "ingest" / "readers").glob("*.py") if f.name != "__init__.py"]
    offering = {f"ingest.readers.{f.stem}" for f in files if offers_a_reader(f)}
    assert offering
    assert offering == {reader.__module__ for reader in READERS.values()}


def offers_a_reader(file: Path) -> bool:
    """Whether it has a `read(path, source)` of its own; a new file is not imported, which may have effects."""
    functions = [node for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
    return any(f.name == "read" and [a.arg for a in f.args.args] == ["path", "source"] for f in functions)


def test_every_setting_is_in_the_readme() -> None:
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if PREFIX + name.upper() not in readme]
    assert not missing


@pytest.mark.parametrize("package", ["rag", "ingest", "eval", "ui"])
def test_contributing_lists_the_files_that_there_are(package: str) -> None:
    house = (HOME / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = house.partition(f"| **{package}/** ")[2].partition("| **")[0].partition("\n\n")[0]
    named = Counter(re.findall(r"`(\w+\.py)`", rows))
    there = Counter(f.name for f in (HOME / package).rglob("*.py") if f.name != "__init__.py")
    assert there <= named
    assert set(named) <= set(there)
