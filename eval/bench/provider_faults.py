"""What a visitor gets, and when, from a provider that misbehaves: each fault at the real timeouts.

python -m eval.bench.provider_faults [--index DIR] [--second SECONDS] [FAULT …]
"""

from __future__ import annotations

import argparse
import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from eval.bench.faulty_provider import FAULTS, Provider, serving, sound
from rag import settings, wiring
from rag.schema import Answer, Done, Sentence

QUESTION = "What did they do with Kubernetes?"


@dataclass(frozen=True)
class Outcome:
    """One question to one provider."""

    answer: Answer
    first: float | None
    """Seconds to the first sentence shown."""
    total: float
    requests: int
    connections: int
    """That stand half a second after the answer."""
    threads: int
    """More than before, once the assistant is closed."""


def tried(index: Path, url: str, provider: Provider | None) -> Outcome:
    """The outcome of one question."""
    before = threading.active_count() - (provider.open if provider else 0)
    assistant = wiring.assistant(settings.load({}, index=str(index), llm="openai:faulty", llm_base_url=url))
    started, first = time.monotonic(), None
    for event in assistant.stream(QUESTION):
        if isinstance(event, Sentence) and first is None:
            first = time.monotonic() - started
        if isinstance(event, Done):
            answer = event.answer
    total = time.monotonic() - started
    assistant.close()
    time.sleep(0.5)
    left = provider.open if provider else 0
    requests = len(provider.requests) if provider else 0
    return Outcome(answer, first, total, requests, left, threading.active_count() - left - before)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.provider_faults", description=(__doc__ or "")[:90])
    parser.add_argument("faults", nargs="*", metavar="FAULT", help="names of faults; all by default")
    parser.add_argument("--index", type=Path, default=settings.HOME / ".index", metavar="DIR")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    columns = f"{'fault':22}{'first, s':>9}{'all, s':>8}{'asked':>6}{'conns':>6}{'threads':>8}"
    print(f"{columns}  engine, and how the text begins")
    if not options.faults or "refused" in options.faults:
        _print("refused connection", tried(options.index, "http://127.0.0.1:9/v1", None))
    for name, fault in {"none": sound, **FAULTS}.items():
        if not options.faults or name in options.faults:
            with serving(fault) as provider:
                _print(name, tried(options.index, provider.url, provider))


def _print(name: str, had: Outcome) -> None:
    first = f"{had.first:.2f}" if had.first is not None else "-"
    begins = f"{had.answer.engine}: {had.answer.text[:60]!r}, {len(had.answer.citations)} cited"
    print(
        f"{name:22}{first:>9}{had.total:>8.2f}{had.requests:>6}{had.connections:>6}{had.threads:>8}  {begins}",
        flush=True,
    )


if __name__ == "__main__":
    main()
