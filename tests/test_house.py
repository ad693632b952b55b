"""The house stands as it is drawn: every format is listed, every setting is documented, every file has its line."""

import pkgutil
from pathlib import Path

import ingest.readers
from ingest.readers import READERS
from rag.settings import PREFIX, Settings

HOME = Path(__file__).parent.parent
ASIDE = {"front_matter", "outline", "positions", "columns", "sandbox", "plain_text"}
"""Modules of the readers' folder which serve several formats, or whose suffix is not their name."""


def test_every_reader_is_listed() -> None:
    modules = {m.name for m in pkgutil.iter_modules(ingest.readers.__path__)} - ASIDE
    named = {"markdown": ".md", "json_resume": ".json", "pdf": ".pdf", "docx": ".docx"}
    assert modules == set(named)
    assert set(named.values()) | {".txt", ".markdown"} == set(READERS)


def test_every_setting_is_in_the_readme() -> None:
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if PREFIX + name.upper() not in readme]
    assert not missing


def test_every_module_has_its_line_in_contributing() -> None:
    house = (HOME / "CONTRIBUTING.md").read_text(encoding="utf-8")
    packages = ("rag", "ingest", "eval", "ui")
    files = [f for package in packages for f in (HOME / package).rglob("*.py") if f.name != "__init__.py"]
    assert not [str(f.relative_to(HOME)) for f in files if f"`{f.name}`" not in house]
