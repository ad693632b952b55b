import pytest

from ingest.readers.front_matter import FrontMatter, parse
from rag.errors import Refused


def test_fields_and_their_synonyms() -> None:
    front = parse("---\nrole: Nurse\ncompany: Acme\nstart_date: Mar 2019\nend_date: NOW\ntags: [a, {b: c}]\n---\nText")
    assert (front.role, front.employer, front.start, front.end) == ("Nurse", "Acme", "2019-03", "present")
    assert front.length == len(
        "---\nrole: Nurse\ncompany: Acme\nstart_date: Mar 2019\nend_date: NOW\ntags: [a, {b: c}]\n---\n"
    )


@pytest.mark.parametrize(
    ("said", "iso"),
    [
        ("2021", "2021"),
        ("2019-03", "2019-03"),
        ("2019-03-15", "2019-03-15"),
        ("2020/03", "2020-03"),
        ("2019-03-15T08:00:00Z", "2019-03-15"),
        ("March 2019", "2019-03"),
        ("03/2019", "2019-03"),
        ("15 March 2019", "2019-03-15"),
        ("Ongoing", "present"),
        ("today", "present"),
        ("now", "present"),
        ("present day", "present"),
        ("until now", "present"),
        ("to date", "present"),
        ("present (part-time)", "present"),
        ("about 2019, I think", "2019"),
        ("", ""),
        ("null", ""),
    ],
)
def test_dates_keep_the_precision_stated(said: str, iso: str) -> None:
    assert parse(f"---\nend: {said}\n---\n").end == iso


def test_a_missing_end_is_not_the_present() -> None:
    assert parse("---\nstart: 2019\n---\n").end == ""


@pytest.mark.parametrize(
    ("start", "end"),
    [("2020-03", "2020"), ("2020", "2020-01"), ("2020-03-15", "2020-03"), ("2090-01", "present"), ("2090", "2091")],
)
def test_a_period_may_be_short_or_lie_ahead(start: str, end: str) -> None:
    front = parse(f"---\nstart: {start}\nend: {end}\n---\n")
    assert (front.start, front.end) == (start, end)


def test_the_lines_that_state_a_position_are_quoted_together() -> None:
    text = "---\nkind: experience\ntitle: Nurse\nemployer: Acme\norder: 2\nstart: 2019\nurl: x\n---\n"
    stated = parse(text).stated
    assert text[stated.start : stated.end] == "title: Nurse\nemployer: Acme\norder: 2\nstart: 2019"


def test_with_a_role_the_title_is_the_documents() -> None:
    text = "---\ntitle: My years\nrole: Nurse\n---\n"
    stated = parse(text).stated
    assert text[stated.start : stated.end] == "role: Nurse"


def test_bom_crlf_and_dots_are_front_matter_too() -> None:
    text = "\ufeff---\r\ntitle: A\r\nemployer: B\r\n...\r\nBody"
    front = parse(text)
    assert (front.title, front.employer, text[front.length :]) == ("A", "B", "Body")
    assert text[front.stated.start : front.stated.end] == "title: A\r\nemployer: B"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Text",
        "---\n\nTwo breaks\n\n---\n",
        "a\n---\ntitle: x\n---\n",
        "---",
        "\n---\n\nText\n\n---\n",
        "+++\nText\n",
    ],
)
def test_texts_without_front_matter(text: str) -> None:
    assert parse(text) == FrontMatter()


