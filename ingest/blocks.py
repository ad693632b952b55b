"""A section's lines → blocks: paragraphs, list items, tables, code, each with the units that may be quoted of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.markup import FENCE, blanked, lines
from ingest.schema import Document, Section
from ingest.sentences import DANGLING, SAID, sentences, trim
from rag.schema import Span

ITEM_WORDS = 60
"""A list item or a code block of fewer words is one quotable unit, a longer one its sentences or its lines."""
ENDLESS = 30
"""Characters of a word that no writer would wrap a line at."""
MAX_DEPTH = 20
"""Of nested lists; what lies deeper is read as prose."""

_ITEM = re.compile(r"([ \t]*)(?:[-*+•◦▪‣●○■·–]|(\d{1,3})[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_BULLET = re.compile(r"[ \t]*(?:[-*+•◦▪‣●○■]|1[.)])[ \t]+\S")
"""An item that may follow a line of prose; `12.` or a dash at a line's start may as well be prose, wrapped."""
_RULE_ROW = re.compile(r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t\r]*+$")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table or code block; a piece of one where it is too long."""

    start: int
    end: int
    units: tuple[Span, ...]


class Scan:
    """Finds the blocks of a document's sections. `words` is its text with its markup blanked, `fences` its code."""

    def __init__(self, document: Document) -> None:
        self.text, self.wrapped = document.text, document.wrapped
        self.words, self.fences = blanked(document)

    def section(self, section: Section) -> list[Block]:
        """In order; empty for a section that says nothing."""
        return self._blocks(lines(self.text, section))

    def _line(self, line: tuple[int, int]) -> str:
        return self.words[line[0] : line[1]]

    def _quoted(self, line: tuple[int, int]) -> bool:
        return self.text[line[0] : line[1]].lstrip().startswith(">")

    def _table(self, lines: Sequence[tuple[int, int]], i: int) -> bool:
        line = self._line(lines[i])
        if line.lstrip().startswith("|"):
            return True
        below = self._line(lines[i + 1]) if i + 1 < len(lines) else ""
        return "|" in line and "|" in below and bool(_RULE_ROW.match(below))

    def _blocks(self, lines: Sequence[tuple[int, int]], depth: int = 0) -> list[Block]:
        """`depth`: of the list whose item the lines are, so that a short paragraph is one unit."""
        blocks, i = [], 0
        while i < len(lines):
            if not self._line(lines[i]).strip():
                i += 1
                continue
            first = i
            units: Iterable[Span]
            if fence := self.fences.get(lines[i][0]):
                while i < len(lines) and lines[i][1] <= fence:
                    i += 1
                units = self._code(lines[first:i])
            elif depth < MAX_DEPTH and (match := _ITEM.match(self._line(lines[i]))):
                i = self._item_end(lines, i, len(match[1].expandtabs(4)))
                content = [(lines[first][0] + match.end(), lines[first][1]), *lines[first + 1 : i]]
                units = [unit for block in self._blocks(content, depth + 1) for unit in block.units]
            elif self._table(lines, i):
                while i < len(lines) and "|" in self._line(lines[i]):
                    i += 1
                units = [trim(self.text, a, b) for a, b in lines[first:i] if SAID.search(self.words, a, b)]
            else:
                i = self._paragraph_end(lines, i)
                units = self._prose(lines[first:i], depth > 0)
            span = trim(self.text, lines[first][0], lines[i - 1][1])
            if said := tuple(units):
                blocks.append(Block(span.start, span.end, said))
        return blocks

    def _item_end(self, lines: Sequence[tuple[int, int]], i: int, indent: int) -> int:
        """The line after the item that starts at `i`: nested items and indented paragraphs are its own."""
        end, after_blank, i = i + 1, False, i + 1
        while i < len(lines):
            line = self._line(lines[i])
            if not line.strip():
                after_blank = True
                i += 1
                continue
            deeper = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()) > indent
            starts = bool(_ITEM.match(line)) or lines[i][0] in self.fences or self._table(lines, i)
            if not deeper and (after_blank or starts):
                break
            fence = self.fences.get(lines[i][0], lines[i][1])
            while i < len(lines) and lines[i][1] <= fence:
                i += 1
            end, after_blank = i, False
        return end

    def _paragraph_end(self, lines: Sequence[tuple[int, int]], i: int) -> int:
        quoted = self._quoted(lines[i])
        i += 1
        while i < len(lines) and self._line(lines[i]).strip():
            starts = _BULLET.match(self._line(lines[i])) or lines[i][0] in self.fences or self._table(lines, i)
            if starts or (self._quoted(lines[i]) and not quoted):
                break
            i += 1
        return i

    def _code(self, lines: Sequence[tuple[int, int]]) -> list[Span]:
        whole = trim(self.text, lines[0][0], lines[-1][1])
        inner = [line for line in lines if not FENCE.match(self._line(line)) and SAID.search(self.words, *line)]
        if len(self.text[whole.start : whole.end].split()) < ITEM_WORDS:
            return [whole] if inner else []
        return [trim(self.text, a, b) for a, b in inner]

    def _prose(self, lines: Sequence[tuple[int, int]], item: bool) -> Iterator[Span]:
        for start, end in self._runs(lines):
            whole = trim(self.words, start, end)
            short = item and len(self.words[whole.start : whole.end].split()) < ITEM_WORDS
            for span in [whole] if short else sentences(self.words, whole.start, whole.end):
                if SAID.search(self.words, span.start, span.end):
                    yield span

    def _runs(self, lines: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Stretches of lines that belong together, cut where the writer ended a line before it was full.

        A full line is one that the next line's first word would have made longer than the paragraph is wide. Lines
        with an endless word (an address) do not tell how wide that is.
        """
        said = [self._line(line).strip() for line in lines]
        width = max((len(line) for line in said if max(map(len, line.split())) <= ENDLESS), default=0)
        start = lines[0][0]
        headed = not self.wrapped and _is_headed(said)
        for line, below in itertools.pairwise(lines):
            raw, following = self._line(line).rstrip("\r"), self._line(below).split()
            room = len(raw.strip()) + 1 + len(following[0]) <= 0.9 * width
            asked = not self.wrapped or raw.endswith(("  ", "\\"))
            open_ended = raw.rstrip()[-1:] in ",;-–—(&/" or raw.split()[-1].casefold() in DANGLING
            row = not self.wrapped and " | " in raw
            if headed and line is lines[0]:
                continue
            if row or ((asked or room) and not following[0][:1].islower() and not open_ended):
                yield start, line[1]
                start = below[0]
        yield start, lines[-1][1]


def _is_headed(rows: Sequence[str]) -> bool:
    """Whether a table's first row only names its columns: one without a digit, over rows that all have one."""
    columns = rows[0].count(" | ")
    return (
        len(rows) > 1
        and columns > 1
        and not re.search(r"\d", rows[0])
        and all(row.count(" | ") == columns and re.search(r"\d", row) for row in rows[1:])
    )
