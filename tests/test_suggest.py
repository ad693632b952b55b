import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.bench.answers import Set, sets
from eval.cases import load
from eval.figures import Figure, figures, pattern
from eval.judgement import holds
from eval.proposal import Subject, dates
from eval.schema import REGEX, Case
from eval.suggest import cases
from ingest.sync import sync
from rag import lexicon, profile
from rag.generation import StoredDocument
from rag.schema import Passage, Role, Span
from rag.store import Generation, Store
from tests.conftest import written
from tests.hashed import HashEmbedder

LEXICON = lexicon.load()
Corpus = Callable[[dict[str, str]], list[Case]]


def generation_of(corpus: Path, index: Path) -> Generation:
    sync(corpus, index, HashEmbedder().model())
    return Store(index, "scan").current()


def suggested(found: Generation) -> list[Case]:
    name = profile.parse(found.extra("profile.toml")).display_name
    return cases(found.documents, found.passages, LEXICON, name)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Files → what is proposed of them."""
    return lambda files: suggested(generation_of(written(files, tmp_path / "corpus"), tmp_path / "index"))


ROLE = """
    ---
    title: Ward Manager
    employer: Santa Clara Hospital
    start: 2021-03
    end: present
    location: Porto, Portugal
    ---

    - Manages a ward of 34 beds.
    - Cut falls by 30% within a year.
    - Wrote the rota in Python.
"""
OLD = """
    ---
    title: Staff Nurse
    employer: Riverside Clinic
    start: 2016
    end: 2020-12
    ---

    - Trained six newcomers in wound care.
"""
ARTICLE = """
    ---
    title: Handovers that work
    date: 2023-05-02
    ---

    We trained 40 people last year. A handover is a conversation.
