"""Answers that gather: everything of one part of a resume, or everything of one kind, from all documents."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Collection

from rag import quantity
from rag.career import Position
from rag.catalogue import PUBLISHED, Catalogue
from rag.entries import documents, gathered, issued, parts, titled
from rag.extract import entry, said
from rag.lexicon import Lexicon
from rag.question import ASKING, Question
from rag.schema import Draft, Reply
from rag.terms import fold, mentions, terms, unaccented
from rag.timeline import FIRST_LISTED

BRIEF = 4
"""Statements of an introduction: the first of what stands about the person."""
_TECHNICAL = (
    "programming language",
    "database",
    "cloud provider",
    "message broker",
    "framework",
    "infrastructure tool",
    "data tool",
    "machine learning tool",
    "business tool",
)
_DONE = frozenset(
    terms(
        """build built deliver delivered accomplish accomplished accomplishments achieve achieved achievements role job
        time responsible responsibilities responsibility duties contribute contributed contributions position stint
        tasks projects project happened involved main key career period years company employer there day-to-day
        summarise overview recap describe everything anything stuff run walk"""
    )
)
_NOW = re.compile(
    r"\b(?:current|present) (?:job|role|position|post)\b"
    r"|\b(?:job|role|position|post) (?:(?:that )?(?:he|she|they|you) (?:have|has|hold|holds|do|does) )?"
    r"(?:right now|now|at present|at the moment|currently|today)\b",
    re.IGNORECASE,
)
_KEPT = frozenset(
    terms(
        """current present right now hold moment today keep keeps busy day days involve entail consist include mean
        look"""
    )
)
"""Terms with which one asks for all of the position held now."""
_VAGUE = frozenset(
    terms(
        """topic topics subject subjects area areas thing things field fields theme themes stuff content contents post
        posts want audience reader readers follower followers community"""
    )
)
_THEN = re.compile(r"[?.]\s+(?:please |just )?(?:list|name|give|i want|i need|i'd like|full list|every|all)\b.*", re.I)
"""What is wanted of the answer, after the question."""
_EVERYWHERE = re.compile(
    r"\b(?:everywhere|wherever)\b"
    r"|\b(?:all|every|each)\b.*\b(?:places?|mentions?|times|occurrences?|where|shows? up|appears?|comes? up)\b",
    re.IGNORECASE,
)
_PIECES = re.compile(r"\b(?:article|post|paper|blog|essay|publication|piece)s?\b")
_APPEARING = frozenset(
    terms(
        """show shows up incl plus single place places mention mentions come comes used use career including also
        anywhere everywhere wherever jobs roles"""
    )
)
"""Terms with which one asks for every place of a name."""
_BESIDE = {
    "summary": """short brief briefly quick quickly two three few sentence sentences line lines word words paragraph
        nutshell career experience experiences professional overall whole entire life please give""",
    "publication": "title titles cover covers covering discuss discusses mention mentions deal deals talk talks",
    "certification": "taken passed obtained gained completed done",
    "course": "taken passed attended completed done",
    "language": "human natural foreign native mother tongue one ones well level levels fluency",
    "project": "build built make made develop developed stuff spare free time own personal",
}
"""Words beside those of a part of a resume with which all of it is asked for."""
_APART = frozenset({"award", "certification", "education", "patent", "publication"})
"""Parts of a resume whose entries name whom they concern, where they concern anybody in particular."""
PERSONAL = frozenset(terms("i i've my me what"))
_MONTHS = tuple(t for month in calendar.month_name[1:] for t in terms(month))
_KIND_WORDS = frozenset(
    terms("technology technologies tools stack tech technical skills cloud languages human mean services")
)


def reply(question: Question, catalogue: Catalogue) -> Reply | None:
    """The reply to a question that wants a list; None where it wants something else."""
    folded = fold(question.text)
    if question.form in {"why", "how", "duration"}:
        return None
    if made := issued(question, catalogue) or _of_position(question, catalogue):
        return made
    if any(" " in k and mentions(k, folded) for k in catalogue.lexicon.kinds):  # "programming languages" is no section
        return _of_kind(folded, question, catalogue)
    return (
        _of_name(question, catalogue)
        or _of_date(question, catalogue)
        or _of_section(folded, question, catalogue)
        or _of_kind(folded, question, catalogue)
        or _of_heading(question, catalogue)
    )


def _in_scope(question: Question, catalogue: Catalogue, by_role: bool = False) -> list[int]:
    """Places of the passages about the employers and roles that the question names; all where it names none.

    `by_role` leaves out what mentions an employer among others, where roles with it are told of.
    """
    if not question.scope:
        return list(range(len(catalogue.passages)))
    wanted = {(p.role.employer, p.role.title) for p in question.scope}
    names = question.scope_names
    held = [i for i, p in enumerate(catalogue.passages) if p.role and (p.role.employer, p.role.title) in wanted]
    if held and by_role:
        return held
    return held + [
        i
        for i, p in enumerate(catalogue.passages)
        if not p.role and any(mentions(n, p.employer or p.text) for n in names)
    ]


def wanted(question: Question, lexicon: Lexicon) -> Callable[[str], bool] | None:
    """Whether a sentence states what is asked for: a personal attribute, a member of a kind; None for anything else."""
    if attribute := lexicon.private_in(question.text):
        return lambda text: attribute.stated.search(text) is not None
    kind = question.kind or question.of_kind
    if not kind:
        return None
    called = set(terms(kind)[-1:])
    return lambda text: (
        any(lexicon.mentioned(member, text) for member in lexicon.kinds[kind])
        or (not question.kind and bool(called & set(terms(text))))
    )


def _of_kind(folded: str, question: Question, catalogue: Catalogue) -> Reply | None:
    """ "Which databases …": the sentences that name one, as few as name them all."""
    if question.form not in {"list", "open"} or question.names:
        return None
    kinds = [k for k in catalogue.lexicon.kinds if mentions(k, folded)]
    asked = r"technolog\w+|tech(?:nical)? stack|tools?|frameworks?|technical skills"
    if not catalogue.section("skill"):
        asked += "|skills|skill ?set"
    if not kinds and re.search(rf"\b(?:{asked})\b", folded):
        kinds = list(_TECHNICAL)
    if not kinds and re.search(r"\bclouds?\b", folded):
        kinds = ["cloud provider"]
    if not kinds and re.search(r"\blanguages?\b", folded):
        spoken = re.search(r"\b(?:speak|spoken|fluent|human|natural|native|foreign)\b", folded)
        coding = re.search(r"\b(?:program\w*|cod(?:e|es|ed|ing)|use|used|know|scripting)\b", folded)
        kinds = ["spoken language"] if spoken else ["programming language"] if coding else []
    known = set(terms(" ".join(kinds))) | _KIND_WORDS
    named = set(terms(" ".join(question.scope_names)))
    held = catalogue.generation.document_frequency
    if not kinds or [t for t in question.terms if t not in known and t not in ASKING and t not in named and held(t)]:
        return None
    members = [m for k in kinds for m in catalogue.lexicon.kinds[k]]
    holders = {m: catalogue.holders(m) for m in members}
    units = [
        (i, span, catalogue.passages[i].quote(span))
        for i in _in_scope(question, catalogue, by_role=True)
        if any(i in where for where in holders.values())
        for span in catalogue.passages[i].sentences
    ]
    names = {
        j: frozenset(
            m for m, where in holders.items() if i in where and catalogue.lexicon.mentioned(m, unaccented(text))
        )
        for j, (i, _, text) in enumerate(units)
    }
    chosen: list[int] = []
    covered: set[str] = set()
    while len(chosen) < 8:
        best = max(names, key=lambda j: (len(names[j] - covered), -len(units[j][2])), default=-1)
        if best < 0 or not names[best] - covered:
            break
        chosen.append(best)
        covered |= names[best]
    if not chosen:
        return None
    return Reply("answer", tuple(said(catalogue.passages[units[j][0]], units[j][1]) for j in sorted(chosen)))


def _of_position(question: Question, catalogue: Catalogue) -> Reply | None:
    """ "What did they do at Rapido?": what the documents list under that position, all of it."""
    now = not question.scope and _NOW.search(question.own)
    scope = _current(catalogue) if now else question.scope
    left = set(question.terms) - set(terms(" ".join(question.scope_names))) - ASKING - (_DONE | _KEPT if now else _DONE)
    if not scope or left or question.names or question.form not in {"list", "open"}:
        return None
    wanted = {(p.role.employer, p.role.title) for p in scope}
    held = [p for p in catalogue.passages if p.role and (p.role.employer, p.role.title) in wanted]
    entries = [said(p, span) for p in held for span in p.sentences]
    undated = now and not any(p.role.end for p in scope)
    return gathered(entries, FIRST_LISTED if undated else "")


def _current(catalogue: Catalogue) -> tuple[Position, ...]:
    """The positions that last; where no document gives dates, the one listed first."""
    lasting = tuple(p for p in catalogue.positions if p.role.end == "present")
    dated = any(p.role.start or p.role.end for p in catalogue.positions)
    return lasting if dated else catalogue.positions[:1]


def _of_section(folded: str, question: Question, catalogue: Catalogue) -> Reply | None:
    """ "Which certifications …", "what has been published?": all of that part of the documents."""
    sections = catalogue.lexicon.sections_in(folded)
    lexicon = catalogue.lexicon
    known = {t for s in sections for a in (*lexicon.sections[s], _BESIDE.get(s, "")) for t in terms(a)}
    named = set(terms(" ".join(question.scope_names)))
    typed = set(terms(question.text))  # what documents may call it is searched for, not asked for
    if question.names and sections == ["publication"] and _PIECES.search(folded):  # "which article is about Python?"
        named |= set(terms(" ".join(question.names)))
    elif question.names:
        return None
    left = [t for t in question.terms if t in typed and t not in known and t not in ASKING and t not in named]
    if not sections or left:
        return None
    inside = set(_in_scope(question, catalogue)).intersection(*(catalogue.holders(n) for n in question.names))
    entries: list[Draft] = []
    for name in sections:
        if name == "summary":
            if entries:
                break
            return None if question.scope else introduction(catalogue)
        if name == "publication" and (listed := documents(catalogue, inside)):
            return listed
        everywhere = catalogue.section(name)
        places = [i for i in everywhere if i in inside]
        if everywhere and not places and question.scope and name in _APART:
            return Reply("refuse", (), f"The documents name no {name} from {question.scope_names[0]}.", "not_in_corpus")
        if name in {"award", "project"}:
            entries += parts(catalogue, places)
        elif places:
            entries += [said(catalogue.passages[i], span) for i in places for span in catalogue.passages[i].sentences]
        else:
            entries += _stated(name, question, catalogue, inside)
    return gathered(entries)


def _of_name(question: Question, catalogue: Catalogue) -> Reply | None:
    """ "Every place where Airflow shows up": all units that hold the name."""
    own = re.sub(r"\b(?:incl\w*|plus|also|and)\b.*$", "", question.own, flags=re.IGNORECASE)
    left = (set(question.terms) & set(terms(own))) - set(terms(" ".join(question.names))) - ASKING - _APPEARING
    if left or len(question.names) != 1 or question.scope or question.form not in {"list", "open"}:
        return None
    if catalogue.lexicon.sections_in(own) or not _EVERYWHERE.search(own):
        return None
    name = question.names[0]
    entries = [
        said(passage, span)
        for passage in (catalogue.passages[i] for i in sorted(catalogue.holders(name)))
        for span in passage.sentences
        if catalogue.lexicon.mentioned(name, unaccented(passage.quote(span)))
    ]
    return gathered(entries) if len(entries) > 1 else None


def _of_date(question: Question, catalogue: Catalogue) -> Reply | None:
    """ "What happened in December 2018?": the lines that say so, and the documents that are dated so."""
    asked = set(question.terms) - ASKING - _DONE
    if question.names or question.scope or question.form not in {"list", "open"} or len(question.years) != 1:
        return None
    if asked - {str(question.years[0]), *_MONTHS} or catalogue.lexicon.sections_in(question.own):
        return None
    year, months = str(question.years[0]), [month for month in _MONTHS if month in asked]
    entries: list[Draft] = []
    dated: set[str] = set()
    for passage in catalogue.passages:
        month = {_MONTHS[int(passage.date[5:7]) - 1]} if passage.date[5:7] else set()
        if passage.sentences and passage.date[:4] == year and month.issuperset(months):
            if passage.source not in dated:
                published = passage.kind in PUBLISHED
                entries.append(titled(catalogue, passage) if published else entry(passage, passage.sentences[0]))
            dated.add(passage.source)
            continue
        for span in passage.sentences:
            said_so = [d for d in quantity.dates(passage.quote(span)) if str(d.year) == year]
            if any(not months or (d.month and _MONTHS[d.month - 1] in months) for d in said_so):
                entries.append(entry(passage, span))
    when = " ".join((*(name for name in calendar.month_name[1:] if terms(name)[0] in months), year))
    unsaid = Reply("refuse", (), f"The documents tell of nothing that is dated {when}.", "not_in_corpus")
    return gathered(entries) or unsaid


def _stated(name: str, question: Question, catalogue: Catalogue, inside: Collection[int]) -> list[Draft]:
    """The units that say by their own words what no heading announces: degrees, languages, what is done unpaid."""
    topic = next((t for t, _ in catalogue.lexicon.topics_in(question.text) if t.name == name), None)
    held = [catalogue.passages[i] for i in sorted(catalogue.stating(topic) & set(inside))] if topic else []
    return [
        said(p, span)
        for p in held
        if topic and p.kind not in PUBLISHED
        for span in p.sentences
        if catalogue.states(topic, p, p.quote(span))
    ]


def _of_heading(question: Question, catalogue: Catalogue) -> Reply | None:
    """ "What are the focus areas?": all that stands under a heading, or in a document, of that name."""
    if question.form not in {"list", "open"} or question.names or question.scope:
        return None
    typed = set(terms(_THEN.sub("", question.text)))
    asked = [t for t in question.terms if t not in ASKING and t in typed] or list(question.terms)
    wanted = set(question.terms)
    places = [
        i
        for i, name in catalogue.called
        if (named := name - PERSONAL)
        and named <= wanted
        and set(asked) - named - _VAGUE <= set(terms(catalogue.passages[i].text))
    ]
    entries = [
        said(catalogue.passages[i], span) for i in dict.fromkeys(places) for span in catalogue.passages[i].sentences
    ]
    return gathered(entries)


def introduction(catalogue: Catalogue) -> Reply | None:
    """The first of what stands about the person."""
    places = catalogue.section("summary")
    entries = [said(catalogue.passages[i], span) for i in places for span in catalogue.passages[i].sentences]
    return Reply("answer", tuple(entries[:BRIEF])) if entries else None
