"""Cases proposed from a corpus without a model, for a person to read and to keep.

Asked for: fields of positions and of documents, figures, named tools, titles, each with the file that answers; and, so
that refusing is measured too, what the corpus does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eval.figures import figures, pattern
from eval.proposal import Proposal, Subject, dates
from eval.schema import REGEX, Case, Kind
from rag.career import Position, positions
from rag.generation import StoredDocument
from rag.lexicon import Lexicon
from rag.schema import Passage
from rag.terms import fold, mentions

FIGURES = 4
"""Of a document, at most."""
TOOLS = 2
"""Of a document, at most."""
ABSENT = 6
LONGEST = 120
"""Characters of a field that goes into a question."""
USED = (
    "programming language", "database", "cloud provider", "message broker", "framework", "infrastructure tool",
    "data tool", "machine learning tool", "business tool",
)  # fmt: skip
"""Kinds of the lexicon whose members one uses."""
PERSONAL = {
    "salary": "What salary {do} {who} expect?",
    "work permit": "{Do} {who} need a visa to work abroad?",
    "age": "How old {are} {who}?",
    "availability": "What is {whose} notice period?",
    "relocation": "{Are} {who} willing to relocate?",
}
"""By the names of the lexicon's personal attributes, asked where no document states them."""
STRANGERS = ("Siemens", "Unilever", "Toyota", "Nestlé", "Google")
_SCHOOL = re.compile(
    r"(?:(?:[A-Z][\w.’'-]+ ){1,3}(?:University|Universität|Université|College|Institute)(?: of(?: [A-Z][\w-]+){1,3})?"
    r"|(?:University|College|Institute) of(?: [A-Z][\w-]+){1,3})\b"
)


def cases(
    documents: Sequence[StoredDocument], passages: Sequence[Passage], lexicon: Lexicon, name: str = ""
) -> list[Case]:
    """Proposals of distinct questions, those with an answer first; `name`: the owner's, as in `profile.toml`.

    A question that two documents answer differently is left out: it is not clear which one it asks for.
    """
    owner = Subject(" ".join(name.split()))
    found: dict[str, Proposal | None] = {}
    for proposal in (
        *_of_positions(passages),
        *_of_figures(passages),
        *_of_documents(documents),
        *_of_sections(passages, lexicon),
        *_of_tools(passages, lexicon),
        *_absent(documents, passages, lexicon),
    ):
        proposal.question = owner.ask(proposal.question)
        same = found.setdefault(fold(proposal.question), proposal)
        if same is not None and same.expected != proposal.expected:
            found[fold(proposal.question)] = None
        elif same is not None and same is not proposal:
            same.sources += proposal.sources
    return [proposal.case() for proposal in found.values() if proposal]


def _fits(*fields: str) -> bool:
    return all(0 < len(f) <= LONGEST and "\n" not in f for f in fields)


def _of_positions(passages: Sequence[Passage]) -> Iterator[Proposal]:
    known = positions(passages)
    for position in known:
        role = position.role
        title, employer = role.title, role.employer
        kind: Kind = "inferred" if role.employer_basis else "fact"
        sources = sorted({p.source for p in passages if p.role and _alike(position, p)})
        alone = sum(fold(p.role.employer) == fold(employer) for p in known) == 1
        if _fits(title) and _fits(employer):
            yield Proposal(kind, f"Which company did {{who}} work for as {title}?", ((employer,),), sources, employer)
            if alone:
                yield Proposal(kind, f"What was {{whose}} role at {employer}?", ((title,),), sources, title)
        if not _fits(employer) or not (alone or _fits(title)):
            continue
        at = f"at {employer}" if alone else f"as {title} at {employer}"
        if role.start:
            start = f"When did {{who}} start {at}?"
            yield Proposal("date", start, (dates(role.start),), sources, dates(role.start)[-1])
        if role.end and role.end != "present":
            yield Proposal("date", f"When did {{who}} stop working {at}?", (dates(role.end),), sources)
        if _fits(role.location):
            asked = f"Where {'{are}' if role.end == 'present' else '{were}'} {{who}} based {at}?"
            place = role.location.partition(",")[0].partition(" (")[0].strip()
            yield Proposal("fact", asked, ((place,),), sources, place)
    yield from _together(known)


def _together(known: Sequence[Position]) -> Iterator[Proposal]:
    """What several positions answer together."""
    named = [p for p in known if _fits(p.role.employer)]
    employers = dict.fromkeys(p.role.employer for p in named)
    if 1 < len({fold(e) for e in employers}) <= 12:
        kind: Kind = "inferred" if any(p.role.employer_basis for p in named) else "list"
        expected = tuple((e,) for e in employers)
        yield Proposal(kind, "Which companies {have} {who} worked for?", expected, [p.source for p in named])
    for employer in employers:
        held = [p for p in named if fold(p.role.employer) == fold(employer) and _fits(p.role.title)]
        if len(held) > 1:
            expected = tuple((title,) for title in dict.fromkeys(p.role.title for p in held))
            yield Proposal("list", f"Which roles did {{who}} hold at {employer}?", expected, [p.source for p in held])
    now = [p for p in known if p.role.end == "present"]
    if len(now) == 1 and _fits(now[0].role.employer):
        employer = now[0].role.employer
        yield Proposal("fact", "Where {do} {who} work now?", ((employer,),), [now[0].source], employer)


def _alike(position: Position, passage: Passage) -> bool:
    one, other = position.role, passage.role
    return other is not None and (one.title, one.employer, one.start, one.end) == (
        other.title, other.employer, other.start, other.end,
    )  # fmt: skip


