import json
from pathlib import Path
from typing import Any

import pytest

from ingest.readers import read_document
from ingest.schema import Document
from rag.errors import Refused

RESUME = {
    "basics": {
        "name": "Jane Doe",
        "label": "Engineer",
        "email": "j@e.org",
        "phone": "+49 30",
        "url": "https://jane.example",
        "summary": "Builds.",
        "location": {"city": "Berlin", "countryCode": "DE"},
        "profiles": [{"network": "GitHub", "username": "jane", "url": "https://github.example/jane"}],
    },
    "work": [
        {
            "name": "Acme",
            "position": "Senior Engineer",
            "startDate": "2019-03",
            "location": "Berlin",
            "summary": "Ran it.",
            "highlights": ["A", None, "B"],
        },
        {"company": "Beta", "position": "Engineer", "startDate": "2015", "endDate": "2018-12-31", "highlights": "one"},
        None,
    ],
    "volunteer": [{"organization": "Help", "position": "Helper", "startDate": "2010"}],
    "skills": [{"name": "Web", "level": "Master", "keywords": ["HTML", "CSS"]}],
    "publications": [{"name": "Paper", "publisher": "ACM", "releaseDate": "2020-05"}],
    "education": [],
    "meta": {"version": "1"},
}


def read(folder: Path, body: Any) -> Document:
    path = folder / "resume.json"
    path.write_text(body if isinstance(body, str) else json.dumps(body), encoding="utf-8")
    return read_document(path, "resume.json", folder)


def test_an_item_is_a_section_with_its_path(tmp_path: Path) -> None:
    document = read(tmp_path, RESUME)
    assert (document.title, document.kind) == ("Jane Doe", "resume")
    assert {s.locator: (s.heading, document.text[s.start : s.end]) for s in document.sections} == {
        "basics": (
            ("Basics",),
            "Jane Doe, Engineer\nBuilds.\nEmail: j@e.org\nPhone: +49 30\nWebsite: https://jane.example\n"
            "Location: Berlin, DE\nGitHub: jane, https://github.example/jane",
        ),
        "work[0]": (("Work",), "Senior Engineer at Acme (2019-03 – present), Berlin\nRan it.\n- A\n- B"),
        "work[1]": (("Work",), "Engineer at Beta (2015 – 2018-12-31)\n- one"),
        "volunteer[0]": (("Volunteer",), "Helper at Help (2010 – present)"),
        "skills[0]": (("Skills",), "Web (Master): HTML, CSS"),
        "publications[0]": (("Publications",), "Paper, ACM (2020-05)"),
    }
    assert all(section.atomic for section in document.sections)


def test_work_is_held_and_volunteering_is_not(tmp_path: Path) -> None:
    document = read(tmp_path, RESUME)
    roles = [s.role for s in document.sections if s.role]
    assert [(r.title, r.employer, r.start, r.end, r.location) for r in roles] == [
        ("Senior Engineer", "Acme", "2019-03", "present", "Berlin"),
        ("Engineer", "Beta", "2015", "2018-12-31", ""),
    ]
    assert [document.text[r.stated.start : r.stated.end] for r in roles] == [
        "Senior Engineer at Acme (2019-03 – present), Berlin",
        "Engineer at Beta (2015 – 2018-12-31)",
    ]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"work": [{"highlights": [{"a": 1}]}]}, "work[0].highlights[0]: expected text, got an object"),
        ({"work": [{"name": ["Acme"]}]}, "work[0].name: expected text, got a list"),
        ({"work": {"name": "Acme"}}, "work: expected a list, got an object"),
        ({"skills": ["Go"]}, "skills[0]: expected an object, got text"),
        ({"basics": "Jane"}, "basics: expected an object, got text"),
        ({"basics": {"profiles": 3}}, "basics.profiles: expected a list, got a number"),
        ({"a": 1}, "not a JSON Resume"),
        ([1], "not a JSON Resume: expected an object, got a list"),
        ("{", "broken JSON, line 1"),
        ("[" * 100_000, "broken JSON"),
        ({"work": []}, "empty"),
        ({"basics": {}}, "empty"),
    ],
)
def test_wrong_types_are_named(tmp_path: Path, body: Any, named: str) -> None:
    with pytest.raises(Refused) as caught:
        read(tmp_path, body)
    assert str(caught.value).startswith(named)


def test_half_a_surrogate_pair_can_still_be_saved(tmp_path: Path) -> None:
    assert "Jane ?" in read(tmp_path, '{"basics": {"name": "Jane \\ud800"}}').text
