"""What the questions' reader is trained for (`eval/adapt.py`)."""

import pytest
import torch

from eval.adapt import Corpus, losses
from rag.embedder import TOKEN_WIDTH

UNITS = torch.nn.functional.normalize(torch.eye(3, 8) + 0.01, dim=1)


class Bar(torch.nn.Module):
    """A reader that has a bar alone, of one height for all questions."""

    def __init__(self, height: float) -> None:
        super().__init__()
        self.height = height

    def bar(self, vectors: torch.Tensor) -> torch.Tensor:
        return torch.full((len(vectors), 1), self.height)


def loss(asked: torch.Tensor, gold: list[bool], height: float) -> float:
    """Of a question like `asked`, by vectors alone."""
    tokens = torch.zeros(3, 1, TOKEN_WIDTH)
    of = Corpus(UNITS, UNITS, tokens, torch.ones(3, 1, dtype=torch.bool), [])
    found = losses(Bar(height), asked[None], torch.zeros(1, 1, TOKEN_WIDTH), of, torch.tensor([gold]))  # type: ignore[arg-type]
    return float(found[0])


def test_the_unit_that_holds_the_fact_is_wanted_first() -> None:
    assert loss(UNITS[0], [True, False, False], 0.0) < loss(UNITS[1], [True, False, False], 0.0) - 1


def test_any_of_several_units_that_hold_it_will_do() -> None:
    assert loss(UNITS[0], [True, True, False], 0.0) == pytest.approx(loss(UNITS[1], [True, True, False], 0.0), abs=1e-4)


def test_what_is_answered_wants_a_low_bar_and_what_is_not_a_high_one() -> None:
    assert loss(UNITS[0], [True, False, False], 0.0) < loss(UNITS[0], [True, False, False], 0.6)
    assert loss(UNITS[0], [False, False, False], 0.6) < loss(UNITS[0], [False, False, False], 0.0)


def test_what_nothing_answers_is_wanted_far_from_all() -> None:
    far = torch.nn.functional.normalize(torch.eye(8)[7:8], dim=1)[0]
    assert loss(far, [False] * 3, 0.3) < loss(UNITS[0], [False] * 3, 0.3)
