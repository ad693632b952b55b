"""Answers about the career itself: employers, roles, dates, lengths. Computed from stated dates, or not at all."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence

from rag.career import Position, gaps, length, merged, span, total_months, year_month
from rag.catalogue import Catalogue
from rag.question import Question
from rag.schema import Draft, Quote, Reply
from rag.terms import fold, terms

# Words that say nothing about which job is meant; a question with others left over is about what the documents tell.
_GENERIC = frozenset(
    terms(
        """work worked working works employ employed employer employers employment compani company companies organization
        organisation organisations organizations organisaton organisatons firm firms startup startups business place places
        job jobs role roles position positions post title titles career careers history path progression timeline experience
        experienced professional professionally year years yr yrs month months long total overall altogether combined
        roughly about approximately approx exactly far past previous previously former formerly prior current currently
        present presently now moment today days nowadays latest last recent most recently first earliest start started
        starting begin began begun join joined joining leave left leaving end ended finish finished quit stop stopped
        stay stayed spend spent time tenure duration hold held holds list name names chronological order date dates
        gap gaps break breaks unemployed overlap overlapping overlaps simultaneously concurrently same two between
        longest shortest when how many much different various industry field workforce live based located before after
        next immediately directly right job-wise employments person engineer"""
    )
)
_DATES = re.compile(
    r"\b(?:when|what (?:year|date|month)|which (?:year|month)|since when|dates?|(?:start|end|join)\w* date)\b"
)
_ENDS = re.compile(r"\b(?:leave|left|end|ended|finish|finished|quit|stop|stopped|until)\b")
_EMPLOYERS = re.compile(
    r"\b(?:compan(?:y|ies)|employers?|organi[sz]at\w*|firms?|start-?ups?|businesses|employment history)\b"
    r"|\bwhere (?:has|have|did|does|all|else)\b.*\bwork|\bwho (?:has|have|did)\b.*\bwork(?:ed)? for\b|\bplaces?\b.*\bwork"
)
_ROLES = re.compile(
    r"\b(?:roles?|positions?|jobs|job titles?|titles?|work (?:history|experience)|career (?:path|history|progression|timeline)|timeline)\b"
)
_CURRENT = re.compile(
    r"\b(?:current|currently|now|nowadays|at the moment|at present|presently|today|these days|latest|most recent|right now)\b"
)
_FORMER = re.compile(
    r"\b(?:previous|last|former|prior) (?:role|job|position|employer|company|title|work)|\bbefore (?:that|this|the current)\b"
)
_FIRST = re.compile(
    r"\b(?:first|earliest) (?:role|job|position|employer|company)|\b(?:start|began|begin) (?:\w+ )?career\b"
)
_RELATION = re.compile(r"\b(before|prior to|preceding|after|following)\b")
_TOTAL = re.compile(
    r"\byears?\b.*\b(?:experience|work|career|industry)|\bexperience\b.*\byears?\b|\bhow long\b.*\b(?:work|career|industry|profession|experience)"
    r"|\b(?:total|overall) experience\b|\bhow much (?:\w+ )?experience\b|\byears? (?:in total|overall)\b|^years of experience"
)
_GAPS = re.compile(r"\b(?:gaps?|breaks?|unemployed|between jobs|career break)\b")
_OVERLAPS = re.compile(r"\b(?:overlap\w*|simultaneous\w*|concurrent\w*|two jobs|same time|in parallel)\b")
_LONGEST = re.compile(r"\b(longest|shortest)\b")


def label(position: Position) -> str:
    """`Software Engineer at Rapido (inferred)`: the employer is marked where the owner inferred it."""
    role = position.role
    employer = f"{role.employer} (inferred)" if role.employer and role.employer_basis else role.employer
    return " at ".join(part for part in (role.title, employer) if part)


def dates(position: Position) -> str:
    """`2016-09 to 2019-02`, `since 2020-01`; empty where the document gives none."""
    role = position.role
    if role.start and role.end:
        return f"{role.start} to {role.end}"
    return f"since {role.start}" if role.start else f"until {role.end}" if role.end else ""


def stated(position: Position) -> Quote:
    """The lines of the document that state the position."""
    role = position.role
    return Quote(position.source, position.title, position.locator, role.stated.start, role.stated.end)


def line(position: Position, today: dt.date, first: str = "") -> Draft:
    """The position as the document states it, its length computed: title, employer, dates, place."""
    text = label(position)
    if said := dates(position):
        months = span(position.role, today)
        text += f", {said}" + (f" ({length(months[1] - months[0])})" if months else "")
    if position.role.location:
        text += f", {position.role.location}"
    return Draft(f"{first}{text}.", (stated(position),))


def reply(question: Question, catalogue: Catalogue, today: dt.date) -> Reply | None:
    """The reply to a question about the career as such; None where it asks for what the documents tell."""
    positions = catalogue.positions
    if not positions:
        return None
    folded = fold(question.text)
    scope, left = _concerned(question, positions)
    if left or any(not _within(n, scope) for n in question.names):
        return None
    for wanted, act in _ACTS:
        if wanted(folded, question, scope) and (made := act(folded, question, scope, positions, today)):
            return made
    return None


def _concerned(question: Question, positions: Sequence[Position]) -> tuple[tuple[Position, ...], list[str]]:
    """The positions that the question is about, and the terms that neither they nor a generic word explain."""
    named = set(terms(" ".join(question.scope_names)))
    years = {str(y) for y in question.years}
    left = [t for t in question.terms if t not in _GENERIC and t not in named and t not in years]
    if left and not question.scope:
        # "in intensive care": the positions whose title or employer says all of it
        scope = tuple(p for p in positions if set(left) <= set(terms(f"{p.role.title} {p.role.employer}")))
        if scope:
            return scope, []
    left = [t for t in left if not any(t in terms(f"{p.role.title} {p.role.employer}") for p in question.scope)]
    return question.scope, left


def _within(name: str, scope: Sequence[Position]) -> bool:
    said = set(terms(" ".join(f"{p.role.title} {p.role.employer}" for p in scope)))
    return set(terms(name)) <= said


def _no_dates(scope: Sequence[Position], today: dt.date) -> Reply:
    """Dates are asked for and none are stated."""
    about = "for " + "; ".join(dict.fromkeys(label(p) for p in scope[:3])) if scope else "for the roles"
    drafts = tuple(line(p, today) for p in scope[:2])
    return Reply("refuse", drafts, f"The documents give no start and end dates {about}.", "not_in_corpus")


def _length_of(_: str, question: Question, scope: tuple[Position, ...], __: object, today: dt.date) -> Reply | None:
    spans = [(p, found) for p in scope if (found := span(p.role, today))]
    if not spans:
        return _no_dates(scope, today)
    months = total_months([s for _, s in spans])
    lines = tuple(line(p, today) for p, _ in spans)
    if len(spans) == 1:
        return Reply("answer", (line(spans[0][0], today, f"{length(months)}: "),))
    first = Draft(
        f"{length(months)} in all, counted from the dates of {len(spans)} roles.", tuple(stated(p) for p, _ in spans)
    )
    return Reply("answer", (first, *lines))


def _total(_: str, __: Question, ___: object, positions: Sequence[Position], today: dt.date) -> Reply | None:
    spans = [(p, found) for p in positions if (found := span(p.role, today))]
    if not spans:
        return None
    joined = merged([s for _, s in spans])
    months = total_months([s for _, s in spans])
    text = f"{length(months)} in total, from {year_month(joined[0][0])} to "
    last = max(spans, key=lambda s: s[1][1])[0]
    text += f"{'now' if last.role.end == 'present' else last.role.end}, computed from the dates of {len(spans)} roles."
    return Reply("answer", (Draft(text, tuple(stated(p) for p, _ in spans)),))


def _date_of(folded: str, question: Question, scope: tuple[Position, ...], _: object, today: dt.date) -> Reply | None:
    if not any(p.role.start or p.role.end for p in scope):
        return _no_dates(scope, today)
    lines = []
    for position in scope:
        role = position.role
        first = role.end if _ENDS.search(folded) else role.start
        lines.append(line(position, today, f"{first}: " if first else ""))
    return Reply("answer", tuple(lines))


def _list_all(
    folded: str, question: Question, scope: tuple[Position, ...], positions: Sequence[Position], today: dt.date
) -> Reply:
    chosen = scope or tuple(positions)
    count = len({fold(p.role.employer) for p in chosen if p.role.employer})
    lead = "From the roles in the documents, newest first:" if len(chosen) > 1 else ""
    if question.form == "count":
        lead = f"{count} employers, {len(chosen)} roles:" if count else f"{len(chosen)} roles:"
    return Reply("answer", tuple(line(p, today) for p in chosen), lead)


def _current(
    _: str, __: Question, scope: tuple[Position, ...], positions: Sequence[Position], today: dt.date
) -> Reply | None:
    chosen = scope or positions
    now = [p for p in chosen if p.role.end == "present"]
    if now:
        return Reply("answer", tuple(line(p, today) for p in now))
    if any(p.role.end for p in positions):
        return Reply("answer", (line(positions[0], today),), "No role is stated as current; the latest one:")
    return Reply("answer", (line(chosen[0], today),), "The documents give no dates; the role they list first:")


def _neighbour(
    folded: str, _: Question, scope: tuple[Position, ...], positions: Sequence[Position], today: dt.date
) -> Reply | None:
    relation = _RELATION.search(folded)
    later = bool(relation and relation[1] in {"after", "following"})
    lead = "" if any(p.role.start for p in positions) else "In the order in which the documents list the roles:"
    places = [positions.index(p) for p in scope]
    if not places and _FORMER.search(folded):
        places = [i for i, p in enumerate(positions) if p.role.end == "present"] or [0]
    if not places:
        return None
    at = min(places) - 1 if later else max(places) + 1
    if not 0 <= at < len(positions):
        return Reply(
            "refuse",
            (line(positions[places[0]], today),),
            f"The documents give no role {'after' if later else 'before'} it.",
            "not_in_corpus",
        )
    return Reply("answer", (line(positions[at], today),), lead)


def _earliest(_: str, __: Question, ___: object, positions: Sequence[Position], today: dt.date) -> Reply:
    lead = "" if positions[-1].role.start else "The documents give no dates; the role they list last:"
    return Reply("answer", (line(positions[-1], today),), lead)


def _in_year(_: str, question: Question, __: object, positions: Sequence[Position], today: dt.date) -> Reply | None:
    dated = [(p, found) for p in positions if (found := span(p.role, today))]
    if not dated:
        return _no_dates((), today)
    held = [p for p, (a, b) in dated if any(a < (y + 1) * 12 and b > y * 12 for y in question.years)]
    if held:
        return Reply("answer", tuple(line(p, today) for p in held))
    return Reply("refuse", (), f"The documents give no role in {question.years[0]}.", "not_in_corpus")


def _holes(folded: str, _: Question, __: object, positions: Sequence[Position], today: dt.date) -> Reply | None:
    dated = [(p, found) for p in positions if (found := span(p.role, today))]
    if not dated:
        return _no_dates((), today)
    quotes = tuple(stated(p) for p, _ in dated)
    if _OVERLAPS.search(folded):
        pairs = [
            (p, q) for i, (p, a) in enumerate(dated) for q, b in dated[i + 1 :] if min(a[1], b[1]) - max(a[0], b[0]) > 1
        ]
        texts = [f"{label(p)} ({dates(p)}) and {label(q)} ({dates(q)}) overlap." for p, q in pairs]
        return Reply(
            "answer",
            tuple(Draft(t, quotes) for t in texts) or (Draft("By the stated dates no two roles overlap.", quotes),),
        )
    holes = [(a, b) for a, b in gaps([s for _, s in dated]) if b - a >= 1]
    texts = [f"No role is stated from {year_month(a)} to {year_month(b - 1)} ({length(b - a)})." for a, b in holes]
    return Reply(
        "answer",
        tuple(Draft(t, quotes) for t in texts)
        or (Draft("By the stated dates there is no gap of a month or more.", quotes),),
    )


def _extreme(folded: str, _: Question, __: object, positions: Sequence[Position], today: dt.date) -> Reply | None:
    dated = [(found[1] - found[0], p) for p in positions if (found := span(p.role, today))]
    if not dated:
        return _no_dates((), today)
    pick = max if "longest" in folded else min
    return Reply("answer", (line(pick(dated, key=lambda d: d[0])[1], today),))


_Wanted = Callable[[str, Question, tuple[Position, ...]], bool]
_Act = Callable[[str, Question, tuple[Position, ...], Sequence[Position], dt.date], Reply | None]
# The first that is wanted and has an answer wins; the more specific stand first.
_ACTS: tuple[tuple[_Wanted, _Act], ...] = (
    (lambda f, q, s: bool(_GAPS.search(f) or _OVERLAPS.search(f)) and not s, _holes),
    (lambda f, q, s: bool(_LONGEST.search(f)) and not s, _extreme),
    (lambda f, q, s: bool(q.years) and q.form != "count", _in_year),
    (lambda f, q, s: bool(s) and bool(_RELATION.search(f)) and q.form not in {"when", "duration"}, _neighbour),
    (lambda f, q, s: bool(s) and q.form == "duration", _length_of),
    (lambda f, q, s: bool(s) and bool(_DATES.search(f)), _date_of),
    (lambda f, q, s: not s and bool(_TOTAL.search(f)), _total),
    (lambda f, q, s: bool(_FORMER.search(f)), _neighbour),
    (lambda f, q, s: not s and bool(_FIRST.search(f)), _earliest),
    (lambda f, q, s: not s and bool(_CURRENT.search(f)) and q.form not in {"when", "duration"}, _current),
    (lambda f, q, s: bool(_EMPLOYERS.search(f)) and not s and q.form != "yes_no", _list_all),
    (lambda f, q, s: bool(_ROLES.search(f)) and (q.form != "yes_no" or "list" in f), _list_all),
)
