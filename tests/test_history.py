from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import counted
from rag.career import Position
from rag.catalogue import Catalogue
from rag.evidence import measure
from rag.history import standalone, told
from rag.lexicon import load
from rag.question import read
from rag.schema import NEAREST, Hit, Passage, Role, Span
from rag.terms import spaced

LEXICON = load()
POSITIONS = tuple(
    Position(Role(title, employer), f"{i}.md", title, "")
    for i, (title, employer) in enumerate(
        [
            ("Firmware Engineer", "Square"),
            ("Developer", "Bosch, Siemens & Partner GmbH"),
            ("Nurse", "Apple"),
            ("Intern", "Gap"),
        ]
    )
)


def _fold(*questions: str, answers: tuple[str, ...] = ()) -> str:
    history = [(q, answers[i] if i < len(answers) else "") for i, q in enumerate(questions[:-1])]
    return standalone(questions[-1], history, LEXICON, POSITIONS)


@given(st.text(max_size=60))
def test_no_history_changes_nothing(question: str) -> None:
    assert standalone(question, [], LEXICON, POSITIONS) == question


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        ("And at Square?", "What did he do at Square?"),
        ("and at square", "What did he do at Square?"),
        ("what about Gap", "What did he do at Gap?"),
        ("At Bosch?", "What did he do at Bosch?"),
        ("Bosch?", "What did he do at Bosch?"),
        ("same for Bosch", "What did he do at Bosch?"),
        ("How long was he there?", "How long was he at Apple?"),
        ("How long did he work for this company?", "How long did he work for Apple?"),
        ("why did he leave?", "why did he leave Apple?"),
        ("and when did he start?", "when did he start at Apple?"),
        ("And before that?", "Where did they work before Apple?"),
        ("and after?", "Where did they work after Apple?"),
        ("where did he go next?", "Where did they work after Apple?"),
        ("when was that?", "when was that? — re: What did he do at Apple?"),
        ("Why?", "Why? — re: What did he do at Apple?"),
        ("with whom?", "with whom? — re: What did he do at Apple?"),
        ("For how long?", "How long did they work at Apple?"),
        ("and since when?", "When did they work at Apple?"),
        ("Tell me more", "Tell me more — re: What did he do at Apple?"),
        ("which tools did they use for it?", "which tools did they use for it? — re: What did he do at Apple?"),
        (
            "What was his title when he made this?",
            "What was his title when he made this? — re: What did he do at Apple?",
        ),
        ("any other articles?", "any other articles?"),
        ("what language was it written in?", "what language was it written in? — re: What did he do at Apple?"),
    ],
)
def test_follow_ups_after_an_employer(follow_up: str, expected: str) -> None:
    assert _fold("What did he do at Apple?", follow_up) == expected


@pytest.mark.parametrize(
    "question",
    """Does he know Docker?
What is his current job?
And when did he join Square?
So what does he do for fun?
And what about his education?
Is there anything about Docker?
Is it true that he knows Java?
Does he have any talks or publications?
Which languages does he speak?
What is the salary expectation?
ok""".splitlines(),
)
def test_a_new_topic_is_left_alone(question: str) -> None:
    assert _fold("What did he do at Apple?", question) == question


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        ("and C++?", "Does he know C++?"),
        ("what about golang?", "Does he know Golang?"),
        ("Kubernetes?", "Does he know Kubernetes?"),
        ("at Bosch?", "Does he know Rust at Bosch?"),
        ("since when?", "since when? — re: Does he know Rust?"),
        ("for how long?", "for how long? — re: Does he know Rust?"),
        ("How many years?", "How many years? — re: Does he know Rust?"),
        ("in which role?", "in which role? — re: Does he know Rust?"),
    ],
)
def test_follow_ups_after_a_technology(follow_up: str, expected: str) -> None:
    assert _fold("Does he know Rust?", follow_up) == expected


def test_the_time_of_a_tool_is_not_the_time_of_the_position() -> None:
    assert _fold("What did he do with Rust at Apple?", "For how long?").startswith("For how long? — re: ")


def test_three_turns() -> None:
    assert _fold("How long was he at Gap?", "and Apple?", "and when did he leave?") == "when did he leave Apple?"
    assert _fold("What was his title at Gap?", "and at Apple?", "and at Square?") == "What was his title at Square?"
    assert _fold("Tell me about the boot loader", "which tools did he use for it?", "why?") == (
        "why? — re: which tools did he use for it? Tell me about the boot loader"
    )


