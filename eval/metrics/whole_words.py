"""The share of what was retrieved and cited that neither begins nor ends inside a word.

What a chunker spoils that cuts by the character: quotes stay faithful, and half a word is quoted. Judged by the
characters around the offsets in the document's text; a range outside it counts as cut.
"""

from eval.schema import Metric, Outcome


def whole(text: str | None, start: int, end: int) -> bool:
    """Whether text[start:end] begins and ends at the edge of a word."""
    if text is None or not 0 <= start < end <= len(text):
        return False
    return not any(0 < i < len(text) and text[i - 1].isalnum() and text[i].isalnum() for i in (start, end))


def _ranges(outcome: Outcome) -> list[tuple[str, int, int]]:
    answer = outcome.answer
    if answer is None:
        return []
    cited = [(c.source, c.start, c.end) for c in answer.citations]
    return cited + [(h.passage.source, h.passage.start, h.passage.end) for h in answer.hits]


def _share(outcome: Outcome) -> float:
    ranges = _ranges(outcome)
    return sum(whole(outcome.text_of(source), start, end) for source, start, end in ranges) / len(ranges)


WHOLE_WORDS = Metric(
    "whole_words",
    "citations",
    "quotes and passages that begin and end at a word's edge",
    applies=lambda outcome: bool(_ranges(outcome)),
    measure=_share,
)
