"""How many false sentences the claim gate blocks, how many true ones it lets through, by kind of change.

python -m eval.bench.claims [--split dev|test] [--show] [--words] [--fit] [--work DIR] [SET …]

The sentences of `eval/claims.jsonl` were written by hand, each for one passage or two of the shipped corpus and of the
four fictional people, before the checks were tuned. Each is verified among the eight passages that are retrieved for
it, and those it cites. A sentence whose citation was moved counts as caught where it is withheld or mended to
the passage it belongs to. Only `dev` sentences may be looked at (`--show`) and fitted on (`--fit`).
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.bench.answers import HERE, indexed, sets
from rag import embed, frequency
from rag.assistant import Assistant
from rag.checks.support import features
from rag.claim import read
from rag.errors import ResumeError
from rag.schema import Passage, Statement
from rag.terms import fold, words
from rag.verify import Setting, Verified, Withheld, verify
from rag.wording import load as wording

CLAIMS = HERE / "claims.jsonl"


class Place(BaseModel):
    """A passage, by words of it that no other passage of the file holds: ids and offsets change with the chunker."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    quote: str = Field(min_length=1)


class Claim(BaseModel):
    """A sentence as a model might write it, and whether what it cites bears it out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    split: Literal["dev", "test"]
    set: str
    kind: str
    """How a true one is told, what a false one changes."""
    true: bool
    text: str
    cites: tuple[Place, ...] = Field(min_length=1)
    belongs: Place | None = None
    """Where the citation was moved: the passage that does bear it out."""


@dataclass(frozen=True)
class Result:
    """The gate's verdict on one claim."""

    claim: Claim
    verdict: Verified | Withheld
    right: bool
    ms: float


def load(path: Path = CLAIMS) -> list[Claim]:
    """The claims of a file; raises ResumeError naming the line that does not fit."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            found.append(Claim.model_validate(json.loads(line)))
        except (json.JSONDecodeError, ValidationError) as exc:
            raise ResumeError(f"{path}, line {number}: {exc}") from exc
    return found


def place(wanted: Place, passages: Iterable[Passage]) -> Passage:
    """The passage that a place means; raises ResumeError where it is not exactly one."""
    found = [p for p in passages if p.source == wanted.source and wanted.quote in p.text]
    if len(found) != 1:
        raise ResumeError(f"{wanted.source}: {wanted.quote!r} stands in {len(found)} passages, not in one")
    return found[0]


def setting(assistant: Assistant, embedder: bool = True) -> Setting:
    """What the gate knows of a set's corpus; `embedder=False` leaves it the words alone."""
    now = assistant.snapshot()
    english = frequency.load(embed.tokenizer())
    owner = frozenset(fold(w) for name in (*now.profile.names, *_titled(now.catalogue.passages)) for w in words(name))
    encode = assistant._embedder.encode if embedder else None
    return Setting(now.catalogue.lexicon, wording(), owner, english.common, english.rarity, encode)


def _titled(passages: Sequence[Passage]) -> list[str]:
    """The name over a resume, where the profile gives none."""
    return list(
        dict.fromkeys(p.title for p in passages if p.kind in {"resume", "document"} and 1 < len(p.title.split()) < 4)
    )


def results(claims: Sequence[Claim], assistant: Assistant, knows: Setting) -> Iterator[Result]:
    """Each claim verified among what is retrieved for it."""
    everything = assistant.snapshot().catalogue.passages
    for claim in claims:
        cited = [place(c, everything) for c in claim.cites]
        belongs = place(claim.belongs, everything) if claim.belongs else None
        hits = [h.passage for h in assistant.examine(claim.text, (), assistant.snapshot()).hits]
        retrieved = list(dict.fromkeys((*cited, *([belongs] if belongs else []), *hits)))
        statement = Statement(claim.text, tuple(range(1, len(cited) + 1)))
        started = time.perf_counter()
        verdict = verify(statement, retrieved, knows)
        ms = (time.perf_counter() - started) * 1000
        yield Result(claim, verdict, _right(claim, verdict, len(cited) + 1), ms)


def _right(claim: Claim, verdict: Verified | Withheld, home: int) -> bool:
    if claim.true:
        return isinstance(verdict, Verified) and not verdict.mended
    mended = isinstance(verdict, Verified) and claim.belongs is not None and verdict.citations == (home,)
    return isinstance(verdict, Withheld) or mended


def wilson(right: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """The 95% interval of a share (Wilson 1927)."""
    if not n:
        return 0.0, 1.0
    p, z2 = right / n, z * z
    centre, half = p + z2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)


