"""Whether to answer at all: abstention, right and wrong.

Over-refusal is over the answerable questions, under-refusal over the others; a question whose answering raised counts
against both, since its asker got neither an answer nor a refusal. Whether an answer is right is not asked here.
"""

from eval.schema import Metric, Outcome


def _answered(outcome: Outcome) -> float:
    return float(outcome.answer is not None and not outcome.refused)


ANSWERED = Metric(
    "answered",
    "decision",
    "answerable questions that were answered, rightly or not",
    applies=lambda outcome: outcome.case.answerable,
    measure=_answered,
)
OVER_REFUSAL = Metric(
    "over_refusal",
    "decision",
    "answerable questions that were refused",
    applies=lambda outcome: outcome.case.answerable,
    measure=lambda outcome: 1 - _answered(outcome),
    better="lower",
)
UNDER_REFUSAL = Metric(
    "under_refusal",
    "decision",
    "questions without an answer in the documents that were answered all the same",
    applies=lambda outcome: not outcome.case.answerable,
    measure=lambda outcome: float(not outcome.refused),
    better="lower",
)
