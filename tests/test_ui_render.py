"""An answer as the page keeps and shows it: pure functions."""

import pytest

from rag.assistant import Assistant
from rag.profile import Profile
from rag.schema import Answer, Citation, Statement
from ui import contact, render, sources, turn
from ui.turn import Turn

TEXT = "# Work\n\n" + "Something else. " * 20 + "Built a gateway. " + "More of it. " * 20
START = TEXT.index("Built")
CITED = Citation(1, "a.md", "Work", "Line 3", "Built a gateway.", START, START + 16)


def test_a_card_shows_the_words_around_its_quote() -> None:
    card = turn.card(CITED, TEXT)
    assert card.quote == "Built a gateway."
    assert card.before.startswith("…Something") or card.before.startswith("…else.")
    assert (card.before + card.quote + card.after).strip("…") in TEXT
    assert len(card.before) <= turn.SURROUNDINGS + 1


def test_front_matter_is_no_surroundings() -> None:
    text = "---\ntitle: x\n---\n\nBuilt it. Ran it."
    card = turn.card(Citation(1, "a.md", "x", "", "Built it.", 18, 27), text)
    assert (card.before, card.quote, card.after) == ("", "Built it.", " Ran it.")


@pytest.mark.parametrize(
    ("answer", "lead"),
    [
        (Answer("q", "q", "answer", "- A [1]\n- B [1]", None, (Statement("A", (1,)), Statement("B", (1,)))), ""),
        (Answer("q", "q", "partial", "They do say:\nA [1]", None, (Statement("A", (1,)),)), "They do say:"),
        (Answer("q", "q", "refuse", "No.\nFor anything else, ask Ines directly: x@y.z", "not_in_corpus"), "No."),
    ],
)  # fmt: skip
def test_the_lead_is_what_comes_before_the_statements(answer: Answer, lead: str) -> None:
    assert turn.lead(answer) == lead


def test_a_turn_survives_the_browser_and_nothing_else_does(nurse: Assistant) -> None:
    answer = nurse.ask("How many beds has the ward?")
    text_of = nurse.snapshot().generation.text
    now = turn.finished(Turn(question=answer.question), answer, text_of, "x@y.z", ["What else?"])
    assert turn.kept([now.model_dump(mode="json")]) == (now,)
    assert turn.history([now]) == [(answer.standalone_question, answer.text)]
    assert turn.history([now.model_copy(update={"state": "stopped"})]) == []
    assert len(turn.kept([now.model_dump(mode="json")] * 50)) == turn.MAX_TURNS
    for broken in (
        None,
        7,
        "x",
        [7],
        [{}],
        {"question": "x"},
        [{"question": "x" * 2000}],
        [{"question": "x", "cards": [1]}],
    ):
        assert turn.kept(broken) == ()


def test_every_chip_has_its_card_and_its_place(nurse: Assistant) -> None:
    answer = nurse.ask("How many beds has the ward?")
    now = turn.finished(Turn(question="q"), answer, nurse.snapshot().generation.text, "", [])
    html = render.turn(now, 3)
    for card in now.cards:
        assert f'id="card-3-{card.number}"' in html
        assert f'href="/sources/resume.md#{card.start}-{card.end}"' in html


def test_the_engine_line_says_what_was_withheld() -> None:
    said = Turn(question="q", lines=(turn.Line(text="A", cards=(1,)),), engine="openai:m", withheld=2)
    assert render.engine(said) == "Written by openai:m · checked against sources · 2 sentences withheld"


def test_an_empty_profile_still_makes_a_page() -> None:
    assert "Ask My Resume" in render.masthead(Profile())
    assert "Ask anything" in render.welcome(Profile(), [])


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("ines@okafor.example", "mailto:ines@okafor.example"),
        ("https://okafor.example/x", "https://okafor.example/x"),
        ("okafor.example/contact", "https://okafor.example/contact"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("JaVaScRiPt://x.y/%0aalert(1)", ""),
        ("Call me", ""),
        ("", ""),
    ],
)
def test_a_contact_is_a_link_only_where_it_is_one(given: str, url: str) -> None:
    assert contact.url(given) == url


def test_the_parts_of_a_source_add_up_to_its_text(nurse: Assistant) -> None:
    generation = nurse.snapshot().generation
    for document in generation.documents:
        assert "".join(text for _, text in sources.parts(generation, document.source)) == document.text
