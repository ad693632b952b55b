"""Exact match and token F1 against a short expected answer, as SQuAD's own script has them (Rajpurkar et al. 2016).

The short answer is the case's `answer`, or, where it expects one fact alone, any of that fact's alternatives, as SQuAD
takes the best over several gold answers. Normalised: lower case, no punctuation, no articles, single spaces. The best
over the answer's statements, each by itself: it is the one that answers which is compared, not what stands beside it.
An owner's whole sentences score low against a short answer, by design of the measure: it tells engines apart, no more.
"""

import re
import string
from collections import Counter
from collections.abc import Callable

from eval.schema import REGEX, Case, Metric, Outcome


def normalised(text: str) -> str:
    """SQuAD's `normalize_answer`."""
    bare = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", bare).split())


def exact_match(said: str, expected: str) -> float:
    """1 where both are the same once normalised."""
    return float(normalised(said) == normalised(expected))


def token_f1(said: str, expected: str) -> float:
    """Harmonic mean of precision and recall over the tokens that both hold."""
    ours, theirs = normalised(said).split(), normalised(expected).split()
    if not ours or not theirs:
        return float(ours == theirs)
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs))


def references(case: Case) -> tuple[str, ...]:
    """The short answers of a case; none where it has no such thing."""
    if case.answer or not case.answerable or len(case.expected) != 1:
        return (case.answer,) if case.answer and case.answerable else ()
    return tuple(a for a in case.expected[0] if not a.startswith(REGEX))


def _best(score: Callable[[str, str], float]) -> Callable[[Outcome], float]:
    def measure(outcome: Outcome) -> float:
        said = () if outcome.answer is None or outcome.refused else outcome.answer.statements
        return max((score(s.text, a) for s in said for a in references(outcome.case)), default=0.0)

    return measure


def _applies(outcome: Outcome) -> bool:
    return bool(references(outcome.case))


EXACT_MATCH = Metric("exact_match", "text", "a statement is the short expected answer", _applies, _best(exact_match))
TOKEN_F1 = Metric("token_f1", "text", "tokens shared with the short expected answer", _applies, _best(token_f1))
