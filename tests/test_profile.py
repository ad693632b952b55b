import pytest

from rag.errors import ResumeError
from rag.profile import parse


def test_nothing_given() -> None:
    profile = parse("")
    assert profile.name == "this engineer"
    assert profile.names == ()


def test_a_name() -> None:
    profile = parse('display_name = "Ngozi Smith"\nsuggested_questions = ["Where?"]')
    assert profile.name == "Ngozi Smith"
    assert profile.names == ("Ngozi Smith",)
    assert profile.suggested_questions == ("Where?",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("display_name = ", "profile.toml: not TOML"),
        ("display_name = 3", "profile.toml: display_name"),
        ('phone = "1"', "profile.toml: phone.*known fields are display_name, headline"),
        ('suggested_questions = "one"', "profile.toml: suggested_questions"),
    ],
)
def test_what_does_not_fit_is_named(text: str, message: str) -> None:
    with pytest.raises(ResumeError, match=message):
        parse(text)
