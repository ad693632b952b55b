from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.assistant import Assistant
from rag.claim import read
from rag.lexicon import load as lexicon
from rag.quantity import quantities
from rag.schema import Passage, Role, Span, Statement
from rag.verify import CHECKS, Setting, Verified, Withheld, fact, verify
from rag.wording import load as wording

ENGLISH = frozenset(
    """the a cut trained managed wrote helped launched she her built baked ovens oven daily bread under about and with
    maria before while every all not never""".split()
)
SETTING = Setting(lexicon(), wording(), frozenset({"maria"}), lambda w: w in ENGLISH)


def _passage(source: str, text: str, role: Role | None = None) -> Passage:
    spans, start = [], 0
    for line in text.split("\n"):
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return Passage(source, source, "experience", "", (), "", 0, len(text), text, tuple(spans), role)


BAKERY = _passage(
    "bakery.md",
    "Ran a bakery with 12 ovens and a team of five bakers.\n"
    "Cut flour waste from 9 percent to 4 in two years.\n"
    "Helped set up the shop in Lisbon, which opened in March 2021.\n"
    "Delivered 3,000 loaves a day without a single late van.\n"
    "Wrote the ordering tool in Go on PostgreSQL.\n"
    "Moved the tills from paper to tablets.\n"
    "Planned a second bakery in Porto.",
    Role("Head Baker", "Sunrise Bread", start="2019-05", end="2023-02", location="Lisbon"),
)
HOTEL = _passage(
    "hotel.md",
    "Baked pastries for 80 guests every morning.\nTrained two apprentices.\nSpeaks basic French with guests.",
    Role("Pastry Cook", "Hotel Aurora", start="2016", end="2019", location="Faro"),
)
PASSAGES = (BAKERY, HOTEL)


def _gate(text: str, *citations: int, passages: Sequence[Passage] = PASSAGES) -> Verified | Withheld:
    return verify(Statement(text, citations or (1,)), passages, SETTING)


@pytest.mark.parametrize(
    "text",
    [
        "Maria ran a bakery with twelve ovens.",
        "At Sunrise Bread she cut flour waste from 9% to 4%.",
        "Flour waste was reduced from nine percent to four within two years.",
        "She supported the set-up of the Lisbon shop, which opened in 2021-03.",
        "The ordering tool was written in Golang on Postgres.",
        "She was Head Baker at Sunrise Bread from May 2019 to February 2023.",
        "The tills were switched from paper to tablets.",
        "Maria led a team of 5 bakers.",
    ],
)
def test_paraphrases_pass(text: str) -> None:
    assert _gate(text) == Verified(text, (1,))


@pytest.mark.parametrize(
    ("check", "text"),
    [
        ("number", "She ran a bakery with 15 ovens."),
        ("unit", "She cut flour waste from 9 kg to 4 kg."),
        ("order", "Flour waste went from 4 percent to 9."),
        ("counted", "She ran a bakery with 5 ovens."),
        ("bound", "She delivered over 3,000 loaves a day."),
        ("period", "She delivered 3,000 loaves a month."),
        ("date", "The shop in Lisbon opened in June 2021."),
        ("date", "She has run the bakery since February 2023."),
        ("name", "She wrote the ordering tool in Google Sheets."),
        ("name", "She wrote the ordering tool in Rust on PostgreSQL."),
        ("role", "At Hotel Aurora she wrote the ordering tool in Go."),
        ("rank", "She was the director of a bakery with 12 ovens."),
        ("direction", "Flour waste increased within two years."),
        ("exchange", "The tills were moved from tablets to paper."),
        ("negation", "Loaves were delivered with a single late van."),
        ("negation", "She did not cut flour waste."),
        ("plan", "She opened a second bakery in Porto."),
        ("deed", "She directed the shop in Lisbon."),
        ("sole", "She ran a bakery with 12 ovens on her own."),
        ("many", "She ran several bakeries with 12 ovens."),
        ("support", "She composes operas about astronomy."),
        ("praise", "She is an outstanding baker."),
        ("promise", "She will cut flour waste in any shop."),
        ("advice", "You should visit the bakery with 12 ovens."),
        ("private", "Maria is married and ran a bakery."),
    ],
)
def test_each_change_is_withheld_by_its_check(check: str, text: str) -> None:
    verdict = _gate(text)
    assert isinstance(verdict, Withheld)
    assert verdict.check == check, verdict
    assert verdict.reason.endswith(".")


def test_every_check_has_a_case_here() -> None:
    marks = test_each_change_is_withheld_by_its_check.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert set(CHECKS) - {check for check, _ in marks} == {"proficiency"}


def test_a_little_of_a_language_is_no_mastery() -> None:
    assert isinstance(_gate("She speaks basic French.", 2), Verified)
    verdict = _gate("She speaks fluent French.", 2)
    assert isinstance(verdict, Withheld)
    assert verdict.check == "proficiency"


