import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from within import Within

from eval.__main__ import main
from rag.assistant import Assistant
from tests.conftest import HOME, NURSE, written

LINES = [
    {"id": "n1", "kind": "fact", "question": "How many beds does the ward have?", "answerable": True,
     "expected": [["34"]], "sources": ["resume.md"]},
    {"id": "n2", "kind": "near miss", "question": "Does she know Kubernetes?", "answerable": False},
    {"id": "n3", "kind": "fact", "question": "What rules were kept for handovers?", "answerable": True,
     "expected": [["Name the patient first"]], "sources": ["handover.md"], "origin": "suggested"},
]  # fmt: skip


@pytest.fixture(scope="module")
def owner(
    assistant_over: Callable[[Path, Path], Assistant], cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with an owner's corpus, cases beside it, and its index."""
    folder = tmp_path_factory.mktemp("owner")
    written(NURSE, folder / "corpus")
    (folder / "corpus" / "cases.jsonl").write_text("\n".join(json.dumps(line) for line in LINES))
    assistant_over(folder / "corpus", folder / "index")
    (folder / "index" / "models").symlink_to(cache)
    return folder


def settings(folder: Path) -> dict[str, str]:
    return {"RESUME_INDEX": str(folder / "index"), "RESUME_CORPUS": str(folder / "corpus")}


def evaluate(folder: Path, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("RESUME_")}
    own = settings(folder) | {"PYTHONPATH": str(HOME)}
    return subprocess.run(
        [sys.executable, "-m", "eval", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=clean | own | environment,
    )


def test_an_owner_s_own_cases_are_scored_and_the_shipped_ones_are_not(owner: Path, tmp_path: Path) -> None:
    out, junit = tmp_path / "out", tmp_path / "new" / "junit.xml"
    done = evaluate(owner, "--out", out, "--junit", junit, RESUME_TODAY="2026-01-15")
    assert done.returncode == 0, done.stderr
    assert "cases.jsonl is about other documents (0 of the" in done.stderr
    assert "100.0%" in done.stdout
    value = json.loads((out / "report.json").read_text())
    assert [r["id"] for r in value["results"]] == ["n1", "n2", "n3"]
    assert all(r["right"] for r in value["results"])
    assert (value["cases"]["written"], value["cases"]["suggested"]) == (2, 1)
    assert value["index"]["documents"] == 2
    assert (out / "report.md").read_text().startswith("# Evaluation")
    assert "<html" in (out / "report.html").read_text()
    assert len((out / "results.jsonl").read_text().splitlines()) == 3
    assert ElementTree.parse(junit).getroot().tag == "testsuites"

    again = evaluate(owner, "--out", tmp_path / "again", "--compare", out / "report.json", RESUME_TODAY="2026-01-15")
    other = json.loads((tmp_path / "again" / "report.json").read_text())
    assert value.pop("timings") != other.pop("timings")
    assert json.dumps(value) == json.dumps(other)
    assert "0 regressions, 0 improvements over 3 questions" in again.stdout


def test_below_a_threshold_it_names_metric_figure_and_bar(owner: Path, tmp_path: Path) -> None:
    bad = {**LINES[1], "answerable": True, "expected": [["Kubernetes"]], "sources": ["resume.md"]}
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps(bad))
    done = evaluate(owner, "--cases", cases, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "extractive: over_refusal (all) is 1.000, above 0.09" in done.stderr
    assert "extractive: facts (all) is 0.000, below 0.85" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--index", "nowhere"], {}, "there is no index in"),
        (["--cases", "none.jsonl"], {}, "none.jsonl cannot be read"),
        (["--compare", "none.json"], {}, "--compare none.json cannot be read"),
        (["--engines", "extractive,"], {}, "--engines 'extractive,'"),
        (["--engines", "extractive,openai:gpt-4o"], {}, "RESUME_LLM='openai:gpt-4o': "),
        (["--judge", "nobody"], {}, "a provider:model name is needed"),
        (["--split", "dev"], {}, "--split dev: there is no such question"),
        (["--out", "index/CURRENT/x"], {}, "cannot be written"),
        ([], {"RESUME_TYPO": "1"}, "unknown setting RESUME_TYPO"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(
    within: Within, owner: Path, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    done = within(main, *arguments, cwd=owner, **settings(owner), **environment)
    assert done.returncode == 2
    assert said in done.stderr
    lines = [line for line in done.stderr.splitlines() if "is about other documents" not in line]
    assert len(lines) == 1
    assert lines[0].startswith("error: ")


def test_a_corpus_without_cases_is_told_where_to_begin(owner: Path, tmp_path: Path) -> None:
    shutil.copytree(owner / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns("cases.jsonl"))
    done = evaluate(owner, RESUME_CORPUS=str(tmp_path / "corpus"))
    assert done.returncode == 2
    assert "python -m eval --suggest" in done.stderr
    assert [line[:7] for line in done.stderr.splitlines() if "is about other documents" not in line] == ["error: "]


def test_proposals_are_cases_that_can_be_scored(owner: Path, tmp_path: Path) -> None:
    proposed = evaluate(owner, "--suggest")
    assert proposed.returncode == 0, proposed.stderr
    (tmp_path / "cases.jsonl").write_text(proposed.stdout)
    done = evaluate(owner, "--cases", tmp_path / "cases.jsonl", "--out", tmp_path / "out")
    assert done.returncode in {0, 1}, done.stderr
    assert json.loads((tmp_path / "out" / "report.json").read_text())["cases"]["written"] == 0


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "eval", "--help"], capture_output=True, text=True, cwd=HOME, check=True
    )
    assert "--compare OLD.json" in done.stdout
    heavy = "import sys, eval.__main__; print(sorted({'numpy', 'pydantic', 'rich', 'langchain_core'} & {*sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, cwd=HOME, check=True)
    assert loaded.stdout.strip() == "[]"
