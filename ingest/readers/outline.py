"""A document's text, headings and pages → `Document`: title, kind, sections with their paths, positions held."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ingest import roles
from ingest.headings import Heading, holds_positions, is_section, lines, plain
from ingest.readers.front_matter import FrontMatter
from ingest.schema import Document, Section
from rag.schema import Role, Span

_PLURALS = re.compile(r"(?:(?P<y>.{2,})ies|(?P<es>.+(?:ss|x|ch|sh))es|(?P<s>.+[^suin])s|(?P<ns>.+n)s)")


@dataclass(frozen=True, slots=True)
class _Run:
    """What lies between a heading and the next one."""

    start: int
    end: int
    path: tuple[str, ...] = ()
    heading: Heading | None = None


def build(
    source: str,
    text: str,
    headings: Sequence[Heading] = (),
    front: FrontMatter | None = None,
    gaps: Sequence[Span] = (),
    pages: Sequence[Span] = (),
    title: str = "",
) -> Document:
    """The document. `gaps` are in no section (comments), `pages` cut sections, `title` is the format's own idea of it.

    Headings, gaps and pages are in order and do not overlap among themselves.
    """
    front = front or FrontMatter()
    kind = front.kind or kind_of(source)
    title = front.title or title or _first(headings) or name_of(source)
    readable = _without(text, gaps)
    role = _own_role(readable, headings, front, title) if kind == "experience" else None
    inner = kind in {"resume", "bio", "document"} or (kind == "experience" and not _states(front))
    held = _Held(readable, kind == "experience", title, role.employer if role else "")
    found: list[Section] = []
    for run in _runs(text, headings, front.length, title):
        cuts, opened = held.run(run) if inner else ([], None)
        found += _sections(text, run, gaps, pages, cuts, opened)
    if role and not (role.title or role.start) and held.count:
        role = None  # the employer of positions that are stated one by one below it
    return Document(
        source,
        kind,
        title,
        text,
        tuple(found),
        role,
        front.date,
        front.url,
        front.employer,
        front.full_text,
        front.private,
    )


def kind_of(source: str) -> str:
    """The top folder's name in the singular; at the top itself `resume` by the file's name, else `document`."""
    path = PurePosixPath(source)
    if len(path.parts) == 1:
        return (
            "resume" if re.search(r"resum|(?<![a-z])cv(?![a-z])|résum|lebenslauf", path.stem.casefold()) else "document"
        )
    folder = path.parts[0].casefold()
    match = _PLURALS.fullmatch(folder)
    if not match or folder in {"series", "news", "species"}:
        return folder
    return match["y"] + "y" if match["y"] else match["es"] or match["s"] or match["ns"]


def name_of(source: str) -> str:
    """The file's name as a title: `my-cv_2024.pdf` → `My cv 2024`."""
    stem = " ".join(re.split(r"[-_\s]+", PurePosixPath(source).stem)).strip()
    return stem[:1].upper() + stem[1:]


def _first(headings: Sequence[Heading]) -> str:
    """The first of the outermost headings; where there are several, not one that only names a section."""
    top = [h.text for h in headings if h.level == 1 and h.text]
    return next((text for text in top if len(top) == 1 or not is_section(text)), "")


def _without(text: str, gaps: Sequence[Span]) -> str:
    """The text with spaces for what must not be read."""
    parts, here = [], 0
    for gap in gaps:
        parts += [text[here : gap.start], re.sub(r"[^\r\n]", " ", text[gap.start : gap.end])]
        here = gap.end
    return "".join([*parts, text[here:]])


def _states(front: FrontMatter) -> bool:
    return bool(
        front.role or front.employer or front.start or front.end or (front.title and not holds_positions(front.title))
    )


def _own_role(text: str, headings: Sequence[Heading], front: FrontMatter, title: str) -> Role | None:
    """The position that a document of its own describes: front matter, then its first heading and the lines below."""
    if holds_positions(front.role or title) and not (front.employer or front.start):
        return None
    role = Role()
    top = next((h for h in headings if h.level == 1), None)
    if top and not holds_positions(top.text):
        below = min((h.start for h in headings if h.start > top.start), default=len(text))
        found = roles.of_heading(text, Span(top.start, top.end), top.text, below)
        if found or not _states(front):
            employer = roles.employer_of(top.text, certain=True)
            role = found or Role("" if employer else top.text, employer, stated=Span(top.start, top.end))
    stated = front.stated if front.stated.end else role.stated
    return Role(
        title=front.role or front.title or role.title,
        employer=front.employer or role.employer,
        employer_basis=front.employer_basis,
        start=front.start or ("" if front.end else role.start),
        end=front.end or ("" if front.start else role.end),
        location=front.location or role.location,
        order=front.order,
        stated=stated,
    )