def fit(claims: Sequence[Claim], chosen: dict[str, tuple[Assistant, Setting]], lost: float = 0.01) -> None:
    """Prints the constants of `rag/checks/support.py`.

    Against true sentences stand those with an invented skill, and true ones held against each of the other passages
    retrieved for them. `lost` is the share of the true ones that may be withheld for want of support.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rows: list[tuple[tuple[float, ...], bool, float]] = []
    for name, (assistant, knows) in chosen.items():
        now = assistant.snapshot()
        for claim in claims:
            if claim.set != name or claim.split != "dev" or not (claim.true or claim.kind == "skill"):
                continue
            cited = [place(c, now.catalogue.passages) for c in claim.cites]
            rows.append((_features(claim, cited, knows), claim.true, 1.0))
            if claim.true:
                hits = [h.passage for h in assistant.examine(claim.text, (), now).hits if h.passage not in cited]
                rows += [(_features(claim, [p], knows), False, 0.1) for p in hits]
    x, y, weight = (np.array(column) for column in zip(*rows, strict=True))
    weight[(y == 0) & (weight == 1)] = y.sum() / 3 / max(1, ((y == 0) & (weight == 1)).sum())
    model = LogisticRegression(C=1.0).fit(x, y, sample_weight=weight)
    sure = model.predict_proba(x)[:, 1]
    threshold = float(np.sort(sure[y == 1])[int(lost * y.sum())]) - 0.005
    print(f"WEIGHTS = ({', '.join(f'{w:.2f}' for w in model.coef_[0])})")
    print(f"BIAS = {model.intercept_[0]:.2f}\nTHRESHOLD = {threshold:.2f}")
    for name, group in (("true", y == 1), ("invented", (y == 0) & (weight != 0.1)), ("moved", weight == 0.1)):
        print(f"# {name}: {np.mean(sure[group] >= threshold):.1%} of {group.sum()} pass")


def _features(claim: Claim, cited: Sequence[Passage], knows: Setting) -> tuple[float, ...]:
    """Of the group of passages that supports most of it."""
    found = [features(read(claim.text), g, knows) for g in knows.grounds(cited)]
    return min(found, key=lambda f: f[1])


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.claims", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="*", metavar="SET", help="names of sets; all by default")
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--show", action="store_true", help="also the dev sentences that went wrong")
    parser.add_argument("--fit", action="store_true", help="the constants of rag/checks/support.py, from the dev half")
    parser.add_argument("--words", action="store_true", help="without the embedder")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep the indexes here, for the next run")
    options = parser.parse_args()
    claims = load()
    rows: list[Result] = []
    ready: dict[str, tuple[Assistant, Setting]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for chosen in sets(None):
            mine = [c for c in claims if c.set == chosen.name and options.split in {None, c.split}]
            if mine and (not options.sets or chosen.name in options.sets):
                assistant = indexed(chosen, options.work or Path(scratch))
                ready[chosen.name] = assistant, setting(assistant, not options.words)
                rows += () if options.fit else results(mine, *ready[chosen.name])
        if options.fit:
            fit(claims, ready)
    for split in sorted({r.claim.split for r in rows}):
        table(split, [r for r in rows if r.claim.split == split])
    if options.show:
        for row in rows:
            if not row.right and row.claim.split == "dev":
                print(f"\n{row.claim.id} {row.claim.true} {row.claim.kind}: {row.claim.text}\n    {row.verdict}")


def table(split: str, rows: Sequence[Result]) -> None:
    """Prints the figures of one half."""
    kinds: dict[tuple[bool, str], list[Result]] = defaultdict(list)
    for row in rows:
        kinds[row.claim.true, row.claim.kind].append(row)
    for true in (True, False):
        print(f"\n{split}: {'true, passed' if true else 'false, blocked'}")
        mine = [r for r in rows if r.claim.true == true]
        for name, listed in [*sorted((k[1], v) for k, v in kinds.items() if k[0] == true), ("all", mine)]:
            right = sum(r.right for r in listed)
            low, high = wilson(right, len(listed))
            print(f"  {name:14}{right:>4}/{len(listed):<4}{right / max(1, len(listed)):>6.1%}   {low:.1%} – {high:.1%}")
    times = sorted(r.ms for r in rows)
    print(f"  ms a sentence: median {times[len(times) // 2]:.1f}, 95% under {times[int(len(times) * 0.95)]:.1f}")


if __name__ == "__main__":
    main()
