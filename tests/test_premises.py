"""What a question takes for granted or asks for in passing, on documents that are not the shipped ones."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.fitting import holds_name
from rag.premises import claims
from rag.schema import Answer
from tests.conftest import written

CORPUS = {
    "experience/harbourline.md": """---
title: Data Engineer (L4)
employer: Harbourline
start: 2019-02
end: 2022-06
---
- Built the freight forecast on PostgreSQL, fed by hourly port data
- Moved the tracking dashboards from Heroku to Azure, cutting hosting bills by 30%
- Wrote REST endpoints in FastAPI for the customs desk, integrated with Zollwerk
- Ran the nightly batch jobs on AWS
""",
    "experience/millbrook.md": """---
title: Analyst
employer: Millbrook
start: 2016-09
end: 2019-01
---
- Reconciled supplier invoices across countries, together with the auditors
- Prepared training in pandas for new analysts
""",
    "awards.md": """---
title: Engineer of the Month
kind: award
employer: Harbourline
date: 2021-03
---
Named for keeping the freight forecast running through the port strike.

Also set up the night rota with the harbour masters.
""",
    "articles/storms.md": """---
title: Storms and Stocks
kind: article
date: 2020-11-05
---
The bell (HARB, harbour alarm rung by hand) rings when it is too late. You may think a bell is enough.

In June 2015 we lost a ship.
""",
    "articles/seven.md": """---
title: Seven Mistakes in Freight Forecasting
kind: article
full_text: false
---
What three years of wrong numbers taught us about demand, seasons and PostgreSQL.
""",
    "about.md": """# About

## What I Teach

- Forecasting for people who move things
- Data quality in logistics
- Careers in analytics
- Reading a customs tariff
- Writing queries that last

