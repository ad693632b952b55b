from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import folds
from eval.rank import Tables
from rag.errors import ResumeError

question = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), min_size=1, max_size=6)


@given(st.lists(question.map(lambda rows: [*rows, (0.5, 0.5, True)]), min_size=1, max_size=5))
def test_the_place_of_the_best_sentence_that_holds_a_fact(questions: list[list[tuple[float, float, bool]]]) -> None:
    found = [(np.array([row[:2] for row in rows]), np.array([row[2] for row in rows])) for rows in questions]
    places = []
    for figures, gold in found:
        scores = figures @ (0.7, 0.3)
        places.append(sum(score >= scores[gold].max() - 1e-12 for score in scores))
    assert Tables.joined(found).reciprocal_rank((0.7, 0.3)) == pytest.approx(np.mean([1 / p for p in places]))


def test_an_adapter_for_unseen_corpora_has_not_seen_them(tmp_path: Path) -> None:
    names = sorted(s.name for s in folds.people())
    for fold in range(folds.FOLDS):
        (tmp_path / f"{fold}.npz").touch()
    for fold in range(folds.FOLDS):
        left_out = set(names[fold :: folds.FOLDS])
        assert {n for n in names if folds.unseen(n, tmp_path) == tmp_path / f"{fold}.npz"} == left_out
    with pytest.raises(ResumeError, match=r"eval\.adapt --folds"):
        folds.unseen(names[0], tmp_path / "nowhere")
    assert not {"carmen", "noor", "emeka", "ruth"} & set(names)  # for testing only
