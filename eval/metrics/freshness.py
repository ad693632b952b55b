"""The share of the files that an answer draws on, cited or retrieved, that are still as they were indexed.

By the sha256 in the index's manifest against the file in the corpus folder; a file that is gone is stale. Not judged
where there is no corpus folder to look into.
"""

from eval.schema import Metric, Outcome


def sources(outcome: Outcome) -> list[str]:
    """Files that are cited or retrieved, in that order."""
    answer = outcome.answer
    if answer is None:
        return []
    return list(dict.fromkeys([*(c.source for c in answer.citations), *(h.passage.source for h in answer.hits)]))


def _share(outcome: Outcome) -> float | None:
    found = sources(outcome)
    if not any(source in outcome.fresh for source in found):
        return None
    return sum(outcome.fresh.get(source, False) for source in found) / len(found)


FRESHNESS = Metric(
    "freshness",
    "citations",
    "files drawn on that are still as they were indexed",
    applies=lambda outcome: bool(sources(outcome)),
    measure=_share,
)
