import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.sentences import LONGEST, Splitter, split


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("They led A [1]. They built B [2].", ["They led A [1].", "They built B [2]."]),
        ("They led A. [1] They built B. [2][3]", ["They led A. [1]", "They built B. [2][3]"]),
        ("They led A.[1][2] They built B.", ["They led A.[1][2]", "They built B."]),
        ("Costs fell by 3.5 % at Node.js Inc. in the U.S. and rose later [1].", None),
        ("With tools, e.g. Kafka [1, 2]. Then more [3].", ["With tools, e.g. Kafka [1, 2].", "Then more [3]."]),
        ("- Led A [1]\n- Built B [2]\n\n1. Ran C [3]", ["Led A [1]", "Built B [2]", "Ran C [3]"]),
        ("They led A.\n[1]\nThey built B.", ["They led A. [1]", "They built B."]),
        ('He said "yes." [4] Then "no".', ['He said "yes." [4]', 'Then "no".']),
        ("### Work\nThey led A [1]", ["Work", "They led A [1]"]),
        ("  \n \n", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str] | None) -> None:
    assert list(split([text])) == ([text] if sentences is None else sentences)


TEXT = st.lists(
    st.sampled_from(
        ["They led A", "e.g. Kafka", ". ", ".", "[1]", " [2, 3]", "\n", " ", "- ", "! ", '"', "Node.js", "9"]
    ),
    max_size=30,
).map("".join)


@given(TEXT, st.lists(st.integers(1, 5), min_size=1, max_size=80))
def test_how_the_stream_is_cut_makes_no_difference(text: str, sizes: list[int]) -> None:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    assert list(split([*pieces, text[at:]])) == list(split([text]))


@given(TEXT)
def test_no_word_is_lost(text: str) -> None:
    kept = "".join("".join(split([text])).split())
    assert all(word in kept for word in ("TheyledA",) if "They led A" in text)


def test_a_sentence_leaves_when_the_next_one_begins() -> None:
    splitter = Splitter()
    assert list(splitter.feed("They led A. ")) == []
    assert list(splitter.feed("[1] ")) == []
    assert list(splitter.feed("T")) == ["They led A. [1]"]
    assert splitter.rest() == "T"


def test_what_never_ends_is_cut() -> None:
    assert [len(s) for s in split(["x" * 25] * 100)] == [LONGEST, LONGEST, 500]
