"""ALCE's citation precision (Gao et al. 2023, section 4.3): is each citation needed?

A citation is irrelevant where it does not support its statement by itself and the statement's other citations support
it without it. It scores 1 where its statement has recall 1 and it is not irrelevant. An answer's score is the mean
over its citations, each counted once for every statement that it stands at; an answer that cites nothing scores 0.
"""

from eval.metrics.citation_recall import cited, recalled, statements
from eval.schema import Metric, Outcome
from rag.schema import Statement


def needed(outcome: Outcome, statement: Statement) -> list[bool]:
    """Whether each citation of a statement is, those left out that cannot be judged."""
    whole, citations = recalled(outcome, statement), cited(outcome, statement)
    if whole is None:
        return []
    found = []
    for citation in citations:
        others = [c for c in citations if c is not citation]
        alone = outcome.supports(statement.text, [citation]) if whole else None
        dispensable = whole and not alone and bool(others) and outcome.supports(statement.text, others)
        if dispensable and alone is None:
            continue
        found.append(whole and not dispensable)
    return found


def _share(outcome: Outcome) -> float | None:
    said = statements(outcome)
    if not any(s.citations for s in said):
        return 0.0
    judged = [n for s in said for n in needed(outcome, s)]
    return sum(judged) / len(judged) if judged else None


CITATION_PRECISION = Metric(
    "citation_precision",
    "citations",
    "citations that their statement needs (ALCE)",
    applies=lambda outcome: bool(statements(outcome)),
    measure=_share,
)
