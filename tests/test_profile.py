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
        (
            "display_name = ",
            'line 1: display_name cannot be read; write headline = "Site engineer", in straight quotes',
        ),
        ('# me\ndisplay_name = "Ngozi\ncontact = "x"', "line 2: display_name cannot be read"),
        ('contact = "C:\\Users"', "line 1: contact cannot be read; .* every backslash twice"),
        ('contact = "x"\n\ncontact = "y"', "line 3: contact is given twice; keep one"),
        ('contact = "x"\nI build bridges', "line 2: 'I build bridges' is no field; write headline ="),
        (
            'suggested_questions = ["Where?",\n"When?"\n',
            "line 1: suggested_questions is a list that lacks a comma or its end",
        ),
        ("display_name = 3", 'display_name is not a text; write display_name = "…"'),
        ('headline = "' + "x" * 501 + '"', "headline has 501 characters; shorten it to 500"),
        ('phone = "1"', "phone is not known; remove it, or use one of display_name, headline"),
        ('suggested_questions = "one"', r"suggested_questions is not a list; write suggested_questions = \["),
        ('suggested_questions = ["one", 2]', "suggested_questions: its entry 2 is not a text"),
        ("a = " + "[" * 5000, "lists within lists"),
    ],
)
def test_what_does_not_fit_is_named_in_one_plain_line(text: str, message: str) -> None:
    with pytest.raises(ResumeError, match=message) as caught:
        parse(text, "/home/ngozi/corpus/profile.toml")
    said = str(caught.value)
    assert said.startswith("/home/ngozi/corpus/profile.toml")
    assert "\n" not in said
    assert not [word for word in ("Expected", "Invalid", "Input", "TOML", "tuple", "pydantic") if word in said]


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert parse('\ufeffheadline = "Baker"').headline == "Baker"
