"""Positions that a document tells of: one for itself, or several under its headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest import roles
from ingest.headings import Heading, holds_positions, lines, plain
from ingest.readers.front_matter import FrontMatter
from rag.schema import Role, Span


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
        found = roles.of_heading(text, Span(top.start, top.end), top.text, below)
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
        self.titled = holds_positions(title)
        self.count = 0
        self._open: list[tuple[tuple[str, ...], Role | None, str]] = []

    def run(self, run: Run) -> tuple[list[Role], Role | None]:
        """Positions that the run's lines state, and the one that it opens with (its heading's, or one from above)."""
        names = [i for i, name in enumerate(run.path) if holds_positions(name)]
        if not (names or self.titled or self.experience):
            return [], None
        below = run.path[names[-1] + 1 :] if names else run.path
        self._open = [one for one in self._open if len(one[0]) < len(run.path) and run.path[: len(one[0])] == one[0]]
        opened = next((role for _, role, _ in reversed(self._open) if role), None)
        employer = next((said for _, _, said in reversed(self._open) if said), self.employer)
        start = run.start
        if below and run.heading:
            strict = bool(opened) or not (names or self.titled)
            if role := self._of(run.heading, run.end, employer, strict):
                opened, employer, start = role, role.employer, max(run.start, role.stated.end)
            elif not opened:
                employer = roles.employer_of(below[-1]) or employer
            self._open.append((run.path, opened, employer))
        found = roles.entries(self.text, start, run.end, unknown=not opened) if names or self.titled else []
        return [
            self._numbered(replace(role, employer=role.employer or employer)) if role.title else role for role in found
        ], opened

    def _of(self, heading: Heading, end: int, employer: str, strict: bool) -> Role | None:
        """The position that the heading opens; `strict`: only where it says since when."""
        span = Span(heading.start, heading.end)
        role = roles.of_heading(self.text, span, heading.text, end, employer)
        return None if not role or (strict and not role.start) else self._numbered(role)

    def _numbered(self, role: Role) -> Role:
        self.count += 1
        return replace(role, order=self.count)
