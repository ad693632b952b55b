"""What of a thing is asked for."""

import pytest

from rag.attribute import attribute


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("Who is the CEO of PhonePe?", {"ceo"}),
        ("what's the exact valuation?", {"valuat"}),
        ("What is PhonePe's current valuation?", {"valuat"}),
        ("What payload can the rover carry, in kilograms?", {"payload"}),
        ("How big was the team?", {"big"}),
        ("By how much did latency improve?", {"latenc"}),
        ("What programming language was the service written in?", {"program", "languag"}),
    ],
)
def test_the_attribute_is_named(question: str, terms: set[str]) -> None:
    assert attribute(question).terms == terms


@pytest.mark.parametrize(
    "question",
    [
        "What was the aim of the travel rule project?",
        "What did she do at Tricon?",
        "any ETL work?",
        "And when was that?",
    ],
)
def test_open_questions_ask_for_whatever_is_said(question: str) -> None:
    assert not attribute(question).terms


def test_a_definite_description_is_told_from_a_class() -> None:
    assert attribute("What is the valuation of the company?").definite
    assert not attribute("Which city did she live in?").definite
