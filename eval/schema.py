"""What an evaluation speaks of: a golden question and the verdict on its answer."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

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
    sources: tuple[str, ...] = ()
    """Files that answer, never passages: passages change with the chunker."""
    split: Literal["dev", "test"] = "test"
    """`test`: never looked at while anything is tuned."""
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