def test_the_answer_says_where() -> None:
    answers = ("Nurse at Apple, 2013-01 to 2015-08.",)
    assert _fold("Where did he work in 2014?", "What did he build there?", answers=answers) == (
        "What did he build at Apple?"
    )
    assert _fold("Where did he work in 2014?", "And before?", answers=answers) == "Where did they work before Apple?"


def test_an_item_of_the_list_that_was_answered() -> None:
    jobs = "From the roles:\n- Firmware Engineer at Square, since 2020. [1]\n- Nurse at Apple, 2013 to 2015. [2]"
    asked = "Which companies has he worked for?"
    assert _fold(asked, "When was the second one?", answers=(jobs,)) == "When was Apple?"
    assert _fold(asked, "and the first one?", answers=(jobs,)) == "What did they do at Square?"
    assert _fold(asked, "and the third one?", answers=(jobs,)) == (
        "and the third one? — re: Which companies has he worked for?"
    )
    posts = "- Reading CAN frames (2021) [1]\n- Why I left the ward [2][3]"
    assert _fold("What has he written?", "What is the last one about?", answers=(posts,)) == (
        "What is Why I left the ward about?"
    )


@given(st.sampled_from(["why?", "when was that?", "And at Square?", "Tell me more", "and C++?"]), st.integers(1, 12))
def test_long_chains_stay_short(follow_up: str, turns: int) -> None:
    folded = _fold("What did he do at Apple?", *[follow_up] * turns)
    assert len(folded) <= 400
    assert folded.count(" — re: ") <= 1


def test_it_asked_of_an_employer_leans_on_what_it_is() -> None:
    folded = _fold("Tell me about the control unit project", "Was it at Square?")
    assert folded == "Was it at Square? — re: Tell me about the control unit project"


def test_a_bare_kind_stays_with_the_employer_asked_about() -> None:
    assert _fold("What did he do at Square?", "which databases?") == "which databases at Square?"
    assert _fold("What did he do?", "which databases?") == "which databases?"


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        ("sorry, back to the rig: what did it cost?", "what did it cost? — re: rig"),
        ("By how much did they go down?", "By how much did they go down? — re: Tell me about the outages"),
        ("who was the vendor", "who was the vendor — re: Tell me about the outages"),
        ("like what?", "like what? — re: Tell me about the outages"),
        ("How did the vendor help?", "How did the vendor help?"),
        ("was he promoted after that?", "was he promoted after that? — re: Tell me about the outages"),
        ("and before that one?", "Where did they work before Apple?"),
        ("the one before that, what was the title?", "Where did they work before Apple?"),
        ("How many rigs are out there?", "How many rigs are out there?"),
        ("Will there be more of them?", "Will there be more of them? — re: Tell me about the outages"),
        (
            "And how long did it take to do that?",
            "And how long did it take to do that? — re: Tell me about the outages",
        ),
        ("And which tools did the night shift use?", "And which tools did the night shift use at Apple?"),
    ],
)
def test_what_leans_on_a_line_of_a_position(follow_up: str, expected: str) -> None:
    answers = ("As Nurse at Apple: Cut outages by half.",)
    assert _fold("Tell me about the outages", follow_up, answers=answers) == expected


def test_a_title_is_carried_on_where_one_is_told_and_the_job_is_meant() -> None:
    twice = (*POSITIONS, Position(Role("Lead Firmware Engineer", "Square"), "9.md", "Lead Firmware Engineer", ""))
    lead, engineer = "As Lead Firmware Engineer at Square: Led.", "Firmware Engineer at Square, 2012."

    def folded(question: str, answer: str) -> str:
        return standalone(question, [("Did he lead anybody?", answer)], LEXICON, twice)

    assert folded("What did he build there?", lead) == "What did he build at Lead Firmware Engineer at Square?"
    assert folded("What did he build at the same company?", lead) == "What did he build at Square?"
    assert folded("What did he build there?", f"{lead}\n{engineer}") == "What did he build at Square?"


@pytest.mark.parametrize(
    "question",
    [
        "Which firm was he with before that?",
        "Where did she nurse before that?",
        "What was she doing right before that?",
    ],
)
def test_the_job_before_is_asked_for_in_many_ways(question: str) -> None:
    assert _fold("What did he do at Apple?", question) == "Where did they work before Apple?"


