import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from rag.catalogue import Catalogue
from rag.lexicon import load
from rag.question import read
from rag.schema import Passage, Reply, Role, Span
from rag.timeline import reply

TODAY = dt.date(2026, 3, 15)
LEXICON = load()
NONE = "The documents give no start and end dates"


def _catalogue(*roles: Role) -> Catalogue:
    passages = [
        Passage(str(i), f"{i}.md", "experience", r.title, (), "Lines 1-3", 0, 9, "Did work.", (Span(0, 9),), r)
        for i, r in enumerate(roles)
    ]
    generation: Any = SimpleNamespace(passages=passages)
    return Catalogue(generation, LEXICON)


NURSE = _catalogue(
    Role("Clinical Nurse Manager", "St. Brigid's Hospital", start="2021-02", end="present", location="Galway"),
    Role("Lead Nurse", "Hôpital Général", start="2017-09", end="2021-01", location="Lyon"),
    Role("Staff Nurse", "The Rotunda", start="2014", end="2017", location="Dublin"),
    Role("Sales Associate", "Target", start="2011-06", end="2013-12"),
)
FIRMWARE = _catalogue(
    Role("Senior Engineer", "Bosch", start="2018-01", end="2020-06"),
    Role("Engineer", "Bosch", start="2016-05", end="2017-12"),
    Role("Principal Engineer", "Square", employer_basis="inferred", start="2020-03", end="2025-02"),
    Role("Intern", "Gap", start="2015-06", end="2015-08"),
)
UNDATED = _catalogue(Role("Head of Mathematics", "Kilmore College", order=1), Role("Teacher", "Alba School", order=2))


def _ask(catalogue: Catalogue, text: str) -> Reply | None:
    return reply(read(text, LEXICON, catalogue.positions), catalogue, TODAY)


def _texts(catalogue: Catalogue, text: str) -> list[str]:
    found = _ask(catalogue, text)
    return [d.text for d in found.drafts] if found else []


def _titles(catalogue: Catalogue, text: str) -> list[str]:
    return [said.split(" at ")[0].split(": ")[-1] for said in _texts(catalogue, text)]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "How long was she at Hopital General?",
            "3 years 5 months: Lead Nurse at Hôpital Général, 2017-09 to 2021-01 (3 years 5 months), Lyon.",
        ),
        (
            "How long has she been at St Brigid's?",
            "5 years 2 months: Clinical Nurse Manager at St. Brigid's Hospital, 2021-02 to present "
            "(5 years 2 months), Galway.",
        ),
        ("When did she leave Target?", "2013-12: Sales Associate at Target, 2011-06 to 2013-12 (2 years 7 months)."),
        ("since when was she at Target?", "2011-06: Sales Associate at Target, 2011-06 to 2013-12 (2 years 7 months)."),
        (
            "How many years has she been a nurse?",
            "about 11 years 7 months in all, counted from the dates of 3 roles.",
        ),
        (
            "total years of experience",
            "14 years 2 months in total, from 2011-06 to now, computed from the dates of 4 roles.",
        ),
        ("Did she work at Target for 3 years?", "2 years 7 months: Sales Associate at Target, "),
    ],
)
def test_dates_and_lengths(question: str, text: str) -> None:
    assert _texts(NURSE, question)[0].startswith(text)


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("What is her current role?", ["Clinical Nurse Manager"]),
        ("What's her current job?", ["Clinical Nurse Manager"]),
        ("where does she work now?", ["Clinical Nurse Manager"]),
        ("What was her previous job?", ["Lead Nurse"]),
        ("Where did she work before the Rotunda?", ["Sales Associate"]),
        ("What did she do after Target?", ["Staff Nurse"]),
        ("Which job came after Target?", ["Staff Nurse"]),
        ("What was her first job?", ["Sales Associate"]),
        ("longest job?", ["Clinical Nurse Manager"]),
        ("Shortest stint?", ["Sales Associate"]),
        ("Where was she working in 2015?", ["Staff Nurse"]),
        ("in 2017?", ["Lead Nurse", "Staff Nurse"]),
        ("What was she doing before 2014?", ["Sales Associate"]),
        ("Where did she work after 2017?", ["Clinical Nurse Manager", "Lead Nurse"]),
        ("where did she work from 2012 to 2014", ["Staff Nurse", "Sales Associate"]),
        ("What was her title at Target?", ["Sales Associate"]),
        ("Which role did she have in Lyon?", ["Lead Nurse"]),
    ],
)
def test_which_role(question: str, titles: list[str]) -> None:
    assert _titles(NURSE, question) == titles