def _of_figures(passages: Sequence[Passage]) -> Iterator[Proposal]:
    """Figures of positions alone: in an essay it is seldom the owner who does what a sentence says."""
    left: dict[str, int] = {}
    for passage in passages:
        role = passage.role
        if role is None:
            continue
        at = f" at {role.employer}" if _fits(role.employer) else f" as {role.title}" if _fits(role.title) else ""
        now = role.end == "present"
        for figure in (f for span in passage.sentences for f in figures(passage.quote(span))):
            if left.setdefault(passage.source, FIGURES) and _fits(figure.does):
                left[passage.source] -= 1
                did = "{do}" if now and not figure.past else "did"
                asked = f"{figure.asks} {did} {{who}} {figure.does}{at}?"
                expected = tuple((REGEX + pattern(n),) for n in figure.numbers)
                short = figure.numbers[0] if len(figure.numbers) == 1 else ""
                yield Proposal("fact", asked, expected, [passage.source], short)


def _of_documents(documents: Sequence[StoredDocument]) -> Iterator[Proposal]:
    for document in documents:
        title, source = document.title, document.source
        if document.role or not _fits(title):
            continue
        if document.kind == "award":
            if document.date:
                asked = f"When did {{who}} receive the award “{title}”?"
                yield Proposal("date", asked, (dates(document.date),), [source], dates(document.date)[-1])
            if _fits(document.employer):
                asked = f"Which company gave the award “{title}”?"
                yield Proposal("fact", asked, ((document.employer,),), [source], document.employer)
        elif document.kind == "article":
            yield Proposal("fact", f"{{Have}} {{who}} written “{title}”?", ((title,),), [source])
            if document.date:
                yield Proposal("date", f"When was “{title}” published?", (dates(document.date),), [source])


def _of_tools(passages: Sequence[Passage], lexicon: Lexicon) -> Iterator[Proposal]:
    """Named tools, the rarest first: one that stands in every document is no test of finding any."""
    texts: dict[str, str] = {}
    for passage in passages:
        texts[passage.source] = f"{texts.get(passage.source, '')}\n{passage.text}"
    essays = {p.source for p in passages if p.kind == "article"}
    employers = {fold(p.role.employer) for p in passages if p.role}
    names = [n for n in dict.fromkeys(n for kind in USED for n in lexicon.kinds[kind]) if fold(n) not in employers]
    held = {n: [s for s, text in texts.items() if lexicon.mentioned(n, text)] for n in names if len(n) > 1}
    for source in texts:
        mine = sorted((n for n, sources in held.items() if source in sources), key=lambda n: len(held[n]))
        things = [n for n in mine if not _idea(n, lexicon)]
        for name in things[:TOOLS] or mine[:1]:
            asked = "{Have} {who} written about" if essays.issuperset(held[name]) else "{Have} {who} used"
            if idea := _idea(name, lexicon):
                asked = asked.replace("used", "worked with")
            yield Proposal(
                "fact",
                f"{asked} {idea or name}{'s' * idea.endswith(' model')}?",
                (_stated(name, lexicon),),
                list(held[name]),
            )


def _idea(name: str, lexicon: Lexicon) -> str:
    """What an abbreviation stands for where that is an idea and no thing with a name: `LLM`, large language model."""
    return next((a for a in lexicon.aliases(name)[1:] if a.islower() and re.search("[ -]", a)), "")


def _stated(name: str, lexicon: Lexicon) -> tuple[str, ...]:
    """How an answer may name it; short names as whole words (`SQL` is not in `PostgreSQL`)."""
    return tuple(a if len(a) > 4 else REGEX + pattern(a, plural=True) for a in lexicon.aliases(name) if a + "s" != name)


def _of_sections(passages: Sequence[Passage], lexicon: Lexicon) -> Iterator[Proposal]:
    """Languages and schools, where a heading says that it lists them."""
    for part, asked in (("language", "Which languages {do} {who} speak?"), ("education", "Where did {who} study?")):
        mine = [p for p in passages if p.heading and any(mentions(w, p.heading[-1]) for w in lexicon.sections[part])]
        text = "\n".join(p.text for p in mine)
        spoken = [n for n in lexicon.kinds["spoken language"] if lexicon.mentioned(n, text)]
        found = spoken if part == "language" else list(dict.fromkeys(m[0] for m in _SCHOOL.finditer(text)))
        if found:
            sources = [p.source for p in mine if any(mentions(name, p.text) for name in found)]
            yield Proposal("list" if len(found) > 1 else "fact", asked, tuple((f,) for f in found), sources)


def _absent(documents: Sequence[StoredDocument], passages: Sequence[Passage], lexicon: Lexicon) -> Iterator[Proposal]:
    """What no document holds: a tool beside those that they do, an employer, personal matters."""
    said = "\n".join((*(d.text for d in documents), *(p.context for p in passages)))
    kinds = sorted(USED, key=lambda k: not any(lexicon.mentioned(n, said) for n in lexicon.kinds[k]))
    missing = {k: [n for n in lexicon.kinds[k] if len(n) > 2 and not lexicon.mentioned(n, said)] for k in kinds}
    for name in [missing[k][0] for k in kinds if missing[k]][:ABSENT]:
        yield Proposal("near miss", f"{{Have}} {{who}} used {name}?")
    for employer in [n for n in STRANGERS if not lexicon.mentioned(n, said)][:1]:
        yield Proposal("false premise", f"What did {{who}} do at {employer}?")
    for name, asked in PERSONAL.items():
        if not lexicon.private[name].stated.search(said):
            yield Proposal("logistics", asked)
