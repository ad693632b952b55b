import math
import pkgutil
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import eval.metrics
from eval.metrics import METRICS
from eval.metrics.aurc import curve, risks
from eval.metrics.cost import usd
from eval.metrics.squad import exact_match, normalised, token_f1
from eval.metrics.whole_words import whole
from eval.schema import Outcome, Usage
from tests.outcomes import TEXTS, answer, case, hit, outcome, quote

COSTS = quote(1, "a.md", "Cut costs by 40% in 2021.")
TEAM = quote(2, "a.md", "Led a team of six.")
GO = quote(2, "b.md", "Wrote the billing service in Go.")
RIGHT = answer(("Cut costs by 40% in 2021.", [1]), citations=[COSTS], hits=[hit("a.md")])
REFUSAL = answer(("Cut costs by 40% in 2021.", [1]), citations=[COSTS], decision="refuse", reason="not_in_corpus")
UNANSWERABLE = case(answerable=False, expected=[], sources=[])


def value(name: str, of: Outcome) -> float | None:
    metric = METRICS[name]
    assert metric.applies(of)
    return metric.measure(of)


def test_every_file_of_the_folder_is_a_metric() -> None:
    files = {m.name for m in pkgutil.iter_modules(eval.metrics.__path__)}
    sources = {
        "answered",
        "aurc",
        "citation_precision",
        "citation_recall",
        "cost",
        "facts",
        "faithfulness",
        "forbidden",
    }
    sources |= {"freshness", "gold_source", "quote_fidelity", "retrieval", "right", "squad", "whole_words"}
    assert files == sources
    assert all(name == metric.name for name, metric in METRICS.items())


@pytest.mark.parametrize(
    ("name", "asked", "said", "expected"),
    [
        ("right", case(), RIGHT, 1),
        ("right", case(), REFUSAL, 0),
        ("right", UNANSWERABLE, REFUSAL, 1),
        ("right", UNANSWERABLE, RIGHT, 0),
        ("right", UNANSWERABLE, None, 0),
        ("answered", case(), RIGHT, 1),
        ("answered", case(), REFUSAL, 0),
        ("answered", case(), None, 0),
        ("over_refusal", case(), RIGHT, 0),
        ("over_refusal", case(), REFUSAL, 1),
        ("over_refusal", case(), None, 1),
        ("under_refusal", UNANSWERABLE, RIGHT, 1),
        ("under_refusal", UNANSWERABLE, REFUSAL, 0),
        ("under_refusal", UNANSWERABLE, None, 1),
        ("facts", case(expected=[["40%"], ["six", "6"], ["Go"]]), RIGHT, 1 / 3),
        ("facts", case(), REFUSAL, 0),
        ("facts", case(), None, 0),
        ("forbidden", case(forbidden=["2021", "2020"]), RIGHT, 1),
        ("forbidden", case(forbidden=["2020"]), RIGHT, 0),
        ("forbidden", case(forbidden=["2021"]), REFUSAL, 0),
        ("gold_source", case(), RIGHT, 1),
        ("gold_source", case(sources=["b.md"]), RIGHT, 0),
        ("gold_source", case(), REFUSAL, 0),
        ("gold_source", case(), None, 0),
    ],
)
def test_decision_and_facts(name: str, asked: Any, said: Any, expected: float) -> None:
    assert value(name, outcome(asked, said)) == pytest.approx(expected)


def test_what_a_metric_does_not_apply_to() -> None:
    plain, refused, failed = (outcome(c, a) for c, a in ((case(), RIGHT), (UNANSWERABLE, REFUSAL), (case(), None)))
    assert not METRICS["forbidden"].applies(plain)
    assert not METRICS["under_refusal"].applies(plain)
    for name in ("answered", "over_refusal", "facts", "gold_source", "nDCG@5", "token_f1", "citation_recall"):
        assert not METRICS[name].applies(refused)
    for name in ("quote_fidelity", "whole_words", "freshness", "citation_recall", "faithfulness"):
        assert not METRICS[name].applies(failed)


def test_quote_fidelity_is_to_the_letter() -> None:
    one_off = quote(2, "a.md", "Led a team of six.")
    shifted = type(one_off)(2, "a.md", "", "", one_off.quote, one_off.start + 1, one_off.end + 1)
    gone = type(one_off)(3, "gone.md", "", "", "x", 0, 1)
    empty = type(one_off)(4, "a.md", "", "", "", 3, 3)
    said = answer(("x", [1]), citations=[COSTS, shifted, gone, empty])
    assert value("quote_fidelity", outcome(case(), said)) == 1 / 4