def test_what_is_said_before_a_question_that_stands_alone() -> None:
    assert _fold("Any salary wishes?", "OK, then what is their current title?") == "what is their current title?"
    assert _fold("Any salary wishes?", "Thanks! Does he know Docker?") == "Does he know Docker?"


def test_an_employer_they_never_had_is_left_behind() -> None:
    assert _fold("What did they do at Amazon?", "And at Square?") == "What did they do at Square?"


def test_at_which_hospital_asks_for_the_employer() -> None:
    assert _fold("Has she used the pump?", "At which hospital?") == "At which company? — re: Has she used the pump?"


@pytest.mark.parametrize(
    ("question", "folded"),
    [
        ("back to that, when was it?", "back to that, when was it? — re: Has he used Node.js?"),
        ("back to Node.js, which version?", "which version? — re: Node.js"),
        ("Back to St. Mary's: how long?", "how long? — re: St. Mary's"),
        ("Back to back shifts, how many did she run?", "Back to back shifts, how many did she run?"),
    ],
)
def test_back_to_a_thing(question: str, folded: str) -> None:
    assert _fold("Has he used Node.js?", question) == folded


def test_many_turns_that_count_are_read_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    lister = counted._lister
    monkeypatch.setattr(counted, "_lister", lambda history: (calls.append(1), lister(history))[1])
    turns = [("and the third one?", "Very much, and well.")] * 20
    standalone("the second one?", turns, LEXICON, POSITIONS)
    assert len(calls) < 500  # it was two to the power of the turns


def test_a_list_of_long_ago_is_not_counted_in() -> None:
    articles = "- Seven Mistakes [1]\n- The Boot Loader [2]"
    asked = ("Which articles has he written?", "How old is he?", "When did the last job end?")
    assert _fold(*asked, answers=(articles, "The documents do not say.")) == "When did the last job end?"


def test_an_item_of_a_position_is_the_item() -> None:
    answer = "- As Nurse at Apple: Wrote the rota [1]\n- As Nurse at Apple: Led the growth of the ward [2]"
    folded = _fold("What did he do?", "Say more about the second one.", answers=(answer,))
    assert folded == "Tell me about Led the growth of the ward."
    assert (
        _fold("What did he do?", "the second one?", answers=("- a b\n- " + "x" * 120,)) == f"Tell me about {'x' * 100}."
    )


def test_any_others_asks_for_all() -> None:
    assert _fold("Which articles has he written?", "Is there another one?") == "Which publications are there?"
    assert _fold("When did he get his degree?", "Any more?") == "Any more? — re: When did he get his degree?"
    assert _fold("How old is he?", "Is there another one?") == "Is there another one? — re: How old is he?"


def test_the_second_of_an_answer_before_the_last() -> None:
    jobs = "- Firmware Engineer at Square, since 2020. [1]\n- Nurse at Apple, 2013 to 2015. [2]"
    asked = ("Which companies has he worked for?", "Does he like it?", "How long was the second one?")
    assert _fold(*asked, answers=(jobs, "Very much.")) == "How long was Apple?"


def test_a_long_item_is_asked_for_by_its_first_words() -> None:
    items = "- Wound the motors\n- " + "Rewrote the boot loader " * 6
    folded = _fold("What did he do?", "Say more about the second.", answers=(items,))
    assert folded.startswith("Tell me about Rewrote the boot loader")
    assert len(folded) < 130


def test_which_came_first_of_the_companies() -> None:
    assert _fold("what companies has he worked at?", "Which came first?") == "What was their first job?"


def test_what_is_read_on_after_an_answer() -> None:
    text = "We use a drum filter. It cost 900 NOK in parts. Petter helped."
    units = [
        ("a.md", span, spaced(text[span.start : span.end]).strip(".")) for span in map(Span, (0, 22, 48), (21, 47, 62))
    ]
    assert told("- As Postdoc at Lyngvær: It cost 900 NOK in parts. [1][2]", units) == (("a.md", 47),)
    assert told("At Lyngvær: It cost 900 NOK in", units) == (("a.md", 22),)
    assert told("It cost 900 NOK in", units) == (("a.md", 22),)  # the rest of the sentence is still to be said
    assert told("The documents do not say.", units) == ()
    everywhere = [(f"{i}.md", span, unit) for i in range(13) for _, span, unit in units]
    assert told("It cost 900 NOK in", everywhere) == ()  # a fragment that stands everywhere points nowhere


