"""The share of answers that state something the case forbids: another role's figure, a false premise, a secret.

Over the cases that forbid something. What a refusal quotes as the nearest that the documents say is not held against
it.
"""

from eval.schema import Metric, Outcome


def _stated(outcome: Outcome) -> float:
    return float(outcome.verdict is not None and not outcome.refused and bool(outcome.verdict.stated))


FORBIDDEN = Metric(
    "forbidden",
    "facts",
    "answers that state something forbidden",
    applies=lambda outcome: bool(outcome.case.forbidden),
    measure=_stated,
    better="lower",
)