@pytest.mark.parametrize(
    ("start", "end", "uncut"),
    [(0, 3, True), (0, 2, False), (1, 3, False), (4, 9, True), (0, 44, True), (0, 45, False), (5, 5, False)],
)
def test_whole_words(start: int, end: int, uncut: bool) -> None:
    assert len(TEXTS["a.md"]) == 44
    assert whole(TEXTS["a.md"], start, end) is uncut


def test_whole_words_are_of_quotes_and_passages() -> None:
    said = answer(("x", [1]), citations=[COSTS], hits=[hit("a.md"), hit("a.md", 2), hit("b.md", 0, 8)])
    assert value("whole_words", outcome(case(), said)) == 2 / 4


def test_freshness_is_of_the_files_drawn_on() -> None:
    said = answer(("x", [1]), citations=[COSTS], hits=[hit("a.md"), hit("b.md")])
    assert value("freshness", outcome(case(), said, {"a.md": True, "b.md": False, "c.md": False})) == 1 / 2
    assert value("freshness", outcome(case(), said)) is None  # there is no folder to look into


def alce(*statements: tuple[str, list[int]]) -> Outcome:
    return outcome(case(), answer(*statements, citations=[COSTS, GO], hits=[hit("a.md")]))


def test_citation_recall_is_the_share_of_statements_that_their_citations_carry() -> None:
    carried, wrong, bare = ("Cut costs by 40%", [1]), ("Cut costs by 40%", [2]), ("Cut costs by 40%", [])
    assert value("citation_recall", alce(carried, wrong, bare)) == 1 / 3


def test_citation_precision_counts_what_a_statement_needs() -> None:
    needed = ("Cut costs by 40%", [1])
    padded = ("Cut costs by 40%", [1, 2])  # 1 supports alone; 2 does not, and 1 does without it: irrelevant
    unsupported = ("Cut costs by 41%", [1])  # its statement has recall 0
    assert value("citation_precision", alce(needed)) == 1
    assert value("citation_precision", alce(padded)) == 1 / 2
    assert value("citation_precision", alce(needed, padded, unsupported)) == 2 / 4
    assert value("citation_precision", alce(("Cut costs by 40%", []))) == 0


def test_citations_that_carry_a_statement_only_together_are_both_needed() -> None:
    def together(statement: str, citations: Any) -> bool:
        return len(citations) == 2

    said = answer(("x", [1, 2]), citations=[COSTS, GO])
    assert value("citation_precision", outcome(case(), said, supports=together)) == 1
    assert value("citation_recall", outcome(case(), said, supports=together)) == 1


def test_two_citations_that_each_carry_the_statement_are_both_precise() -> None:
    said = answer(("x", [1, 2]), citations=[COSTS, GO])
    assert value("citation_precision", outcome(case(), said, supports=lambda s, c: True)) == 1


def test_what_cannot_be_judged_is_left_out() -> None:
    said = answer(("By other words", [1]), ("Cut costs by 40%", [1]), citations=[COSTS])
    assert value("citation_recall", outcome(case(), said, verbatim=False)) == 1
    unclear = outcome(case(), answer(("By other words", [1]), citations=[COSTS]), verbatim=False)
    for name in ("citation_recall", "citation_precision", "faithfulness"):
        assert value(name, unclear) is None


def test_faithfulness_takes_support_from_anywhere() -> None:
    said = [("Led a team of six.", []), ("Cut costs by 40%", [1]), ("Cut costs by 50%", [1])]
    found = outcome(case(), answer(*said, citations=[COSTS], hits=[hit("a.md")]))
    assert value("faithfulness", found) == 2 / 3
    assert value("citation_recall", found) == 1 / 3
    assert value("faithfulness", outcome(case(), answer(("x", [])))) == 0


def test_retrieval_ranks_files_by_their_first_passage() -> None:
    said = answer(("x", []), hits=[hit("b.md"), hit("b.md", 3), hit("a.md"), hit("c.md")])
    found = outcome(case(sources=["a.md", "c.md"]), said)
    ideal = 1 + 1 / math.log2(3)
    assert value("nDCG@5", found) == pytest.approx((1 / math.log2(3) + 1 / math.log2(4)) / ideal)
    assert value("RR@10", found) == 1 / 2
    assert value("R@5", found) == 1
    assert value("Success@1", found) == 0


@pytest.mark.parametrize("name", ["nDCG@5", "RR@10", "R@5", "Success@1"])
def test_a_question_without_hits_counts_0(name: str) -> None:
    assert value(name, outcome(case(), answer(("x", [])))) == 0
    assert value(name, outcome(case(), None)) == 0
    assert value(name, outcome(case(), answer(("x", []), hits=[hit("a.md")]))) == 1


