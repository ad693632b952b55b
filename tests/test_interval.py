import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.interval import kappa, mcnemar, of_difference, of_mean


def test_an_interval_holds_its_mean_and_is_the_same_every_time() -> None:
    found = of_mean([1.0] * 80 + [0.0] * 20)
    assert found.value == pytest.approx(0.8)
    # the normal approximation: 0.8 ± 1.96 · √(0.8 · 0.2 / 100) = 0.8 ± 0.078
    assert found.low == pytest.approx(0.722, abs=0.015)
    assert found.high == pytest.approx(0.878, abs=0.015)
    assert of_mean([1.0] * 80 + [0.0] * 20) == found


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_an_interval_lies_within_the_values(values: list[float]) -> None:
    found = of_mean(values)
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
    assert found.value == pytest.approx(float(np.mean(values)))


def test_a_paired_difference_sees_what_two_separate_intervals_do_not() -> None:
    before = [float(i % 2) for i in range(60)]
    after = [0.9 * b for b in before]
    assert of_difference(before, after).high < 0
    assert of_mean(before).low < of_mean(after).value


@pytest.mark.parametrize(
    ("worse", "better", "p"),
    [
        (0, 0, 1.0),
        (5, 5, 1.0),
        (0, 5, 0.0625),  # 2 · 1 / 32
        (1, 9, 0.021484375),  # 2 · (1 + 10) / 1024
        (9, 1, 0.021484375),
        (0, 6, 0.03125),
    ],
)
def test_mcnemar(worse: int, better: int, p: float) -> None:
    assert mcnemar(worse, better) == pytest.approx(p)


def test_kappa() -> None:
    # Cohen's own form: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: po = .70, pe = .5 · .6 + .5 · .4 = .50, kappa = .40
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa([(True, True)]) is None
    assert kappa([]) is None
    assert kappa([(True, False), (False, True)]) == pytest.approx(-1)
