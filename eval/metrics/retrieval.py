"""nDCG@5, RR@10, R@5 and Success@1 of the retrieved files, through ir-measures.

A case names files, not passages, so a ranking is of files: each at the rank of its first passage among the hits, the
files that answer relevant with grade 1. Over the answerable cases that name files; a question without hits counts 0.
R@5 is what ragas calls ID-based context recall, at 5.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from eval.schema import Metric, Outcome

NAMES = ("nDCG@5", "RR@10", "R@5", "Success@1")


@functools.lru_cache(maxsize=4096)
def measures(ranked: tuple[str, ...], relevant: frozenset[str]) -> Mapping[str, float]:
    """Each measure of a ranking of distinct files, best first."""
    import ir_measures
    from ir_measures import RR, R, Success, nDCG

    if not ranked:
        return dict.fromkeys(NAMES, 0.0)
    qrels = [ir_measures.Qrel("q", source, 1) for source in sorted(relevant)]
    run = [ir_measures.ScoredDoc("q", source, float(-rank)) for rank, source in enumerate(ranked)]
    found = ir_measures.calc_aggregate([nDCG @ 5, RR @ 10, R @ 5, Success @ 1], qrels, run)
    return {str(measure): float(value) for measure, value in found.items()}


def ranking(outcome: Outcome) -> tuple[str, ...]:
    """The files of the hits, by their first passage."""
    hits = outcome.answer.hits if outcome.answer else ()
    return tuple(dict.fromkeys(h.passage.source for h in hits))


def _named(name: str, about: str) -> Metric:
    def measure(outcome: Outcome) -> float:
        ranked = ranking(outcome)
        relevant = {next((s for s in ranked if s == t or s.endswith(f"/{t}")), t) for t in outcome.case.sources}
        return measures(ranked, frozenset(relevant))[name]

    return Metric(
        name,
        "retrieval",
        about,
        applies=lambda outcome: outcome.case.answerable and bool(outcome.case.sources),
        measure=measure,
    )


NDCG = _named("nDCG@5", "files that answer stand high among the first five")
RECIPROCAL_RANK = _named("RR@10", "1 / rank of the first file that answers")
RECALL = _named("R@5", "files that answer which are among the first five")
SUCCESS = _named("Success@1", "the first file answers")