@pytest.mark.parametrize(
    "question",
    """What did she do at Target?
How many nurses does she manage?
Has she trained students?
How many years of Epic experience?
Did she close the gap in staffing?
Which roles involved teaching students?
Why did she leave Target?
Tell me about herself""".splitlines(),
)
def test_what_the_documents_tell_is_not_computed(question: str) -> None:
    assert _ask(NURSE, question) is None


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("How many companies has she worked for?", "4 employers, 4 roles:"),
        ("List all her jobs", "From the roles in the documents, newest first:"),
        ("number of employers?", "4 employers, 4 roles:"),
    ],
)
def test_lists(question: str, lead: str) -> None:
    found = _ask(NURSE, question)
    assert found is not None
    assert found.lead == lead
    assert [d.text.split(" at ")[0] for d in found.drafts] == [
        "Clinical Nurse Manager",
        "Lead Nurse",
        "Staff Nurse",
        "Sales Associate",
    ]


def test_every_statement_is_cited() -> None:
    for question in ("total experience", "any gaps?", "List her jobs", "How long at Target?", "overlapping roles?"):
        found = _ask(NURSE, question)
        assert found is not None
        assert all(d.quotes for d in found.drafts)


def test_years_without_months_prove_no_gap() -> None:
    assert _texts(NURSE, "Are there gaps in her CV?") == ["By the stated dates there is no gap of a month or more."]


def test_gaps_and_overlaps() -> None:
    assert _texts(FIRMWARE, "any career breaks?") == [
        "No role is stated from 2015-09 to 2016-04 (8 months).",
    ]
    overlap = (
        "Principal Engineer at Square (inferred) (2020-03 to 2025-02) and "
        "Senior Engineer at Bosch (2018-01 to 2020-06) overlap."
    )
    assert _texts(FIRMWARE, "Do any roles overlap?") == [overlap]
    assert _texts(FIRMWARE, "Did Bosch and Square overlap?") == [overlap]
    assert _texts(NURSE, "Did she ever have two jobs at once?") == ["By the stated dates no two roles overlap."]


def test_several_roles_with_one_employer() -> None:
    assert _texts(FIRMWARE, "When did he join Bosch?")[0].startswith("2016-05: Engineer at Bosch")
    assert _texts(FIRMWARE, "When did he leave Bosch?")[0].startswith("2020-06: Senior Engineer at Bosch")
    assert _texts(FIRMWARE, "How long was he at Bosch?")[0].startswith("4 years 2 months in all")
    found = _ask(FIRMWARE, "How many employers?")
    assert found is not None
    assert found.lead == "3 employers, 4 roles:"


def test_no_current_role_is_made_up() -> None:
    found = _ask(FIRMWARE, "What is his current role?")
    assert found is not None
    assert found.lead == "No role is stated as current; the latest one:"
    assert found.drafts[0].text.startswith("Principal Engineer at Square (inferred)")


def test_a_role_that_has_not_ended() -> None:
    found = _ask(NURSE, "When did she leave St. Brigid's?")
    assert found is not None
    assert found.lead == "It is stated as current:"


def test_a_year_that_does_not_fit_the_employer() -> None:
    found = _ask(NURSE, "Was she at Target in 2018?")
    assert found is not None
    assert (found.decision, found.lead) == ("partial", "Not by the stated dates:")
    assert [d.text.split(" at ")[0] for d in found.drafts] == ["Sales Associate", "Lead Nurse"]


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("Where did she work in 2005?", "The documents give no role in 2005."),
        ("Where did she work before 2011?", "The documents give no role before 2011."),
        ("What did she do before Target?", "The documents give no role before it."),
    ],
)
def test_nothing_there(question: str, lead: str) -> None:
    found = _ask(NURSE, question)
    assert found is not None
    assert (found.decision, found.reason, found.lead) == ("refuse", "not_in_corpus", lead)


