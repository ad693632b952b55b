from collections.abc import Callable
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.schema import Answer
from tests.conftest import written


def said(answer: Answer) -> str:
    return " ".join(s.text for s in answer.statements)


@pytest.mark.parametrize(
    "question",
    [
        "Have they ever migrated a system from AWS over to GCP?",
        "did they move anything off AWS onto GCP?",
        "Have they moved services off Kubernetes back onto VMs?",
        "Did they migrate machine learning code from AWS to Azure?",
    ],
)
def test_a_move_that_is_not_told_is_refused(shipped: Assistant, question: str) -> None:
    answer = shipped.ask(question)
    assert answer.decision == "refuse"
    assert "a move from" in answer.text


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Did they migrate machine learning code from Azure to AWS?", "from Azure to AWS"),
        ("Have they moved anything from VMs to Docker and Kubernetes?", "from traditional VM infrastructure"),
        ("Did they use AWS to run Terraform?", "Terraform"),
    ],
)
def test_a_move_that_is_told_is_answered(shipped: Assistant, question: str, fact: str) -> None:
    answer = shipped.ask(question)
    assert answer.decision == "answer"
    assert fact in said(answer)


@pytest.mark.parametrize(
    "question",
    [
        "Apart from AWS, have they contributed to Kubernetes?",
        "Did they use data from Neo4j to build Snowflake tables?",
        "Have they gone from being a Python developer to leading Kubernetes teams?",
        "Have they moved to Rapido from Tricon?",
    ],
)
def test_not_every_from_and_to_is_a_move(shipped: Assistant, question: str) -> None:
    assert shipped.examine(question, (), shipped.snapshot()).names.moved is None


CORPUS = {
    "a.md": """# Work

- Moved the platform from Azure to AWS and connected it back to Azure AD
- Moved reports to Redshift from Oracle
- Replaced Jenkins with GitHub Actions
- Ported the parser from C++ to Rust
"""
}


@pytest.mark.parametrize(
    ("left", "reached"),
    [("Azure", "AWS"), ("Oracle", "Redshift"), ("Jenkins", "GitHub Actions"), ("C++", "Rust")],
)
def test_a_move_is_told_in_many_ways(
    assistant_over: Callable[[Path, Path], Assistant], tmp_path: Path, left: str, reached: str
) -> None:
    assistant = assistant_over(written(CORPUS, tmp_path / "corpus"), tmp_path / "index")

    def moved(question: str) -> tuple[str, str] | None:
        return assistant.examine(question, (), assistant.snapshot()).names.moved

    assert moved(f"Did they migrate anything from {left} to {reached}?") is None
    if left != "Azure":  # which was left, and connected to
        assert moved(f"Did they migrate anything from {reached} to {left}?") == (reached, left)


@pytest.mark.parametrize(
    "question",
    [
        "Why did they move the code from AWS to Azure?",
        "Impressive that they moved the code from AWS to Azure. Tell me more?",
    ],
)
def test_a_move_taken_for_granted_the_wrong_way_round_is_put_right(shipped: Assistant, question: str) -> None:
    answer = shipped.ask(question)
    assert answer.decision == "partial"
    assert "from Azure to AWS" in said(answer)
