"""The fitted regression that decides: its file fits the code, and its figures pull the right way."""

import math
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from rag import answerable
from rag.answerable import Answerable
from rag.forms import Form

BY_HAND = Answerable((2.0, -1.0), {"open": 0.5, "count": -0.5}, np.array([1.0, 0.0], dtype=np.float32), 0.25, 0.5)  # type: ignore[dict-item]
VECTOR = np.array([0.75, 9.0], dtype=np.float32)


def test_the_odds_are_the_sum_of_what_speaks_for_it() -> None:
    # 0.25 + 0.5 + 2 · 0.5 − 1 · 1 + 1 · 0.75 = 1.5
    assert BY_HAND.probability((0.5, 1.0), "open", VECTOR) == pytest.approx(1 / (1 + math.exp(-1.5)))
    # the form alone moves them by 1
    assert BY_HAND.probability((0.5, 1.0), "count", VECTOR) == pytest.approx(1 / (1 + math.exp(-0.5)))


def test_a_model_that_it_was_not_fitted_on_is_judged_without_its_embedding() -> None:
    blind = replace(BY_HAND, question=None)
    assert blind.probability((0.5, 1.0), "open", VECTOR) == pytest.approx(1 / (1 + math.exp(-0.75)))


@pytest.mark.parametrize("bundled", [True, False])
def test_the_file_has_a_weight_for_every_figure_and_form(bundled: bool) -> None:
    fitted = answerable.load(bundled)
    assert len(fitted.features) == len(answerable.FEATURES)
    assert set(fitted.forms) == set(get_args(Form))
    assert 0 < fitted.threshold < 1
    assert (fitted.question is not None) == bundled
    weight = dict(zip(answerable.FEATURES, fitted.features, strict=True))
    assert weight["sentence_similarity"] > 0 > weight["unmet"]
    assert weight["attribute_absent"] < 0 > weight["name_missing"]
    assert all(weight.values()), "a figure that is new: run python -m eval.fit"
