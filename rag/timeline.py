"""Answers about the career itself: employers, roles, dates, lengths. Computed from stated dates, or not at all."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence

from rag import career_words as say
from rag.career import Position, certain, gaps, length, merged, span, stated_length, total_months, year_month, years
from rag.catalogue import Catalogue
from rag.position import date, dates, in_words, label, line, stated, stretch
from rag.question import Question
from rag.schema import Draft, Reply
from rag.terms import fold, terms

FIRST_LISTED = "The documents give no dates; the role they list first:"
LISTED = "In the order in which the documents list the roles:"
"""Said before undated roles: which of them is the newest nobody states."""


def reply(question: Question, catalogue: Catalogue, today: dt.date) -> Reply | None:
    """The reply to a question about the career as such; None where it asks for what the documents tell."""
    positions = catalogue.positions
    if not positions or question.form == "why":  # reasons are told, not computed
        return None
    if question.years and not any(years(p.role, today) for p in positions) and _told(question, catalogue):
        return None
    folded = fold(say.REQUEST.sub("", question.text))
    scope, left = _concerned(question, folded, positions)
    graded = bool(question.scope and say.LEVEL.search(folded))
    names = [n for n in question.names if not (graded and say.GRADE.fullmatch(n))]
    left = [t for t in left if not (graded and t in terms(" ".join((*question.names, "hired"))))]
    if left or any(not _within(n, scope) for n in names):
        return None
    for wanted, act in _ACTS:
        if wanted(folded, question, scope) and (made := act(folded, question, scope, positions, today)):
            told = made.decision == "refuse" and question.years and _told(question, catalogue)
            return None if told else made
    return None


def _told(question: Question, catalogue: Catalogue) -> bool:
    """Whether some passage names a year that is asked for."""
    return any(str(y) in f"{p.date} {p.text}" for y in question.years for p in catalogue.passages)


def _concerned(
    question: Question, folded: str, positions: Sequence[Position]
) -> tuple[tuple[Position, ...], list[str]]:
    """The positions that the question is about, and the terms that neither they nor a generic word explain."""
    named = set(terms(" ".join(question.scope_names)))
    given = {str(y) for y in question.years}
    typed = set(terms(folded))
    if say.FOR_YEARS.search(folded):
        given |= {n.split()[0] for n in question.numbers}
    known = say.GENERIC | named | given
    left = [t for t in question.terms if t not in known and t in typed]
    kind = say.AS_TITLE.search(folded)
    wanted = left or [t for t in terms(kind[1]) if t not in say.GENERIC or t == "engin"] if kind else left
    if wanted and not question.scope:
        # "in intensive care": the positions whose title, employer or place says all of it
        scope = tuple(p for p in positions if all(_says(p, t) for t in wanted))
        return (scope, []) if scope else ((), wanted)
    return question.scope, [t for t in left if not any(_says(p, t) for p in question.scope)]


def _says(position: Position, term: str) -> bool:
    said = terms(position.said)
    return term in said or term.removesuffix("ship") in said


def _within(name: str, scope: Sequence[Position]) -> bool:
    return all(any(_says(p, t) for p in scope) for t in terms(name))


def _no_dates(scope: Sequence[Position], today: dt.date) -> Reply:
    """Dates are asked for and none are stated."""
    about = "for " + "; ".join(dict.fromkeys(label(p) for p in scope[:3])) if scope else "for the roles"
    drafts = tuple(line(p, today) for p in scope[:2])
    return Reply("refuse", drafts, f"The documents give no start and end dates {about}.", "not_in_corpus")


def _dated(positions: Sequence[Position], today: dt.date) -> list[tuple[Position, tuple[int, int]]]:
    return [(p, found) for p in positions if (found := span(p.role, today))]


def _length_of(_: str, question: Question, scope: tuple[Position, ...], __: object, today: dt.date) -> Reply | None:
    dated = _dated(scope, today)
    if not dated and not question.scope and len(scope) > 1:
        return None  # a field of work, not a position: the documents may say how long in so many words
    if not dated:
        return _no_dates(scope, today)
    if len(dated) == 1:
        return Reply("answer", (line(dated[0][0], today, f"{stated_length(dated[0][0].role, today)}: "),))
    months = length(total_months([s for _, s in dated]))
    if any(not stated_length(p.role, today)[0].isdigit() for p, _ in dated):
        months = f"about {months}"
    first = Draft(f"{months} in all, counted from the dates of {len(dated)} roles.", tuple(stated(p) for p, _ in dated))
    return Reply("answer", (first, *(line(p, today) for p, _ in dated)))


def _total(_: str, __: Question, ___: object, positions: Sequence[Position], today: dt.date) -> Reply | None:
    dated = _dated(positions, today)
    if not dated:
        return None
    joined = merged([s for _, s in dated])
    first, last = min(dated, key=lambda d: d[1][0])[0].role, max(dated, key=lambda d: d[1][1])[0].role
    begun = date(first, first.start, (first, last))
    ended = "now" if last.end == "present" else date(last, last.end, (first, last))
    text = f"{length(total_months(joined))} in total, {stretch(begun, ended)}, computed from the dates of {len(dated)} "
    text += "role." if len(dated) == 1 else "roles."
    rest = len(positions) - len(dated)
    lead = f"{rest} more {'role has' if rest == 1 else 'roles have'} no full dates and count for nothing here:"
    return Reply("answer", (Draft(text, tuple(stated(p) for p, _ in dated)),), lead if rest else "")


def _date_of(folded: str, _: Question, scope: tuple[Position, ...], __: object, today: dt.date) -> Reply | None:
    if not any(p.role.start or p.role.end for p in scope):
        return _no_dates(scope, today)
    ends, starts = say.ENDS.search(folded), say.STARTS.search(folded)
    chosen = list(scope)
    if ends or starts:  # of several roles with one employer, the last ended it and the first began it
        pick = max if ends else min
        groups = {
            fold(p.role.employer): [q for q in scope if fold(q.role.employer) == fold(p.role.employer)] for p in scope
        }
        chosen = [
            pick(g, key=lambda p: (p.role.end == "present", p.role.end) if ends else p.role.start)
            for g in groups.values()
        ]
    firsts = [date(p.role, p.role.end if ends else p.role.start) for p in chosen]
    lead = "It is stated as current:" if "present" in firsts else ""
    drafts = (line(p, today, f"{f}: " if f and f != "present" else "") for p, f in zip(chosen, firsts, strict=True))
    return Reply("answer", tuple(drafts), lead)


def _list_all(
    _: str, question: Question, scope: tuple[Position, ...], positions: Sequence[Position], today: dt.date
) -> Reply:
    chosen = scope or tuple(positions)
    lead = "From the roles in the documents, newest first:" if len(chosen) > 1 else ""
    if question.form == "count":
        employers, roles = len({fold(p.role.employer) for p in chosen if p.role.employer}), len(chosen)
        counted = [f"{n} {word}{'s' * (n != 1)}" for n, word in ((employers, "employer"), (roles, "role")) if n]
        lead = ", ".join(counted) + ":"
    return Reply("answer", tuple(line(p, today) for p in chosen), lead)


def _places(
    _: str, __: Question, scope: tuple[Position, ...], positions: Sequence[Position], today: dt.date
) -> Reply | None:
    """Where the positions were, each in its line; None where no position says so."""
    placed = [p for p in scope or positions if p.role.location]
    return Reply("answer", tuple(line(p, today) for p in placed)) if placed else None


def _current(
    folded: str, _: Question, scope: tuple[Position, ...], positions: Sequence[Position], today: dt.date
) -> Reply | None:
    chosen = scope or positions
    now = [p for p in chosen if p.role.end == "present" and (not p.role.start or span(p.role, today))]
    if say.BASED.search(folded):
        now = [p for p in now if p.role.location]
        return Reply("answer", tuple(line(p, today) for p in now)) if now else None
    if now:
        return Reply("answer", tuple(line(p, today) for p in now))
    if any(p.role.end for p in positions):
        return Reply("answer", (line(positions[0], today),), "No role is stated as current; the latest one:")
    return Reply("answer", (line(chosen[0], today),), FIRST_LISTED)


def _neighbour(
    folded: str, _: Question, scope: tuple[Position, ...], positions: Sequence[Position], today: dt.date
) -> Reply | None:
    relation = say.RELATION.search(folded)
    later = bool(relation and relation[1] in say.LATER)
    lead = "" if any(p.role.start for p in positions) else LISTED
    if any(p.role.start for p in scope):  # where an undated role belongs is not known
        positions = [p for p in positions if p.role.start or p.role.end]
    places = [positions.index(p) for p in scope if p in positions]
    if not places and say.FORMER.search(folded):
        places = [i for i, p in enumerate(positions) if p.role.end == "present"] or [0]
    if not places:
        return None
    at = min(places) - 1 if later else max(places) + 1
    if not 0 <= at < len(positions):
        nearest = (line(positions[min(places) if later else max(places)], today),)
        text = f"The documents give no role {'after' if later else 'before'} it."
        return Reply("refuse", nearest, text, "not_in_corpus")
    return Reply("answer", (line(positions[at], today),), lead)


def _order(_: str, __: Question, scope: tuple[Position, ...], positions: Sequence[Position], today: dt.date) -> Reply:
    """Whether one employer came before another: both, as they came."""
    dated = any(p.role.start for p in scope)
    return Reply("answer", tuple(line(p, today) for p in positions if p in scope), "" if dated else LISTED)


def _still(_: str, __: Question, scope: tuple[Position, ...], positions: Sequence[Position], today: dt.date) -> Reply:
    """Whether a position is held now: by its dates, or where none are stated, what is listed first."""
    lines = tuple(line(p, today) for p in scope)
    if any(p.role.end == "present" for p in scope):
        return Reply("answer", tuple(line(p, today) for p in scope if p.role.end == "present"))
    if any(p.role.end for p in scope):
        return Reply("partial", lines, "Not by the stated dates:")
    first = () if positions[0] in scope else (line(positions[0], today),)
    return Reply("partial", (*first, *lines), f"The documents give no dates for it. {LISTED}")


def _employers(scope: Sequence[Position]) -> int:
    return len({fold(p.role.employer) for p in scope})


def _earliest(_: str, __: Question, ___: object, positions: Sequence[Position], today: dt.date) -> Reply:
    begun = [p for p in positions if p.role.start]
    if not begun:
        return Reply("answer", (line(positions[-1], today),), "The documents give no dates; the role they list last:")
    return Reply("answer", (line(min(begun, key=lambda p: p.role.start), today),))


def _in_year(
    folded: str, question: Question, scope: tuple[Position, ...], positions: Sequence[Position], today: dt.date
) -> Reply | None:
    if not any(years(p.role, today) for p in positions):
        return _no_dates((), today)
    first, last = min(question.years), max(question.years)
    relation = say.RELATION.search(folded)
    asked: set[int] = set(question.years)
    if len(asked) > 1 and say.WITHIN.search(folded):
        asked = set(range(first, last + 1))
    elif relation and relation[1] in say.LATER:
        asked = set(range(first + (relation[1] != "since"), today.year + 1))
    elif relation:
        asked = set(range(first - 100, first))
    held = [p for p in positions if asked & set(years(p.role, today))]
    inside = [p for p in held if not scope or p in scope]
    if inside:
        return Reply("answer", tuple(line(p, today) for p in inside))
    if scope:
        lines = tuple(line(p, today) for p in dict.fromkeys((*scope, *held)))
        return Reply("partial", lines, "Not by the stated dates:")
    return Reply("refuse", (), f"The documents give no role {_when(question, relation)}.", "not_in_corpus")


def _when(question: Question, relation: re.Match[str] | None) -> str:
    return f"{relation[1] if relation else 'in'} {question.years[0]}"


def _holes(
    folded: str, _: Question, scope: tuple[Position, ...], positions: Sequence[Position], today: dt.date
) -> Reply | None:
    chosen = scope if len(scope) > 1 else positions
    quotes = tuple(stated(p) for p, _ in _dated(chosen, today))
    if not quotes:
        return _no_dates(scope, today)
    if say.OVERLAPS.search(folded):
        sure = [(p, found) for p in chosen if (found := certain(p.role, today))]
        pairs = [
            (p, q) for i, (p, a) in enumerate(sure) for q, b in sure[i + 1 :] if min(a[1], b[1]) - max(a[0], b[0]) > 1
        ]
        texts = [f"{label(p)} ({dates(p)}) and {label(q)} ({dates(q)}) overlap." for p, q in pairs]
        none = "By the stated dates no two roles overlap."
    else:
        wide = [found for p in chosen if (found := span(p.role, today, wide=True))]
        roles = [p.role for p in chosen]
        texts = [
            f"No role is stated {stretch(in_words(year_month(a), roles), in_words(year_month(b - 1), roles))} "
            f"({length(b - a)})."
            for a, b in gaps(wide)
        ]
        none = "By the stated dates there is no gap of a month or more."
    return Reply("answer", tuple(Draft(text, quotes) for text in texts or [none]))


def _extreme(folded: str, _: Question, __: object, positions: Sequence[Position], today: dt.date) -> Reply | None:
    dated = _dated(positions, today)
    if not dated:
        return _no_dates((), today)
    pick = max if "longest" in folded else min
    return Reply("answer", (line(pick(dated, key=lambda d: d[1][1] - d[1][0])[0], today),))


_Wanted = Callable[[str, Question, tuple[Position, ...]], bool]
_Act = Callable[[str, Question, tuple[Position, ...], Sequence[Position], dt.date], Reply | None]
# The first that is wanted and has an answer wins; the more specific stand first.
_ACTS: tuple[tuple[_Wanted, _Act], ...] = (
    (lambda f, q, s: bool(say.OVERLAPS.search(f)) and len(s) != 1, _holes),
    (lambda f, q, s: bool(say.GAPS.search(f)) and not s, _holes),
    (lambda f, q, s: bool(say.LONGEST.search(f)) and not s, _extreme),
    (lambda f, q, s: bool(q.years) and q.form not in {"count", "duration"}, _in_year),
    (lambda f, q, s: q.form == "yes_no" and bool(say.RELATION.search(f)) and _employers(s) > 1, _order),
    (lambda f, q, s: q.form == "yes_no" and bool(s) and bool(say.STILL.search(f)), _still),
    (lambda f, q, s: bool(s) and bool(say.RELATION.search(f)) and q.form not in {"when", "duration"}, _neighbour),
    (lambda f, q, s: bool(s) and (q.form == "duration" or bool(say.FOR_YEARS.search(f))), _length_of),
    (lambda f, q, s: bool(s) and bool(say.DATES.search(f)), _date_of),
    (lambda f, q, s: not s and bool(say.TOTAL.search(f)), _total),
    (lambda f, q, s: bool(say.FORMER.search(f)), _neighbour),
    (lambda f, q, s: not s and bool(say.FIRST.search(f)), _earliest),
    (lambda f, q, s: not s and bool(say.CURRENT.search(f)) and q.form not in {"when", "duration"}, _current),
    (lambda f, q, s: bool(say.PLACES.search(f)), _places),
    (lambda f, q, s: not s and bool(say.EMPLOYERS.search(f)) and q.form != "yes_no", _list_all),
    (lambda f, q, s: bool(s) and bool(say.LEVEL.search(f)), _list_all),
    (lambda f, q, s: bool(say.ROLES.search(f)) and (q.form != "yes_no" or "list" in f), _list_all),
)
