"""Whether an answer cites one of the files that the case names. A question that was not answered cites none."""

from eval.schema import Metric

GOLD_SOURCE = Metric(
    "gold_source",
    "citations",
    "answerable questions whose answer cites a file that answers it",
    applies=lambda outcome: outcome.case.answerable and bool(outcome.case.sources),
    measure=lambda outcome: float(outcome.verdict is not None and not outcome.refused and outcome.verdict.cited),
)
