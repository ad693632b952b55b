from pathlib import Path

import pytest

from eval.bench.answers import sets
from eval.cases import SHIPPED, chosen, load
from eval.judgement import holds, judge
from eval.schema import Case
from rag.errors import ResumeError
from rag.schema import Answer, Citation, Statement

GOOD = '{"id": "a", "kind": "fact", "question": "q", "answerable": true, "expected": [["x"]]}'


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{", "not JSON"),
        (GOOD.replace("true", "9" * 5000), "not JSON"),
        ("[" * 100_000, "not JSON"),
        (GOOD.replace('"q"', '"q", "answer": 1'), "answer"),
        (GOOD.replace('"q"', '"q", "origin": "dreamt"'), "origin"),
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


def test_a_line_ends_at_its_line_feed_alone(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(GOOD.replace('"q"', '"one\u2028two"') + "\r\n", encoding="utf-8", newline="")
    assert load(file)[0].question == "one\u2028two"


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


def test_cases_are_found_for_the_documents_that_are_indexed(tmp_path: Path) -> None:
    shipped = {source for case in load(SHIPPED) for source in case.sources}
    files, notes = chosen(None, tmp_path, shipped)
    assert [f.path for f in files] == [SHIPPED]
    assert not notes
    files, _ = chosen(None, tmp_path, sorted(shipped)[1:])  # a document went missing: its questions are still asked
    assert [f.path for f in files] == [SHIPPED]
    with pytest.raises(ResumeError, match="no questions are about the indexed documents"):
        chosen(None, tmp_path, {"resume.md"})

    own = tmp_path / "cases.jsonl"
    own.write_text(GOOD.replace('"fact"', '"fact", "sources": ["resume.md"]'))
    files, notes = chosen(None, tmp_path, {"resume.md"})
    assert [f.path for f in files] == [own]
    assert len(notes) == 1
    assert [f.path for f in chosen(None, tmp_path, {"resume.md", *shipped})[0]] == [SHIPPED, own]
    assert [f.path for f in chosen(own, tmp_path, {"other.md"})[0]] == [own]


def test_an_id_is_one_case_in_all_files(tmp_path: Path) -> None:
    held = load(SHIPPED)[0]
    (tmp_path / "cases.jsonl").write_text(held.model_dump_json())
    with pytest.raises(ResumeError, match=f"id: '{held.id}' is in"):
        chosen(None, tmp_path, {source for case in load(SHIPPED) for source in case.sources})
