"""A document's sections → passages with exact offsets, stable ids and quotable units."""

from __future__ import annotations

import bisect
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.blocks import Scan
from ingest.packing import PIECES, pack, word_pieces
from ingest.schema import Document, Section
from ingest.sentences import trim
from rag.schema import Passage, Span

VERSION = "7"
"""Stamped in the manifest: whatever changes a passage raises it (readers, blocks, packing), and every document is cut
anew."""


def chunk(document: Document) -> tuple[Passage, ...]:
    """The document's passages, in order, not overlapping, each within one section.

    Only blank space and markup is left out. An edit changes the passages it touches and, in a section of several, a
    few after it: cuts re-synchronise at blocks whose own words ask for one.
    """
    text = document.text
    newlines = [m.start() for m in re.finditer("\n", text)]
    drafts: list[Passage] = []
    silent: list[Section | None] = []
    scan = Scan(document)
    for section in document.sections:
        blocks = scan.section(section)
        if not blocks:
            silent.append(section)
            continue
        context = _passage(document, section, Span(0, 0), (), "").context
        packed = (
            [blocks] if section.atomic else list(pack(text, blocks, max(PIECES - word_pieces(context), PIECES // 4)))
        )
        for group in packed:
            span = Span(group[0].start, group[-1].end)
            units = tuple(unit for block in group for unit in block.units)
            locator = _locator(section, span, newlines, split=len(packed) > 1)
            drafts.append(_passage(document, section, span, units, locator))
    for bare in [*silent, None]:
        role = bare.role if bare else document.role
        if role and role not in {draft.role for draft in drafts}:
            span = trim(text, role.stated.start, role.stated.end)
            if span.start < span.end and all(d.end <= span.start or span.end <= d.start for d in drafts):
                whose = bare or Section(span.start, span.end)
                drafts.append(_passage(document, whose, span, (span,), _locator(whose, span, newlines, split=False)))
    seen: Counter[tuple[str, str]] = Counter()
    return tuple(_identified(draft, seen) for draft in sorted(drafts, key=lambda d: d.start))


def _locator(section: Section, span: Span, newlines: Sequence[int], split: bool) -> str:
    headings = " › ".join(section.heading)
    if section.locator:
        return f"{section.locator} › {headings}" if headings else section.locator
    first, last = (bisect.bisect_left(newlines, at) + 1 for at in (span.start, span.end - 1))
    lines = f"ines {first}–{last}" if last > first else f"ine {first}"
    if not headings:
        return "L" + lines
    return f"{headings}, l{lines}" if split else headings


def _passage(document: Document, section: Section, span: Span, units: tuple[Span, ...], locator: str) -> Passage:
    return Passage(
        id="",
        source=document.source,
        kind=document.kind,
        title=document.title,
        heading=section.heading,
        locator=locator,
        start=span.start,
        end=span.end,
        text=document.text[span.start : span.end],
        sentences=_joined(document.text, units),
        role=section.role or document.role,
        date=section.date or document.date,
        url=document.url,
        employer=section.employer or document.employer,
    )


_FRAGMENT = re.compile(r"[^.!?:;|]{1,40}")
_MARKER = re.compile(r"(?:^|\n)[ \t>]*(?:[-*+•|]|\d{1,3}[.)])[ \t]*$")


def _joined(text: str, units: tuple[Span, ...]) -> tuple[Span, ...]:
    """A line of three words or fewer, no sentence and no list item, joined with what it stands over."""
    joined: list[Span] = []
    start: int | None = None
    for i, unit in enumerate(units):
        item = _MARKER.search(text, max(0, unit.start - 20), unit.start)
        said = text[unit.start : unit.end]
        short = not item and len(said.split()) <= 3 and _FRAGMENT.fullmatch(said)
        if item and start is not None:
            joined.append(Span(start, units[i - 1].end))
            start = None
        if short and i + 1 < len(units):
            start = unit.start if start is None else start
            continue
        joined.append(Span(unit.start if start is None else start, unit.end))
        start = None
    return tuple(joined)


def _identified(draft: Passage, seen: Counter[tuple[str, str]]) -> Passage:
    """With its id: from the source, the context, the text, and how often both stood in the document before."""
    key = (draft.context, draft.text)
    said = "\0".join((draft.source, *key, str(seen[key])))
    seen[key] += 1
    return replace(draft, id=hashlib.sha256(said.encode(errors="replace")).hexdigest()[:16])
