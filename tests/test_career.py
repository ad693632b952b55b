import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.career import certain, gaps, length, merged, month, positions, span, stated_length, total_months, year_month
from rag.career import years as touched
from rag.schema import Passage, Role, Span

TODAY = dt.date(2026, 3, 15)
SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda s: (s[0], s[0] + s[1])), max_size=8)


@pytest.mark.parametrize(
    ("start", "end", "months", "said"),
    [
        ("2019-03", "2019-05", 3, "3 months"),
        ("2019", "2021", 24, "about 2 years"),
        ("2019", "2021-06", 30, "about 2 years 6 months"),
        ("2020-02-29", "2021-02-28", 13, "1 year 1 month"),
        ("2025-04", "present", 12, "1 year"),
        ("2026-03", "present", 1, "1 month"),
        ("2026-03", "2027-12", 1, "1 month"),
        ("2017", "2017", 1, "within a year"),
    ],
)
def test_lengths(start: str, end: str, months: int, said: str) -> None:
    role = Role(start=start, end=end)
    found = span(role, TODAY)
    assert found is not None
    assert found[1] - found[0] == months
    assert stated_length(role, TODAY) == said


@pytest.mark.parametrize(
    ("start", "end"), [("", ""), ("2019-01", ""), ("", "2019-01"), ("2019-05", "2019-03"), ("2027-01", "present")]
)
def test_no_length_is_guessed(start: str, end: str) -> None:
    role = Role(start=start, end=end)
    assert span(role, TODAY) is None
    assert certain(role, TODAY) is None
    assert stated_length(role, TODAY) == ""


def test_bare_years_are_read_wide_for_gaps_and_narrow_for_overlaps() -> None:
    role = Role(start="2014", end="2017")
    assert span(role, TODAY, wide=True) == (2014 * 12, 2018 * 12)
    assert certain(role, TODAY) == (2014 * 12 + 11, 2017 * 12)
    assert certain(Role(start="2017", end="2017"), TODAY) is None
    assert list(touched(role, TODAY)) == [2014, 2015, 2016, 2017]
    assert list(touched(Role(start="2025-07", end="present"), TODAY)) == [2025, 2026]
    assert list(touched(Role(start="2025-07"), TODAY)) == []


def test_month_of_nothing() -> None:
    assert month("", TODAY) is None
    assert month("present", TODAY) == 2026 * 12 + 2


def test_merging_by_hand() -> None:
    assert merged([(5, 9), (0, 3), (3, 4), (8, 10)]) == [(0, 4), (5, 10)]
    assert total_months([(5, 9), (0, 3), (3, 4), (8, 10)]) == 9
    assert gaps([(5, 9), (0, 3), (3, 4), (8, 10)]) == [(4, 5)]


@given(SPANS)
def test_merged_covers_the_same_months(spans: list[tuple[int, int]]) -> None:
    covered = {m for a, b in spans for m in range(a, b)}
    joined = merged(spans)
    assert {m for a, b in joined for m in range(a, b)} == covered
    assert all(a[1] < b[0] for a, b in itertools.pairwise(joined))
    assert total_months(spans) == len(covered)


@given(SPANS)
def test_gaps_are_what_is_left(spans: list[tuple[int, int]]) -> None:
    covered = {m for a, b in spans for m in range(a, b)}
    between = set(range(min(covered), max(covered))) if covered else set()
    assert {m for a, b in gaps(spans) for m in range(a, b)} == between - covered


@pytest.mark.parametrize(
    ("months", "said"), [(0, "less than a month"), (1, "1 month"), (12, "1 year"), (26, "2 years 2 months")]
)
def test_length(months: int, said: str) -> None:
    assert length(months) == said


def test_year_month() -> None:
    assert year_month(2019 * 12 + 2) == "2019-03"
    assert year_month(2019 * 12 + 11) == "2019-12"


def _passage(source: str, role: Role | None) -> Passage:
    return Passage(source, source, "experience", source, (), "", 0, 1, "x", (Span(0, 1),), role)


def test_positions_newest_first_then_undated_in_their_order() -> None:
    roles = [
        Role("Porter", "Clinic", order=2),
        Role("Nurse", "Clinic", start="2015", end="2018"),
        Role("Matron", "Clinic", start="2018", end="present"),
        Role("Aide", "Clinic", order=1),
        Role("Nurse", "Clinic", start="2015", end="2018"),
        Role(),
    ]
    found = positions([*(_passage(f"{i}.md", r) for i, r in enumerate(roles)), _passage("bio.md", None)])
    assert [p.role.title for p in found] == ["Matron", "Nurse", "Aide", "Porter"]
    assert found[1].source == "1.md"