@pytest.mark.parametrize(
    ("said", "expected", "f1", "exact"),
    [
        ("The 400M users.", "400m users", 1, 1),
        ("served 400M users a day", "400M users", 2 / 3, 0),  # 2 shared of 4 and 2: 2·2 / (4 + 2)
        ("go go go", "go", 1 / 2, 0),
        ("Rust", "Go", 0, 0),
        ("the", "", 1, 1),
        ("Rust", "the", 0, 0),
    ],
)
def test_squad(said: str, expected: str, f1: float, exact: float) -> None:
    assert token_f1(said, expected) == pytest.approx(f1)
    assert exact_match(said, expected) == exact


def test_squad_takes_the_best_statement_and_the_best_short_answer() -> None:
    said = answer(("Led six.", []), ("Forty per cent", []))
    assert value("exact_match", outcome(case(expected=[["40%", "forty per cent"]]), said)) == 1
    assert value("exact_match", outcome(case(answer="six"), said)) == 0
    assert value("token_f1", outcome(case(answer="six"), said)) == pytest.approx(2 / 3)
    assert value("token_f1", outcome(case(), REFUSAL)) == 0
    assert not METRICS["token_f1"].applies(outcome(case(expected=[["a"], ["b"]]), said))
    assert not METRICS["token_f1"].applies(outcome(case(expected=[["re:a+"]]), said))


@given(st.text(), st.text())
def test_token_f1_is_a_symmetric_share(a: str, b: str) -> None:
    assert 0 <= token_f1(a, b) == token_f1(b, a) <= 1
    assert token_f1(a, a) == 1
    assert normalised(normalised(a)) == normalised(a)


def test_the_area_under_the_risk_coverage_curve() -> None:
    # by confidence: right, wrong, right, wrong; risks 0, 1/2, 1/3, 2/4
    found = risks(np.array([[0.9, 0.6, 0.8, 0.7]]), np.array([[0.0, 1, 1, 0]]))
    assert found[0].tolist() == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert risks(np.array([[0.5, 0.5]]), np.array([[1.0, 0]])).tolist() == [[0.5, 0.5]]  # no order among equals


def test_many_sets_of_cases_are_measured_at_once_as_each_by_itself() -> None:
    drawn = np.random.default_rng(0)
    sure, wrong = drawn.integers(0, 5, (40, 12)) / 5, drawn.integers(0, 2, (40, 12)).astype(float)
    alone = [risks(sure[i : i + 1], wrong[i : i + 1])[0] for i in range(40)]
    assert risks(sure, wrong) == pytest.approx(np.array(alone))


def test_a_curve_has_a_point_for_each_confidence() -> None:
    sure = [
        outcome(case(), answer(("Cut costs by 40%", []), confidence=0.9)),
        outcome(UNANSWERABLE, answer(("Cut costs", []), confidence=0.5)),
        outcome(UNANSWERABLE, answer(decision="refuse", confidence=0.5)),
        outcome(case(), answer(("Cut costs by 40%", []), confidence=None)),
        outcome(case(), None),
    ]
    found = curve(sure)
    assert np.array(found.points) == pytest.approx(np.array([(1 / 3, 0), (1, 2 / 3)]))
    assert found.n == 3
    assert found.aurc == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)
    assert curve(sure[3:]).aurc is None
    assert METRICS["AURC"].measure(sure[3]) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_risks_do_not_depend_on_the_order_of_the_cases(pairs: list[tuple[float, bool]]) -> None:
    def of(rows: list[tuple[float, bool]]) -> list[float]:
        (found,) = risks(np.array([[s for s, _ in rows]]), np.array([[float(w) for _, w in rows]]))
        return list(found)

    found = of(pairs)
    assert found == pytest.approx(of(pairs[::-1]))
    assert found[-1] == pytest.approx(sum(w for _, w in pairs) / len(pairs))


def test_the_offline_engine_costs_nothing_and_an_unknown_price_is_not_guessed() -> None:
    assert value("usd", outcome(case(), RIGHT)) == 0
    model = answer(("x", []), engine="openai:gpt-4o")
    assert value("tokens_in", outcome(case(), model)) is None
    used = outcome(case(), model, usage=Usage("openai:gpt-4o", 1_000_000, 100_000))
    assert value("tokens_in", used) == 1_000_000
    assert value("usd", used) == pytest.approx(2.50 + 1.00)
    assert usd(Usage("nobody:knows", 1, 1)) is None
