import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quantity import dates, pairs, quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1M rides", [(1e6, "")]),
        ("1,000,000 rides", [(1e6, "")]),
        ("one million rides", [(1e6, "")]),
        ("£1.2 million", [(1.2e6, "£")]),
        ("480k euros", [(480e3, "€")]),
        ("thirty-five volunteers", [(35, "")]),
        ("one hundred and twelve patients", [(112, "")]),
        ("40 per cent of costs", [(40, "%")]),
        ("half of the stops", [(50, "%")]),
        ("two thirds of it", [(66.6667, "%")]),
        ("the eightieth percentile", [(80, "ordinal")]),
        ("the 80th percentile", [(80, "ordinal")]),
        ("from 19 days to 8", [(19, "day"), (8, "day")]),
        ("from 81 to 97 percent", [(81, "%"), (97, "%")]),
        ("per hundred kilometres", [(100, "km")]),
        ("600 m of pipe", [(600, "m")]),
        ("an STM32G4 board", []),
        ("study LK-204", []),
        ("in 2019", []),
        ("2000 messages", [(2000, "")]),
        ("the only one", []),
    ],
)
def test_numbers_in_one_form(text: str, expected: list[tuple[float, str]]) -> None:
    assert [(q.value, q.unit) for q in quantities(text)] == [(pytest.approx(v), u) for v, u in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("400M+ users", "over"),
        ("over 400 million users", "over"),
        ("fewer than two stops", "under"),
        ("about 1,400 downloads", "about"),
        ("1,400 downloads", ""),
    ],
)
def test_how_exactly_a_number_is_meant(text: str, expected: str) -> None:
    assert [q.bound for q in quantities(text)] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dec 2018", [(2018, 12, 0)]),
        ("December 2018", [(2018, 12, 0)]),
        ("2018-12", [(2018, 12, 0)]),
        ("12/2018", [(2018, 12, 0)]),
        ("9 October 2024", [(2024, 10, 9)]),
        ("2019-03 to 2022-03", [(2019, 3, 0), (2022, 3, 0)]),
        ("In March it rained", [(0, 3, 0)]),
        ("in 2017", [(2017, 0, 0)]),
        ("2016 messages", []),
    ],
)
def test_dates_at_their_precision(text: str, expected: list[tuple[int, int, int]]) -> None:
    assert [d[:3] for d in dates(text)] == expected


def test_a_month_lies_within_a_year_and_not_the_year_within_the_month() -> None:
    year, month = dates("2018")[0], dates("Dec 2018")[0]
    assert year.within(month)
    assert not month.within(year)


def test_pairs_are_read_both_ways() -> None:
    for text in ("from 19 days to 8", "to 8 from 19 days"):
        assert pairs(text, quantities(text)) == {(19, 8)}


@given(st.integers(10, 10**9))
def test_a_number_is_found_with_and_without_commas(n: int) -> None:
    for said in (f"about {n:,} shops", f"about {n} shops"):
        found = quantities(said)
        assert [q.value for q in found] == [n]


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    for quantity in quantities(text):
        assert text[quantity.start : quantity.end].strip() == quantity.said
    dates(text)
