"""Is each metric to be trusted? The system is broken on purpose, and the metric that ought to see it must miss its bar.

python -m eval.bench.faults [--index DIR]

Prints each fault, its metric, the figure of the sound system and of the broken one, and what else missed its bar. Exit
status 1 where a fault goes unseen, or the sound system misses a bar.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval import thresholds
from eval.bench.broken import FAULTS, Sound, System
from eval.cases import SHIPPED, load
from eval.run import Bench, asked, figures
from eval.schema import Bar, Case
from rag import store
from rag.assistant import Assistant
from rag.errors import ResumeError
from rag.store import Generation


@dataclass(frozen=True)
class Seen:
    """What a fault did to the figures."""

    fault: str
    about: str
    metric: str
    sound: Bar
    broken: Bar
    others: tuple[str, ...]
    """Other metrics that missed a bar."""

    @property
    def caught(self) -> bool:
        """The sound system meets the bar, the broken one does not."""
        return self.sound.met is True and self.broken.met is False


def measured(system: System, cases: Sequence[Case]) -> list[Bar]:
    """The bars over all cases, against a system's figures."""
    scores = figures(list(asked(cases, system.engine, system.bench)), by_kind=False)
    return [bar for bar in thresholds.load().against(scores) if bar.of == "all"]


def tried(fault: Callable[[Sound], System], sound: Sound, before: Sequence[Bar], cases: Sequence[Case]) -> Seen:
    """A fault, planted; `before` are the sound system's bars."""
    metric = FAULTS[fault]
    after = measured(fault(sound), cases)
    mine, theirs = (next(b for b in bars if b.metric == metric) for bars in (before, after))
    others = tuple(b.metric for b in after if b.met is False and b.metric != metric)
    return Seen(fault.__name__.replace("_", " "), (fault.__doc__ or "").splitlines()[0], metric, mine, theirs, others)


def of_index(index: Path | None, work: Path) -> Sound:
    """The offline engine over an index, and the corpus of the settings."""
    from rag import answerable, embed, frequency, intent, lexicon, profile, settings

    chosen = settings.load(environ={}, index=index)
    generation = store.Store(chosen.index).current()
    embedder = embed.load("", chosen.index / "models")
    words, odds = frequency.load(embed.tokenizer()), intent.load()

    def assistant(kind: type[Assistant], current: Callable[[], Generation]) -> Assistant:
        return kind(current, embedder, words, lexicon.load, profile.parse, answerable.load(True), intent=odds)

    engine = assistant(Assistant, lambda: generation)
    bench = Bench.of(generation, chosen.corpus, engine.clock())
    return Sound(System(engine, bench), assistant, chosen.index, generation, embedder, chosen.corpus, work)


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--index", type=Path, metavar="DIR", help="an index of the shipped corpus")
    options = parser.parse_args()
    cases = load(SHIPPED)
    with tempfile.TemporaryDirectory() as work:
        try:
            sound = of_index(options.index, Path(work))
        except ResumeError as exc:
            print(f"error: {exc}", file=sys.stderr)
            return exc.exit_status
        before = measured(sound.system, cases)
        missed = [bar.metric for bar in before if bar.met is False]
        print(f"{'fault':26}{'metric':20}{'sound':>7}{'broken':>8}{'bar':>6}  {'':8}also missed")
        unseen = 0
        for fault in FAULTS:
            seen = tried(fault, sound, before, cases)
            unseen += not seen.caught
            print(
                f"{seen.fault:26}{seen.metric:20}{seen.sound.value or 0:>7.3f}{seen.broken.value or 0:>8.3f}"
                f"{seen.broken.bar:>6}  {'caught' if seen.caught else 'UNSEEN':8}{', '.join(seen.others)}",
                flush=True,
            )
    if missed:
        print(f"the sound system misses {', '.join(missed)}", file=sys.stderr)
    return int(bool(missed or unseen))


if __name__ == "__main__":
    sys.exit(main())
