"""What is asked of anybody's career is found though the documents put it in words of their own, or is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag import lexicon
from rag.assistant import Assistant
from rag.entries import ends_paragraph
from tests.conftest import written

BAKER = {
    "about.md": """
        # About me

        I bake bread in Bergen, for hotels and two ferries.

        ## Training and papers

        - BA in History, University of Bergen, 2009. Dissertation on the price of rye
        - MSc Food Science, University of Reading, 2012
        - Journeyman baker, chartered by the guild in 2014

        ## Away from work

        I sing in a shanty choir on Saturdays.
    """,
    "prizes.md": """
        # Prizes, and what came of them

        **2019: Golden Crust**, for a sour rye. The jury came back twice.

        **2021: Second place, Nordic Loaf**, in Malmö.

        ## Not a prize

        Somebody wrote that I won in 2015. I did not.
    """,
    "experience/fjord.md": """
        ---
        title: Head Baker
        employer: Fjord Bakehouse
        start: 2018-03
        end: present
        ---

        Fjord Bakehouse supplies forty hotels. I report to the owner, Liv Aase, and lead a group of seven.

        - Cut waste by a third.
    """,
    "experience/kai.md": """
        ---
        title: Baker
        employer: Kai Bakery
        start: 2014-06
        end: 2018-02
        ---

        Kai Bakery runs three shops on the quay.

        - Baked the night shift, six nights a week.
    """,
}


@pytest.fixture(scope="module")
def baker(assistant_over: Callable[[Path, Path], Assistant], tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("baker")
    return assistant_over(written(BAKER, folder / "corpus"), folder / "index")


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("What degrees does she hold?", ["BA in History", "MSc Food Science"]),
        ("When did she finish her master's degree?", ["2012"]),
        ("What was the dissertation about?", ["price of rye"]),
        ("hobbies?", ["shanty choir"]),
        ("awards and prizes?", ["Golden Crust", "Nordic Loaf"]),
        ("Who is her boss?", ["Liv Aase"]),
        ("how big is the team she runs at the moment", ["group of seven"]),
    ],
)
def test_it_is_found(baker: Assistant, question: str, facts: list[str]) -> None:
    answer = baker.ask(question)
    assert answer.decision == "answer"
    assert [f for f in facts if not any(f in s.text for s in answer.statements)] == []


@pytest.mark.parametrize(
    "question",
    [
        "Who was her manager at Kai Bakery?",
        "How many people reported to her at Kai Bakery?",
        "What grade did she get for her master's?",
    ],
)
def test_what_nobody_states_is_refused(baker: Assistant, question: str) -> None:
    assert baker.ask(question).decision == "refuse"


@pytest.mark.parametrize("question", ["How large was the budget of the department?", "How big was the team's cluster?"])
def test_the_size_of_something_else_is_no_team_size(question: str) -> None:
    assert "team" not in [t.name for t, _ in lexicon.load("").topics_in(question)]


def test_a_blank_stretch_is_read_in_no_time() -> None:
    assert ends_paragraph("Won a medal.\n \n- ")
    assert not ends_paragraph("Won a medal.\n- ")
    assert ends_paragraph("Won a medal." + "\n" * 5000)  # took minutes when a pattern looked back over it
