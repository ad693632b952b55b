"""Blocks → passages that the embedding model reads to their end."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

from ingest.blocks import Block
from ingest.sentences import trim
from rag.schema import Span

WORDS = 200
"""A passage's most words, an atomic section apart."""
PIECES = 250
"""A passage's most word pieces, its context included: the bundled model cuts at 256, two of them its own."""
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\s{_CJK}]+")
_PIECE = re.compile(rf"[{_CJK}]|[^\W\d_{_CJK}]{{1,6}}|\d{{1,2}}|[^\w\s]|_")


def pack(text: str, blocks: Sequence[Block], budget: int) -> Iterator[list[Block]]:
    """Neighbours together while they fit, blocks that are too long in pieces of their own.

    From half full on, a block whose words hash to an even number starts a new passage. This is what brings the cuts
    behind an edit back to where they were.
    """
    group: list[Block] = []
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


def _led(text: str, blocks: Sequence[Block], budget: int) -> Iterator[Block]:
    """Blocks, one that ends with a colon joined to what it announces."""
    waiting: Block | None = None
    for block in blocks:
        joined = block
        if waiting:
            joined = Block(waiting.start, block.end, (*waiting.units, *block.units))
            if not _fits(text, joined.start, joined.end, budget):
                yield waiting
                joined = block
        waiting = joined if text[joined.end - 1] == ":" else None
        if not waiting:
            yield joined
    if waiting:
        yield waiting


def _pack_pieces(text: str, block: Block, budget: int) -> Iterator[list[Block]]:
    """A block too long for one passage: its units, packed, and where a unit is too long its words."""
    pieces: list[Block] = []
    start = block.start
    for unit in block.units:
        span = trim(text, start, unit.end)
        start = unit.end
        if _fits(text, span.start, span.end, budget):
            pieces.append(Block(span.start, span.end, (unit,)))
        else:
            pieces += _by_words(text, span, unit, budget)
    group: list[Block] = []
    for piece in pieces:
        if group and not _fits(text, group[0].start, piece.end, budget):
            yield group
            group = []
        group.append(piece)
    yield group


def _by_words(text: str, span: Span, unit: Span, budget: int) -> Iterator[Block]:
    """A stretch without an end of sentence, cut between words; a single endless word stays whole."""
    start, end, words, pieces = span.start, span.start, 0, 0
    for match in _WORD.finditer(text, span.start, span.end):
        cost = word_pieces(match[0])
        if end > max(start, unit.start) and (words + 1 > WORDS or pieces + cost > budget):
            yield Block(start, end, (Span(max(start, unit.start), end),))
            start, words, pieces = match.start(), 0, 0
        end, words, pieces = match.end(), words + 1, pieces + cost
    yield Block(start, end, (Span(max(start, unit.start), end),))


def _asks(text: str, block: Block) -> bool:
    return hashlib.sha256(text[block.start : block.end].encode(errors="replace")).digest()[0] % 2 == 0


def word_pieces(text: str) -> int:
    """About how many word pieces the bundled model makes of the text."""
    return len(_PIECE.findall(text))


def _fits(text: str, start: int, end: int, budget: int, share: float = 1.0) -> bool:
    if end - start > 16 * WORDS:
        return False
    stretch = text[start:end]
    return len(stretch.split()) <= WORDS * share and word_pieces(stretch) <= budget * share
