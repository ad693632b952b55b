import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.table import Table

from ingest.chunk import chunk
from ingest.readers import docx as reader
from ingest.readers import read_document
from ingest.schema import Document
from rag.errors import Refused

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(word: Word, folder: Path) -> Document:
    word.save(str(folder / "cv.docx"))
    return reader.read(folder / "cv.docx", "cv.docx")


def test_paragraphs_lists_and_tables_in_order(tmp_path: Path) -> None:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "jane@example.org"
    word.add_paragraph("Jane Doe", style="Title")
    word.add_heading("Experience", 1)
    word.add_heading("Senior Engineer, Acme Corp", 2)
    word.add_paragraph("Jan 2019 – Present, Berlin")
    word.add_paragraph("Built things", style="List Bullet")
    word.add_paragraph("More", style="List Number")
    word.add_heading("Skills", 1)
    table = word.add_table(2, 3)
    for row, said in zip(table.rows, [("Languages", "Python", "Go"), ("Tools", "Docker", "")], strict=True):
        for cell, text in zip(row.cells, said, strict=True):
            cell.text = text
    table.cell(1, 1).merge(table.cell(1, 2))
    word.add_paragraph("After")
    document = saved(word, tmp_path)
    assert document.title == "Jane Doe"
    assert document.kind == "resume"
    found = [(s.heading, document.text[s.start : s.end]) for s in document.sections]
    assert found == [
        ((), "jane@example.org"),
        (("Experience", "Senior Engineer, Acme Corp"), "Jan 2019 – Present, Berlin\n\n- Built things\n- More"),
        (("Skills",), "Languages | Python | Go\nTools | Docker\n\nAfter"),
    ]
    role = document.sections[1].role
    assert role
    assert (role.title, role.employer, role.start, role.end, role.location) == (
        "Senior Engineer",
        "Acme Corp",
        "2019-01",
        "present",
        "Berlin",
    )


def units(document: Document) -> list[str]:
    return [document.text[unit.start : unit.end] for passage in chunk(document) for unit in passage.sentences]


def filled(table: Table, *rows: str) -> None:
    for row, said in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, said.split(";"), strict=True):
            cell.text = text


def test_a_list_and_two_tables_below_it_are_quoted_apart(tmp_path: Path) -> None:
    word = docx.Document()
    word.add_paragraph("Cut costs by 30 percent", style="List Bullet")
    filled(word.add_table(2, 2), "Languages;Python", "Tools;Docker")
    filled(word.add_table(2, 2), "german;native", "french;fluent")
    word.add_paragraph("Led a team of five", style="List Bullet")
    document = saved(word, tmp_path)
    assert document.text == (
        "- Cut costs by 30 percent\n\nLanguages | Python\nTools | Docker\n\n"
        "german | native\nfrench | fluent\n\n- Led a team of five"
    )
    rows = ["Languages | Python", "Tools | Docker", "german | native", "french | fluent"]
    assert units(document) == ["Cut costs by 30 percent", *rows, "Led a team of five"]


def test_the_names_of_a_tables_columns_are_quoted_with_its_first_row(tmp_path: Path) -> None:
    word = docx.Document()
    rows = ("Food hygiene;Mattilsynet;2019", "First aid;Red Cross;2021")
    filled(word.add_table(3, 3), "Certificate;Issuer;Year", *rows)
    filled(word.add_table(2, 3), "Python;Go;Rust", "Bash;Lua;C")
    assert units(saved(word, tmp_path)) == [
        "Certificate | Issuer | Year\nFood hygiene | Mattilsynet | 2019",
        "First aid | Red Cross | 2021",
        "Python | Go | Rust",
        "Bash | Lua | C",
    ]


def test_rows_of_one_cell_and_lines_that_the_writer_ended_are_quoted_apart(tmp_path: Path) -> None:
    word = docx.Document()
    filled(word.add_table(2, 1), "Built the turbine hall of a power station", "Ran it for four years")
    word.add_paragraph("Managed a ward\nTrained six newcomers there\nin wound care", style="List Bullet")
    assert units(saved(word, tmp_path)) == [
        "Built the turbine hall of a power station",
        "Ran it for four years",
        "Managed a ward",
        "Trained six newcomers there\nin wound care",
    ]


def test_lists_in_the_cells_of_a_table_stay_lists(tmp_path: Path) -> None:
    word = docx.Document()
    for cell, text in zip(word.add_table(1, 2).rows[0].cells, ("Poured concrete", "Laid bricks"), strict=True):
        cell.paragraphs[0].text, cell.paragraphs[0].style = text, "List Bullet"
        cell.add_paragraph("Went home", style="List Bullet")
    assert units(saved(word, tmp_path)) == ["Poured concrete", "Went home", "Laid bricks", "Went home"]


def test_headings_by_looks_where_no_style_is_used(tmp_path: Path) -> None:
    word = docx.Document()
    for line in ["Jane Doe", "EXPERIENCE", "Senior Engineer, Acme", "2019 – 2021", "Did much.", "EDUCATION", "BSc"]:
        word.add_paragraph(line)
    document = saved(word, tmp_path)
    assert document.title == "Jane Doe"
    assert [s.heading for s in document.sections] == [(), ("EXPERIENCE",), ("EDUCATION",)]
    assert document.sections[1].role


def test_a_table_that_lays_out_the_page_is_read_cell_by_cell(tmp_path: Path) -> None:
    word = docx.Document()
    left, right = word.add_table(1, 2).rows[0].cells
    for cell, lines in ((left, "Contact;jane@example.org;Berlin"), (right, "Summary;An engineer;of many years")):
        cell.paragraphs[0].text, *rest = lines.split(";")
        for line in rest:
            cell.add_paragraph(line)
    assert (
        saved(word, tmp_path).text.split()
        == "Contact jane@example.org Berlin Summary An engineer of many years".split()
    )


def test_content_controls_boxes_links_and_changes(tmp_path: Path) -> None:
    word = docx.Document()
    word.add_paragraph("first")
    body = word.element.body
    run = "<w:r><w:t>{}</w:t></w:r>"
    inner = [
        f"<w:sdt {W}><w:sdtContent><w:p>{run.format('controlled')}</w:p></w:sdtContent></w:sdt>",
        f'<w:p {W}><w:hyperlink w:anchor="x">{run.format("linked")}</w:hyperlink>'
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        f"<w:ins>{run.format(' added')}</w:ins></w:p>",
        f"<w:p {W}><w:r><w:pict><w:txbxContent><w:p>{run.format('boxed')}</w:p></w:txbxContent></w:pict></w:r></w:p>",
    ]
    for xml in inner:
        body.insert(len(body) - 1, parse_xml(xml))
    assert saved(word, tmp_path).text == "first\n\ncontrolled\n\nlinked added\n\nboxed"


def test_damaged_empty_and_locked_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"

    def refused(match: str) -> None:
        with pytest.raises(Refused, match=match):
            read_document(path, "a.docx", tmp_path)

    path.write_bytes(b"no archive")
    refused("damaged: not a .docx")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    refused("encrypted")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    refused("damaged")
    docx.Document().save(str(path))
    refused("no text")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(21):
            archive.writestr(f"word/{i}.xml", b" " * 10 * 1024**2)
    with pytest.raises(Refused, match="unpacks to over 200 MB"):
        read_document(tmp_path / "a.docx", "a.docx", tmp_path)
