"""A model's stream cut into finished sentences, each with the `[n]` marks that follow it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LONGEST = 1_000
"""Characters of a sentence; what runs on is cut here, so that no stream can fill the memory."""
_MARKS = r"(?:[ \t]*\[[ \t]?\d+(?:[ \t]?[,;–-][ \t]?\d+)*[ \t]?\])*"
_CLOSERS = r"[\"'”’)\]*_]*"
_BEGINNING = r"(?=[\"'“‘(*_]*[A-Z0-9À-ÞŁŚŠŽİ#<-])"
_END = re.compile(rf"(?<=[.!?…]){_CLOSERS}{_MARKS}\s+{_BEGINNING}|{_MARKS}\s*\n\s*(?![\s\[])")
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|cf|approx|incl|no|st|dr|mr|mrs|ms|prof|inc|ltd|co|corp|jr|sr|dept|univ|fig|al)\.$"
    r"|(?:^|[\s.(])(?-i:[A-Z])\.$",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(r"^\s*(?:[-*•+]\s+|\d{1,2}[.)]\s+|#+\s+|>\s+)+")


class Splitter:
    """Fed with pieces of text as they come, gives back each sentence once it is certain that it is complete.

    A sentence is complete when the next one begins, since marks may follow its full stop. The sentences do not depend
    on how the text was cut into pieces.
    """

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> Iterator[str]:
        """The sentences that this piece completes."""
        self._held += piece
        start = 0
        while (end := self._boundary(start)) is not None:
            sentence = self._held[start:end]
            start = end
            if said := _cleaned(sentence):
                yield said
        self._held = self._held[start:]

    def rest(self) -> str:
        """What is left when the stream has ended properly: its last sentence, or nothing."""
        held, self._held = self._held, ""
        return _cleaned(held)

    def _boundary(self, start: int) -> int | None:
        at = start
        while match := _END.search(self._held, at):
            if match.end() >= len(self._held):
                break  # a mark or more white space may still come
            head = self._held[start : match.start()]
            if "\n" in match[0] or "[" in match[0] or not _ABBREVIATION.search(head):
                return min(match.end(), start + LONGEST)
            at = match.end()
        return start + LONGEST if len(self._held) - start > LONGEST else None


def _cleaned(sentence: str) -> str:
    """On one line, without the mark of a list; empty where there is no word in it."""
    said = " ".join(_LIST_MARK.sub("", sentence).split())
    return said if re.search(r"\w", said) else ""


def split(pieces: Iterable[str]) -> Iterator[str]:
    """The sentences of a whole stream."""
    splitter = Splitter()
    for piece in pieces:
        yield from splitter.feed(piece)
    if last := splitter.rest():
        yield last
