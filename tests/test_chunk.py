from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunk import chunk
from ingest.packing import WORDS
from ingest.schema import Document, Section
from ingest.sentences import sentences
from rag.schema import Passage, Role, Span


def document(*bodies: str, **fields: object) -> Document:
    """Each body a section under a heading of its own, `## S0`, `## S1`, …; a single one under none."""
    if len(bodies) == 1:
        return Document("a/b.md", "article", "Title", bodies[0], (Section(0, len(bodies[0])),), **fields)  # type: ignore[arg-type]
    text, sections = "", []
    for n, body in enumerate(bodies):
        text += f"## S{n}\n"
        sections.append(Section(len(text), len(text) + len(body), (f"S{n}",)))
        text += body
    return Document("a/b.md", "article", "Title", text, tuple(sections), **fields)  # type: ignore[arg-type]


def units(text: str) -> list[str]:
    return [passage.quote(unit) for passage in chunk(document(text)) for unit in passage.sentences]


def check(doc: Document, passages: Sequence[Passage]) -> None:
    """What holds for every document: exact, trimmed, in order, apart, units inside."""
    here = 0
    for p in passages:
        assert p.text == doc.text[p.start : p.end] == p.text.strip() != ""
        assert here <= p.start
        here = p.start
        for unit in p.sentences:
            assert here <= unit.start < unit.end <= p.end
            assert p.quote(unit) == doc.text[unit.start : unit.end].strip()
            here = unit.end
        here = p.end
    assert len({p.id for p in passages}) == len(passages)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She moved to the U.S. in 2019. It was fine.", ["She moved to the U.S. in 2019.", "It was fine."]),
        ("He left the U.S. The firm grew 3.5x.", ["He left the U.S.", "The firm grew 3.5x."]),
        ("Node.js and .NET were used. Go too.", ["Node.js and .NET were used.", "Go too."]),
        ("Acme Inc. hired her as CTO. Then she left.", ["Acme Inc. hired her as CTO.", "Then she left."]),
        ("Dr. J. Li, Ph.D., met Mr. Wu in Jan. 2020. OK.", ["Dr. J. Li, Ph.D., met Mr. Wu in Jan. 2020.", "OK."]),
        ("Use e.g. Kafka, i.e. a log, vs. approx. 5. Done!", ["Use e.g. Kafka, i.e. a log, vs. approx. 5.", "Done!"]),
        ("See v1.2.3. It ran at 2 ms. 3 teams used it.", ["See v1.2.3.", "It ran at 2 ms.", "3 teams used it."]),
        ("Yes… maybe. Well... Then so. Really?! No.", ["Yes… maybe.", "Well...", "Then so.", "Really?!", "No."]),
        ("Go to https://x.y/z.html?a=b. Or not?", ["Go to https://x.y/z.html?a=b.", "Or not?"]),
        ('"It works." (It did. Twice.) “Why?” she asked.', ['"It works."', "(It did. Twice.)", "“Why?” she asked."]),
        ("**Bold.** Next one.[^1] And _that._ Fine.", ["**Bold.**", "Next one.[^1]", "And _that._", "Fine."]),
        ("[No? Yes.](http://x.y) It is. I say no. No. 5.", ["[No? Yes.](http://x.y) It is.", "I say no.", "No. 5."]),
        ("日本で働いた。東京に住む。", ["日本で働いた。", "東京に住む。"]),
        ("npm is slow. yarn is fast.", ["npm is slow.", "yarn is fast."]),
    ],
)  # fmt: skip
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[s.start : s.end] for s in sentences(text, 0, len(text))] == expected


@given(st.text(st.sampled_from('ab A.!?…"”()[]\n 1'), max_size=80), st.integers(0, 5), st.integers(0, 5))
def test_between_sentences_lies_only_white_space(text: str, cut: int, rest: int) -> None:
    start, end = min(cut, len(text)), max(len(text) - rest, min(cut, len(text)))
    found = sentences(text, start, end)
    edges = [start, *(edge for span in found for edge in (span.start, span.end)), end]
    assert edges == sorted(edges)
    assert not any(text[a:b].strip() for a, b in zip(edges[::2], edges[1::2], strict=True))


def test_prose_wrapped_over_lines_is_joined() -> None:
    text = "The platform served four hundred million users and\nit was built by six people. It ran for\nthree years.\n"
    assert units(text) == [
        "The platform served four hundred million users and\nit was built by six people.",
        "It ran for\nthree years.",
    ]


