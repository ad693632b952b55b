"""`python -m rag` with a model."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from within import Within

from eval.bench.faulty_provider import FAULTS, serving, sound
from rag.__main__ import main
from tests.conftest import HOME
from tests.test_rag_cli import index, rag

__all__ = ["index"]
BEDS = "How many beds does the ward have?"


def test_a_model_answers_and_is_named(index: Path) -> None:
    with serving(sound) as provider:
        done = rag(BEDS, "--index", index, "--llm", "openai:small", "--json", RESUME_LLM_BASE_URL=provider.url)
        (sent,) = provider.requests
    answer = json.loads(done.stdout)
    assert not done.stderr
    assert answer["engine"] == "openai:small"
    assert answer["statements"][0]["citations"]
    assert sent["model"] == "small"


def test_a_provider_that_refuses_leaves_a_cited_answer_and_no_traceback(index: Path) -> None:
    with serving(FAULTS["401"]) as provider:
        done = rag(BEDS, "--index", index, "--llm", "openai:small", RESUME_LLM_BASE_URL=provider.url)
    assert done.returncode == 0
    assert "34 beds" in done.stdout
    assert done.stdout.startswith("The model is not available just now.")
    assert done.stderr.splitlines() == ["openai:small: status 401: the key is not accepted"]


def test_a_batch_keeps_its_order_and_its_budget(index: Path, tmp_path: Path) -> None:
    rows = "\n".join(json.dumps({"id": i, "question": BEDS}) for i in range(4))
    with serving(sound) as provider:
        settings = {"RESUME_LLM_BASE_URL": provider.url, "RESUME_LLM_DAILY_TOKENS": "2500"}
        done = rag("--batch", "-", "--index", index, "--llm", "openai:small", given=rows, **settings)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["id"] for a in answers] == [0, 1, 2, 3]
    assert {a["engine"] for a in answers} <= {"openai:small", "extractive"}
    assert all(a["statements"] for a in answers)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"RESUME_LLM": "gpt"}, "provider:model"),
        ({"RESUME_LLM": "openai:x", "OPENAI_API_KEY": ""}, "RESUME_LLM_API_KEY"),
        ({"RESUME_LLM_BASE_URL": "http://127.0.0.1:9/v1"}, "provider:model"),
        ({"RESUME_LLM": "openai:x", "RESUME_LLM_API_KEY": "k", "RESUME_LLM_DAILY_COST": "1"}, "RESUME_LLM_PRICE"),
        ({"RESUME_LLM": "openai:x", "RESUME_LLM_PRICE": "cheap"}, "RESUME_LLM_PRICE"),
        ({"RESUME_CONTEXT_TOKENS": "3"}, "RESUME_CONTEXT_TOKENS"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(
    within: Within, index: Path, environment: dict[str, str], named: str
) -> None:
    done = within(main, BEDS, "--index", index, **environment)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert named in done.stderr


def test_an_offline_question_imports_no_chain_and_no_provider(index: Path) -> None:
    code = (
        "import sys\n"
        "from rag.__main__ import main\n"
        "main([sys.argv[2], '--index', sys.argv[1]])\n"
        "print(sorted({'langchain', 'langgraph', 'langchain_openai', 'openai'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(index), BEDS]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HOME)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_key_is_never_shown(index: Path) -> None:
    done = rag(BEDS, "--index", index, RESUME_LLM="nonsense:x", RESUME_LLM_API_KEY="sk-secret-123")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr + done.stdout
