import re
from pathlib import Path

from rag.schema import Answer, Citation
from rag.terminal import WIDTH, render

CORPUS = Path("/home/ines/my corpus")


def answer(text: str, *citations: Citation) -> Answer:
    return Answer("?", "?", "answer", text, citations=citations)


def cited(quote: str = "Runs it.", source: str = "bio/a b.md", locator: str = "Work, lines 3–4") -> Citation:
    return Citation(1, source, "Title", locator, quote, 0, len(quote))


def test_the_sources_stand_below_the_text() -> None:
    assert render(answer("Runs it. [1]", cited()), CORPUS, color=False) == (
        'Runs it. [1]\n\n[1] bio/a b.md · Work, lines 3–4\n    "Runs it."'
    )


def test_without_citations_and_locators_nothing_stands_for_them() -> None:
    assert render(answer("Nothing is said of it."), CORPUS, color=False) == "Nothing is said of it."
    assert "·" not in render(answer("x", cited(locator="")), CORPUS, color=False)


def test_long_lines_wrap_between_words_and_items_hang() -> None:
    text = f"- {'word ' * 40}well-known\n\nhttps://example.org/{'x' * 200}"
    lines = render(answer(text), CORPUS, color=False).split("\n")
    assert lines[0].startswith("- word")
    assert all(line.startswith("  ") for line in lines[1:-2])
    assert all(len(line) <= WIDTH for line in lines[:-2])
    assert lines[-3].endswith("well-known")
    assert lines[-2:] == ["", f"https://example.org/{'x' * 200}"]


def test_a_long_quote_is_cut_on_one_line() -> None:
    quote = "many\nwords " * 50
    last = render(answer("x", cited(quote)), CORPUS, color=False).split("\n")[-1]
    assert last.startswith('    "many words many')
    assert last.endswith(' …"')


def test_a_path_that_a_terminal_can_open() -> None:
    shown = render(answer("x", cited()), CORPUS, color=True)
    assert "\033]8;;file:///home/ines/my%20corpus/bio/a%20b.md\033\\\033[36mbio/a b.md\033[0m\033]8;;\033\\" in shown


def test_a_document_does_not_steer_the_terminal() -> None:
    evil = "a\033]0;owned\007b\x9b31m\rc"
    told = answer(evil, cited(evil, source="\033[2Jx.md", locator=evil))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", render(told, CORPUS, color=False))
    colored = render(told, CORPUS, color=True)
    ours = re.sub(r"\033\]8;;[!-~]*\033\\|\033\[(?:36|0)m", "", colored)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ours)