def test_lines_ended_early_are_units_of_their_own() -> None:
    text = "Software Engineer in Munich\nAcme Corp, Berlin, Germany\nBuilt the billing system that they pay with.\n"
    assert units(text) == text.strip().split("\n")
    assert units("One line of verse  \nAnother.") == ["One line of verse", "Another."]


def test_a_line_of_a_word_or_three_goes_with_what_it_stands_over() -> None:
    text = "Acme Corp\n\nDec 2018\n\nPraised for the billing system. Kept it running.\n"
    assert units(text) == ["Acme Corp\n\nDec 2018\n\nPraised for the billing system.", "Kept it running."]
    assert units("Dec 2018\n\n- Led it\n- Ran it\n") == ["Dec 2018", "Led it", "Ran it"]
    assert units("Said so.\n\nThe end") == ["Said so.", "The end"]


def test_list_items_lose_their_markers() -> None:
    text = "- Led it. Twice.\n* Ran\n  on and on\n1. First\n   - Nested one\n     - Deeper\n• Bullet\n- [x] Done\n"
    assert units(text) == ["Led it. Twice.", "Ran\n  on and on", "First", "Nested one", "Deeper", "Bullet", "Done"]


def test_a_long_item_is_its_sentences() -> None:
    first, second = "This is it" + " very" * 40 + ".", "And this" + " also" * 40 + "."
    assert units(f"- {first} {second}\n- Short. Two.\n") == [first, second, "Short. Two."]


def test_an_items_later_paragraph_is_its_own_unit_and_not_its_passages_end() -> None:
    text = "- One\n\n  More of one.\n\n- Two\n\nProse. Two of it.\n"
    assert units(text) == ["One", "More of one.", "Two", "Prose.", "Two of it."]


def test_tables_give_rows() -> None:
    text = "| Year | Award |\n|------|-------|\n| 2020 | Best. Of all. |\n\na | b\n--|--\nc | d\n"
    assert units(text) == ["| Year | Award |", "| 2020 | Best. Of all. |", "a | b", "c | d"]


def test_code_is_one_unit_where_it_is_short() -> None:
    code = "```py\nimport os. Then.\n\n# not a heading\n<b>\n```"
    assert units(f"Before.\n{code}\nAfter.") == ["Before.", code, "After."]
    long = "\n".join(f"x{n} = call({n}, with, some, more, words)" for n in range(20))
    assert units(f"~~~\n{long}\n~~~\n") == long.split("\n")
    assert units("```\nnever closed. Here") == ["```\nnever closed. Here"]


def test_quotes_lose_their_mark() -> None:
    assert units("> She said it. It held.\n\nTrue.") == ["She said it.", "It held.", "True."]
    assert units("> A quote that is\n> wrapped. And more.") == ["A quote that is\n> wrapped.", "And more."]
    assert units("Lead:\n> Quote.") == ["Lead:", "Quote."]


def test_markup_is_no_unit() -> None:
    text = (
        'import Conv from "../Conv.tsx";\n\n<Conv name="Aoi" mood={{ a: "b > c" }}>\n  What is it?\n</Conv>\n'
        '<Picture\n  path="a/b"\n  alt="Not. This."\n/>\n\n![An image.](a.png)\n\n[![Alt](a.png)](http://b)\n---\n'
        '* * *\n[ref]: http://x.y "Title"\n<!-- a comment.\nTwo lines. -->\n<p>Inside. Twice.</p>\n</details>\n'
        "[^1]: A footnote.\nimport duties rose.\nUses `Vec<String>`\n"
    )
    assert units(text) == [
        "What is it?",
        "Inside.",
        "Twice.",
        "[^1]: A footnote.",
        "import duties rose.",
        "Uses `Vec<String>`",
    ]


def test_a_section_that_fits_is_one_passage() -> None:
    body = "\nIntro here.\n\n- one\n- two\n\n```\ncode\n```\n\n"
    (passage,) = chunk(document(body))
    assert passage.text == body.strip()
    assert passage.locator == "Lines 2–9"


def test_a_section_never_joins_another() -> None:
    doc = document("One.\n\n", "  \n---\n", "Two.\n")
    assert [(p.text, p.locator, p.heading) for p in chunk(doc)] == [("One.", "S0", ("S0",)), ("Two.", "S2", ("S2",))]


