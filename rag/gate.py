"""What stands between a model's sentence and a reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.schema import Passage, Quote, Withheld


@dataclass(frozen=True)
class Verified:
    """A sentence that the cited passages say, without its marks."""

    text: str
    citations: tuple[Quote, ...]
    mended: bool = False


Gate = Callable[[str, Sequence[Passage]], Verified | Withheld]
"""A finished sentence with its `[n]` marks, numbered from 1 into the passages that the model was given."""
_MARK = re.compile(r"\s*\[\s?(\d+(?:\s?[,;]\s?\d+)*)\s?\]")


def verbatim(sentence: str, passages: Sequence[Passage]) -> Verified | Withheld:
    """Lets through what stands word for word in a cited passage."""
    text = _MARK.sub("", sentence).strip()
    cited = [int(n) for m in _MARK.finditer(sentence) for n in re.findall(r"\d+", m[1])]
    if not re.search(r"\w", text):
        return Withheld(text, "citation", "it says nothing")
    for number in cited:
        if not 1 <= number <= len(passages):
            return Withheld(text, "citation", f"passage {number} does not exist")
        passage = passages[number - 1]
        if text and re.sub(r"\W+", " ", text).strip().casefold() in re.sub(r"\W+", " ", passage.text).casefold():
            return Verified(text, (Quote(passage.source, passage.title, passage.locator, passage.start, passage.end),))
    return Withheld(text, "citation", "no cited passage says it" if cited else "it cites nothing")