Happy to talk with port operators and freight forwarders.
""",
}


@pytest.fixture(scope="module")
def freight(assistant_over: Callable[[Path, Path], Assistant], tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("freight")
    return assistant_over(written(CORPUS, folder / "corpus"), folder / "index")


def said(answer: Answer) -> str:
    return " ".join(s.text for s in answer.statements)


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("Why did they pick MongoDB for the freight forecast?", "PostgreSQL"),
        ("How did they wire the customs desk integrated with Klarverk?", "Zollwerk"),
        ("Why did they choose Django for the REST endpoints at Harbourline?", "FastAPI"),
        ("They wrote the REST endpoints in Django at Harbourline. Who used them?", "FastAPI"),
        ("Why were the tracking dashboards moved from Azure to AWS?", "from Heroku to Azure"),
        ("Congrats on Engineer of the Year! What was it for?", "port strike"),
        ("What earned them the title engineer of the year?", "port strike"),
        ("Millbrook named them Engineer of the Month, right? What for", "port strike"),
    ],
)
def test_what_is_taken_for_granted_is_put_right(freight: Assistant, question: str, right: str) -> None:
    answer = freight.ask(question)
    assert answer.decision == "partial"
    assert answer.text.startswith("The documents do not ")
    assert right in said(answer)


@pytest.mark.parametrize(
    "question",
    [
        "Which Grafana boards did they set up at Harbourline?",
        "Did they use MongoDB for the freight forecast?",
        "Which Kubernetes version did they run at Millbrook?",
        "Have they moved the tracking dashboards from Azure to AWS?",
        "Was there an Engineer of the Year at Millbrook?",
        "Why were the payroll records moved from Azure to AWS?",
        "Which companies do they want to work for?",
        "What level of SQL did they have at Harbourline?",
        "Did they work on infrastructure at Microsoft?",
        "List all awards where PostgreSQL is mentioned.",
        "Was Kafka used for the freight forecast?",
        "What does REST stand for?",
        "Did they do Harvard-style forecasting?",
        "Were they deployed on site to Amazon?",
        "Which port owner was the customs desk integrated with?",
        "What happened in May 2020?",
        "Which bank did the customs desk integrate with?",
    ],
)
def test_what_nothing_stands_in_for_is_refused(freight: Assistant, question: str) -> None:
    assert freight.ask(question).decision == "refuse"


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Django or FastAPI for the REST endpoints at Harbourline?", "FastAPI"),
        ("What level were they at Harbourline, L3 or L4?", "L4"),
        ("which grade at Harbourline: L3 L4 L5?", "L4"),
    ],
)
def test_of_two_that_are_offered_one_answers(freight: Assistant, question: str, fact: str) -> None:
    assert fact in said(freight.ask(question))


@pytest.mark.parametrize(
    "question",
    [
        "What are the seven mistakes?",
        "Which mistakes are in the freight article?",
        "What is mistake number 3?",
        "Does the freight article cover Kafka?",
    ],
)
def test_a_summary_does_not_say_what_stands_inside(freight: Assistant, question: str) -> None:
    assert freight.ask(question).decision == "refuse"


@pytest.mark.parametrize(
    "question",
    [
        "What is the freight forecasting article about?",
        "What is the seven mistakes article about?",
        "Does the article on mistakes talk about demand?",
        "Which article is about PostgreSQL?",
    ],
)
def test_a_summary_says_what_it_says(freight: Assistant, question: str) -> None:
    answer = freight.ask(question)
    assert answer.decision == "answer"
    assert "Seven Mistakes in Freight Forecasting" in said(answer)


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("who was paying them when they built the freight forecast?", "Harbourline"),
        ("Which company's that with the tracking dashboards?", "Harbourline"),
        ("Who are they happy to talk with?", "port operators"),
        ("Which vendor was the customs desk integrated with?", "Zollwerk"),
        ("Did they move anything onto Microsoft's cloud?", "Azure"),
        ("how much cheaper did hosting the dashboards get?", "30%"),
        ("List every place where PostgreSQL shows up.", "Seven Mistakes"),
        ("I need a list of all employers for our files", "Millbrook"),
        ("Did they write anything in PostgreSQL?", "freight forecast"),
        ("Everywhere PostgreSQL has been used", "Seven Mistakes"),
        ("Did they use Excel-style things, forecasting for example?", "Forecasting"),
        ("Were batch jobs deployed on Amazon?", "AWS"),
        ("What did the award name them for?", "night rota"),
        ("When the dashboards were moved, which cloud did they come from?", "Heroku"),
        ("What does the article on mistakes stand for?", "Seven Mistakes"),
        ("Which vendor did the REST endpoints for the customs desk integrate with?", "Zollwerk"),
    ],
)
def test_what_is_asked_in_other_words_is_found(freight: Assistant, question: str, fact: str) -> None:
    answer = freight.ask(question)
    assert answer.decision == "answer"
    assert fact in said(answer)


def test_what_is_done_in_the_position_held_now(
    assistant_over: Callable[[Path, Path], Assistant], tmp_path: Path
) -> None:
    lasting = CORPUS["experience/harbourline.md"].replace("end: 2022-06", "end: present")
    staying = assistant_over(
        written(CORPUS | {"experience/harbourline.md": lasting}, tmp_path / "corpus"), tmp_path / "index"
    )
    answer = staying.ask("What does their present position involve?")
    assert ["Harbourline" in s.text for s in answer.statements] == [True] * 4


def test_a_heading_is_asked_for_in_full(freight: Assistant) -> None:
    answer = freight.ask("What sort of things do they teach their readers? List them all please.")
    items = [line.removeprefix("- ") for line in CORPUS["about.md"].splitlines() if line.startswith("- ")]
    assert [s.text for s in answer.statements][: len(items)] == items


@pytest.mark.parametrize(
    ("follow_up", "fact"), [("and which company was that at?", "Harbourline"), ("How much did that save?", "30%")]
)
def test_a_bare_follow_up_is_asked_of_what_was_quoted(freight: Assistant, follow_up: str, fact: str) -> None:
    quoted = "At Harbourline: Moved the tracking dashboards from Heroku to Azure"
    answer = freight.ask(follow_up, [("Did they move the dashboards?", quoted)])
    assert answer.decision == "answer"
    assert fact in said(answer)
    assert "tracking dashboards" in answer.statements[0].text


@pytest.mark.parametrize(
    ("follow_up", "quoted", "fact"),
    [
        (
            "who was the vendor?",
            "Wrote REST endpoints in FastAPI for the customs desk, integrated with Zollwerk",
            "Zollwerk",
        ),
        ("And before that?", "Ran the nightly batch jobs on AWS", "Millbrook"),
    ],
)
def test_a_bare_quote_is_of_the_position_it_stands_under(
    freight: Assistant, follow_up: str, quoted: str, fact: str
) -> None:
    answer = freight.ask(follow_up, [("What about it?", f"- {quoted} [1]")])
    assert answer.decision == "answer"
    assert fact in answer.statements[0].text


@pytest.mark.parametrize(
    ("question", "decision", "fact"),
    [
        ("Did they work at Harbourline after Millbrook?", "answer", "Analyst at Millbrook"),
        ("Did they work at Millbrook before Harbourline?", "answer", "Data Engineer (L4) at Harbourline"),
        ("Are they still at Millbrook?", "partial", "2019-01"),
        ("Is Harbourline their current employer?", "partial", "2022-06"),
        ("Did they build the freight forecast at Millbrook?", "refuse", "freight forecast"),
        ("Have they worked with goat milk?", "refuse", ""),
    ],
)
def test_what_yes_or_no_hangs_on_is_said(freight: Assistant, question: str, decision: str, fact: str) -> None:
    answer = freight.ask(question)
    assert answer.decision == decision
    assert fact in answer.text
    assert "mention Go" not in answer.text


def test_a_refused_question_of_yes_or_no_names_what_is_missing(freight: Assistant) -> None:
    assert "do not mention Kafka" in freight.ask("Was Kafka used for the freight forecast?").text


def test_what_is_dated_so_is_what_happened_then(
    assistant_over: Callable[[Path, Path], Assistant], tmp_path: Path
) -> None:
    undated = {name: text for name, text in CORPUS.items() if not name.startswith("experience")}
    of_dates = assistant_over(written(undated, tmp_path / "corpus"), tmp_path / "index")
    for question in ("What happened in March 2021?", "What did they do in 2021?"):
        answer = of_dates.ask(question)
        assert ["Engineer of the Month" in s.text and "night rota" in s.text for s in answer.statements] == [True]
    for question in ("What happened in April 2021?", "What happened in May 2020?", "What happened in June 2020?"):
        assert of_dates.ask(question).decision == "refuse"
    assert [s.text for s in of_dates.ask("What happened in 2020?").statements] == ["Storms and Stocks (2020-11-05)"]
    assert "lost a ship" in said(of_dates.ask("What happened in June 2015?"))


def test_letters_that_are_written_out_beside_are_answered(freight: Assistant) -> None:
    assert "harbour alarm" in said(freight.ask("What does HARB stand for?"))


def test_a_bare_who_is_not_met_by_any_name(freight: Assistant) -> None:
    quoted = "- Moved the tracking dashboards from Heroku to Azure, cutting hosting bills by 30% [1]"
    assert freight.ask("who?", [("How were the dashboards moved?", quoted)]).decision == "refuse"


def test_a_time_is_no_title(freight: Assistant) -> None:
    for question in (
        "What was done by the end of the year at Harbourline?",
        "Did they win the Engineer of the Month Award?",
    ):
        assert "do not mention" not in freight.ask(question).text


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("Which countries did the Travel Rule project cover?", "Led Global Travel Rule across countries", False),
        ("Which bank did they migrate payments for?", "Migrated payments for Deutsche Bank", True),
        ("Who are they happy to connect with?", "Happy to connect with engineers", True),
        ("Who was it built for?", "It was built for speed", False),
        ("Which school?", "BSc Nursing, University of Porto, 2015", True),
    ],
)
def test_a_name_beyond_what_is_asked(question: str, text: str, held: bool) -> None:
    assert holds_name(text, question, lambda word: True) == held


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("That was at Acme, right? Since when?", True),
        ("They left in 2019. Where to?", True),
        ("Congratulations on the prize!", True),
        ("What was the right tool?", False),
        ("Where did they go in 2019?", False),
    ],
)
def test_a_claim_is_told_from_a_question(text: str, claim: bool) -> None:
    assert claims(text) == claim
