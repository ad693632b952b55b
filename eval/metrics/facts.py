"""The share of the expected facts that the answer's statements hold; of several alternatives one is enough.

Recall of facts, nothing more: saying too much costs nothing here (see `forbidden`, `citation_recall`). A refusal
states none.
"""

from eval.schema import Metric, Outcome


def _stated(outcome: Outcome) -> float:
    if outcome.verdict is None or outcome.refused:
        return 0.0
    return 1 - len(outcome.verdict.missing) / len(outcome.case.expected)


FACTS = Metric(
    "facts",
    "facts",
    "share of the expected facts that are stated",
    applies=lambda outcome: outcome.case.answerable,
    measure=_stated,
)
