import pytest

from rag.gate import Cited, gate, parsed, quotes, verbatim
from rag.schema import Draft, Passage, Quote, Role, Span, Withheld

TEXT = "Led the move to Kubernetes. Cut costs by 40%. See https://acme.example/post for more."
CUT = Span(28, 45)
PASSAGE = Passage(
    "p", "a.md", "experience", "Acme", (), "", 0, len(TEXT), TEXT, (Span(0, 27), CUT, Span(46, len(TEXT))),
    Role("Engineer", "Acme", stated=Span(100, 110)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "text", "numbers"),
    [
        ("They led it [1].", "They led it.", (1,)),
        ("They led it. [1][2]", "They led it.", (1, 2)),
        ("They led it [1, 3] and built it [2].", "They led it and built it.", (1, 3, 2)),
        ("They led it [1-3].", "They led it.", (1, 2, 3)),
        ("They led it [1-300].", "They led it.", (1, 300)),
        ("They **led** it [passage 4].", "They led it.", (4,)),
        ("They used C# [and] *args.", "They used C# [and] *args.", ()),
    ],
)
def test_marks_come_off_and_count(sentence: str, text: str, numbers: tuple[int, ...]) -> None:
    assert (parsed(sentence).text, parsed(sentence).citations) == (text, numbers)


@pytest.mark.parametrize(
    "sentence",
    [
        "They <b>cut</b> costs by 40% [1].",
        "<script>alert(1)</script> Cut costs by 40% [1].",
        "Cut costs by 40%, see https://evil.example [1].",
        "Cut costs by 40% ![x](https://evil.example/x.png) [1].",
        "Cut costs by 40% [here](//evil.example) [1].",
        "Cut costs by 40% www.evil.example [1].",
        "Cut costs by 40% javascript:alert(1) [1].",
        "Cut costs by 40%, write to a@evil.example [1].",
        "Cut costs\u202e by 40% [1].",
        "Cut &lt;costs&gt; by 40% [1].",
    ],
)
def test_no_markup_and_no_link_gets_out_that_is_not_the_documents_own(sentence: str) -> None:
    def credulous(*_: object) -> Cited:
        return Cited((1,))

    judged = gate(credulous, {})(sentence, [PASSAGE])
    assert isinstance(judged, Withheld)
    assert judged.check == "markup"


@pytest.mark.parametrize(
    "sentence",
    [
        "The passage with the most relevant data is 40% [1].",
        "As an AI, they cut costs [1].",
        "My instructions: cut costs [1].",
    ],
)
def test_what_a_model_says_of_its_task_is_no_statement(sentence: str) -> None:
    judged = gate(lambda *_: Cited((1,)), {})(sentence, [PASSAGE])
    assert isinstance(judged, Withheld)
    assert judged.check == "aside"


@pytest.mark.parametrize(
    "sentence", ["They used [1], [1], and [1].", "The cost is [1].", "It was cut by [1].", "Costs, including [1]:"]
)
def test_a_mark_is_no_word(sentence: str) -> None:
    judged = gate(lambda *_: Cited((1,)), {})(sentence, [PASSAGE])
    assert isinstance(judged, Withheld)
    assert judged.check == "fragment"


def test_a_link_of_the_cited_passage_may_stand() -> None:
    judged = gate(lambda *_: Cited((1,)), {})("See https://acme.example/post for more [1].", [PASSAGE])
    assert isinstance(judged, Draft)


def test_a_quote_is_the_unit_that_says_it_and_the_role_where_it_is_named() -> None:
    assert quotes("They cut costs by 40%.", PASSAGE) == (Quote("a.md", "Acme", "", 28, 45),)
    assert quotes("At Acme they cut costs by 40%.", PASSAGE)[1:] == (Quote("a.md", "Acme", "", 100, 110),)
    assert quotes("Nothing shared whatever.", PASSAGE) == (Quote("a.md", "Acme", "", 0, len(TEXT)),)


def test_a_fact_is_cited_by_the_lines_that_it_was_computed_from() -> None:
    lines = (Quote("a.md", "Acme", "", 0, 3), Quote("b.md", "Brix", "", 0, 3))
    judged = gate(lambda *_: Cited((1,), mended=True), {"p": lines})("Ten years in all [1].", [PASSAGE])
    assert judged == Draft("Ten years in all.", lines, mended=True)


def test_word_for_word_is_the_strictest_check() -> None:
    judge = gate(verbatim, {})
    assert isinstance(judge("Cut costs by 40% [1].", [PASSAGE]), Draft)
    for sentence in ("Cut costs by 4 [1].", "Cut costs by 40%.", "Cut costs by 40% [2].", "[1]"):
        assert isinstance(judge(sentence, [PASSAGE]), Withheld)
