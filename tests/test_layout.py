import string
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.layout import LINE, header, learnt, told
from ingest.readers import read_document
from ingest.readers.markdown import build_document
from ingest.schema import Document
from rag.schema import Role, Span

CHEF = [
    ("Head Chef", "Frantzén", "2018", "present"),
    ("Commis", "Operakällaren", "2015", "2017"),
    ("Busser", "Fabrique", "2014", "2015"),
]
STUDY = ("Grythyttan", "Örebro", "2010", "2012")


def held(document: Document) -> list[tuple[str, str, str, str]]:
    roles = dict.fromkeys(section.role for section in document.sections if section.role)
    return [(r.title, r.employer, r.start, r.end) for r in roles]


def read(folder: Path, name: str, text: str) -> Document:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_document(path, name, folder)


SHAPES = {
    "comma": "{0}, {1} ({2}-{3})",
    "at": "{0} at {1}, {2} – {3}",
    "dash": "{0} — {1} — {2} – {3}",
    "bold": "**{0}** | {1} | {2}–{3}",
    "dates first": "{2} – {3}: {0}, {1}",
    "dates below": "{0}, {1}\n{2} – {3}",
    "employer first": "{1} — {0} ({2} – {3})",
    "dates between": "{1} ({2} – {3}): {0}",
}


def _listed(shape: str, before: str, between: str, entries: list[tuple[str, str, str, str]]) -> str:
    return between.join(before + SHAPES[shape].format(*entry) for entry in entries)


SPACED = {
    "paragraphs": ("", "\n\n"),
    "lines": ("", "\n"),
    "items": ("- ", "\n"),
    "headings": ("### ", "\n\nDid it.\n\n"),
    "told": ("", "\n\n- Did much.\n\n"),
}
LAYOUTS = [
    (shape, spaced, name)
    for shape in SHAPES
    for spaced in SPACED
    for name in ("cv.md", "cv.txt")
    if not (spaced == "items" and "below" in shape) and not (spaced == "headings" and name == "cv.txt")
]


@pytest.mark.parametrize(("shape", "spaced", "name"), LAYOUTS)
def test_a_title_that_no_word_tells_is_told_by_its_siblings(tmp_path: Path, shape: str, spaced: str, name: str) -> None:
    before, between = SPACED[spaced]
    listed, studied = _listed(shape, before, between, CHEF), SHAPES[shape].format(*STUDY)
    marks = ("# ", "## ") if name == "cv.md" else ("", "")
    text = f"{marks[0]}Ida Berg\n\n{marks[1]}Work experience\n\n{listed}\n\n{marks[1]}Education\n\n{before}{studied}\n"
    found = read(tmp_path, name, text)
    assert held(found) == CHEF
    assert found.unread == ()
    for section in found.sections:
        if section.role:
            stated = section.role.stated
            assert section.role.title in found.text[stated.start : stated.end]
            assert section.start <= stated.start or before == "### "


@pytest.mark.parametrize(
    ("lines", "roles"),
    [
        ("Violinist | Oslo Philharmonic | 2018 – 2020\n\nRepetiteur | Den Norske Opera | 2015 – 2017", 2),
        ("- Senior kitchen porter, Noma, Copenhagen (2015 – 2016)\n- Runner and bar back, The Lamb (2013–2014)", 2),
        (
            "Fonna Hospital, Haugesund\nNurse, 2018 – 2019\n\nSunnaas Clinic, Nesodden\nHospital porter, 2014 – 2017",
            2,
        ),
        ("HGV driver, Posten, 2015 – 2017\nCourier, Bring, 2014 – 2015\nLoader, Schenker AG, 2013 – 2014", 3),
        ("- Teaching aide, Holm School (2015–2017)\n- Lollipop lady, Holm Council (2014)", 2),
        ("Frantzén, Stockholm\n- Head chef (2018–2019)\n- Runner (2014–2016)", 2),
        ("**Education**\n\nGrythyttan, Örebro (2010–2012)\n\n**Earlier work**\n\nCarer, Sunnaas (2008–2010)", 1),
    ],
)
def test_layouts_of_any_profession(lines: str, roles: int) -> None:
    found = build_document(f"# Ida\n\n## Employment\n\n{lines}\n", "cv.md")
    assert len(held(found)) == roles
    assert all(title and employer for title, employer, _, _ in held(found))
    assert found.unread == ()


