from pathlib import Path

import pytest

from eval.bench.claims import CLAIMS, Place, load, place, wilson
from rag.errors import ResumeError
from rag.schema import Passage


def _passage(text: str) -> Passage:
    return Passage("p", "a.md", "bio", "", (), "", 0, len(text), text, ())


def test_the_set_holds_both_halves_of_every_kind() -> None:
    claims = load()
    assert len(claims) == len({c.id for c in claims}) == len({c.text for c in claims})
    halves = [{(c.true, c.kind) for c in claims if c.split == split} for split in ("dev", "test")]
    assert halves[0] == halves[1]
    assert all((c.belongs is not None) == (c.kind == "citation") for c in claims)


def test_no_person_stands_in_both_halves() -> None:
    people = {split: {c.set for c in load() if c.split == split} - {"shipped"} for split in ("dev", "test")}
    assert not people["dev"] & people["test"]


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    bad = tmp_path / "claims.jsonl"
    bad.write_text(CLAIMS.read_text(encoding="utf-8").splitlines()[0] + "\n{}\n", encoding="utf-8")
    with pytest.raises(ResumeError, match="line 2"):
        load(bad)


def test_a_place_is_exactly_one_passage() -> None:
    passages = [_passage("one two"), _passage("two three")]
    assert place(Place(source="a.md", quote="one"), passages) is passages[0]
    with pytest.raises(ResumeError, match="2 passages"):
        place(Place(source="a.md", quote="two"), passages)


def test_wilson_by_hand() -> None:
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert wilson(0, 0) == (0.0, 1.0)
