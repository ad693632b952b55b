from collections.abc import Sequence
from pathlib import Path

import pypdf
import pytest
from pypdf import _encryption
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ingest.readers import pdf, read_document
from ingest.readers.columns import parted, unwoven
from ingest.schema import Document
from rag.errors import Refused

LEFT = [
    *("CONTACT", "jane@example.org", "+49 30 1234567", ""),
    *("SKILLS", "Python, Go, Kotlin", "Kubernetes", "PostgreSQL and Kafka", ""),
    *("LANGUAGES", "English"),
]
RIGHT = [
    "EXPERIENCE",
    "",
    "Senior Engineer, Acme Corp",
    "Jan 2019 - Present",
    "• Led the migration of 40 services to Kubernetes and cut",
    "  their cost by 40 percent within a year of work",
    "• Built a payment platform in Go",
    "",
    "Software Engineer, Beta Inc",
    "Mar 2015 - Dec 2018",
    "• Designed the ingestion pipeline for sensor data",
    "",
    "EDUCATION",
    "BSc Computer Science, TU Berlin, 2011 - 2014",
]


def canvas(path: Path) -> Canvas:
    made = Canvas(str(path), pagesize=(595, 842))
    made.setFont("Helvetica", 10)
    return made


def column(on: Canvas, x: float, y: float, lines: Sequence[str]) -> None:
    for i, line in enumerate(lines):
        on.drawString(x, y - 13 * i, line)


def held(document: Document) -> list[tuple[str, str, str, str, str]]:
    roles = dict.fromkeys(section.role for section in document.sections if section.role)
    return [(r.title, r.employer, r.start, r.end, r.location) for r in roles]


@pytest.mark.parametrize("across", [False, True], ids=["column by column", "row by row"])
@pytest.mark.parametrize("drop", [0, 5], ids=["one grid", "two grids"])
def test_two_columns_are_not_interleaved(tmp_path: Path, across: bool, drop: float) -> None:
    path = tmp_path / "cv.pdf"
    made = canvas(path)
    made.drawString(50, 790, "Jane Doe, who has led platform teams in Berlin, Leeds and Paris")
    if across:
        for i in range(len(RIGHT)):
            column(made, 50, 740 - 13 * i, LEFT[i : i + 1])
            column(made, 210, 740 - drop - 13 * i, RIGHT[i : i + 1])
    else:
        column(made, 50, 740, LEFT)
        column(made, 210, 740 - drop, RIGHT)
    made.save()
    document = read_document(path, "cv.pdf", tmp_path)
    said = [line for line in document.text.split("\n") if line]
    assert said[1:] == [line.strip() for line in [*LEFT, *RIGHT] if line]
    assert [section.heading for section in document.sections][1:] == [
        ("CONTACT",),
        ("SKILLS",),
        ("LANGUAGES",),
        ("EXPERIENCE",),
        ("EXPERIENCE",),
        ("EDUCATION",),
    ]
    assert {section.locator for section in document.sections} == {"Page 1"}
    assert held(document) == [
        ("Senior Engineer", "Acme Corp", "2019-01", "present", ""),
        ("Software Engineer", "Beta Inc", "2015-03", "2018-12", ""),
    ]


def test_dates_set_flush_right_stay_in_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "cv.pdf"
    made = canvas(path)
    rows = [("Jane Doe", ""), ("EXPERIENCE", "")]
    for employer, place, title, years in [
        ("Acme Corp", "Berlin", "Senior Engineer", "Jan 2019 – Present"),
        ("Beta Inc", "Leeds, UK", "Engineer", "2015 – 2018"),
        ("Gamma", "Remote", "Developer", "2012 – 2015"),
    ]:
        rows += [(employer, place), (title, years), ("• Built things", ""), ("• Ran them", "")]
    rows += [("SKILLS", ""), ("Languages", "Python, Go"), ("Tools", "Docker"), ("Cloud", "AWS")]
    for i, (left, right) in enumerate(rows):
        made.drawString(50, 790 - 13 * i, left)
        made.drawRightString(545, 790 - 13 * i, right)
    made.save()
    document = read_document(path, "cv.pdf", tmp_path)
    assert held(document) == [
        ("Senior Engineer", "Acme Corp", "2019-01", "present", "Berlin"),
        ("Engineer", "Beta Inc", "2015", "2018", "Leeds, UK"),
        ("Developer", "Gamma", "2012", "2015", "Remote"),
    ]
    assert "Senior Engineer    Jan 2019 – Present" in document.text
    assert "Languages    Python, Go" in document.text