@pytest.mark.parametrize(
    "line",
    [
        "BSc Nursing, University of Bergen (2014-2017)",
        "Culinary Diploma, Grythyttan (2012-2014)",
        "Chef of the Year, Gastronomi (2016-2017)",
        "Project Phoenix, Oslo (2016-2018)",
        "Parental leave, Bergen (2016-2017)",
        "Certificate in wine, WSET (2016-2017)",
        "Led the refit, all floors (2016-2017)",
        "Winner, Princess Astrid Competition (2016-2017)",
    ],
)
@pytest.mark.parametrize("mark", ["- ", ""])
def test_what_is_no_work_is_no_position_among_positions(line: str, mark: str) -> None:
    text = f"# Ida\n\n## Work and education\n\n{mark}Nurse, Haukeland (2018-present)\n{mark}{line}\n"
    found = build_document(text, "cv.md")
    assert held(found) == [("Nurse", "Haukeland", "2018", "present")]
    assert found.unread == ()


@pytest.mark.parametrize(
    "name",
    """Education,Certifications,Projects,Publications,Volunteering,Courses,Languages,Awards,Education & Certifications,
    Selected projects,Honours and awards,Talks""".replace("\n", "").split(","),
)
@pytest.mark.parametrize(
    "place",
    ["## {}", "### {}", "**{}**"],
    ids=["section", "within", "bold"],
)
def test_nothing_is_a_position_under_a_heading_of_something_else(name: str, place: str) -> None:
    heading = place.format(name.strip())
    text = (
        "# Ida\n\n## Experience\n\nNurse, Haukeland (2018-present)\nCarer, Sunnaas (2016-2018)\n\n"
        f"{heading}\n\nGrythyttan, Örebro (2010-2012)\n- Phoenix, Oslo (2012-2014)\n"
    )
    found = build_document(text, "cv.md")
    assert [title for title, _, _, _ in held(found)] == ["Nurse", "Carer"]
    assert found.unread == ()


def test_items_within_a_position_tell_of_it() -> None:
    text = (
        "# Ida\n\n## Experience\n\n### Nurse, Haukeland (2018-present)\n\n- Ward redesign, Bergen (2019-2020)\n\n"
        "Carer, Sunnaas\n\n### Posten\n\nDriver, Posten (2012-2014)\n\n- Night round, Voss (2012-2013)\n"
    )
    assert held(build_document(text, "cv.md")) == [
        ("Nurse", "Haukeland", "2018", "present"),
        ("Driver", "Posten", "2012", "2014"),
    ]


@pytest.mark.parametrize(
    ("lines", "unread"),
    [
        ("Dancer with the Royal Ballet, 2015–2017", "Dancer with the Royal Ballet, 2015–2017"),
        ("### Busser (2014-2015)\n\nText", "Busser (2014-2015)"),
        ("Frantzén, Stockholm\n- Head chef (2018–2019)\n- Menu redesign (2017–2018)", "Menu redesign (2017–2018)"),
    ],
)
def test_a_dated_line_among_positions_that_is_not_read_is_told(lines: str, unread: str) -> None:
    assert build_document(f"# Ida\n\n## Experience\n\n{lines}\n", "cv.md").unread == (unread,)
    assert build_document(f"# Ida\n\n## Notes\n\n{lines}\n", "cv.md").unread == ()


def test_a_document_of_one_position_with_an_unknown_title(tmp_path: Path) -> None:
    role = build_document("# Commis, Operakällaren\n\n*2015 – 2017*\n\nPeeled.\n", "experience/a.md").role
    assert role
    assert (role.title, role.employer, role.start, role.end) == ("Commis", "Operakällaren", "2015", "2017")


