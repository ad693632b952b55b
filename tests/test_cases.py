from pathlib import Path

import pytest

from eval.bench.answers import sets
from eval.cases import load
from eval.judgement import holds, judge
from eval.schema import Case
from rag.errors import ResumeError
from rag.schema import Answer, Citation, Statement

GOOD = '{"id": "a", "kind": "fact", "question": "q", "answerable": true, "expected": [["x"]]}'


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{", "not JSON"),
        (GOOD.replace('"fact"', '"riddle"'), "kind"),
        (GOOD.replace('[["x"]]', "[]"), "expected"),
        (GOOD.replace('"x"', '"re:("'), "expected"),
        (GOOD.replace('"q"', "1"), "question"),
        (GOOD, "id"),
        (GOOD.replace('"id"', '"name"'), "id"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_field(tmp_path: Path, line: str, named: str) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(f"{GOOD}\n\n{line}\n")
    with pytest.raises(ResumeError, match=rf"line 3: {named}"):
        load(file)


@pytest.mark.parametrize("chosen", sets(None), ids=lambda s: s.name)
def test_the_shipped_cases_are_readable_and_name_real_files(chosen) -> None:  # type: ignore[no-untyped-def]
    cases = load(chosen.cases)
    assert len(cases) >= 30
    assert all((chosen.corpus / source).is_file() for case in cases for source in case.sources)


@pytest.mark.parametrize(
    ("text", "alternative", "held"),
    [
        ("cut costs\n by 40%", "costs by 40%", True),
        ("Cut COSTS", "costs", True),
        ("forty", "40", False),
        ("3 years 4 months", r"re:\b3 years\b", True),
        ("13 years", r"re:\b3 years\b", False),
    ],
)
def test_holds(text: str, alternative: str, held: bool) -> None:
    assert holds(text, alternative) is held


def answer(decision: str, text: str, quote: str = "cut costs") -> Answer:
    citation = Citation(1, "experience/a.md", "", "", quote, 0, 9)
    return Answer("q", "q", decision, "lead", statements=(Statement(text, (1,)),), citations=(citation,))  # type: ignore[arg-type]


CASE = Case.model_validate_json(GOOD).model_copy(
    update={"expected": (("costs",),), "forbidden": ("rose",), "sources": ("a.md",)}
)


@pytest.mark.parametrize(
    ("given", "right"),
    [
        (answer("answer", "cut costs"), True),
        (answer("refuse", "cut costs"), False),
        (answer("answer", "cut"), False),
        (answer("answer", "costs rose"), False),
    ],
)
def test_judge(given: Answer, right: bool) -> None:
    verdict = judge(CASE, given, lambda _: "cut costs by 40%")
    assert verdict.right is right
    assert verdict.cited
    assert verdict.misquoted == 0


def test_an_altered_quote_and_a_wrong_file_are_seen() -> None:
    verdict = judge(
        CASE.model_copy(update={"sources": ("b.md",)}), answer("answer", "costs", "cut cost!"), lambda _: "cut costs"
    )
    assert verdict.misquoted == 1
    assert not verdict.cited


def test_an_unanswerable_question_is_right_when_refused() -> None:
    case = CASE.model_copy(update={"answerable": False})
    assert judge(case, answer("refuse", ""), lambda _: "cut costs").right
    assert not judge(case, answer("partial", "x"), lambda _: "cut costs").right
