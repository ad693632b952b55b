"""ALCE's citation recall (Gao et al. 2023, section 4.3): is each statement carried by what it cites?

A statement scores 1 where it cites something and all of its citations together support it. An answer's score is the
mean over its statements, those that cannot be judged left out; an answer none of whose statements can be judged is
not judged. Over answers, full or partial; a refusal's quotes are no answer.
"""

from eval.schema import Metric, Outcome
from rag.schema import Citation, Statement


def statements(outcome: Outcome) -> tuple[Statement, ...]:
    """What is stated as an answer."""
    return () if outcome.answer is None or outcome.refused else outcome.answer.statements


def cited(outcome: Outcome, statement: Statement) -> list[Citation]:
    """A statement's citations."""
    return [c for c in outcome.answer.citations if c.number in statement.citations] if outcome.answer else []


def recalled(outcome: Outcome, statement: Statement) -> bool | None:
    """Whether the citations carry the statement; None where that cannot be judged."""
    citations = cited(outcome, statement)
    return outcome.supports(statement.text, citations) if citations else False


def _share(outcome: Outcome) -> float | None:
    judged = [found for s in statements(outcome) if (found := recalled(outcome, s)) is not None]
    return sum(judged) / len(judged) if judged else None


CITATION_RECALL = Metric(
    "citation_recall",
    "citations",
    "statements that are carried by what they cite (ALCE)",
    applies=lambda outcome: bool(statements(outcome)),
    measure=_share,
)