def test_visibility_and_full_text() -> None:
    assert parse("---\nvisibility: Private\n---\n").private
    assert not parse("---\nvisibility: public\n---\n").private
    assert not parse("---\nfull_text: no\n---\n").full_text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("---\ntitle: A\nurl: a: b\n---\n", "line 3"),
        ("---\ntitle: 'A\n---\n", "line"),
        ("---\ntitle: A\x01\n---\n", "line 2"),
        ("---\ntitle: [A, B]\n---\n", "field title"),
        ("---\nstart:\n  year: 2019\n---\n", "field start"),
        ("---\nstart: soon\n---\n", "field start: 'soon'"),
        ("---\nstart: 2019-13\n---\n", "field start: '2019-13' is not a date; write 2019, 2019-03 or 2019-03-15"),
        ("---\nend: 2019-02-30\n---\n", "field end: '2019-02-30' is not a date"),
        ("---\nend: 2019-02-30T08:00:00Z\n---\n", "field end: '2019-02-30T08:00:00Z' is not a date"),
        ("---\ndate: 31 April 2019\n---\n", "field date: '31 April 2019' is not a date"),
        ("---\nstart: 2019-00\n---\n", "field start: '2019-00' is not a date"),
        ("---\nstart_date: 0203\n---\n", "field start: '0203' is not a date"),
        ("---\nstart: 0203-05\n---\n", "field start: '0203-05' is not a date"),
        ("---\nstart: present\n---\n", "field start: 'present' is not a date"),
        ("---\nstart: 2020-03\nend: 2019-01\n---\n", "field end: 2019-01 is before start 2020-03; mend one of them"),
        ("---\nstart: 2020\nend: December 2019\n---\n", "field end: 2019-12 is before start 2020"),
        ("---\nstart: 2020-03-02\nend: 2020-03-01\n---\n", "field end: 2020-03-01 is before start 2020-03-02"),
        ("---\nstart: Marchh 2020\n---\n", "field start: 'Marchh 2020' is not a date"),
        ("---\ndate: Mai 2020\n---\n", "field date: 'Mai 2020' is not a date"),
        ("---\nend: 2020/3/1/5\n---\n", "field end: '2020/3/1/5' is not a date"),
        (
            "---\nend: soonish\n---\n",
            "field end: 'soonish' is not a date; write 2019, 2019-03 or 2019-03-15; where it has",
        ),
        ("---\nend: date\n---\n", "field end: 'date' is not a date"),
        ("---\nend: -\n---\n", "field end: '-' is not a date"),
        ("---\nend_date: ?\n---\n", "field end: '?' is not a date"),
        (
            "---\nstart: 2019 - 2021\n---\n",
            "field start: '2019 - 2021' is two dates; write `start: 2019` and `end: 2021`",
        ),
        ("---\ntitle: A\nemployer: a: b\n---\n", "line 3, field employer"),
        ("---\norder: first\n---\n", "field order"),
        ("---\nvisibility: hidden\n---\n", "field visibility"),
        ("---\nfull_text: maybe\n---\n", "field full_text"),
        ("---\n- title: A\n---\n", "not a list of fields"),
        ("---\ntitle: A\n", "not closed"),
        ("---\ntitle: " + "[" * 5000 + "\n---\n", "front matter"),
        ("---\nx: " + "y" * 70_000 + "\n---\n", "over 64 KB"),
    ],
)
def test_what_is_broken_is_named_in_one_line(text: str, named: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(text)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("visibilty: private", "'visibilty' is not known; write visibility: private"),
        ("visability: private", "'visability' is not known; write visibility: private"),
        ("private: true", "'private' is not known; write visibility: private"),
        ("Hidden: yes", "'hidden' is not known; write visibility: private"),
        ("draft: true", "'draft' is not known; write visibility: private"),
        ("public: false", "'public' is not known; write visibility: private"),
        ("privat: true", "'privat' is not known; write visibility: private"),
        ("emploier: Acme", "'emploier' is not known; write employer: …"),
        ("strat: 2019", "'strat' is not known; write start: …"),
        ("start date: 2019", "'start date' is not known; write start_date: …"),
    ],
)
def test_a_misspelt_field_is_refused_with_the_one_meant(field: str, meant: str) -> None:
    with pytest.raises(Refused, match=meant):
        parse(f"---\ntitle: A\n{field}\n---\nText")


@pytest.mark.parametrize(
    "field",
    ["tags", "author", "name", "note", "time", "state", "status", "layout", "type", "id", "description", "slug"],
)
def test_other_fields_are_the_owners_own(field: str) -> None:
    assert parse(f"---\n{field}: x\n---\nText").length


@pytest.mark.parametrize(
    "text",
    [
        "+++\nvisibility = 'private'\n+++\nText",
        "+++\n# a remark\n[extra]\nprivate = true\n+++\nText",
        "\n\n---\nvisibility: private\n---\nText",
        "\ufeff\r\n---\r\nvisibility: private\r\n---\r\nText",
        " ---\nvisibility: private\n---\n",
        "\n---\nvisibility: private\n",
    ],
)
def test_front_matter_where_it_is_not_read_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"must begin on the first line, .* between --- lines"):
        parse(text)


def test_a_field_given_twice_is_refused() -> None:
    for first in ("visibility", "Visibility"):
        with pytest.raises(Refused, match="visibility: it is given twice"):
            parse(f"---\n{first}: private  # draft\nvisibility: public\n---\nx")
