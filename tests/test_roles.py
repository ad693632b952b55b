from pathlib import Path

import pytest

from ingest.dates import iso, period
from ingest.headings import holds_positions, is_section, of_plain_text, plain
from ingest.readers import read_document
from ingest.role_line import read, resolved
from ingest.schema import Document


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [
        ("Jan 2019 – Present", "2019-01", "present"),
        ("2019-2021", "2019", "2021"),
        ("2019–21", "2019", "2021"),
        ("03/2019 - 06/2021", "2019-03", "2021-06"),
        ("March 2019 to date", "2019-03", "present"),
        ("Since 2020", "2020", "present"),
        ("2019-03 – 2021-06", "2019-03", "2021-06"),
        ("Acme (2019)", "2019", "2019"),
        ("Jan – Mar 2019", "2019-01", "2019-03"),
        ("2020 –", "2020", ""),
        ("2020 – ?", "2020", ""),
        ("Nurse, Clinic (2020 – tbc)", "2020", ""),
        ("2020 to present day", "2020", "present"),
        ("2020 – until now", "2020", "present"),
        ("2007 - jetzt", "2007", "present"),
        ("seit 2007", "2007", "present"),
        ("von 2007 bis 2012", "2007", "2012"),
        ("de 2007 à 2012", "2007", "2012"),
        ("2007/2012", "2007", "2012"),
        ("'97 – '02", "1997", "2002"),
        ("2020 – current role", "2020", "present"),
        ("2010-12", "2010-12", "2010-12"),
    ],
)
def test_periods(line: str, start: str, end: str) -> None:
    found = period(line)
    assert found
    assert (found.start, found.end) == (start, end)


@pytest.mark.parametrize("line", ["$2000 - 3000", "2000+ users", "2021 - 2019", "ISO 9001", "since March", "v2.2019.1"])
def test_what_is_no_period(line: str) -> None:
    assert period(line) is None


@pytest.mark.parametrize(
    ("line", "title", "place"),
    [
        ("Commis, later Chef de Partie, Hotel Miravento, Porto", "Commis, later Chef de Partie", "Porto"),
        ("Rotunda Hospital – Ward Clerk, then Nurse", "Ward Clerk, then Nurse", ""),
        ("Nurse at Rotunda Hospital | Galway, later remote", "Nurse", "Galway, later remote"),
    ],
)
def test_what_came_later_belongs_to_what_stands_before_it(line: str, title: str, place: str) -> None:
    role = resolved([read(line, 0, len(line))])
    assert (role.title, role.location) == (title, place)


def test_the_dates_of_a_position_are_kept_as_written() -> None:
    line = "Nurse, Rotunda Hospital (Mar 2014 – May 2017)"
    assert resolved([read(line, 0, len(line))]).written == "Mar 2014 – May 2017"


def test_iso_refuses_days_that_do_not_exist() -> None:
    assert iso("31 February 2019") == ""
    assert iso("2019-13") == ""


@pytest.mark.parametrize(
    ("line", "title", "employer", "place"),
    [
        ("Senior Engineer, Acme Corp", "Senior Engineer", "Acme Corp", ""),
        ("Acme Corp — Senior Engineer (Jan 2019 – Present)", "Senior Engineer", "Acme Corp", ""),
        ("**Senior Engineer** | Acme | Berlin", "Senior Engineer", "Acme", "Berlin"),
        ("Senior Engineer at Acme", "Senior Engineer", "Acme", ""),
        ("Staff Engineer @ Stripe, San Francisco, CA", "Staff Engineer", "Stripe", "San Francisco, CA"),
        ("VP, Engineering, Acme, Inc.", "VP, Engineering", "Acme, Inc.", ""),
        ("Registered Nurse – St. Mary Hospital, Leeds (2015-2018)", "Registered Nurse", "St. Mary Hospital", "Leeds"),
        ("Head of Platform, PhonePe", "Head of Platform", "PhonePe", ""),
        ("Lead Bank | Analyst", "Analyst", "Lead Bank", ""),
        ("Beekeeper, Honey Farm Ltd", "Beekeeper", "Honey Farm Ltd", ""),
        ("Engineer | Acme Corp | Dayton, Ohio", "Engineer", "Acme Corp", "Dayton, Ohio"),
        ("Engineer, Acme, Germany", "Engineer", "Acme", "Germany"),
        ("2016 – 2019 | Dayton, Ohio (hybrid)", "", "", "Dayton, Ohio"),
        ("Consultant, Boston Consulting Group", "Consultant", "Boston Consulting Group", ""),
        ("Google (2015 – 2018)", "", "Google", ""),
        ("Uber (2015 – 2018)", "", "", ""),  # may be a title: people end in -er
        ("Zookeeper, Bear Handler", "", "", ""),
        ("Led a team of engineers to success.", "", "", ""),
    ],
)
def test_parts_of_a_header_line(line: str, title: str, employer: str, place: str) -> None:
    role = resolved([read(plain(line), 0, len(line), line)])
    assert (role.title, role.employer, role.location) == (title, employer, place)


