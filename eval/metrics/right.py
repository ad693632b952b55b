"""The share of questions that came out right: answered with every fact and nothing forbidden, or rightly refused."""

from eval.schema import Metric

RIGHT = Metric(
    "right",
    "decision",
    "answered with every expected fact and nothing forbidden, or refused where the documents do not answer",
    applies=lambda outcome: True,
    measure=lambda outcome: float(outcome.right),
)
