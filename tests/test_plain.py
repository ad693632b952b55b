"""Plain words for what documents call by a trade's word."""

import pytest

from rag import lexicon


@pytest.mark.parametrize(
    ("question", "held", "found"),
    [
        ("Has she been in charge of other people?", {"led", "teams"}, ("led", "teams")),
        ("Did anyone win a prize?", {"award"}, ("award",)),
        ("Did anyone win a prize?", set(), ()),
        ("How were API keys stored?", {"secrets management", "award"}, ("secrets management",)),
        ("What did they do with Kubernetes?", {"led", "award"}, ()),
    ],
)
def test_only_what_the_documents_hold_is_searched_for_as_well(
    question: str, held: set[str], found: tuple[str, ...]
) -> None:
    assert lexicon.load().called(question, held.__contains__) == found


def test_what_the_question_says_itself_is_not_added() -> None:
    assert lexicon.load().called("Which award, which prize?", {"award"}.__contains__) == ()
