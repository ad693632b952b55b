"""A document's text, headings and pages → `Document`: title, kind, sections with their paths, positions held."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from ingest.headings import Heading, is_section, lines, plain
from ingest.readers.front_matter import FrontMatter
from ingest.readers.positions import Positions, Run, own, states
from ingest.schema import Document, Section
from rag.schema import Role, Span

_PLURALS = re.compile(r"(?:(?P<y>.{2,})ies|(?P<es>.+(?:ss|x|ch|sh))es|(?P<s>.+[^suin])s|(?P<ns>.+n)s)")


def build(
    source: str,
    text: str,
    headings: Sequence[Heading] = (),
    front: FrontMatter | None = None,
    gaps: Sequence[Span] = (),
    pages: Sequence[Span] = (),
    title: str = "",
    wrapped: bool = True,
) -> Document:
    """The document. `gaps` are in no section (comments), `pages` cut sections, `title` is the format's own idea of it.

    Headings, gaps and pages are in order and do not overlap among themselves.
    """
    front = front or FrontMatter()
    kind = front.kind or kind_of(source)
    title = front.title or title or _first(headings) or name_of(source)
    readable = _without(text, gaps)
    role = own(readable, headings, front, title) if kind == "experience" else None
    inner = kind in {"resume", "bio", "document"} or (kind == "experience" and not states(front))
    held = Positions(readable, kind == "experience", title, role.employer if role else "")
    found: list[Section] = []
    runs = list(_runs(text, headings, front.length, title))
    if inner:
        held.learn(runs)
    for run in runs:
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
        wrapped,
        tuple(" ".join(said.split()) for said in held.unread),
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


def _runs(text: str, headings: Sequence[Heading], start: int, title: str) -> Iterator[Run]:
    above: list[Heading] = []
    here, heading = start, None
    path: tuple[str, ...] = ()
    for following in headings:
        yield Run(here, following.start, path, heading)
        above = [h for h in above if h.level < following.level] + [following]
        path = tuple(h.text for h in above if h.text and h.text.casefold() != title.casefold())
        here, heading = following.end, following
    yield Run(here, len(text), path, heading)


def _sections(
    text: str, run: Run, gaps: Sequence[Span], pages: Sequence[Span], cuts: Sequence[Role], opened: Role | None
) -> Iterator[Section]:
    """The run's sections: one, unless gaps, pages or positions divide it."""
    edges = {run.start, run.end, *(_line_of(text, role) for role in cuts)}
    inside = [gap for gap in gaps if gap.start < run.end and gap.end > run.start]
    edges |= {edge for span in [*inside, *pages] for edge in (span.start, span.end)}
    ordered = sorted(edge for edge in edges if run.start <= edge <= run.end)
    silent = True
    for start, end in itertools.pairwise(ordered):
        if any(gap.start <= start and end <= gap.end for gap in inside):
            continue
        body = [(a, b) for a, b in lines(text, start, end) if text[a:b].strip(" \t\ufeff\x0c")]
        if not body:
            continue
        last = body[-1][0] + len(text[body[-1][0] : body[-1][1]].rstrip())
        role = next((r for r in reversed(cuts) if _line_of(text, r) <= start), opened)
        if role and role in cuts and not role.title:
            role = None  # something else begins there, not known what
        page = next((i for i, p in enumerate(pages, 1) if p.start <= start < p.end), 0)
        yield Section(body[0][0], last, run.path, f"Page {page}" if page else "", role)
        silent = False
    if silent and opened and run.heading and run.heading.start <= opened.stated.start <= run.heading.end:
        yield Section(run.start, run.start, run.path, "", opened)


def _line_of(text: str, role: Role) -> int:
    """Where the line begins that states a position, which may be a list item."""
    return max(text.rfind("\n", 0, role.stated.start), text.rfind("\r", 0, role.stated.start)) + 1


def title_line(text: str, longest: int = 80) -> str:
    """The first line of a text that has no headings of its own, where it is short enough to be a title."""
    first = next((text[a:b].strip(" \t\ufeff") for a, b in lines(text) if text[a:b].strip(" \t\ufeff")), "")
    wanted = len(first) <= longest and not is_section(first) and first[-1:] not in ",;:"
    return plain(first) if wanted else ""
