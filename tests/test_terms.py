import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.terms import _pattern, fold, mentions, terms, titled, unaccented, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CI/CD", ["ci/cd", "ci", "cd", "cicd"]),
        ("Node.js", ["node.js", "node", "js", "nodejs"]),
        ("400M+ users", ["400m+", "400m", "user"]),
        ("C++ and C#", ["c++", "c#"]),
        ("What's her role?", ["role"]),
        ("They've not hasn't couldn't", []),
        ("Café nurses’ rounds", ["cafe", "nurs", "round"]),
        ("Łódź and Tromsø", ["lodz", "tromso"]),
        ("2019-03", ["2019-03"]),
        ("Aoife's ward", ["aoif", "ward"]),
        ("analysed, analyzing, an analysis", ["analyz"] * 3),
        ("organised and organization", ["organiz"] * 2),
        ("a rise, noise", ["rise", "nois"]),
        ("supervise, supervision, expertise", ["supervis", "supervis", "expertis"]),
    ],
)
def test_terms_fold_and_split(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_words_keep_their_symbols() -> None:
    assert words("She used .NET, C++ and F#.") == ["She", "used", ".NET", "C++", "and", "F#"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("Go", "She writes Go.", True),
        ("Go", "Google hired her", False),
        ("Go", "a go-to person", False),
        ("Go", "Go's scheduler", True),
        ("Java", "JavaScript only", False),
        ("C", "C++ only", False),
        ("C++", "has he used c++?", True),
        (".NET", "ASP.NET", False),
        ("Node", "Node.js", False),
        ("Docker", "a Docker-based set-up", True),
        ("nurse", "two nurses", True),
        ("Zürich", "moved to Zurich", True),
        ("Zurich", "moved to Zürich", True),
        ("St. Brigid's Hospital", "at st. brigid’s hospital", True),
        ("sign on", "single sign-on", True),
    ],
)
def test_mentions_whole_terms(name: str, text: str, said: bool) -> None:
    assert mentions(name, text) is said


def test_exact_case_is_asked_for() -> None:
    assert mentions("Swift", "Swift developer", exact_case=True)
    assert not mentions("Swift", "a swift reply", exact_case=True)


NAMES = st.text(string.ascii_letters, min_size=1, max_size=8)


@given(NAMES, st.text(string.ascii_letters, min_size=1, max_size=4), st.booleans())
def test_never_inside_a_longer_word(name: str, more: str, before: bool) -> None:
    longer = more + name if before else name + more
    plural = not before and len(name) > 2 and more.lower() in {"s", "es"}
    same = longer.casefold() == name.casefold()
    assert mentions(name, f"about {longer} today") is (plural or same)


@given(NAMES, st.sampled_from(["{}", "with {}.", "({})", "{}, or", "“{}”"]))
def test_found_as_a_whole_term(name: str, frame: str) -> None:
    assert mentions(name, frame.format(name))


@given(st.text(st.characters(max_codepoint=0x24F), max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert unaccented(unaccented(text)) == unaccented(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What Did She Do In Intensive Care?", True),
        ("WHAT DID SHE DO?", True),
        ("What did she do at Bosch and Siemens?", False),
        ("Python, R and SQL?", False),
    ],
)
def test_titled(text: str, expected: bool) -> None:
    assert titled(text) is expected


@given(
    st.text(alphabet="aAbBcC+#.- ßſKéø1", min_size=1, max_size=6),
    st.text(alphabet="aAbBcC+#.- ßſKéø1", max_size=20),
    st.booleans(),
)
def test_what_opens_a_name_stands_in_all_that_mentions_it(name: str, text: str, exact: bool) -> None:
    text += f" {name}s"
    slowly = _pattern(name, exact).search(unaccented(text)) is not None
    assert mentions(name, text, exact) is slowly
