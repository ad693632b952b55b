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
        ("Have they worked at Azure?", "Azure"),
        ("Have they worked at Persona?", "Persona"),
        ("Has Tove worked for AWS?", "AWS"),
        ("What did she do at Neo4j?", "Neo4j"),
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
        "How experienced is she with Azure?",
        "Is she comfortable with AWS?",
        "What did she do at DataNord?",
        "Was she at DataNord?",
    ],
)
def test_employers_clients_schools_and_tools_are_answered(consultant: Assistant, question: str) -> None:
    answer = consultant.ask(question)
    assert answer.decision == "answer"
    assert "name no role" not in answer.text


ON_LOAN = {
    "resume.md": """
        # Tove Lindqvist

        ## Experience

        ### Senior Consultant, Brightwater Advisory
        2018 – 2022 | Malmö

        - Clients: Ericsson, Vattenfall and Region Skåne.
        - On loan to Handelsbanken, where I ran the risk data team
        - Embedded full-time with the Klarna team for two years
        - Delivered a data platform for Maersk
        - Joined PostgreSQL and Snowflake data, and ran it all on Kubernetes, in Python.
        - Kept the graphs of Nordgas in Neo4j.

        Previously Google and Meta.

        I spent a summer in the Elastic office in Amsterdam.

        ## Talks

        - KubeCon, keynote on lineage, 2019

        ## Education

        - Exchange semester, ETH Zurich

        ## Volunteering

        - Red Cross, first aid
    """,
}


@pytest.fixture(scope="module")
def on_loan(assistant_over: Callable[[Path, Path], Assistant], tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("on-loan")
    return assistant_over(written(ON_LOAN, folder / "corpus"), folder / "index")


@pytest.mark.parametrize(
    "question",
    """Did she work for Ericsson?
What did she do at Handelsbanken?
Did she work at Handelsbanken?
Did she work at Klarna?
Has she worked for Google?
Has she worked for Meta?
Was she ever at Maersk?
Did she work at Maersk?
Did she work at ETH Zurich?
When was she at ETH Zurich?
Has she worked for Red Cross?
Has she worked at Elastic?
What did she do at KubeCon?
When was she at KubeCon?""".splitlines(),
)
def test_where_one_was_lent_studied_helped_or_spoke_one_was(on_loan: Assistant, question: str) -> None:
    answer = on_loan.ask(question)
    assert "name no role" not in answer.text
    assert answer.decision == "answer"


@pytest.mark.parametrize(
    "question",
    """How experienced is she with Python?
How good is she with Python?
How good is she at Python?
How comfortable was Tove with Python?
How far along was she with Neo4j?
How proficient is she with Snowflake?
Is she familiar with Kubernetes?
Has she been with Neo4j for long?
How did she join PostgreSQL and Snowflake data?
How did she join Snowflake?
Which tools does she use on the job for Kubernetes?""".splitlines(),
)
def test_a_tool_is_no_supposed_employer(on_loan: Assistant, question: str) -> None:
    assert "name no role" not in on_loan.ask(question).text


def test_nor_is_it_in_a_follow_up(on_loan: Assistant) -> None:
    asked = "How experienced is she with Python?"
    assert "name no role" not in on_loan.ask("And Neo4j?", [(asked, on_loan.ask(asked).text)]).text


def test_whose_graphs_were_kept_employed_nobody(on_loan: Assistant) -> None:
    assert on_loan.ask("Has she worked at Nordgas?").text.startswith("The documents name no role at Nordgas.")


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
        "Is the work of an engineer at Brightwater hers?",
        "Was her work as an associate at Brightwater good?",
        "Was she mainly a consultant at Brightwater?",
        "Was she a successful consultant at Brightwater?",
        "Which of her clients was the manager at Brightwater assigned to?",
        "Who was the manager at Brightwater?",
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
