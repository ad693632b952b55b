"""What an evaluation speaks of: a golden question, what came of it, the verdict, a metric and its figures."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.schema import Answer, Citation

Kind = Literal[
    "fact", "list", "date", "paraphrase", "follow-up", "near miss", "logistics", "off topic", "false premise",
    "injection", "inferred",
]  # fmt: skip
REGEX = "re:"
"""Before an alternative that is a regular expression and not a plain string."""


class Case(BaseModel):
    """A golden question: a line of a case file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    kind: Kind
    question: str
    history: tuple[tuple[str, str], ...] = ()
    answerable: bool
    expected: tuple[tuple[str, ...], ...] = Field((), validate_default=True)
    """Facts that the answer must state, each as alternatives of which one is enough."""
    forbidden: tuple[str, ...] = ()
    """What the answer must not state."""
    answer: str = ""
    """The shortest right answer, where there is one: for exact match and token F1."""
    sources: tuple[str, ...] = ()
    """Files that answer, never passages: passages change with the chunker."""
    split: Literal["train", "dev", "test"] = "test"
    """`test`: never looked at while anything is tuned. `train`: for `eval/adapt.py` and `eval/fit.py` alone, since most
    are paraphrases and devious near misses, in proportions that are nobody's."""
    origin: Literal["written", "suggested"] = "written"
    """`suggested`: proposed by `python -m eval --suggest`, and kept by a person."""
    today: dt.date | None = None
    """Freezes the clock for this question."""
    note: str = ""

    @field_validator("expected")
    @classmethod
    def _fits(cls, facts: tuple[tuple[str, ...], ...], others: ValidationInfo) -> tuple[tuple[str, ...], ...]:
        if others.data.get("answerable") and not facts:
            raise ValueError("an answerable question needs at least one fact")
        for alternative in (a for fact in facts for a in fact):
            if alternative.startswith(REGEX):
                try:
                    re.compile(alternative.removeprefix(REGEX))
                except re.error as exc:
                    raise ValueError(f"{alternative!r} is no regular expression ({exc})") from exc
        return facts


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one answer did."""

    case: Case
    decision: str
    missing: tuple[tuple[str, ...], ...]
    """Expected facts that the statements do not hold."""
    stated: tuple[str, ...]
    """Forbidden strings that they do."""
    misquoted: int
    """Citations whose quote is not the document's text at its offsets."""
    cited: bool
    """One of the case's sources is cited, or it names none."""
    total_ms: float

    @property
    def right(self) -> bool:
        """Answered with every fact and nothing forbidden; or refused, where the documents do not answer."""
        if not self.case.answerable:
            return self.decision == "refuse"
        return self.decision != "refuse" and not self.missing and not self.stated


Texts = Callable[[str], str | None]
"""A source → its text now; None where there is no such document."""
Supports = Callable[[str, "Sequence[Citation]"], bool | None]
"""A statement and citations → whether they carry it together; None where that cannot be told."""


@dataclass(frozen=True)
class Usage:
    """Tokens that a model read and wrote for one question."""

    model: str = ""
    read: int = 0
    written: int = 0


@dataclass(frozen=True)
class Outcome:
    """A question that was asked, and all that is needed to score what came of it."""

    case: Case
    answer: Answer | None
    """None where answering raised; that is a wrong answer, never a missing one."""
    verdict: Verdict | None
    text_of: Texts = field(repr=False)
    """What the index holds of a source."""
    supports: Supports = field(repr=False)
    error: str = ""
    fresh: Mapping[str, bool] = field(default_factory=dict, repr=False)
    """Sources whose file can be looked at → whether it is still the one that was indexed."""
    usage: Usage | None = None
    """None where the engine does not tell."""

    @property
    def right(self) -> bool:
        """By `Verdict.right`; an error is wrong."""
        return self.verdict is not None and self.verdict.right

    @property
    def refused(self) -> bool:
        """It answered, with a refusal."""
        return self.answer is not None and self.answer.decision == "refuse"


Group = Literal["decision", "facts", "citations", "retrieval", "text", "cost"]
Pool = Callable[[Sequence["Outcome"], "NDArray[np.int64]"], "NDArray[np.float64]"]


@dataclass(frozen=True)
class Metric:
    """A figure. What a bare mean cannot express brings its own `pool`."""

    name: str
    group: Group
    about: str
    """One line for a reader of the report."""
    applies: Callable[[Outcome], bool]
    """Whether the outcome counts at all; what does not is not in `n`."""
    measure: Callable[[Outcome], float | None]
    """Of an outcome that it applies to; None where it cannot be judged, which is counted apart."""
    better: Literal["higher", "lower"] = "higher"
    unit: Literal["share", "tokens", "usd"] = "share"
    pool: Pool | None = None
    """Judged outcomes, and rows of indices into them, (b, n) → the figure of each row, (b,); the mean by default."""

    def value(self, outcome: Outcome) -> float | None:
        """Of one outcome; None where it does not apply or cannot be judged."""
        return self.measure(outcome) if self.applies(outcome) else None


@dataclass(frozen=True)
class Row:
    """A metric's figure over some of the cases."""

    of: str
    """`all`, a kind, `split:dev`, `origin:suggested`, …"""
    n: int
    mean: float | None
    """None where n is 0."""
    low: float | None
    high: float | None
    """Bootstrap 95% interval."""
    not_judged: int


@dataclass(frozen=True)
class Score:
    """A metric's figures."""

    metric: Metric
    rows: tuple[Row, ...]

    def row(self, of: str) -> Row | None:
        """The figure over some of the cases; None where none of them count."""
        return next((r for r in self.rows if r.of == of), None)


@dataclass(frozen=True)
class Bar:
    """A threshold, and what stands against it."""

    metric: str
    of: str
    bar: float
    value: float | None
    better: Literal["higher", "lower"] = "higher"

    @property
    def met(self) -> bool | None:
        """None where there is no figure: no case that the metric applies to was asked."""
        if self.value is None:
            return None
        return self.value >= self.bar if self.better == "higher" else self.value <= self.bar


@dataclass(frozen=True)
class Curve:
    """Risk at each coverage, coverage ascending, and the area under it."""

    points: tuple[tuple[float, float], ...]
    aurc: float | None
    n: int


@dataclass(frozen=True)
class Report:
    """One engine's evaluation; `eval/report.py` documents its JSON."""

    engine: str
    index: Mapping[str, Any]
    files: Sequence[Mapping[str, str]]
    """The case files: path and sha256."""
    outcomes: Sequence[Outcome]
    scores: Sequence[Score]
    curve: Curve
    thresholds: Sequence[Bar]
    judge: Mapping[str, Any] | None
    seconds: float
    date: str

    @property
    def missed(self) -> list[Bar]:
        """The thresholds that are not met."""
        return [bar for bar in self.thresholds if bar.met is False]
