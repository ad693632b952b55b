"""A document's sections → passages with exact offsets, stable ids and quotable units.

Markup is blanked first, in a copy of the same length, so that everything after it may look at words alone and still
speak of the document's own offsets.
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.schema import Document, Section
from ingest.sentences import DANGLING, SAID, sentences, trim
from rag.schema import Passage, Span

VERSION = "4"
"""Stamped in the manifest: a change of this file that moves a boundary raises it, and every document is cut anew."""

WORDS = 200
"""A passage's most words, an atomic section apart."""
PIECES = 250
"""A passage's most word pieces, its context included: the bundled model cuts at 256, two of them its own."""
ITEM_WORDS = 60
"""A list item or a code block of fewer words is one quotable unit, a longer one its sentences or its lines."""
ENDLESS = 30
"""Characters of a word that no writer would wrap a line at."""
MAX_DEPTH = 20
"""Of nested lists; what lies deeper is read as prose."""

_ATTRIBUTES = r"""(?:"[^"]{0,2000}"|'[^']{0,2000}'|\{(?:[^{}]|\{[^{}]{0,500}\}){0,2000}+\}|[^<>"'{}])*+"""
_TAG = rf"(?:</|(?<![\w`])<)[A-Za-z][\w.-]*+(?=[\s/>]){_ATTRIBUTES}>"
_IMAGE = r"\[?!\[[^\]\n]*\]\([^)\n]*\)(?:\]\([^)\n]*\))?"
_MARKUP = re.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|<!--(?:[^-]++|-(?!->)){0,200}+-->"
    rf"|{_TAG}"
    rf"|^[ \t]*{_IMAGE}[ \t]*$"
    r"|^[ \t]*(?:>[ \t]?)+"
    r"|^[ \t]*([-*_])(?:[ \t]*\2){2,}[ \t\r]*$"
    r"|^ {0,3}\[[^\]^\n][^\]\n]*\]:[ \t]+\S+(?:[ \t]+[\"'(][^\n]*[\"')])?[ \t\r]*$"
    r"|^import[ \t]+(?:[\w*{][^;'\"]{0,400}?[ \t\n]from[ \t]+)?(['\"])[^'\"\n]*\3;?[ \t\r]*$"
    r"|^export[ \t]+(?:const|let|default|function|async)\b[^\n]*$",
    re.MULTILINE,
)
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})([^`\n]*)$")
_ITEM = re.compile(r"([ \t]*)(?:[-*+•◦▪‣●○■·–]|(\d{1,3})[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_BULLET = re.compile(r"[ \t]*(?:[-*+•◦▪‣●○■]|1[.)])[ \t]+\S")
"""An item that may follow a line of prose; `12.` or a dash at a line's start may as well be prose, wrapped."""
_RULE_ROW = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t\r]*$")
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\s{_CJK}]+")
_PIECE = re.compile(rf"[{_CJK}]|[^\W\d_{_CJK}]{{1,6}}|\d{{1,2}}|[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, list item, table or code block; a piece of one where it is too long."""

    start: int
    end: int
    units: tuple[Span, ...]


def chunk(document: Document) -> tuple[Passage, ...]:
    """The document's passages, in order, not overlapping, each within one section.

    Only blank space and markup is left out. An edit changes the passages it touches and, in a section of several, a
    few after it: cuts re-synchronise at blocks whose own words ask for one.
    """
    text = document.text
    newlines = [m.start() for m in re.finditer("\n", text)]
    drafts: list[Passage] = []
    silent: list[Section | None] = []
    scan = _Scan(text, *_blanked(document), document.wrapped)
    for section in document.sections:
        blocks = scan.blocks(_lines(text, section))
        if not blocks:
            silent.append(section)
            continue
        context = _passage(document, section, Span(0, 0), (), "").context
        packed = [blocks] if section.atomic else list(_pack(text, blocks, max(PIECES - _pieces(context), PIECES // 4)))
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


def _blanked(document: Document) -> tuple[str, dict[int, int]]:
    """The text with white space for markup (outside code) and for what no section holds, of equal length.

    With it the fenced code blocks, start → end, their fences included; an unclosed one reaches its section's end.
    """
    parts: list[str] = []
    fences: dict[int, int] = {}
    here = 0
    for section in document.sections:
        parts.append(" " * (section.start - here))
        here = section.start
        found = list(_fences(document.text, _lines(document.text, section)))
        for a, b in [*found, (section.end, section.end)]:
            parts += [_MARKUP.sub(_blank, document.text[here:a]), document.text[a:b]]
            here = b
        fences |= dict(found)
    return "".join(parts), fences


def _blank(match: re.Match[str]) -> str:
    return match[0] if match["code"] else re.sub(r"[^\n]", " ", match[0])


def _lines(text: str, section: Section) -> list[tuple[int, int]]:
    lines, here = [], section.start
    while here < section.end:
        stop = text.find("\n", here, section.end)
        stop = section.end if stop < 0 else stop
        lines.append((here, stop))
        here = stop + 1
    return lines


def _fences(text: str, lines: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    opened, mark = -1, ""
    for a, b in lines:
        match = _FENCE.match(text[a:b].rstrip())
        if opened < 0 and match:
            opened, mark = a, match[1]
        elif opened >= 0 and match and match[1].startswith(mark) and not match[2].strip():
            yield opened, b
            opened = -1
    if opened >= 0:
        yield opened, lines[-1][1]


class _Scan:
    """Lines → blocks. `words` is the text with its markup blanked, `fences` its code blocks, start → end."""

    def __init__(self, text: str, words: str, fences: dict[int, int], wrapped: bool) -> None:
        self.text, self.words, self.fences, self.wrapped = text, words, fences, wrapped

    def line(self, line: tuple[int, int]) -> str:
        return self.words[line[0] : line[1]]

    def quoted(self, line: tuple[int, int]) -> bool:
        return self.text[line[0] : line[1]].lstrip().startswith(">")

    def table(self, lines: Sequence[tuple[int, int]], i: int) -> bool:
        line = self.line(lines[i])
        if line.lstrip().startswith("|"):
            return True
        below = self.line(lines[i + 1]) if i + 1 < len(lines) else ""
        return "|" in line and "|" in below and bool(_RULE_ROW.match(below))

    def blocks(self, lines: Sequence[tuple[int, int]], depth: int = 0) -> list[_Block]:
        """`depth`: of the list whose item the lines are, so that a short paragraph is one unit."""
        blocks, i = [], 0
        while i < len(lines):
            if not self.line(lines[i]).strip():
                i += 1
                continue
            first = i
            units: Iterable[Span]
            if fence := self.fences.get(lines[i][0]):
                while i < len(lines) and lines[i][1] <= fence:
                    i += 1
                units = self.code(lines[first:i])
            elif depth < MAX_DEPTH and (match := _ITEM.match(self.line(lines[i]))):
                i = self.item_end(lines, i, len(match[1].expandtabs(4)))
                content = [(lines[first][0] + match.end(), lines[first][1]), *lines[first + 1 : i]]
                units = [unit for block in self.blocks(content, depth + 1) for unit in block.units]
            elif self.table(lines, i):
                while i < len(lines) and "|" in self.line(lines[i]):
                    i += 1
                units = [trim(self.text, a, b) for a, b in lines[first:i] if SAID.search(self.words, a, b)]
            else:
                i = self.paragraph_end(lines, i)
                units = self.prose(lines[first:i], depth > 0)
            span = trim(self.text, lines[first][0], lines[i - 1][1])
            if said := tuple(units):
                blocks.append(_Block(span.start, span.end, said))
        return blocks

    def item_end(self, lines: Sequence[tuple[int, int]], i: int, indent: int) -> int:
        """The line after the item that starts at `i`: nested items and indented paragraphs are its own."""
        end, after_blank, i = i + 1, False, i + 1
        while i < len(lines):
            line = self.line(lines[i])
            if not line.strip():
                after_blank = True
                i += 1
                continue
            deeper = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()) > indent
            starts = bool(_ITEM.match(line)) or lines[i][0] in self.fences or self.table(lines, i)
            if not deeper and (after_blank or starts):
                break
            fence = self.fences.get(lines[i][0], lines[i][1])
            while i < len(lines) and lines[i][1] <= fence:
                i += 1
            end, after_blank = i, False
        return end

    def paragraph_end(self, lines: Sequence[tuple[int, int]], i: int) -> int:
        quoted = self.quoted(lines[i])
        i += 1
        while i < len(lines) and self.line(lines[i]).strip():
            starts = _BULLET.match(self.line(lines[i])) or lines[i][0] in self.fences or self.table(lines, i)
            if starts or (self.quoted(lines[i]) and not quoted):
                break
            i += 1
        return i

    def code(self, lines: Sequence[tuple[int, int]]) -> list[Span]:
        whole = trim(self.text, lines[0][0], lines[-1][1])
        inner = [line for line in lines if not _FENCE.match(self.line(line)) and SAID.search(self.words, *line)]
        if len(self.text[whole.start : whole.end].split()) < ITEM_WORDS:
            return [whole] if inner else []
        return [trim(self.text, a, b) for a, b in inner]

    def prose(self, lines: Sequence[tuple[int, int]], item: bool) -> Iterator[Span]:
        for start, end in self.runs(lines):
            whole = trim(self.words, start, end)
            short = item and len(self.words[whole.start : whole.end].split()) < ITEM_WORDS
            for span in [whole] if short else sentences(self.words, whole.start, whole.end):
                if SAID.search(self.words, span.start, span.end):
                    yield span

    def runs(self, lines: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Stretches of lines that belong together, cut where the writer ended a line before it was full.

        A full line is one that the next line's first word would have made longer than the paragraph is wide. Lines
        with an endless word (an address) do not tell how wide that is.
        """
        said = [self.line(line).strip() for line in lines]
        width = max((len(line) for line in said if max(map(len, line.split())) <= ENDLESS), default=0)
        start = lines[0][0]
        for line, below in itertools.pairwise(lines):
            raw, following = self.line(line).rstrip("\r"), self.line(below).split()
            room = len(raw.strip()) + 1 + len(following[0]) <= 0.9 * width
            asked = not self.wrapped or raw.endswith(("  ", "\\"))
            open_ended = raw.rstrip()[-1:] in ",;-–—(&/" or raw.split()[-1].casefold() in DANGLING
            row = not self.wrapped and " | " in raw
            if row or ((asked or room) and not following[0][:1].islower() and not open_ended):
                yield start, line[1]
                start = below[0]
        yield start, lines[-1][1]


def _pack(text: str, blocks: Sequence[_Block], budget: int) -> Iterator[list[_Block]]:
    """Neighbours together while they fit, blocks that are too long in pieces of their own.

    From half full on, a block whose words hash to an even number starts a new passage. This is what brings the cuts
    behind an edit back to where they were.
    """
    group: list[_Block] = []
    if _fits(text, blocks[0].start, blocks[-1].end, budget):
        yield list(blocks)
        return
    for block in _led(text, blocks, budget):
        if not _fits(text, block.start, block.end, budget):
            if group:
                yield group
                group = []
            yield from _pack_pieces(text, block, budget)
            continue
        if group and (
            not _fits(text, group[0].start, block.end, budget)
            or (_asks(text, block) and not _fits(text, group[0].start, group[-1].end, budget, share=0.5))
        ):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _led(text: str, blocks: Sequence[_Block], budget: int) -> Iterator[_Block]:
    """Blocks, one that ends with a colon joined to what it announces."""
    waiting: _Block | None = None
    for block in blocks:
        joined = block
        if waiting:
            joined = _Block(waiting.start, block.end, (*waiting.units, *block.units))
            if not _fits(text, joined.start, joined.end, budget):
                yield waiting
                joined = block
        waiting = joined if text[joined.end - 1] == ":" else None
        if not waiting:
            yield joined
    if waiting:
        yield waiting


def _pack_pieces(text: str, block: _Block, budget: int) -> Iterator[list[_Block]]:
    """A block too long for one passage: its units, packed, and where a unit is too long its words."""
    pieces: list[_Block] = []
    start = block.start
    for unit in block.units:
        span = trim(text, start, unit.end)
        start = unit.end
        if _fits(text, span.start, span.end, budget):
            pieces.append(_Block(span.start, span.end, (unit,)))
        else:
            pieces += _by_words(text, span, unit, budget)
    group: list[_Block] = []
    for piece in pieces:
        if group and not _fits(text, group[0].start, piece.end, budget):
            yield group
            group = []
        group.append(piece)
    yield group


def _by_words(text: str, span: Span, unit: Span, budget: int) -> Iterator[_Block]:
    """A stretch without an end of sentence, cut between words; a single endless word stays whole."""
    start, end, words, pieces = span.start, span.start, 0, 0
    for match in _WORD.finditer(text, span.start, span.end):
        cost = _pieces(match[0])
        if end > max(start, unit.start) and (words + 1 > WORDS or pieces + cost > budget):
            yield _Block(start, end, (Span(max(start, unit.start), end),))
            start, words, pieces = match.start(), 0, 0
        end, words, pieces = match.end(), words + 1, pieces + cost
    yield _Block(start, end, (Span(max(start, unit.start), end),))


def _asks(text: str, block: _Block) -> bool:
    return hashlib.sha256(text[block.start : block.end].encode(errors="replace")).digest()[0] % 2 == 0


def _pieces(text: str) -> int:
    """About how many word pieces the bundled model makes of the text."""
    return len(_PIECE.findall(text))


def _fits(text: str, start: int, end: int, budget: int, share: float = 1.0) -> bool:
    if end - start > 16 * WORDS:
        return False
    stretch = text[start:end]
    return len(stretch.split()) <= WORDS * share and _pieces(stretch) <= budget * share


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
