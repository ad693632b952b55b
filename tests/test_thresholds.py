from pathlib import Path

import pytest

from eval import thresholds
from eval.metrics import METRICS
from eval.schema import Bar
from rag.errors import ResumeError


@pytest.mark.parametrize(
    ("better", "value", "met"),
    [
        ("higher", 0.9, True),
        ("higher", 0.89, False),
        ("lower", 0.9, True),
        ("lower", 0.91, False),
        ("lower", None, None),
    ],
)
def test_a_bar_is_met_at_its_figure(better: str, value: float | None, met: bool | None) -> None:
    assert Bar("right", "all", 0.9, value, better).met is met  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[wrong]\nall = 1", "'wrong' is no metric"),
        ("right = 1", "right: a table is needed"),
        ("[right]\nriddle = 1", "'riddle' is neither"),
        ("[right]\nall = true", "True is no number"),
        ('[right]\nall = "1"', "'1' is no number"),
        ("[right", "cannot be read"),
    ],
)
def test_an_entry_that_does_not_fit_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "thresholds.toml"
    path.write_text(text)
    with pytest.raises(ResumeError, match=named):
        thresholds.load(path)


def test_the_shipped_bars_are_readable_and_quotes_have_no_slack() -> None:
    bars = thresholds.load().bars
    assert bars["quote_fidelity"]["all"] == 1.0
    assert set(bars) <= set(METRICS)
