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


NURSE = {
    "bio.md": "# Lena Voss\n\nLena Voss is a nurse at St Mary Hospital. She has worked in intensive care since 2015.\n",
    "daisy.md": """
        ---
        title: Daisy Award
        kind: award
        date: 2021-05
        ---
        For compassionate care of a family in the intensive care unit.
    """,
    "handovers.md": """
        ---
        title: Handovers that hold
        kind: article
        date: 2022-03-14
        ---
        A good handover names the patient, the plan and the doubt.
    """,
}

Build = Callable[[dict[str, str]], Assistant]


@pytest.fixture(scope="module")
def build(assistant_over: Callable[[Path, Path], Assistant], tmp_path_factory: pytest.TempPathFactory) -> Build:
    def built(files: dict[str, str]) -> Assistant:
        folder = tmp_path_factory.mktemp("topics")
        return assistant_over(written(files, folder / "corpus"), folder / "index")

    return built


@pytest.fixture(scope="module")
def baker(build: Build) -> Assistant:
    return build(BAKER)


@pytest.fixture(scope="module")
def nurse(build: Build) -> Assistant:
    return build(NURSE)


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


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was the Daisy Award given?", "Daisy Award (2021-05)"),
        ("What year did she win an award?", "Daisy Award (2021-05)"),
        ("When was the article on handovers published?", "Handovers that hold (2022-03-14)"),
        ("When did she write about the doubt?", "Handovers that hold (2022-03-14)"),
    ],
)
def test_what_is_dated_by_its_file_says_when(nurse: Assistant, question: str, expected: str) -> None:
    answer = nurse.ask(question)
    assert expected in answer.text
    assert "date: " in " ".join(c.quote for c in answer.citations)


@pytest.mark.parametrize("question", ["When was the Rose Award given?", "When was the article on triage published?"])
def test_the_date_of_another_file_is_not_taken(nurse: Assistant, question: str) -> None:
    assert "(20" not in nurse.ask(question).text


def test_a_title_that_stands_nowhere_is_not_quoted(build: Build) -> None:
    text = "When the pagers woke us up at night, nobody wrote down why, and so nothing changed for a year."
    answer = build({"bio.md": NURSE["bio.md"], "articles/on-call.txt": text}).ask("Which articles has she written?")
    assert [(c.locator, c.quote) for c in answer.citations] == [("Line 1", text)]


def test_many_names_side_by_side_are_read_in_no_time(baker: Assistant) -> None:
    baker.ask("Has she used Python or Rust" + " and" * 200 + " x?")  # took days


def test_weaknesses_that_nobody_wrote_of_are_not_made_up(build: Build, baker: Assistant) -> None:
    assert baker.ask("What are her biggest weaknesses?").decision == "refuse"
    told = {**BAKER, "more.md": "# Looking back\n\nI was not very good at delegating, and I learned it late.\n"}
    assert "delegating" in build(told).ask("What are her biggest weaknesses?").text


def test_what_the_next_sentence_takes_back_is_quoted_with_it(build: Build) -> None:
    told = {**BAKER, "more.md": "# Fat\n\nA guest once told me margarine laminates better. It does not.\n"}
    assert "It does not." in build(told).ask("Has she used margarine?").text


def test_every_place_of_work_is_given(build: Build) -> None:
    fjord, kai = "experience/fjord.md", "experience/kai.md"
    asked = build(
        BAKER
        | {fjord: BAKER[fjord].replace("start:", "location: Bergen\n        start:")}
        | {kai: BAKER[kai].replace("start:", "location: Oslo\n        start:")}
    ).ask
    every = asked("Which cities has she worked in?").text
    assert ("Bergen" in every, "Oslo" in every) == (True, True)
    now = asked("Which city does she work in now?").text
    assert ("Bergen" in now, "Oslo" in now) == (True, False)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How big is her team?", "group of seven"),
        ("Which job was her first?", "Kai Bakery"),
        ("Has she baked for ferries?", "two ferries"),
    ],
)
def test_other_words_for_the_same(baker: Assistant, question: str, expected: str) -> None:
    assert expected in baker.ask(question).text


def test_a_recommendation_engine_is_no_letter(baker: Assistant) -> None:
    assert "reference" not in baker.ask("Did she build a recommendation engine?").text


def test_a_piece_without_a_date_says_none(build: Build) -> None:
    undated = {**NURSE, "handovers.md": NURSE["handovers.md"].replace("        date: 2022-03-14\n", "")}
    answer = build(undated).ask("When was the article on handovers published?")
    assert (answer.decision, "do not say when" in answer.text) == ("refuse", True)
    listed = {**undated, "resume.md": "# Lena Voss\n\n## Publications\n\n- Handovers that hold, Ward Notes, May 2022\n"}
    assert "May 2022" in build(listed).ask("When was the article on handovers published?").text


def test_what_is_published_about_a_thing_is_no_work_with_it(build: Build) -> None:
    told = {**NURSE, "work.md": "# Work\n\nSet up Kubernetes for the ward's charts.\n"}
    assert build(told).ask("Did she publish anything about Kubernetes?").decision == "refuse"
    assert build(told).ask("Has she used Kubernetes?").decision == "answer"
