"""The share of an answer's citations whose quote is, character for character, the document's text at its offsets.

Of the document that the index holds, whoever's words they are; whether they carry the statement is `citation_recall`,
whether the file has changed since is `freshness`.
"""

from eval.schema import Metric, Outcome, Texts
from rag.schema import Citation


def faithful(citation: Citation, text_of: Texts) -> bool:
    """Whether the quote stands where the citation says; an empty one stands nowhere."""
    text = text_of(citation.source)
    return bool(citation.quote) and text is not None and text[citation.start : citation.end] == citation.quote


def _share(outcome: Outcome) -> float:
    citations = outcome.answer.citations if outcome.answer else ()
    return sum(faithful(c, outcome.text_of) for c in citations) / len(citations)


QUOTE_FIDELITY = Metric(
    "quote_fidelity",
    "citations",
    "citations whose quote is the document's text at its offsets",
    applies=lambda outcome: bool(outcome.answer and outcome.answer.citations),
    measure=_share,
)