def test_a_follow_up_reads_on_where_the_answer_ended() -> None:
    text = "About 90 birds sleep here. I collect atlases. About 60 stand on a shelf."
    spans = (Span(0, 26), Span(27, 45), Span(46, 72))
    passage = Passage("1", "a.md", "bio", "Notes", (), "", 0, len(text), text, spans)
    generation: Any = SimpleNamespace(passages=[passage], document_frequency=lambda _: 1)
    question = read("How many is that?", LEXICON)
    hits = [Hit(passage, 0.5, 0.5, (0.5, 0.4, 0.4))]
    catalogue = Catalogue(generation, LEXICON)

    def best(*told: tuple[str, int]) -> str:
        return measure(question, hits, catalogue, lambda _: 0.5, told=told).sentences[0].text

    assert best() == "About 90 birds sleep here."
    assert best(("a.md", 45)) == "About 60 stand on a shelf."
    assert best(("b.md", 45)) == "About 90 birds sleep here."


def test_the_employer_in_a_line_of_a_position_is_meant() -> None:
    asked = ("Where did he work before Square?", "How large was the team there?")
    assert _fold(*asked, answers=("Senior Nurse, Apple",)) == "How large was the team at Apple?"


ARTICLES = "- Ten Concepts That Everybody Should Know (2023-05-02) [1][2]\n- Agent-Ready APIs [3]"


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        ("What is the second about?", "What is Agent-Ready APIs about?"),
        ("the first one?", "Tell me about Ten Concepts That Everybody Should Know."),
        ("the last piece?", "Tell me about Agent-Ready APIs."),
        ("What was the first time he wrote?", "What was the first time he wrote?"),
    ],
)
def test_items_are_counted_in_the_answer_that_lists(follow_up: str, expected: str) -> None:
    assert _fold("Which articles?", follow_up, answers=(ARTICLES,)) == expected


@pytest.mark.parametrize(
    ("follow_up", "expected"),
    [
        ("the first one?", "Tell me about Ten Concepts That Everybody Should Know."),
        ("the last piece?", "Tell me about Agent-Ready APIs."),
    ],
)
def test_items_are_counted_on_past_what_one_of_them_lists(follow_up: str, expected: str) -> None:
    answers = (ARTICLES, "- One thing it says\n- Another thing")
    assert _fold("Which articles?", "What is the second about?", follow_up, answers=answers) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("She knows Azure, AWS and Neo4j.", "Tell me about Azure."),
        ("She speaks French and German. [1]", "Tell me about French."),
        ("Tools: Azure, AWS and Neo4j.", "Tell me about Azure."),
        ("Azure, AWS and Neo4j", "Tell me about Azure."),
    ],
)
def test_the_first_of_a_sentence_is_no_verb(answer: str, expected: str) -> None:
    assert _fold("What does she know?", "the first one?", answers=(answer,)) == expected


def test_there_is_not_what_comes_near_to_an_answer() -> None:
    refused = f"The documents name no role at Neo4j. {NEAREST}\nAs Nurse at Apple: Kept its graphs in Neo4j. [1]"
    folded = _fold("Have they worked at Neo4j?", "What did she do there?", answers=(refused,))
    assert "Apple" not in folded


def test_nothing_is_counted_in_a_refusal() -> None:
    refused = "The documents do not say. They are about one person's work; please ask about that."
    assert "do not say" not in _fold("Is it raining?", "the first one?", answers=(refused,))


def test_each_turn_walks_one_role_back() -> None:
    positions = tuple(
        Position(Role(title, employer), f"{i}.md", title, "")
        for i, (title, employer) in enumerate(
            [("Head", "Gap"), ("Senior Nurse (E3)", "Apple"), ("Nurse", "Apple"), ("Intern", "Square")]
        )
    )
    history: list[tuple[str, str]] = [("where do they work now", "Head at Gap. [1]")]
    asked = []
    for follow_up, answer in (
        ("and the one before?", "Senior Nurse (E3) at Apple. [1]"),
        ("and the one before?", "Nurse at Apple. [1]"),
        ("what was the previous job?", "Intern at Square (inferred). [1]"),
        ("and the one after that?", ""),
    ):
        asked.append(standalone(follow_up, history, LEXICON, positions))
        history.append((follow_up, answer))
    assert asked == [
        "Where did they work before Gap?",
        "Where did they work before Senior Nurse at Apple?",
        "Where did they work before Nurse at Apple?",
        "Where did they work after Square?",
    ]
