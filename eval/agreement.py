"""A judge's verdicts beside those of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from eval.interval import kappa
from eval.metrics.citation_recall import cited, statements
from eval.schema import Outcome


class Judge(Protocol):
    """`eval.judge.Judge`; None means not judged."""

    def support(self, statement: str, quotes: Sequence[str]) -> bool | None:
        """Whether the quotes carry the statement."""

    def correct(self, question: str, expected: Sequence[Sequence[str]], text: str) -> bool | None:
        """Whether the text answers the question with the expected facts."""


def agreement(outcomes: Sequence[Outcome], judge: Judge, model: str) -> dict[str, Any]:
    """The judge beside the rules: Cohen's kappa on support of statements and on correctness of answers.

    Over statements that a rule decides, and over answers to answerable questions; what the judge's reply left open is
    counted apart.
    """
    pairs: dict[str, list[tuple[bool, bool]]] = {"support": [], "correctness": []}
    unknown = 0
    for outcome in outcomes:
        answer, case = outcome.answer, outcome.case
        if answer is None or outcome.refused:
            continue
        found: list[tuple[str, bool, bool | None]] = []
        for statement in statements(outcome):
            citations = cited(outcome, statement)
            rule = outcome.supports(statement.text, citations)
            if citations and rule is not None:
                found.append(("support", rule, judge.support(statement.text, [c.quote for c in citations])))
        if case.answerable:
            verdict = judge.correct(case.question, case.expected, answer.text)
            found.append(("correctness", outcome.right, verdict))
        for what, rule, other in found:
            if other is None:
                unknown += 1
            else:
                pairs[what].append((rule, other))
    n = sum(len(p) for p in pairs.values())
    return {"model": model, "n": n, "not_judged": unknown, "kappa": {k: kappa(p) for k, p in pairs.items()}}