def test_names_of_sections() -> None:
    assert holds_positions("Work Experience:")
    assert holds_positions("EMPLOYMENT & EDUCATION")
    assert not holds_positions("Volunteer experience")
    assert not holds_positions("Experiments")
    assert holds_positions("Experience, cont'd")
    assert is_section("E D U C A T I O N")
    assert [h.text for h in of_plain_text("JANE DOE\n\nSKILLS\nGo\n\nEXPERIENCE\nACME CORP\n2019\n\nOWN TOOLS")] == [
        "SKILLS",
        "EXPERIENCE",
    ]


def test_capitals_without_sections_are_no_headings() -> None:
    assert of_plain_text("Title\n\nBEGIN\n\nx\n\nEND\n") == []


def document(folder: Path, name: str, text: str) -> Document:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return read_document(path, name, folder)


def held(document: Document) -> list[tuple[str, str, str, str, str]]:
    roles = dict.fromkeys(section.role for section in document.sections if section.role)
    return [(r.title, r.employer, r.start, r.end, r.location) for r in roles]


def stated(document: Document) -> list[str]:
    roles = dict.fromkeys(section.role for section in document.sections if section.role)
    return [document.text[r.stated.start : r.stated.end] for r in roles]


def test_positions_under_headings(tmp_path: Path) -> None:
    found = document(
        tmp_path,
        "cv.md",
        "# Jane\n\n## Experience\n\n### Senior Engineer, Acme Corp\n\n*2019 – 2021, Berlin*\n\n- Built\n\n"
        "### Beta Inc — Engineer (Jan 2015 – Dec 2018)\n\n- More\n\n#### Highlights\n\n- Won\n\n"
        "### Achievements\n\n- No position\n\n## Projects\n\n### Engineer Toolkit (2019)\n\n- No position\n",
    )
    assert held(found) == [
        ("Senior Engineer", "Acme Corp", "2019", "2021", "Berlin"),
        ("Engineer", "Beta Inc", "2015-01", "2018-12", ""),
    ]
    assert stated(found) == [
        "Senior Engineer, Acme Corp\n\n*2019 – 2021, Berlin*",
        "Beta Inc — Engineer (Jan 2015 – Dec 2018)",
    ]
    of = {section.heading[-1]: section.role and section.role.employer for section in found.sections}
    assert of["Highlights"] == "Beta Inc"
    assert of["Achievements"] is None
    assert [s.role.order for s in found.sections if s.role] == [1, 2, 2]


def test_several_positions_with_one_employer(tmp_path: Path) -> None:
    found = document(
        tmp_path,
        "resume.md",
        "# Jane\n## Work\n### Google\n**Senior Engineer** (2021 – present)\n- a\n\n**Engineer** (2019–2021)\n- b\n\n"
        "### Gamma\n#### Lead Developer (2012 – 2014)\n- c\n",
    )
    assert held(found) == [
        ("Senior Engineer", "Google", "2021", "present", ""),
        ("Engineer", "Google", "2019", "2021", ""),
        ("Lead Developer", "Gamma", "2012", "2014", ""),
    ]


def test_positions_in_lines_without_headings(tmp_path: Path) -> None:
    text = (
        "Jane Doe\n\nEXPERIENCE\n\n"
        "Acme Corp, Berlin\nSenior Engineer                Jan 2019 - Present\n- Built in Go\n"
        "- Led the migration 2019 - 2020\n\nBeta Inc\nSoftware Engineer\nMar 2015 - Dec 2018\nMunich, Germany\n- c\n\n"
        "Head of Care | Gamma Clinic | 2010 - 2014\n- d\n\nEDUCATION\nTeacher training, 2005 - 2009\n"
    )
    found = document(tmp_path, "cv.txt", text)
    assert held(found) == [
        ("Senior Engineer", "Acme Corp", "2019-01", "present", "Berlin"),
        ("Software Engineer", "Beta Inc", "2015-03", "2018-12", "Munich, Germany"),
        ("Head of Care", "Gamma Clinic", "2010", "2014", ""),
    ]
    assert stated(found)[0] == "Acme Corp, Berlin\nSenior Engineer                Jan 2019 - Present"
    assert [s.role.title for s in found.sections if s.role and "Led the migration" in text[s.start : s.end]] == [
        "Senior Engineer"
    ]


def test_a_group_of_positions_under_a_length(tmp_path: Path) -> None:
    text = (
        "Jane\n\nExperience\n\nBeta\n4 years 2 months\nEngineer\nJanuary 2017 - December 2018 (2 years)\nLondon\n"
        "Did more things.\n\n"
        "Junior Engineer\nJanuary 2015 - December 2016\n"
    )
    assert held(document(tmp_path, "cv.txt", text)) == [
        ("Engineer", "Beta", "2017-01", "2018-12", "London"),
        ("Junior Engineer", "Beta", "2015-01", "2016-12", ""),
    ]


def test_prose_makes_no_positions(tmp_path: Path) -> None:
    text = (
        "# About\n\n## Experience\n\nI joined Acme as an engineer in 2019.\n\nWorked with a manager 2019 – 2021.\n\n"
        "- Engineer, Acme, 2019\n"
    )
    assert held(document(tmp_path, "cv.md", text)) == []


