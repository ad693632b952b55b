import pytest

from rag.assistant import Assistant
from rag.schema import Answer


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
    ["Why did they move the code from AWS to Azure?", "Impressive that the code went from AWS to Azure. Tell me more?"],
)
def test_a_move_taken_for_granted_the_wrong_way_round_is_put_right(shipped: Assistant, question: str) -> None:
    answer = shipped.ask(question)
    assert answer.decision == "partial"
    assert "from Azure to AWS" in said(answer)
