"""Positions that a document tells of: one for itself, or several under its headings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ingest import layout, roles
from ingest.headings import Heading, bars_positions, holds_positions, holds_studies, lines, plain
from ingest.layout import Header, Layout
from ingest.readers.front_matter import FrontMatter
from ingest.roles import Siblings
from ingest.unread import unread
from rag.schema import Role, Span

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """What lies between a heading and the next one; `path`: the headings above it, outermost first."""

    start: int
    end: int
    path: tuple[str, ...] = ()
    heading: Heading | None = None


def states(front: FrontMatter) -> bool:
    """Whether the front matter says itself which position the document is about."""
    titled = front.title and not holds_positions(front.title)
    return bool(front.role or front.employer or front.start or front.end or titled)


def own(text: str, headings: Sequence[Heading], front: FrontMatter, title: str) -> Role | None:
    """The position that a document of its own describes: front matter, then its first heading and the lines below."""
    if holds_positions(front.role or title) and not (front.employer or front.start):
        return None
    role = Role()
    top = next((h for h in headings if h.level == 1), None) or _first_line(text, front.length, title)
    if top and not holds_positions(top.text):
        below = min((h.start for h in headings if h.start > top.start), default=len(text))
        span = Span(top.start, top.end)
        found = roles.of_heading(text, span, top.text, below)
        if not (found and found.title) and not states(front):
            found = roles.by_layout(text, span, top.level, top.text, below, roles.Siblings()) or found
        if not found and front.employer and front.employer.casefold() not in top.text.casefold():
            role = Role(title=top.text)
        elif found or not states(front):
            employer = roles.employer_of(top.text, certain=True)
            role = found or Role("" if employer else top.text, employer, stated=Span(top.start, top.end))
    named = front.role or front.title
    if named and not front.employer and (said := roles.of_heading(named, Span(0, len(named)), named, len(named))):
        named, role = said.title or named, replace(role, employer=said.employer or role.employer)
    return Role(
        title=named or role.title,
        employer=front.employer or role.employer,
        employer_basis=front.employer_basis,
        start=front.start or ("" if front.end else role.start),
        end=front.end or ("" if front.start else role.end),
        location=front.location or role.location,
        order=front.order,
        stated=front.stated if front.stated.end else role.stated,
        written="" if front.start or front.end else role.written,
    )


def _first_line(text: str, start: int, title: str) -> Heading | None:
    """A text without headings may begin with its title."""
    a, b = next(((a, b) for a, b in lines(text, start) if text[a:b].strip()), (0, 0))
    return Heading(1, title, a, b) if plain(text[a:b]) == title else None


class Positions:
    """Finds the positions as it is given the runs in order; knows which employer stands above, and how many it found.

    `experience`: the whole document is about a position; `title`: its own, which may say that it lists positions.
    """

    def __init__(self, text: str, experience: bool, title: str, employer: str) -> None:
        self.text, self.experience, self.employer = text, experience, employer
        self.title = title
        self.titled = holds_positions(title)
        self.count = 0
        self.unread: list[str] = []
        """Dated lines among positions that could not be read as one."""
        self._learns = False
        """By words alone."""
        self._layouts: dict[tuple[str, ...], list[Layout]] = {}
        self._seen: dict[tuple[str, ...], list[tuple[Header, Role]]] = {}
        self._open: list[tuple[tuple[str, ...], Role | None, str]] = []

    def learn(self, runs: Sequence[Run]) -> None:
        """How the positions whose titles are known by their words are laid out, section by section."""
        first = Positions(self.text, self.experience, self.title, self.employer)
        first._learns = True
        for run in runs:
            first.run(run)
        self._layouts = {section: layout.learnt(seen) for section, seen in first._seen.items()}
        self._layouts.setdefault((), layout.learnt(one for seen in first._seen.values() for one in seen))

    def run(self, run: Run) -> tuple[list[Role], Role | None]:
        """Positions that the run's lines state, and the one that it opens with (its heading's, or one from above)."""
        names = [i for i, name in enumerate(run.path) if holds_positions(name)]
        if not (names or self.titled or self.experience):
            return [], None
        section = run.path[: names[-1] + 1] if names else ()
        below = run.path[len(section) :]
        self._open = [one for one in self._open if len(one[0]) < len(run.path) and run.path[: len(one[0])] == one[0]]
        opened = next((role for _, role, _ in reversed(self._open) if role), None)
        employer = next((said for _, _, said in reversed(self._open) if said), self.employer)
        if any(bars_positions(name) for name in below):
            return [], opened
        listed = bool(names or self.titled)
        mixed = not listed or any(holds_studies(name) for name in (*section, *([] if names else [self.title])))
        siblings = Siblings(self._layouts.get(section) or self._layouts.get((), []), employer, listed, mixed)
        start = run.start
        if below and run.heading:
            if role := self._of(run.heading, run.end, section, siblings, opened):
                opened, employer, start = role, role.employer, max(run.start, role.stated.end)
            elif not opened:
                employer = roles.employer_of(below[-1]) or employer
            self._open.append((run.path, opened, employer))
        found = self._stated(start, run.end, section, replace(siblings, employer=employer), opened) if listed else []
        return [
            self._numbered(replace(role, employer=role.employer or employer)) if role.title else role for role in found
        ], opened

    def _stated(self, start: int, end: int, section: _Path, siblings: Siblings, opened: Role | None) -> list[Role]:
        """The positions that lines or list items state; items within a position tell of it."""
        found: list[Role] = []
        for a, b in roles.stretches(self.text, start, end):
            told = None if self._learns else siblings
            here = roles.entries(self.text, a, b, not opened, told)
            if not here and not opened:
                here = roles.items(self.text, a, b, told)
            found += here
            self.unread += [] if opened else unread(self.text, a, b, here)
        self._see(section, ((roles.header_at(self.text, role.stated), role) for role in found if role.title))
        return found

    def _of(self, heading: Heading, end: int, section: _Path, siblings: Siblings, opened: Role | None) -> Role | None:
        """The position that the heading opens; within another, or where none are listed, only if it says since when."""
        span = Span(heading.start, heading.end)
        role = roles.of_heading(self.text, span, heading.text, end, siblings.employer)
        if role and (opened or not siblings.alone) and not role.start:
            role = None
        one = roles.header_of(self.text, span, heading.level, heading.text, end)
        if not ((role and role.title) or opened or self._learns) and one:
            role = layout.told(one, siblings.layouts, siblings.employer, siblings.alone, siblings.mixed) or role
            if not role and one.ranges and siblings.alone and layout.looks_like_work(heading.text):
                self.unread.append(self.text[one.stated.start : one.stated.end])
        if role and role.title:
            self._see(section, [(one, role)])
        return self._numbered(role) if role else None

    def _see(self, section: _Path, seen: Iterable[tuple[Header | None, Role]]) -> None:
        self._seen.setdefault(section, []).extend((one, role) for one, role in seen if one)

    def _numbered(self, role: Role) -> Role:
        self.count += 1
        return replace(role, order=self.count)