def test_articles_hold_no_positions(tmp_path: Path) -> None:
    text = "# On hiring\n\n## Experience\n\n### Senior Engineer, Acme (2019 – 2021)\n\nText.\n"
    assert held(document(tmp_path, "articles/a.md", text)) == []
    assert held(document(tmp_path, "bio/a.md", text)) != []


def test_a_document_of_one_position(tmp_path: Path) -> None:
    found = document(
        tmp_path, "experience/a.md", "# Senior Engineer at Acme\n\n*March 2019 – Present · Berlin*\n\nBuilt.\n"
    )
    assert found.kind == "experience"
    role = found.role
    assert role
    assert (role.title, role.employer, role.start, role.end, role.location) == (
        "Senior Engineer",
        "Acme",
        "2019-03",
        "present",
        "Berlin",
    )
    assert (
        found.text[role.stated.start : role.stated.end] == "Senior Engineer at Acme\n\n*March 2019 – Present · Berlin*"
    )


def test_front_matter_wins_over_the_heading(tmp_path: Path) -> None:
    text = (
        "---\nemployer: Acme\nemployer_basis: inferred\nlocation: Ulm\nstart: 2019\norder: 3\n---\n# Beekeeper\nBees.\n"
    )
    role = document(tmp_path, "experience/a.md", text).role
    assert role
    assert (role.title, role.employer, role.employer_basis, role.location) == ("Beekeeper", "Acme", "inferred", "Ulm")
    assert (role.start, role.end, role.order) == ("2019", "", 3)


def test_a_document_that_lists_positions_has_none_of_its_own(tmp_path: Path) -> None:
    text = "# Acme Corp\n\n## Senior Engineer (2021 – Present)\n- a\n\n## Engineer (2019 – 2021)\n- b\n"
    found = document(tmp_path, "experience/a.md", text)
    assert found.role is None
    assert held(found) == [
        ("Senior Engineer", "Acme Corp", "2021", "present", ""),
        ("Engineer", "Acme Corp", "2019", "2021", ""),
    ]


def test_title_employer_and_place_are_told_by_their_order_at_a_range_of_dates(tmp_path: Path) -> None:
    text = (
        "# Jo\n\n## Experience\n\n### Head Chef, Restaurant A, Oslo\n2019 – 2021\n\n- Ran it\n\n"
        "### Commis, Restaurant B, Bergen\n*2016 – 2019*\n\n- Cooked\n\n### Commis, Noma (stage), Copenhagen\n"
        "Jan 2015 – Mar 2016\n\n- Peeled\n\n### Sauces, Stocks, Soups\n\n- Cooked\n"
    )
    assert held(document(tmp_path, "cv.md", text)) == [
        ("Head Chef", "Restaurant A", "2019", "2021", "Oslo"),
        ("Commis", "Restaurant B", "2016", "2019", "Bergen"),
        ("Commis", "Noma", "2015-01", "2016-03", "Copenhagen"),
    ]


@pytest.mark.parametrize("bullet", ["• ", ""], ids=["items", "prose"])
@pytest.mark.parametrize("gap", ["\n", ""], ids=["apart", "close"])
@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("Commis, Noma (stage), Copenhagen\n2015 – 2016", [("Commis", "Noma", "2015", "2016", "Copenhagen")]),
        ("Commis, Noma, Copenhagen   2015 – 2016", [("Commis", "Noma", "2015", "2016", "Copenhagen")]),
        ("Commis\n2015 – 2016", []),
        ("Commis (2015 – 2016)", []),
        ("Noma, Copenhagen\n2015 – 2016", []),
    ],
)
def test_an_unknown_title_at_a_range_of_dates_ends_the_position_above(
    tmp_path: Path, header: str, roles: list[tuple[str, str, str, str, str]], gap: str, bullet: str
) -> None:
    text = (
        "Jo Doe\n\nEXPERIENCE\n\n"
        f"Sous Chef, Hotel Bristol, Oslo\n2016 – 2019\n{bullet}Cut waste by a third in a year.\n"
        f"{gap}{header}\n{bullet}Worked in the cold section, with the fish and the shellfish.\n\nSKILLS\n\nSauces\n"
    )
    found = document(tmp_path, "cv.txt", text)
    assert held(found) == [("Sous Chef", "Hotel Bristol", "2016", "2019", "Oslo"), *roles]
    below = next(s for s in found.sections if "cold section" in found.text[s.start : s.end])
    assert "waste" not in found.text[below.start : below.end]
    assert (below.role.title if below.role else "") == ("Commis" if roles else "")


def test_a_dated_line_within_a_position_of_a_heading_is_its_own(tmp_path: Path) -> None:
    text = (
        "# Jo\n\n## Experience\n\n### Engineer, Acme Corp\n2015 – 2020\n\n- A\n\nProject Phoenix\n2016 – 2018\n\n- B\n"
    )
    found = document(tmp_path, "cv.md", text)
    assert {section.role.title for section in found.sections if section.role} == {"Engineer"}
    assert all(section.role for section in found.sections)