def test_no_citation_and_one_of_nothing() -> None:
    assert verify(Statement("She baked bread.", ()), PASSAGES, SETTING) == Withheld(
        "She baked bread.", "cited", "It cites no passage."
    )
    verdict = _gate("She composes operas.", 7)
    assert isinstance(verdict, Withheld)
    assert verdict.check == "cited"


def test_a_citation_of_the_wrong_passage_is_mended_and_marked() -> None:
    assert _gate("She trained two apprentices.", 1) == Verified("She trained two apprentices.", (2,), mended=True)
    assert _gate("She trained two apprentices.", 9) == Verified("She trained two apprentices.", (2,), mended=True)


def test_nothing_is_mended_where_two_passages_would_do() -> None:
    twice = (BAKERY, HOTEL, _passage("again.md", "Trained two apprentices."))
    assert isinstance(_gate("She trained two apprentices.", 1, passages=twice), Withheld)


def test_one_roles_number_is_not_told_of_another_roles_deed() -> None:
    assert isinstance(_gate("She cut flour waste for 80 guests.", 1, 2), Withheld)
    assert isinstance(_gate("At Hotel Aurora she cut flour waste from 9 percent to 4.", 1, 2), Withheld)
    both = "At Hotel Aurora she trained two apprentices, and at Sunrise Bread she ran a bakery with 12 ovens."
    assert _gate(both, 1, 2) == Verified(both, (1, 2))


def test_a_part_without_an_employer_leans_on_any_cited_role() -> None:
    text = "After baking pastries until 2019, she ran a bakery at Sunrise Bread."
    assert _gate(text, 1, 2) == Verified(text, (1, 2))


def test_a_computed_fact_may_be_cited() -> None:
    with_fact = (*PASSAGES, fact("6 years 10 months of experience in total, from 2016 to 2023-02."))
    text = "Maria has 6 years 10 months of experience in total."
    assert isinstance(_gate(text, 1), Withheld)
    assert _gate(text, 3, passages=with_fact) == Verified(text, (3,))


def test_the_length_of_a_closed_position_may_be_told() -> None:
    assert isinstance(_gate("She spent three years at Hotel Aurora.", 2), Verified)
    assert isinstance(_gate("She spent six years at Hotel Aurora.", 2), Withheld)


@pytest.fixture(scope="module")
def marek(
    assistant_over: Callable[[Path, Path], Assistant], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Passage, ...]:
    corpus = Path(__file__).parent.parent / "eval" / "people" / "marek" / "corpus"
    return tuple(assistant_over(corpus, tmp_path_factory.mktemp("marek") / "index").snapshot().catalogue.passages)


_PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _drawn(passages: Sequence[Passage], data: st.DataObject) -> tuple[int, str]:
    number = data.draw(st.integers(1, len(passages)))
    passage = passages[number - 1]
    return number, " ".join(passage.quote(data.draw(st.sampled_from(passage.sentences))).split())


@_PROPERTY
@given(data=st.data())
def test_a_verbatim_sentence_of_a_cited_passage_passes(marek: tuple[Passage, ...], data: st.DataObject) -> None:
    number, text = _drawn(marek, data)
    assert verify(Statement(text, (number,)), marek, SETTING) == Verified(text, (number,))


@_PROPERTY
@given(data=st.data(), factor=st.integers(7, 13))
def test_another_number_never_passes(marek: tuple[Passage, ...], data: st.DataObject, factor: int) -> None:
    with_numbers = [
        (n, " ".join(p.quote(s).split()))
        for n, p in enumerate(marek, start=1)
        for s in p.sentences
        if quantities(" ".join(p.quote(s).split()))
    ]
    number, text = data.draw(st.sampled_from(with_numbers))
    quantity = data.draw(st.sampled_from(quantities(text)))
    changed = f"{text[: quantity.start]} {(quantity.value + 1) * factor * 1009:.0f} {text[quantity.end :]}"
    assert isinstance(verify(Statement(changed, (number,)), marek, SETTING), Withheld)


@_PROPERTY
@given(data=st.data())
def test_a_moved_citation_is_never_left_as_it_is(marek: tuple[Passage, ...], data: st.DataObject) -> None:
    number, text = _drawn(marek, data)
    other = data.draw(
        st.sampled_from([n for n in range(1, len(marek) + 1) if marek[n - 1].source != marek[number - 1].source])
    )
    if len([w for w in read(text).content if any(s not in SETTING.wording.free for s in w.stems)]) > 5:
        verdict = verify(Statement(text, (other,)), marek, SETTING)
        assert isinstance(verdict, Withheld) or (verdict.mended and verdict.citations != (other,))
