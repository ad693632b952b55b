from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import markdown, plain_text, read_document
from ingest.schema import Document


def read(folder: Path, text: str, source: str = "bio/a.md") -> Document:
    path = folder / "a.md"
    path.write_bytes(text.encode())
    return markdown.read(path, source)


def bodies(document: Document) -> list[tuple[tuple[str, ...], str]]:
    return [(section.heading, document.text[section.start : section.end]) for section in document.sections]


def test_sections_carry_the_path_of_their_headings(tmp_path: Path) -> None:
    text = "Before\n\n# Title\n\nIntro\n\n## A **b** [c](d)\n\ntext\n\n### Deep\n\nmore\n\nSetext\n------\n\nlast\n"
    assert bodies(read(tmp_path, text)) == [
        ((), "Before"),
        ((), "Intro"),
        (("A b c",), "text"),
        (("A b c", "Deep"), "more"),
        (("Setext",), "last"),
    ]


def test_the_text_is_the_files_own(tmp_path: Path) -> None:
    text = "\ufeff---\r\ntitle: T\r\n---\r\n# H\r\n\r\nOne\u2028two\x0cthree\r\n"
    document = read(tmp_path, text)
    assert document.text == text
    assert bodies(document) == [(("H",), "One\u2028two\x0cthree")]


def test_code_holds_neither_headings_nor_comments(tmp_path: Path) -> None:
    text = (
        "# T\n\n```sh\n# no heading\n<!-- no comment -->\n```\n\n    # none\n\nSay `<!-- x -->` aloud\n\n> # quoted\n"
    )
    assert len(read(tmp_path, text).sections) == 1


def test_comments_are_in_no_section(tmp_path: Path) -> None:
    text = (
        "# T\n\none <!-- hidden --> two\n\n<!--\nhidden\n\nhidden\n-->\n\nthree\n\n<!-- hidden to the end\n\nhidden\n"
    )
    assert [body for _, body in bodies(read(tmp_path, text))] == ["one", " two", "three"]


def test_titles(tmp_path: Path) -> None:
    assert read(tmp_path, "---\ntitle: Front\n---\n# Head\n").title == "Front"
    assert read(tmp_path, "text\n\n## Two\n\nHead\n====\n\nx").title == "Head"
    assert read(tmp_path, "text", "bio/my-own_story.md").title == "My own story"
    assert read(tmp_path, "# Experience\n\n# Jane\n").title == "Jane"
    path = tmp_path / "a.txt"
    path.write_text("Short line\n\nText")
    assert plain_text.read(path, "a.txt").title == "Short line"
    path.write_text("word " * 40)
    assert plain_text.read(path, "notes.txt").title == "Notes"


def test_kinds(tmp_path: Path) -> None:
    sources = [
        "articles/x/a.md",
        "bio/a.md",
        "talks/a.md",
        "stories/a.md",
        "news/a.md",
        "classes/a.md",
        "a.md",
        "My_CV.md",
        "Resume-2.md",
        "cvs.md",
    ]
    kinds = ["article", "bio", "talk", "story", "news", "class", "document", "resume", "resume", "document"]
    assert [read(tmp_path, "x", source).kind for source in sources] == kinds
    assert read(tmp_path, "---\nkind: Award\n---\nx", "bio/a.md").kind == "award"


def test_front_matter_reaches_the_document(tmp_path: Path) -> None:
    text = "---\ndate: 2019-03\nurl: https://x\nemployer: Acme\nfull_text: false\nvisibility: private\n---\nx"
    document = read(tmp_path, text)
    assert (document.date, document.url, document.employer) == ("2019-03", "https://x", "Acme")
    assert (document.full_text, document.private, document.role) == (False, True, None)


def test_hostile_markdown_is_read_in_time(tmp_path: Path) -> None:
    for text in [
        "[" * 50_000,
        "<!--" * 50_000,
        "`" * 50_000,
        "> " * 5_000 + "x",
        "a|b\n" + " " * 50_000 + "|x",
        "*a" * 50_000,
        "# " + "[a](" * 20_000,
    ]:
        read(tmp_path, text)


def block(kind: str, n: int) -> tuple[str, list[str], list[str]]:
    """Its text, the words that some section holds, the words that none does."""
    a, b = f"w{n}a", f"w{n}b"
    made: dict[str, tuple[str, list[str], list[str]]] = {
        "atx": (f"## {a}", [], [a]),
        "setext": (f"{a}\n====", [], [a]),
        "prose": (f"{a}\n{b}", [a, b], []),
        "list": (f"- {a}\n  - {b}", [a, b], []),
        "fence": (f"```\n# {a}\n\n<!-- {b} -->\n```", [a, b], []),
        "quote": (f"> # {a}\n> {b}", [a, b], []),
        "comment": (f"<!-- {a}\n\n{b} -->", [], [a, b]),
        "inline": (f"{a} <!-- {b} -->", [a], [b]),
        "tag": (f"<details>\n{a}\n</details>", [a], []),
        "table": (f"| {a} |\n|---|\n| {b} |", [a, b], []),
    }
    return made[kind]


KINDS = ["atx", "setext", "prose", "list", "fence", "quote", "comment", "inline", "tag", "table"]


@given(st.lists(st.sampled_from(KINDS), max_size=12), st.booleans(), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_every_line_is_in_one_section_or_is_none_of_it(kinds: list[str], front: bool, newline: str, bom: bool) -> None:
    made = [block(kind, n) for n, kind in enumerate(kinds)]
    text = "\n\n".join(said for said, _, _ in made) + "\n"
    if front:
        text = "---\ntitle: wfront\nstart: 2019\n---\n" + text
    text = ("\ufeff" if bom else "") + text.replace("\n", newline)
    document = markdown.build_document(text, "bio/a.md")
    assert document.text == text
    here = 0
    for section in document.sections:
        assert here <= section.start < section.end <= len(text)
        here = section.end
    held = [text[section.start : section.end] for section in document.sections]
    for word in (word for _, inside, _ in made for word in inside):
        assert sum(body.count(word) for body in held) == 1
    for word in ["wfront", *(word for _, _, outside in made for word in outside)]:
        assert not any(word in body for body in held)


@given(st.text(alphabet=st.sampled_from("#-=`>*<!\n\r ab\u2028\ufeff:\x0c"), max_size=60))
def test_any_text_has_ordered_sections(text: str) -> None:
    document = markdown.build_document(text, "cv.md")
    here = 0
    for section in document.sections:
        assert here <= section.start <= section.end <= len(text)
        here = section.end


def test_front_matter_that_states_a_position_is_enough(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nemployer: Acme\n---\n# Engineer\n")
    assert read_document(tmp_path / "a.md", "experience/a.md", tmp_path).role