"""


def asked(proposed: list[Case]) -> dict[str, Case]:
    return {c.question: c for c in proposed}


def test_fields_figures_and_titles_become_questions_with_their_file(corpus: Corpus) -> None:
    found = asked(
        corpus({"experience/a.md": ROLE, "experience/b.md": OLD, "articles/c.md": ARTICLE, "profile.toml": ""})
    )
    expected = {
        "Which company did they work for as Ward Manager?": ("Santa Clara Hospital", "experience/a.md"),
        "What was their role at Riverside Clinic?": ("Staff Nurse", "experience/b.md"),
        "When did they start at Santa Clara Hospital?": ("2021-03", "experience/a.md"),
        "When did they stop working at Riverside Clinic?": ("2020-12", "experience/b.md"),
        "Where are they based at Santa Clara Hospital?": ("Porto", "experience/a.md"),
        "Where do they work now?": ("Santa Clara Hospital", "experience/a.md"),
        "How many beds do they manage at Santa Clara Hospital?": (REGEX + pattern("34"), "experience/a.md"),
        "By how much did they cut falls at Santa Clara Hospital?": (REGEX + pattern("30%"), "experience/a.md"),
        "How many newcomers did they train at Riverside Clinic?": (REGEX + pattern("six"), "experience/b.md"),
        "Have they written “Handovers that work”?": ("Handovers that work", "articles/c.md"),
        "When was “Handovers that work” published?": ("2023-05-02", "articles/c.md"),
        "Have they used Python?": ("Python", "experience/a.md"),
    }
    assert {q: (found[q].expected[0][0], *found[q].sources) for q in expected} == expected
    assert "When did they stop working at Santa Clara Hospital?" not in found
    assert not [q for q in found if "40" in q or "people" in q]
    both = found["Which companies have they worked for?"]
    assert set(both.expected) == {("Santa Clara Hospital",), ("Riverside Clinic",)}
    assert both.sources == ("experience/a.md", "experience/b.md")


def test_every_proposal_says_what_it_is(corpus: Corpus) -> None:
    proposed = corpus({"experience/a.md": ROLE})
    assert {(c.origin, c.split, c.note) for c in proposed} == {("suggested", "dev", "suggested: read before keeping")}
    assert len({c.id for c in proposed}) == len({c.question.casefold() for c in proposed}) == len(proposed)


def test_an_id_stays_when_another_document_comes(corpus: Corpus) -> None:
    before = asked(corpus({"experience/a.md": ROLE}))
    after = asked(corpus({"experience/0.md": OLD, "experience/a.md": ROLE}))
    kept = [q for q in before if q in after]
    assert len(kept) > 8
    assert [before[q].id for q in kept] == [after[q].id for q in kept]


def test_what_no_document_holds_is_asked_to_be_refused(corpus: Corpus) -> None:
    files = {
        "experience/a.md": ROLE,
        "b.md": "Available from May. I know Java and PostgreSQL, and worked with Siemens.",
    }
    refused = {q for q, case in asked(corpus(files)).items() if not case.answerable}
    assert "What salary do they expect?" in refused
    assert "Have they used JavaScript?" in refused  # Java is held, and no part of it
    assert "What did they do at Unilever?" in refused
    assert not refused & {
        "What is their notice period?",
        "Have they used Java?",
        "Have they used Python?",
        "Have they used PostgreSQL?",
        "What did they do at Siemens?",
    }


def test_what_two_documents_answer_differently_is_not_asked(corpus: Corpus) -> None:
    other = ROLE.replace("Santa Clara Hospital", "Elm Clinic")
    found = asked(corpus({"experience/a.md": ROLE, "experience/b.md": other}))
    assert "Which company did they work for as Ward Manager?" not in found
    assert found["What was their role at Elm Clinic?"].sources == ("experience/b.md",)


def test_what_two_documents_state_alike_has_both_as_sources(corpus: Corpus) -> None:
    found = asked(corpus({"experience/a.md": ROLE, "experience/b.md": ROLE}))
    assert found["When did they start at Santa Clara Hospital?"].sources == ("experience/a.md", "experience/b.md")


def test_positions_at_one_employer_are_told_apart_by_title(corpus: Corpus) -> None:
    found = asked(
        corpus({"experience/a.md": ROLE, "experience/b.md": OLD.replace("Riverside Clinic", "Santa Clara Hospital")})
    )
    assert "When did they start at Santa Clara Hospital?" not in found
    assert found["When did they start as Staff Nurse at Santa Clara Hospital?"].expected == (("2016",),)
    assert found["Which roles did they hold at Santa Clara Hospital?"].expected == (("Ward Manager",), ("Staff Nurse",))


def test_an_inferred_employer_and_an_award(corpus: Corpus) -> None:
    inferred = ROLE.replace("start:", 'employer_basis: "a guess"\n    start:')
    award = "---\ntitle: Best Paper\nkind: award\nemployer: Acme\ndate: 2019-06\n---\n\nFor a paper."
    found = asked(corpus({"experience/a.md": inferred, "b.md": award}))
    assert found["Which company did they work for as Ward Manager?"].kind == "inferred"
    assert found["When did they receive the award “Best Paper”?"].expected == (("2019-06", "Jun 2019", "June 2019"),)
    assert found["Which company gave the award “Best Paper”?"].expected == (("Acme",),)


def test_languages_and_schools_are_read_below_their_headings(corpus: Corpus) -> None:
    text = """
        # Ines

        I like the English countryside and Oxford University Press.

        ## Languages

        - Portuguese
        - French

        ## Education

        - BSc, University of Porto
    """
    found = asked(corpus({"a.md": text}))
    assert set(found["Which languages do they speak?"].expected) == {("Portuguese",), ("French",)}
    assert found["Where did they study?"].expected == (("University of Porto",),)


def test_a_name_is_used_where_the_profile_has_one() -> None:
    assert Subject("Ines").ask("{Have} {who} seen {whose} cat?") == "Has Ines seen Ines’s cat?"
    assert Subject().ask("{Have} {who} seen {whose} cat?") == "Have they seen their cat?"
    assert Subject().ask("{Do} {who} know “{x}”?") == "Do they know “{x}”?"


def test_fields_that_make_no_question_are_left_out() -> None:
    role = Role("An engineer\nin two lines", "x" * 500, start="2020", stated=Span(0, 1))
    passage = Passage("1", "a.md", "experience", "t", (), "", 0, 1, "x", (Span(0, 1),), role)
    document = StoredDocument("a.md", "article", "y" * 500, "x")
    assert not [c for c in cases([document], [passage], LEXICON) if c.answerable]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Led four data managers.", Figure("How many data managers", "lead", ("four",))),
        ("Enrolled 112 patients; two were lost.", Figure("How many patients", "enroll", ("112",))),
        ("Serving over 400M+ users", Figure("How many users", "serve", ("400M+",))),
        ("Shipped 3.5 million units", Figure("How many units", "ship", ("3.5 million",))),
        ("reducing our costs by 40%.", Figure("By how much", "reduce the costs", ("40%",), past=True)),
        (
            "Reduced the age of queries from 19 days to 8",
            Figure("From what and to what", "reduce the age of queries", ("19", "8"), past=True),
        ),
    ],
)
def test_a_figure_and_the_question_it_answers(sentence: str, found: Figure) -> None:
    assert list(figures(sentence)) == [found]


@pytest.mark.parametrize(
    "sentence",
    [
        "Led the team in 2019.",
        "Managed 3 years of debt.",
        "In 2019 sales rose.",
        "Handled 2019 tickets.",
        "Led two.",
        "",
    ],
)
def test_a_figure_of_another_shape_is_left_alone(sentence: str) -> None:
    assert not list(figures(sentence))


@pytest.mark.parametrize(
    ("figure", "text", "held"),
    [
        ("8", "from 19 to 8.", True),
        ("8", "18 of 80, 8.5 and 0.8", False),
        ("400M+", "for 400M+ users", True),
        ("400M", "for 1,400M users", False),
        ("C++", "in C++, mostly", True),
        ("C++", "in C", False),
        ("SQL", "PostgreSQL", False),
    ],
)
def test_a_pattern_finds_the_figure_and_no_longer_one(figure: str, text: str, held: bool) -> None:
    assert holds(text, REGEX + pattern(figure)) is held


def test_dates_in_the_ways_they_are_written() -> None:
    assert dates("2019") == ("2019",)
    assert dates("2019-05") == ("2019-05", "May 2019")
    assert dates("2019-03-02") == ("2019-03-02", "2 Mar 2019", "Mar 2, 2019", "2 March 2019", "March 2, 2019")


FORMATS = {"shipped", "adaeze", "carmen", "marek", "noor"}
"""A corpus for each way to lay documents out: Markdown by folders, one resume, PDF and DOCX, articles, JSON Resume."""


@pytest.mark.parametrize("chosen", [s for s in sets(None) if s.name in FORMATS], ids=lambda s: s.name)
def test_what_is_proposed_of_the_corpora_at_hand_loads_and_names_real_files(chosen: Set, tmp_path: Path) -> None:
    found = generation_of(chosen.corpus, tmp_path / "index")
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(c.model_dump_json(exclude_defaults=True) + "\n" for c in suggested(found)))
    loaded = load(file)
    assert sum(c.answerable for c in loaded) >= 20
    assert sum(not c.answerable for c in loaded) >= 8
    for case in loaded:
        assert bool(case.sources) is case.answerable
        assert all((chosen.corpus / source).is_file() for source in case.sources)
        said = "\n".join((*(found.text(s) for s in case.sources), *(p.context for p in found.passages)))
        for fact in case.expected:
            assert any(holds(said, a) for a in fact) or case.kind == "date", case
        assert "{" not in case.question


def test_the_command_prints_lines_that_load(tmp_path: Path) -> None:
    home = Path(__file__).parent.parent
    generation_of(written({"experience/a.md": ROLE}, tmp_path / "corpus"), tmp_path / "index")
    command = [sys.executable, "-m", "eval", "--suggest", "--index", str(tmp_path / "index")]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=True)
    (tmp_path / "cases.jsonl").write_text(done.stdout)
    assert "Where do they work now?" in asked(load(tmp_path / "cases.jsonl"))