def test_long_sections_split_between_blocks() -> None:
    items = [f"- item {n} " + "word " * 47 + f"end{n}\n" for n in range(20)]
    passages = chunk(document("".join(items), "Other.\n"))
    assert all(
        p.text.startswith("- item") and p.text[-5:].strip()[-4:-1] in {"end", "nd1", "nd"} for p in passages[:-1]
    )
    assert sum(len(p.sentences) for p in passages) == 21
    assert all(len(p.text.split()) <= WORDS for p in passages)
    first = passages[0]
    assert first.locator == f"S0, lines 2–{1 + len(first.sentences)}"
    assert passages[-1].locator == "S1"


def test_a_long_paragraph_splits_at_sentences() -> None:
    text = " ".join(f"Sentence {n} has quite a few words in it." for n in range(100))
    passages = chunk(document(text))
    assert len(passages) > 3
    assert all(p.text.startswith("Sentence") and p.text.endswith("it.") for p in passages)
    assert " ".join(p.text for p in passages) == text


def test_a_monstrous_sentence_splits_between_words() -> None:
    text = " ".join(f"word{n}" for n in range(1000))
    passages = chunk(document(text))
    assert " ".join(p.text for p in passages) == text
    assert all(p.sentences == (Span(p.start, p.end),) for p in passages)
    (whole,) = chunk(document("x" * 5000))
    assert len(whole.text) == 5000


def test_what_announces_a_list_stays_with_it() -> None:
    body = ("Filler words of no importance. " * 9).strip() + "\n\n"
    passages = chunk(document(body * 5 + "These are the steps:\n\n- one\n- two\n\n" + body * 5))
    assert any("steps:\n\n- one" in p.text for p in passages)


def test_atomic_sections_stay_whole() -> None:
    text = "Fact. " * 500
    doc = Document("r.json", "bio", "T", text, (Section(0, len(text), locator="work[0]", atomic=True),))
    (passage,) = chunk(doc)
    assert (passage.text, passage.locator, len(passage.sentences)) == (text.strip(), "work[0]", 500)


def test_locators() -> None:
    text = "First.\n\nSecond.\n"
    sections = (Section(0, 7, ("Experience", "Acme"), "Page 2"), Section(8, 15, (), "Page 3"))
    assert [p.locator for p in chunk(Document("a.pdf", "bio", "T", text, sections))] == [
        "Page 2 › Experience › Acme",
        "Page 3",
    ]
    assert [p.locator for p in chunk(document("\n\nOne."))] == ["Line 3"]


def test_fields_come_from_the_section_then_the_document() -> None:
    mine, theirs = Role("CTO", "Acme"), Role("Author", "Other")
    sections = (Section(0, 4, role=mine, date="2020", employer="E"), Section(5, 9))
    doc = Document("a.md", "bio", "T", "One.\nTwo.", sections, role=theirs, date="2019", url="http://x", employer="F")
    one, two = chunk(doc)
    assert (one.role, one.date, one.employer, one.url) == (mine, "2020", "E", "http://x")
    assert (two.role, two.date, two.employer, two.title) == (theirs, "2019", "F", "T")


def test_a_role_without_a_body_is_quoted_where_it_is_stated() -> None:
    text = "## CTO, Acme (2019–2021)\n\n## Engineer\nBuilt it.\n"
    cto, engineer = Role("CTO", "Acme", stated=Span(0, 24)), Role("Engineer", stated=Span(26, 37))
    sections = (Section(25, 26, ("CTO",), role=cto), Section(38, len(text), ("Engineer",), role=engineer))
    first, second = chunk(Document("a.md", "bio", "T", text, sections))
    assert (first.text, first.sentences, first.role) == ("## CTO, Acme (2019–2021)", (Span(0, 24),), cto)
    assert (second.text, second.role) == ("Built it.", engineer)

    front = "---\ntitle: CTO\nemployer: Acme\n---\n\n"
    role = Role("CTO", "Acme", stated=Span(4, 29))
    (only,) = chunk(Document("a.md", "experience", "CTO", front, (Section(34, 35),), role=role))
    assert only.text == "title: CTO\nemployer: Acme"