def test_words_drawn_one_by_one_keep_their_blanks(tmp_path: Path) -> None:
    line = "An engineer with years of work in the field of illicit lilliputian things in their spare time"
    made = canvas(tmp_path / "a.pdf")
    x = 50.0
    for word in line.split():
        made.drawString(x, 790, word)
        x += stringWidth(f"{word} ", "Helvetica", 10)
    made.save()
    assert pdf.read(tmp_path / "a.pdf", "a.pdf").text.split() == line.split()


def test_pages_are_locators_and_headings_reach_over_them(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    column(made, 50, 790, ["Jane Doe", "SKILLS", "Go and Rust"])
    made.showPage()
    column(made, 50, 790, ["more of them"])
    made.save()
    document = pdf.read(tmp_path / "a.pdf", "a.pdf")
    assert document.text == "Jane Doe\nSKILLS\nGo and Rust\n\nmore of them"
    assert document.title == "Jane Doe"
    assert [(s.locator, s.heading, document.text[s.start : s.end]) for s in document.sections] == [
        ("Page 1", (), "Jane Doe"),
        ("Page 1", ("SKILLS",), "Go and Rust"),
        ("Page 2", ("SKILLS",), "more of them"),
    ]


def test_text_drawn_by_a_form_is_read(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    made.beginForm("box")
    made.drawString(50, 700, "Inside a form")
    made.endForm()
    made.doForm("box")
    made.save()
    assert "Inside a form" in pdf.read(tmp_path / "a.pdf", "a.pdf").text


def locked(tmp_path: Path, password: str, algorithm: str = "RC4-128") -> Path:
    made = canvas(tmp_path / "open.pdf")
    made.drawString(50, 700, "Some text")
    made.save()
    writer = pypdf.PdfWriter(clone_from=tmp_path / "open.pdf")
    writer.encrypt(user_password=password, owner_password="owner", algorithm=algorithm)
    writer.write(tmp_path / "a.pdf")
    return tmp_path / "a.pdf"


def test_an_empty_password_opens(tmp_path: Path) -> None:
    assert read_document(locked(tmp_path, ""), "a.pdf", tmp_path).text == "Some text"


def test_another_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="encrypted; save a copy without"):
        read_document(locked(tmp_path, "secret"), "a.pdf", tmp_path)


@pytest.mark.parametrize("algorithm", ["AES-128", "AES-256"])
def test_aes_is_refused_with_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, algorithm: str) -> None:
    """pypdf encrypts with AES through another package; a reader that cannot decrypt never sees what is written here."""
    monkeypatch.setattr(_encryption.CryptAES, "__init__", lambda self, key: None)
    monkeypatch.setattr(_encryption.CryptAES, "encrypt", lambda self, data: bytes(32))
    for name in ("aes_cbc_encrypt", "aes_ecb_encrypt"):
        monkeypatch.setattr(_encryption, name, lambda *parts: bytes(32))
    path = locked(tmp_path, "", algorithm)
    with pytest.raises(Refused, match=r"encrypted with AES, .*; print it to a new PDF"):
        read_document(path, "a.pdf", tmp_path)


def test_a_scan_is_refused(tmp_path: Path) -> None:
    made = canvas(tmp_path / "a.pdf")
    made.rect(50, 50, 100, 100, fill=1)
    made.save()
    with pytest.raises(Refused, match=r"no text: .*\(OCR\)"):
        read_document(tmp_path / "a.pdf", "a.pdf", tmp_path)


def test_over_500_pages_are_refused(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    for _ in range(501):
        writer.add_blank_page(10, 10)
    writer.write(tmp_path / "a.pdf")
    with pytest.raises(Refused, match="501 pages, over 500"):
        read_document(tmp_path / "a.pdf", "a.pdf", tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7\nnothing of the kind",
        b"plain words",
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 1 0 R>>\ntrailer<</Root 1 0 R>>",
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "a.pdf").write_bytes(body)
    with pytest.raises(Refused, match=r"damaged|no text"):
        read_document(tmp_path / "a.pdf", "a.pdf", tmp_path)


def test_a_table_is_no_pair_of_columns() -> None:
    rows = [
        f"{name:<20}{value}"
        for name, value in [("Languages", "Python"), ("Tools", "Docker"), ("Skills", "Go"), ("Projects", "Two")]
    ]
    assert unwoven(rows) == rows


def test_lost_blanks_are_put_where_plain_mode_has_them() -> None:
    plain = "work in the field of intheory"
    assert parted("workin thefieldof intheory unknown", plain) == "work in the field of intheory unknown"