def test_a_docx_is_read_as_the_others_are(tmp_path: Path) -> None:
    made = docx.Document()
    for line in ("Ida Berg", "Work experience", *(SHAPES["comma"].format(*entry) for entry in CHEF)):
        made.add_paragraph(line)
    made.add_paragraph("Awards")
    made.add_paragraph(SHAPES["comma"].format(*STUDY))
    made.save(str(tmp_path / "cv.docx"))
    assert held(read_document(tmp_path / "cv.docx", "cv.docx", tmp_path)) == CHEF


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("Noma — Busser (2018 – 2020)", ("Busser", "Noma")),
        ("- Noma, Busser (2018 – 2020)", ("Busser", "Noma")),
        ("### Noma | Busser\n2018 – 2020", ("Busser", "Noma")),
        ("Commis, Copper Restaurant (2018 – 2020)", ("Commis", "Copper Restaurant")),
        ("### Noma | Christiania\n2018 – 2020", None),
        ("Volvo Group, Trucks (2018 – 2020)", None),
        ("Noma, Amass (2018 – 2020)", None),
        ("- Java, Spring (2010 – 2015)", None),
    ],
)
def test_where_no_sibling_tells_a_word_must_vouch(line: str, read: tuple[str, str] | None) -> None:
    found = build_document(f"# Ida\n\n## Experience\n\n{line}\n", "cv.md")
    assert [(title, employer) for title, employer, _, _ in held(found)] == ([read] if read else [])
    assert len(found.unread) == (read is None)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Machine Learning, Stanford University", False),
        ("Physics, KTH", False),
        ("Physics, KTH, Stockholm", False),
        ("Doctoral studies, KTH", False),
        ("Erasmus exchange, Bologna", False),
        ("Semester abroad, Bologna", False),
        ("Nanodegree, Udacity", False),
        ("Best Paper, ICML", False),
        ("Dean's list, KTH", False),
        ("Fulbright fellowship, MIT", False),
        ("Maternity, home", False),
        ("References, on request", False),
        ("Volunteer work, Red Cross", False),
        ("Relocation, Bergen", False),
        ("Leave of absence, Bergen", False),
        ("High school, Voss", False),
        ("Wine training, Grythyttan", False),
        ("Customer portal, Volvo", True),
        ("Migration to Kubernetes, Spotify", True),
        ("Python, Kafka", True),
        ("Reading, Book Club", True),
        ("Java, Spring", True),
        ("Looker, Tableau", True),
        ("Fabrique, Busser", True),
    ],
)
@pytest.mark.parametrize("mark", ["- ", ""])
@pytest.mark.parametrize("section", ["Experience", "Experience and Education"])
def test_siblings_make_no_position_of_what_is_none(line: str, told: bool, mark: str, section: str) -> None:
    text = f"# Ida\n\n## {section}\n\n{mark}Head Chef, Frantzén (2018-present)\n{mark}{line} (2013 – 2014)\n"
    found = build_document(text, "cv.md")
    assert held(found) == [("Head Chef", "Frantzén", "2018", "present")]
    assert len(found.unread) == told


@pytest.mark.parametrize("name", ["Studies", "Schooling", "Academics", "Academic background", "Degrees"])
def test_a_section_of_studies_holds_no_positions(name: str) -> None:
    text = f"# Ida\n\n## Experience\n\nNurse, Haukeland (2018-present)\n\n### {name}\n\nCarer, Sunnaas (2010-2012)\n"
    assert [title for title, _, _, _ in held(build_document(text, "cv.md"))] == ["Nurse"]


def test_nothing_vouches_among_studies() -> None:
    text = "# Ida\n\n## Experience and Education\n\nViolinist, Oslo Philharmonic (2018 – 2020)\n"
    found = build_document(text, "cv.md")
    assert held(found) == []
    assert len(found.unread) == 1


@pytest.mark.parametrize(
    "title", ["Director of Studies", "Maternity nurse", "Volunteer coordinator", "Head of Training"]
)
def test_titles_speak_of_studies_and_leave_too(title: str) -> None:
    text = f"# Ida\n\n## Experience\n\n{title}, Haukeland (2018 – 2020)\n"
    assert [role[:2] for role in held(build_document(text, "cv.md"))] == [(title, "Haukeland")]


def test_a_row_over_the_limit_makes_no_header() -> None:
    assert header(["Nurse, Clinic (2014 – 2016)", "a, " * 100_000], LINE, Span(0, 1)) is None


STEMS = st.text(string.ascii_lowercase, min_size=3, max_size=9).map(str.capitalize)
YEARS = st.integers(1960, 2020).flatmap(lambda a: st.tuples(st.just(a), st.integers(a + 1, 2025)))


@given(STEMS.map("{}ist".format), STEMS.map("{}bur".format), YEARS, st.sampled_from(sorted(SHAPES)))
def test_a_header_read_by_its_sibling_says_nothing_else(
    title: str, employer: str, years: tuple[int, int], shape: str
) -> None:
    said = SHAPES[shape].replace("*", "")
    model = header(said.format("Nurse", "Zyx", 2001, 2002).split("\n"), LINE, Span(0, 1))
    assert model
    layouts = learnt([(model, Role("Nurse", "Zyx"))])
    one = header(said.format(title, employer, *years).split("\n"), LINE, Span(0, 1))
    assert one
    role = told(one, layouts)
    assert role
    assert (role.title, role.employer, role.start, role.end) == (title, employer, str(years[0]), str(years[1]))


@given(st.text(max_size=90), st.lists(st.text(max_size=40), max_size=3))
def test_no_text_is_too_odd(line: str, rows: list[str]) -> None:
    one = header([f"{line} (2014 – 2016)", *rows], LINE, Span(0, 1))
    if one:
        told(one, learnt([(one, Role("Nurse", "Clinic"))]), "Clinic")
    text = f"# Ida\n\n## Experience\n\n- Nurse, Clinic (2018–2019)\n- {line} (2014 – 2016)\n"
    document = build_document(text, "cv.md")
    for section in document.sections:
        assert 0 <= section.start <= section.end <= len(text)
