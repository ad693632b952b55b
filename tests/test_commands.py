import threading

import pytest

from rag.assistant import Assistant
from rag.commands import is_task, without_commands
from rag.terms import stem


@pytest.mark.parametrize(
    "text",
    [
        "Explain the cuts in falls at Santa Clara Hospital",
        "How can we use their nursing skills?",
        "Please calculate the total years of experience",
    ],
)
def test_a_task_about_the_person_is_a_question(nurse: Assistant, text: str) -> None:
    assert without_commands(text) == text
    assert nurse.ask(text).decision == "answer"


@pytest.mark.parametrize(
    "text", ["Explain how photosynthesis works", "How do I boil an egg?", "Should I buy shares now?"]
)
def test_a_task_about_nobody_is_refused(nurse: Assistant, text: str) -> None:
    assert is_task(text)
    assert nurse.ask(text).reason == "off_topic"


@pytest.mark.parametrize("text", ["hello", "thanks!", "a a a a", "what?"])
def test_small_talk_asks_for_a_question(nurse: Assistant, text: str) -> None:
    assert nurse.ask(text).reason == "empty_question"


def test_a_long_history_costs_nothing(nurse: Assistant) -> None:
    history = [("And then? " * 50_000, "She did. " * 50_000)] * 3_000
    answer = nurse.ask("And how many beds?", history)
    assert len(answer.standalone_question) < 5_000


def test_stems_are_the_same_in_every_thread() -> None:
    words = [
        f"{a}{b}" for a in ("national", "run", "hope", "care", "manage", "organ") for b in ("", "s", "ing", "ization")
    ]
    expected = {w: stem.__wrapped__(w) for w in words}
    wrong: list[str] = []

    def check() -> None:
        for _ in range(200):
            wrong.extend(w for w in words if stem.__wrapped__(w) != expected[w])

    threads = [threading.Thread(target=check) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