@pytest.mark.parametrize(
    ("question", "decision", "lead"),
    [
        ("When did she join Alba School?", "refuse", f"{NONE} for Teacher at Alba School."),
        ("How long was she a teacher?", "refuse", f"{NONE} for Teacher at Alba School."),
        ("Any gaps?", "refuse", f"{NONE} for the roles."),
        ("in 2014?", "refuse", f"{NONE} for the roles."),
        ("What is her current job?", "answer", "The documents give no dates; the role they list first:"),
        ("What was her first job?", "answer", "The documents give no dates; the role they list last:"),
        ("Where did she work before Kilmore College?", "answer", "In the order in which the documents list the roles:"),
    ],
)  # fmt: skip
def test_without_dates(question: str, decision: str, lead: str) -> None:
    found = _ask(UNDATED, question)
    assert found is not None
    assert (found.decision, found.lead) == (decision, lead)


def test_total_says_what_it_leaves_out() -> None:
    mixed = _catalogue(
        Role("Nurse", "Clinic", start="2020-01", end="2020-12"), Role("Porter", "Clinic"), Role("Aide", start="2019")
    )
    found = _ask(mixed, "total years of experience?")
    assert found is not None
    assert found.lead == "2 more roles have no full dates and count for nothing here:"
    assert found.drafts[0].text == "1 year in total, from 2020-01 to 2020-12, computed from the dates of 1 role."


def test_where_an_undated_role_belongs_is_not_known() -> None:
    mixed = _catalogue(Role("Matron", "Clinic", start="2020-01", end="present"), Role("Porter", "Ward House"))
    found = _ask(mixed, "What did she do before Clinic?")
    assert found is not None
    assert found.decision == "refuse"


def test_no_positions_no_reply() -> None:
    assert _ask(_catalogue(), "What is her current role?") is None


WRITTEN = _catalogue(
    Role("Data Manager", "Ashgrove", start="2020-01", end="present", written="Jan. 2020 – present"),
    Role("Nurse", "Kestrova", start="2016-03", end="2019-05", written="March 2016 – May 2019"),
    Role("Intern", "Halden", start="2015-06", end="2015-09", written="June – September 2015"),
)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When did she join Kestrova?", "March 2016: Nurse at Kestrova, March 2016 – May 2019 (3 years 3 months)."),
        ("Since when has she been at Ashgrove?", "Jan. 2020: Data Manager at Ashgrove, Jan. 2020 – present"),
        ("When did she leave Halden?", "September 2015: Intern at Halden, June 2015 to September 2015 (4 months)."),
        ("total years of experience", "9 years 10 months in total, from June 2015 to now"),
        ("any gaps between jobs?", "No role is stated from October 2015 to February 2016 (5 months)."),
    ],
)
def test_dates_are_said_as_the_document_writes_them(question: str, text: str) -> None:
    assert _texts(WRITTEN, question)[0].startswith(text)


@pytest.mark.parametrize("question", ["Why is there a gap between the jobs?", "What does she do differently now?"])
def test_reasons_and_differences_are_told(question: str) -> None:
    assert _ask(NURSE, question) is None


def test_one_sentence_has_one_style_of_dates() -> None:
    mixed = _catalogue(
        Role("Nurse", "Kestrova", start="2017-05", end="2019-04"),
        Role("Intern", "Halden", start="2015-08", end="2015-08", written="August 2015 – August 2015"),
    )
    assert _texts(mixed, "total years of experience")[0].startswith(
        "2 years 1 month in total, from August 2015 to April 2019,"
    )
    assert _texts(mixed, "When was she at Halden?") == ["August 2015: Intern at Halden, August 2015 (1 month)."]
    years = _catalogue(Role("Commis", "Halden", start="2015", end="2017", written="2015-2017"))
    assert _texts(years, "List all jobs") == ["Commis at Halden, 2015-2017 (about 2 years)."]
    assert _texts(mixed, "When was she at Kestrova?") == ["2017-05: Nurse at Kestrova, 2017-05 to 2019-04 (2 years)."]


def test_a_single_month_is_no_stretch() -> None:
    one = _catalogue(
        Role("Nurse", "Kestrova", start="2015-10", end="2015-10", written="October 2015"),
        Role("Intern", "Halden", start="2015-08", end="2015-08", written="August 2015"),
    )
    assert _texts(one, "any gaps?") == ["No role is stated in September 2015 (1 month)."]
    summer = _catalogue(Role("Intern", "Halden", start="2011", end="2011", written="Summer 2011"))
    assert _texts(summer, "When was she at Halden?") == ["2011: Intern at Halden, Summer 2011 (within a year)."]
    only = _catalogue(Role("Intern", "Halden", start="2015-08", end="2015-08", written="August 2015"))
    assert _texts(only, "total years of experience")[0].startswith("1 month in total, in August 2015, computed")