def _runs(text: str, headings: Sequence[Heading], start: int, title: str) -> Iterator[_Run]:
    above: list[Heading] = []
    here, path, heading = start, (), None
    path = ()
    for following in headings:
        yield _Run(here, following.start, path, heading)
        above = [h for h in above if h.level < following.level] + [following]
        path = tuple(h.text for h in above if h.text and h.text.casefold() != title.casefold())
        here, heading = following.end, following
    yield _Run(here, len(text), path, heading)


class _Held:
    """Finds the positions as it is given the runs in order; knows which employer stands above and how many there were."""

    def __init__(self, text: str, experience: bool, title: str, employer: str) -> None:
        self.text, self.experience, self.employer = text, experience, employer
        self.titled = holds_positions(title)
        self.count = 0
        self.open: list[tuple[tuple[str, ...], Role | None, str]] = []

    def run(self, run: _Run) -> tuple[list[Role], Role | None]:
        """Positions that the run's lines state, and the one that it opens with (its heading's, or one from above)."""
        names = [i for i, name in enumerate(run.path) if holds_positions(name)]
        if not (names or self.titled or self.experience):
            return [], None
        below = run.path[names[-1] + 1 :] if names else run.path
        self.open = [one for one in self.open if run.path[: len(one[0])] == one[0] and len(one[0]) < len(run.path)]
        opened = next((role for _, role, _ in reversed(self.open) if role), None)
        employer = next((said for _, _, said in reversed(self.open) if said), self.employer)
        start = run.start
        if below and run.heading and (own := self._headed(run, opened, employer, strict=not names)):
            opened, start = own, max(run.start, own.stated.end)
            employer = own.employer
        elif below and not opened:
            employer = roles.employer_of(below[-1]) or employer
        if below:
            self.open.append((run.path, opened, employer))
        listed = bool(names or self.titled)
        cuts = (
            [
                self._numbered(replace(r, employer=r.employer or employer))
                for r in roles.entries(self.text, start, run.end)
            ]
            if listed
            else []
        )
        return cuts, opened

    def _headed(self, run: _Run, opened: Role | None, employer: str, strict: bool) -> Role | None:
        heading = run.heading
        assert heading
        role = roles.of_heading(self.text, Span(heading.start, heading.end), heading.text, run.end, employer)
        if not role or ((strict or opened) and not role.start):
            return None
        return self._numbered(role)

    def _numbered(self, role: Role) -> Role:
        self.count += 1
        return replace(role, order=self.count)


def _sections(
    text: str, run: _Run, gaps: Sequence[Span], pages: Sequence[Span], cuts: Sequence[Role], opened: Role | None
) -> Iterator[Section]:
    """The run's sections: one, unless gaps, pages or positions divide it."""
    edges = {run.start, run.end, *(role.stated.start for role in cuts)}
    inside = [gap for gap in gaps if gap.start < run.end and gap.end > run.start]
    edges |= {edge for span in [*inside, *pages] for edge in (span.start, span.end)}
    ordered = sorted(edge for edge in edges if run.start <= edge <= run.end)
    silent = True
    for start, end in zip(ordered, ordered[1:], strict=False):
        if any(gap.start <= start and end <= gap.end for gap in inside):
            continue
        body = [(a, b) for a, b in lines(text, start, end) if text[a:b].strip(" \t\ufeff\x0c")]
        if not body:
            continue
        last = body[-1][0] + len(text[body[-1][0] : body[-1][1]].rstrip())
        role = next((r for r in reversed(cuts) if r.stated.start <= start), opened)
        page = next((i for i, p in enumerate(pages, 1) if p.start <= start < p.end), 0)
        yield Section(body[0][0], last, run.path, f"Page {page}" if page else "", role)
        silent = False
    if silent and opened and run.heading and run.heading.start <= opened.stated.start <= run.heading.end:
        yield Section(run.start, run.start, run.path, "", opened)


def title_line(text: str, longest: int = 80) -> str:
    """The first line of a text that has no headings of its own, where it is short enough to be a title."""
    first = next((text[a:b].strip(" \t\ufeff") for a, b in lines(text) if text[a:b].strip(" \t\ufeff")), "")
    return plain(first) if len(first) <= longest and not is_section(first) else ""
