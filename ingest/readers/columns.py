"""Text set in columns, as fixed-width lines → the same lines one column after the other.

A gutter is a vertical strip that is blank on many lines in a row, where the right side begins at one place. Dates set
flush right and tables look alike, so both sides must read like columns: section names, or prose on both.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from ingest.dates import period
from ingest.headings import is_section

GAP = 3
"""Blank characters of a gutter at least; pypdf sets about 1.25 columns for a character."""
LONGEST = 80
"""Characters of a word that is looked at for lost blanks."""
_START = re.compile(r"(?:^|(?<=\S)) {3,}(?=\S)")


def unwoven(lines: Sequence[str], depth: int = 2) -> list[str]:
    """The lines with every stretch that is set in columns read column by column; `depth`: columns within columns."""
    gutter = _gutter(lines) if depth else None
    if gutter is None:
        return [line.strip() for line in lines]
    done: list[str] = []
    stretch: list[str] = []
    for line in [*lines, None]:
        if line is not None and (not line.strip() or not _crosses(line, gutter)):
            stretch.append(line)
            continue
        done += _divided(stretch, gutter, depth)
        stretch = []
        if line is not None:
            done.append(line.strip())
    return done


def parted(text: str, plain: str) -> str:
    """The text with the blanks that layout mode lost where words are drawn one by one.

    A word that plain mode does not have is parted where plain mode has its parts next to each other.
    """
    words = plain.split()
    known, pairs = set(words), set(itertools.pairwise(words))

    def parts(rest: str, before: str = "") -> list[str]:
        if rest in known and (not before or (before, rest) in pairs):
            return [rest]
        for k in range(1, len(rest)):
            head = rest[:k]
            if head in known and (not before or (before, head) in pairs) and (tail := parts(rest[k:], head)):
                return [head, *tail]
        return []

    def mended(match: re.Match[str]) -> str:
        word = match[0]
        return word if word in known or len(word) > LONGEST else " ".join(parts(word)) or word

    return re.sub(r"\S+", mended, text)


def _divided(stretch: Sequence[str], gutter: int, depth: int) -> list[str]:
    left, right = [line[:gutter].rstrip() for line in stretch], [_right(line, gutter) for line in stretch]
    if not any(right) or not any(left):
        return unwoven(stretch, depth - 1)
    return [*unwoven(left, depth - 1), "", *unwoven(right, depth - 1), ""]


def _right(line: str, gutter: int) -> str:
    return line[gutter:].rstrip()


def _crosses(line: str, gutter: int) -> bool:
    return bool(line[max(0, gutter - GAP + 1) : gutter].strip())


def _gutter(lines: Sequence[str]) -> int | None:
    """Where the right column begins, if there is one."""
    starts = Counter(match.end() for line in lines for match in _START.finditer(line))
    said = [line for line in lines if line.strip()]
    best: tuple[int, int] | None = None
    for column, count in starts.items():
        inside = [line for line in said if not _crosses(line, column)]
        both = sum(1 for line in inside if line[:column].strip() and _right(line, column))
        alone = sum(1 for line in inside if line[:column].strip() and len(line.rstrip()) <= column)
        if count < 4 or both < 2 or both + alone < 4 or len(inside) < 0.4 * len(said):
            continue
        score = count + both - 2 * (len(said) - len(inside))
        if (best is None or (score, -column) > best) and _columns(inside, column):
            best = (score, -column)
    return -best[1] if best else None


def _columns(lines: Sequence[str], gutter: int) -> bool:
    """Whether two columns of text stand there, rather than a table or dates set flush right (or left)."""
    left = [line[:gutter].strip() for line in lines if line[:gutter].strip()]
    right = [_right(line, gutter).strip() for line in lines if _right(line, gutter).strip()]
    for side in (left, right):
        dated = sum(1 for line in side if len(line.split()) <= 6 and period(line))
        if len(side) < 4 or dated >= 0.4 * len(side):
            return False
    # A name in each row of a table may be a section's too ("Languages   Python"); a heading stands alone in its line.
    named = sum(is_section(line) for line in [*left, *right])
    paired = sum(1 for line in lines if line[:gutter].strip() and _right(line, gutter).strip())
    table = paired >= 0.8 * min(len(left), len(right)) and sum(map(is_section, left)) >= 0.5 * len(left)
    prose = all(sum(len(line.split()) for line in side) >= 3 * len(side) for side in (left, right))
    return (named > 0 and not table) or (prose and len(lines) >= 8)
