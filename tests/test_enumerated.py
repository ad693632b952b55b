"""What a sentence announces is answered with what it announces; what merely holds a number is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.assistant import Assistant
from tests.conftest import written

GARDENER = {
    "about.md": """
        # About me

        I lay out gardens for schools. I have worked on two kinds of soil: clay and chalk. Both drain badly.

        ## How I plan

        So I have three habits. I walk the plot at noon. I ask the caretaker about the drains. And I draw in pencil.
    """,
    "articles/hedges.md": """
        ---
        title: Moving a hedge
        date: 2024-02-01
        ---

        Every hedge that we move goes through the same checklist. It fits on a card.

        1. Dig the trench first. A hedge that waits dries out.
        2. Cut it back by half.
        3. Water it for a month.

        I also keep two promises to the neighbours.

        First, nobody starts a saw before nine. Birds are a reason as well.

        Second, the gap is closed on the same day.
    """,
}


@pytest.fixture(scope="module")
def gardener(assistant_over: Callable[[Path, Path], Assistant], tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("gardener")
    return assistant_over(written(GARDENER, folder / "corpus"), folder / "index")


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("What are the three habits?", ["at noon", "the caretaker", "in pencil"]),
        ("What are the three steps of the checklist for moving a hedge?", ["the trench", "by half", "a month"]),
        ("Which promises does he keep to the neighbours?", ["before nine", "on the same day"]),
    ],
)
def test_what_is_announced_follows(gardener: Assistant, question: str, items: list[str]) -> None:
    statements = [s.text for s in gardener.ask(question).statements]
    assert len(statements) == len(items) + 1
    assert all(item in text for item, text in zip(items, statements[1:], strict=True))


def test_a_sentence_that_says_what_it_counts_announces_nothing(gardener: Assistant) -> None:
    said = " ".join(s.text for s in gardener.ask("What kinds of soil does he know?").statements)
    assert "clay and chalk" in said
    assert "drain badly" not in said