def test_an_id_depends_on_what_is_embedded_and_where_it_stands_among_equals() -> None:
    same = chunk(document("Same.\n\n" * 2, "Same.\n"))
    assert [p.id for p in same] == [p.id for p in chunk(document("Same.\n\n" * 2, "Same.\n"))]
    twice = Document("a.md", "bio", "T", "Same.Same.", (Section(0, 5), Section(5, 10)))
    one, two = chunk(twice)
    assert one.id != two.id
    assert len(one.id) == 16
    (retitled,) = chunk(Document("a.md", "bio", "U", "Same.", (Section(0, 5),)))
    assert retitled.id != one.id
    moved = chunk(Document("a.md", "bio", "T", "New.Same.", (Section(0, 4), Section(4, 9))))
    assert moved[1].id == one.id


word = st.sampled_from(["alpha", "Beta", "U.S.", "3.5x", "end.", "Node.js", "why?", "日本。", "é"])
words = st.lists(word, min_size=1, max_size=40).map(" ".join)
blocks = st.one_of(
    words,
    words.map(lambda w: w.replace(" Beta ", "\n")),
    st.lists(words, min_size=1, max_size=5).map(lambda ws: "".join(f"- {w}\n" for w in ws)),
    st.lists(words, min_size=1, max_size=4).map(lambda ws: "".join(f"{'  ' * i}* {w}\n" for i, w in enumerate(ws))),
    words.map(lambda w: "```\n" + w.replace(" ", "\n\n") + "\n```"),
    words.map(lambda w: "> " + w.replace(" end. ", "\n> ")),
    words.map(lambda w: f"| {w} | b |\n|---|---|\n| c | {w} |"),
    words.map(lambda w: f'<Conv a="{w}">\n{w}\n</Conv>'),
    st.sampled_from(["---", "![i](j)", "[r]: http://x", "</p>", "<!-- no\n\nunit -->", "", "\r\n", "```", "1.", "-"]),
)
markdown = st.lists(blocks, max_size=12).flatmap(
    lambda bs: st.sampled_from(["\n\n", "\n", "\r\n\r\n"]).map(lambda glue: glue.join(bs))
)


@given(st.lists(markdown, min_size=1, max_size=4))
def test_offsets_are_exact_in_any_markdown(bodies: list[str]) -> None:
    doc = document(*bodies)
    passages = chunk(doc)
    check(doc, passages)
    for section in doc.sections:
        inside = [p for p in passages if section.start <= p.start < section.end]
        assert all(p.end <= section.end and p.heading == section.heading for p in inside)


@given(st.lists(st.text(max_size=200), min_size=1, max_size=3))
def test_offsets_are_exact_in_any_text(bodies: list[str]) -> None:
    doc = document(*bodies)
    check(doc, chunk(doc))


@given(st.lists(st.one_of(words, words.map("- {}".format)), min_size=1, max_size=30))
def test_every_word_is_in_a_unit(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    quoted = " ".join(units(text)).split()
    assert quoted == [word for word in text.split() if word != "-"]


@given(st.integers(0, 29), st.integers(0, 5), words)
def test_an_edit_leaves_other_sections_alone(section: int, paragraph: int, new: str) -> None:
    bodies = [
        [f"Section {s}, paragraph {p}. " + "Some words of it. " * (s % 7 + 2) for p in range(6)] for s in range(30)
    ]
    before = chunk(document(*("\n\n".join(body) + "\n\n" for body in bodies)))
    bodies[section][paragraph] = new
    after = chunk(document(*("\n\n".join(body) + "\n\n" for body in bodies)))
    assert {p.id for p in before if p.heading != (f"S{section}",)} == {
        p.id for p in after if p.heading != (f"S{section}",)
    }


def test_an_edit_in_a_long_section_changes_few_passages() -> None:
    """Mean over every paragraph of 120, each removed, and each made longer."""
    paragraphs = [f"Paragraph {n}. " + "Some words of it. " * (3 + n * 7 % 11) for n in range(120)]
    before = {p.id for p in chunk(document("\n\n".join(paragraphs)))}
    changed = []
    for n in range(120):
        for new in ([], [paragraphs[n] + "And some more was said of it afterwards, at length. " * 3]):
            after = chunk(document("\n\n".join([*paragraphs[:n], *new, *paragraphs[n + 1 :]])))
            changed.append(sum(p.id not in before for p in after))
    assert len(before) >= 30
    assert sum(changed) / len(changed) < 4
