import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from eval import compare, report
from eval.markdown import unescaped
from rag.errors import ResumeError
from rag.schema import Answer
from tests.outcomes import answer, case
from tests.test_run import COSTS, REFUSED, RIGHT, evaluation

CASES = tuple(case(id=f"c{i}", question=f"q{i}") for i in range(20))


def run(*refused: int, edited: int | None = None) -> Mapping[str, Any]:
    """report.json of twenty questions, some of them refused."""
    cases = tuple(c.model_copy(update={"expected": (("2021",),)}) if i == edited else c for i, c in enumerate(CASES))
    answers: dict[str, Answer | Exception] = {f"q{i}": REFUSED if i in refused else RIGHT for i in range(20)}
    return report.to_json(evaluation(answers, cases))


def test_a_planted_regression_is_named_case_by_case() -> None:
    worse = answer(("Cut costs", [1]), citations=[COSTS])
    after = report.to_json(evaluation({f"q{i}": worse if i < 7 else RIGHT for i in range(20)}, CASES))
    [found] = compare.of(run(19), after)
    assert [c.id for c in found.regressions] == [f"c{i}" for i in range(7)]
    assert [c.id for c in found.improvements] == ["c19"]
    assert found.p == pytest.approx(2 * (1 + 8) / 2**8)  # of 8 that changed, 1 for the better
    assert found.verdict == "noise"
    assert found.regressions[0].why == ("the fact “40%” is not stated",)
    facts = next(m for m in found.moved if m.metric == "facts")
    assert facts.change.value == pytest.approx(-6 / 20)
    assert facts.verdict == "worse"
    text = compare.section([found])
    assert "7 regressions, 1 improvements over 20 questions: no more than noise" in text
    assert "**c0** (fact) q0 – the fact “40%” is not stated" in text
    assert "**c19** (fact) q19 – was: it was refused (not_in_corpus), although the documents say" in unescaped(text)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((), (), "same"),
        ((), (1,), "noise"),
        ((), tuple(range(6)), "worse"),  # p = 2 / 64
        (tuple(range(6)), (), "better"),
        (tuple(range(6)), tuple(range(6, 12)), "noise"),
    ],
)
def test_noise_is_not_called_progress(before: tuple[int, ...], after: tuple[int, ...], verdict: str) -> None:
    [found] = compare.of(run(*before), run(*after))
    assert found.verdict == verdict


def test_edited_and_new_cases_are_left_out_by_name() -> None:
    [found] = compare.of(run(), run(edited=3))
    assert found.left_out == ("c3",)
    assert found.n == 19


def test_engines_are_matched_by_name() -> None:
    old, new = dict(run()), dict(run(1))
    both = {"version": 1, "engines": [{**new, "engine": "m"}, {**new, "engine": "extractive"}]}
    [found] = compare.of(old, both)
    assert found.engines == ("extractive", "extractive")
    assert compare.of(old, {**new, "engine": "m"})[0].engines == ("extractive", "m")
    with pytest.raises(ResumeError, match="no engine is in both"):
        compare.of({"version": 1, "engines": [{**old, "engine": "x"}, {**old, "engine": "y"}]}, both)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"version": 2}', '{"version": 1}', '{"version": 1, "engines": [1]}', "\ud800"]
)
def test_what_is_no_report_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "old.json"
    path.write_bytes(text.encode(errors="surrogatepass"))
    with pytest.raises(ResumeError, match="--compare"):
        compare.read(path)
    path.write_text(json.dumps(run()))
    assert compare.read(path)["engine"] == "extractive"
