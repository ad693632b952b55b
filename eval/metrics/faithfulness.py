"""Faithfulness, as ragas names it: the share of an answer's statements that what was retrieved or cited supports.

Wherever the support stands: a statement with no citation, or the wrong one, may still be faithful; that it is not
shown where is `citation_recall`. Statements that cannot be judged are left out.
"""

from eval.metrics.citation_recall import statements
from eval.schema import Metric, Outcome
from rag.schema import Citation


def _context(outcome: Outcome) -> list[Citation]:
    """All quotes, and all passages in full."""
    answer = outcome.answer
    if answer is None:
        return []
    hits = [h.passage for h in answer.hits]
    return [*answer.citations, *(Citation(0, p.source, p.title, p.locator, p.text, p.start, p.end) for p in hits)]


def _share(outcome: Outcome) -> float | None:
    context = _context(outcome)
    found = [outcome.supports(s.text, context) if context else False for s in statements(outcome)]
    judged = [f for f in found if f is not None]
    return sum(judged) / len(judged) if judged else None


FAITHFULNESS = Metric(
    "faithfulness",
    "citations",
    "statements that anything retrieved or cited supports",
    applies=lambda outcome: bool(statements(outcome)),
    measure=_share,
)
