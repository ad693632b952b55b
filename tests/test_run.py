import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from eval import junit, markdown, report
from eval.agreement import agreement
from eval.cases import CaseFile
from eval.metrics import METRICS
from eval.run import Bench, asked, evaluated, figures
from eval.schema import Case, Report, Usage
from eval.thresholds import Thresholds
from rag.schema import Answer, Citation
from tests.outcomes import TEXTS, TODAY, answer, case, hit, outcome, quote

BENCH = Bench(TEXTS, {"a.md": True}, {"generation": "g", "documents": 3, "passages": 3}, TODAY)
COSTS = quote(1, "a.md", "Cut costs by 40% in 2021.")
BARS = Thresholds({"right": {"all": 0.5, "fact": 0.9}, "quote_fidelity": {"all": 1.0}, "forbidden": {"all": 0.0}})


class Scripted:
    """An engine whose answers are given by question."""

    def __init__(self, answers: dict[str, Answer | Exception]) -> None:
        self._answers = answers
        self.clocks: list[dt.date | None] = []

    def ask(self, question: str, history: Sequence[tuple[str, str]] = (), *, today: dt.date | None = None) -> Answer:
        self.clocks.append(today)
        said = self._answers[question]
        if isinstance(said, Exception):
            raise said
        return said


RIGHT = answer(
    ("Cut costs by 40%", [1]), citations=[COSTS], hits=[hit("a.md")], confidence=0.9, timings_ms={"total": 4.0}
)
REFUSED = answer(decision="refuse", reason="not_in_corpus", confidence=0.1, timings_ms={"total": 2.0})
CASES = (
    case(id="1", question="costs"),
    case(id="2", question="down", kind="date"),
    case(id="3", question="salary", kind="near miss", answerable=False, expected=[], sources=[], split="dev"),
    case(id="4", question="refused", origin="suggested", today="2020-01-01"),
)
ANSWERS: dict[str, Answer | Exception] = {
    "costs": RIGHT,
    "down": ConnectionError("away\nfor long"),
    "salary": REFUSED,
    "refused": REFUSED,
}


def evaluation(answers: dict[str, Answer | Exception] = ANSWERS, cases: tuple[Case, ...] = CASES) -> Report:
    return evaluated(
        "extractive", Scripted(answers), BENCH, [CaseFile(Path("/elsewhere/cases.jsonl"), cases, "ab")], BARS
    )


def test_an_error_is_a_wrong_answer_and_not_a_missing_one() -> None:
    scores = {s.metric.name: s for s in figures(list(asked(CASES, Scripted(ANSWERS), BENCH)))}
    right = scores["right"].row("all")
    assert right
    assert (right.n, right.mean) == (4, 0.5)
    facts = scores["facts"].row("date")
    assert facts
    assert (facts.n, facts.mean) == (1, 0)
    assert evaluation().outcomes[1].error == "ConnectionError: away"


def test_ctrl_c_is_no_answer() -> None:
    class Interrupted(Scripted):
        def ask(self, *given: Any, **named: Any) -> Answer:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(asked(CASES, Interrupted({}), BENCH))


def test_a_case_may_freeze_the_clock() -> None:
    engine = Scripted(ANSWERS)
    list(asked(CASES, engine, BENCH))
    assert engine.clocks == [None, None, None, dt.date(2020, 1, 1)]


def test_rows_by_kind_split_and_origin_count_what_could_not_be_judged_apart() -> None:
    scores = {s.metric.name: s for s in evaluation().scores}
    assert [(r.of, r.n) for r in scores["right"].rows] == [
        ("all", 4), ("fact", 2), ("date", 1), ("near miss", 1), ("split:dev", 1), ("split:test", 3),
        ("origin:written", 3), ("origin:suggested", 1),
    ]  # fmt: skip
    aurc = scores["AURC"].row("all")
    assert aurc
    assert (aurc.n, aurc.not_judged) == (3, 1)  # what raised has no confidence
    empty = scores["forbidden"].row("all")
    assert empty
    assert (empty.n, empty.mean) == (0, None)


def test_bars_are_met_missed_or_not_measured() -> None:
    found = {(b.metric, b.of): b.met for b in evaluation().thresholds}
    assert found == {
        ("right", "all"): True,
        ("right", "fact"): False,
        ("quote_fidelity", "all"): True,
        ("forbidden", "all"): None,
    }
    assert [(b.metric, b.of) for b in evaluation().missed] == [("right", "fact")]


def test_two_runs_differ_in_timings_alone() -> None:
    faster = {**ANSWERS, "costs": answer(*[("Cut costs by 40%", [1])], citations=[COSTS], hits=[hit("a.md")],
                                         confidence=0.9, timings_ms={"total": 1.0})}  # fmt: skip
    one, other = report.to_json(evaluation()), report.to_json(evaluation(faster))
    assert one.pop("timings") != other.pop("timings")
    assert report.dumped(one) == report.dumped(other)


def test_the_report_s_json() -> None:
    value = report.to_json(evaluation())
    assert list(value) == [
        "version", "engine", "index", "cases", "scores", "risk_coverage", "thresholds", "judge", "results", "timings",
    ]  # fmt: skip
    assert value["cases"] == {
        "files": [{"path": "/elsewhere/cases.jsonl", "sha256": "ab"}],
        "n": 4,
        "written": 3,
        "suggested": 1,
        "by_kind": {"fact": 2, "date": 1, "near miss": 1},
        "by_split": {"test": 3, "dev": 1},
    }
    first, down, salary, refused = value["results"]
    assert first["right"]
    assert first["why"] == []
    assert first["citations"][0]["before"] == ""
    assert first["citations"][0]["after"] == " Led a team of six."
    assert first["citations"][0]["faithful"] is True
    assert first["statements"] == [{"text": "Cut costs by 40%", "citations": [1], "supported": True}]
    assert down["why"] == ["answering failed: ConnectionError: away"]
    assert (down["decision"], down["error"]) == (None, "ConnectionError: away")
    assert salary["right"]
    assert refused["why"] == ["it was refused (not_in_corpus), although the documents say"]
    assert set(first["scores"]) == set(METRICS) - {"AURC"}
    assert value["timings"]["p50_ms"] == 2.0
    assert value["timings"]["p95_ms"] == 4.0
    assert value["risk_coverage"]["n"] == 3


