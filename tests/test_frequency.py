"""Which words are right as they are, and which are slips."""

import pytest

from rag import embed, frequency
from rag.frequency import Frequency
from rag.terms import stem


@pytest.fixture(scope="module")
def words() -> Frequency:
    return frequency.load(embed.tokenizer())


@pytest.mark.parametrize(
    "right",
    """inferred analyse analysed recruiter recruiters refactor onboarding optimise prioritise utilise freelancer
    specialise supervises streamline orchestrate practise synthesise modelled fulfil enrolment skilful paediatric
    judgement customise fundraise volunteers interned coder trainee interviewee rewrote redesigned
    rebuilt""".split(),
)
def test_words_in_a_right_form_stay(words: Frequency, right: str) -> None:
    beside = (right[:-1], right + "s", right[1:], "analyst", "recruited", "interred")
    assert words.spelt(right, beside) == right


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("kuberntes", "kubernetes"),
        ("managment", "management"),
        ("developped", "developed"),
        ("occured", "occurred"),
        ("programing", "programming"),
        ("experiance", "experience"),
        ("responsibilties", "responsibilities"),
        ("hopsital", "hospital"),
        ("analsyed", "analysed"),
        ("definately", "definitely"),
    ],
)
def test_slips_are_mended(words: Frequency, slip: str, meant: str) -> None:
    assert stem(words.spelt(slip, ("kubernetes", "analysed"))) == stem(meant)
