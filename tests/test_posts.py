"""What a question takes for granted about posts: employers that were none, titles that nobody states, wrong years."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.assistant import Assistant
from tests.conftest import written

CONSULTANT = {
    "resume.md": """
        # Tove Lindqvist

        ## Experience

        ### Senior Consultant, Brightwater Advisory
        2018 – 2022 | Malmö

        - Worked for Telenor as a contractor on the billing migration.
        - Moved the reporting of Nordgas from Azure to AWS and kept its graphs in Neo4j.
        - Checked customers against Persona and against posts on Twitter.

        ### Data Engineer, Fjordbank
        2014 – 2018 | Oslo

        - Led a project on risk models.
        - Spoke at DataNord about lineage.

        ## Education

        - MSc Statistics, University of Lund, 2013

        ## Awards

        - Nordic Data Prize, 2021, for the migration at Telenor
    """,
}


@pytest.fixture(scope="module")
def consultant(
    assistant_over: Callable[[Path, Path], Assistant], tmp_path_factory: pytest.TempPathFactory
) -> Assistant:
    folder = tmp_path_factory.mktemp("consultant")
    return assistant_over(written(CONSULTANT, folder / "corpus"), folder / "index")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Have they worked at Neo4j?", "Neo4j"),
        ("have they worked at neo4j", "Neo4j"),
        ("Did they work for Twitter?", "Twitter"),
        ("When were they at Azure?", "Azure"),
        ("How long were they with Persona?", "Persona"),
        ("When did she join AWS?", "AWS"),
        ("What did she do at Persona?", "Persona"),
        ("I heard she was employed by Nordgas, right?", "Nordgas"),
        ("Has she worked at DataNord?", "DataNord"),
    ],
)
def test_what_is_merely_named_employed_nobody(consultant: Assistant, question: str, name: str) -> None:
    answer = consultant.ask(question)
    assert (answer.decision, answer.reason) == ("refuse", "not_in_corpus")
    assert answer.text.startswith(f"The documents name no role at {name}. The nearest they say:")
    assert name in answer.statements[0].text


@pytest.mark.parametrize(
    "question",
    [
        "Has she worked at Fjordbank?",
        "When was she at Brightwater?",
        "Did she work for Telenor?",
        "When was she at the University of Lund?",
        "Has she worked with Neo4j?",
        "Did she work with Persona?",
        "Has she worked on AWS?",
        "Is she familiar with Neo4j?",
        "What moved to AWS when leaving Azure?",
        "Has she worked on the Azure reporting?",
    ],
)
def test_employers_clients_schools_and_tools_are_answered(consultant: Assistant, question: str) -> None:
    answer = consultant.ask(question)
    assert answer.decision == "answer"
    assert "name no role" not in answer.text


@pytest.mark.parametrize(
    ("question", "title", "held"),
    [
        ("When was she CTO of Fjordbank?", "chief technology officer at Fjordbank", "Data Engineer at Fjordbank"),
        ("Was she the lead engineer at Fjordbank?", "lead engineer at Fjordbank", "Data Engineer at Fjordbank"),
        ("How long was she Data Engineer at Brightwater?", "Data Engineer at Brightwater", "Senior Consultant"),
        ("What did she do as head of risk at Fjordbank?", "head of risk at Fjordbank", "risk models"),
    ],
)
def test_a_title_never_held_is_told_first(consultant: Assistant, question: str, title: str, held: str) -> None:
    answer = consultant.ask(question)
    assert answer.decision == "partial"
    assert answer.text.startswith(f"The documents do not name them {title}")
    assert held in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "When was she Data Engineer at Fjordbank?",
        "How long was she a consultant at Brightwater?",
        "What did she do as an engineer at Fjordbank?",
        "What did she do as a developer at Fjordbank?",
        "What was she responsible for at Fjordbank?",
    ],
)
def test_a_title_that_was_held_is_no_premise(consultant: Assistant, question: str) -> None:
    assert "do not name them" not in consultant.ask(question).text


def test_a_wrong_year_is_told_first(consultant: Assistant) -> None:
    answer = consultant.ask("What was the Nordic Data Prize of 2019 for?")
    assert answer.decision == "partial"
    assert answer.text.startswith("The documents do not say that of 2019. They do say:")
    assert "2021" in answer.text


@pytest.mark.parametrize("question", ["What was the Nordic Data Prize of 2021 for?", "What did she migrate in 2020?"])
def test_a_right_year_is_no_premise(consultant: Assistant, question: str) -> None:
    answer = consultant.ask(question)
    assert answer.decision == "answer"
    assert "do not say that of" not in answer.text