def test_what_is_written(tmp_path: Path) -> None:
    value = report.write([evaluation()], tmp_path / "out")
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == json.loads(json.dumps(value))
    rows = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    assert [r["id"] for r in rows] == ["1", "2", "3", "4"]
    assert rows[0]["user_input"] == "costs"
    assert rows[0]["retrieved_contexts"] == [TEXTS["a.md"]]
    assert rows[0]["retrieved_context_ids"] == rows[0]["reference_context_ids"] == ["a.md"]
    assert (rows[0]["response"], rows[0]["reference"]) == ("Cut costs by 40%", "40%")


def test_engines_stand_side_by_side() -> None:
    both = report.body([evaluation(), evaluation()])
    assert [run["results"][0]["id"] for run in both["engines"]] == ["1", "1"]
    heads, rows = markdown.summary(both)
    assert len(heads) == 2 + 2 * 3
    assert all(len(row) == len(heads) for row in rows)


def test_the_page_in_markdown_names_figures_bars_and_failures() -> None:
    page = markdown.page(report.to_json(evaluation()), "## Compared").replace("\\", "")
    assert "50.0% [0.0%, 100.0%]" in page
    assert "**missed**" in page
    assert "## Compared" in page
    assert "### Failed (2)" in page
    assert "1 suggested by the program" in page


def test_text_of_others_is_no_markdown() -> None:
    nasty = case(id="x", question="<img src=x> | `a` [l](javascript:1)")
    page = markdown.page(report.to_json(evaluation({nasty.question: REFUSED}, (nasty,))))
    assert "<img" not in page.replace("\\<", "")
    assert "[l](" not in page


def test_junit() -> None:
    from xml.etree import ElementTree

    odd = case(id="\x01", question="costs")
    root = ElementTree.fromstring(junit.xml(report.to_json(evaluation(cases=(*CASES, odd)))).encode())
    questions, bars = root
    assert (questions.get("tests"), questions.get("failures"), questions.get("errors")) == ("5", "1", "1")
    assert [c.find("error") is not None for c in questions] == [False, True, False, False, False]
    assert [c.find("failure") is not None for c in bars] == [False, True, False, False]
    assert bars[3].find("skipped") is not None


class Says:
    """A judge that finds support everywhere, but in what it does not understand."""

    def support(self, statement: str, quotes: Sequence[str]) -> bool | None:
        return None if "?" in statement else True

    def correct(self, question: str, expected: Sequence[Sequence[str]], text: str) -> bool | None:
        return "40%" in text


def test_a_judge_decides_what_no_rule_does_and_is_held_against_the_rules() -> None:
    free = answer(("Costs fell.", [1]), ("Costs?", [1]), ("Cut costs by 40%", [1]), citations=[COSTS], engine="m")
    found = list(asked(CASES[:1], Scripted({"costs": free}), BENCH, "m", Says()))
    assert METRICS["citation_recall"].measure(found[0]) == 1
    unjudged = next(asked(CASES[:1], Scripted({"costs": free}), BENCH, "m"))
    assert METRICS["citation_recall"].measure(unjudged) == 1
    assert report.to_json(evaluation())["judge"] is None

    plain = [
        outcome(case(), answer(("Cut costs by 40%", [1]), ("Cut costs by 50%", [1]), citations=[COSTS])),
        outcome(case(), answer(("Cut ?", [1]), citations=[COSTS])),
    ]
    told = agreement(plain, Says(), "scripted")
    # support: rule yes, no and (not judged); judge yes, yes. correctness: both agree on 40% and on its absence
    assert told == {"model": "scripted", "n": 4, "not_judged": 1, "kappa": {"support": 0.0, "correctness": 1.0}}


def test_a_misplaced_citation_is_shown_as_such() -> None:
    wrong = Citation(1, "gone.md", "", "", "x", 5, 6)
    said = answer(("x", [1]), citations=[wrong])
    value = report.to_json(evaluation({"costs": said}, CASES[:1]))
    assert value["results"][0]["citations"][0]["faithful"] is False


def test_tokens_are_metered_where_a_model_reports_them() -> None:
    from langchain_core.language_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage

    used = {"input_tokens": 120, "output_tokens": 8, "total_tokens": 128}
    message = AIMessage("Cut costs", usage_metadata=used, response_metadata={"model_name": "gpt-4o-2024-08-06"})

    class Asks(Scripted):
        """Asks its model twice, as a chain does that also rewrites the question."""

        def ask(self, *given: Any, **named: Any) -> Answer:
            model = GenericFakeChatModel(messages=iter([message, message]))
            said = [model.invoke("q") for _ in range(2)][-1]
            return answer((str(said.text), [1]), citations=[COSTS], engine="openai:gpt-4o")

    [found] = asked(CASES[:1], Asks({}), BENCH, "openai:gpt-4o")
    assert found.usage == Usage("openai:gpt-4o", 240, 16)
    assert METRICS["usd"].measure(found) == pytest.approx(240 * 2.5e-6 + 16 * 10e-6)
