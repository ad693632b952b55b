"""Fits the constants of `rag/decide.py`: how sure the evidence must be before the documents are taken to answer.

python -m eval.fit [--articles DIR] [--work DIR]
python -m eval.fit --intent

Trained on the `dev` halves alone: each set's own questions, and, as questions that a corpus cannot answer, the
answerable ones of the other sets. Only questions that the rules before it let through count. Prints the lines to paste.
`--intent` fits `rag/data/intent.json` on `intents.jsonl` and writes it; run it first.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.bench.answers import indexed, sets
from eval.cases import load
from eval.judgement import judge
from eval.schema import Case
from rag import decide, embed, evidence, intent, listing, settings, timeline
from rag.assistant import Assistant, Snapshot, compose

LOST = 0.04
"""Share of the right answers that may be refused."""
INTENTS = Path(__file__).with_name("intents.jsonl")
INTENT_C = 10.0
"""Inverse of the regularisation; 3 to 30 are alike in cross-validation."""
ALIEN_WEIGHT = 0.3
"""What a question of another corpus counts: it is further off than most that a visitor asks."""
ALIEN = frozenset({"fact", "paraphrase"})
"""Kinds whose questions are about one corpus only."""


@dataclass(frozen=True)
class Row:
    """One question asked of one corpus."""

    features: tuple[float, ...]
    answerable: bool
    right: bool
    """The engine's answer held the facts."""
    text: str
    own: bool


def rows(name: str, cases: Sequence[Case], assistant: Assistant, own: bool) -> Iterator[Row]:
    """What the regression has to decide: questions that no rule before it settles."""
    now: Snapshot = assistant.snapshot()
    for case in cases:
        found = assistant.examine(case.question, case.history, now)
        computed = timeline.reply(found.question, now.catalogue, case.today or assistant.clock())
        if found.command or computed or listing.reply(found.question, now.catalogue):
            continue
        figures = assistant.evidence(found, now.catalogue)
        sure = decide.decide(found.question, found.names, figures, found.hits, now.catalogue, threshold=0.0)
        if sure.decision != "refuse":
            reply = assistant.reply(found, now.catalogue, case.today or assistant.clock(), threshold=0.0)
            answer = compose(reply, case.question, found, now)
            right = own and case.answerable and judge(case, answer, now.generation.text).right
            yield Row(figures.features, own and case.answerable, right, f"{name}: {case.question}", own)


def fit_intent() -> None:
    """Writes the model that tells questions about a career from others; prints its area under the ROC curve."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score

    rows = [json.loads(line) for line in INTENTS.read_text(encoding="utf-8").splitlines()]
    embedder = embed.load("", settings.load(environ={}).index / "models")
    x = np.array([embedder.encode_query(row["text"]) for row in rows])
    y = np.array([row["about"] == "career" for row in rows])
    model = LogisticRegression(C=INTENT_C, class_weight="balanced", max_iter=3000)
    area = cross_val_score(model, x, y, cv=10, scoring="roc_auc").mean()
    model.fit(x, y)
    fitted = {"weights": [round(float(w), 3) for w in model.coef_[0]], "bias": round(float(model.intercept_[0]), 3)}
    intent.SHIPPED.write_text(json.dumps(fitted) + "\n", encoding="utf-8")
    print(f"# {len(rows)} questions, {y.sum()} about a career; area under the ROC curve {area:.3f}, 10-fold")


def main() -> None:
    """Prints weights, bias and threshold."""
    from sklearn.linear_model import LogisticRegression

    parser = argparse.ArgumentParser(prog="python -m eval.fit", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=Path, metavar="DIR")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep the indexes here, for the next run")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="the N questions that are least sure")
    parser.add_argument("--intent", action="store_true", help="fit rag/data/intent.json instead")
    options = parser.parse_args()
    if options.intent:
        fit_intent()
        return
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.work or Path(scratch)
        chosen = {
            s.name: (indexed(s, folder), [c for c in load(s.cases) if c.split == "dev"]) for s in sets(options.articles)
        }
        for name, (assistant, mine) in chosen.items():
            found += rows(name, mine, assistant, True)
            for other, (_, cases) in chosen.items():
                if mine and name not in {other, "articles"}:  # 150 articles answer a little of everything
                    alien = [c for c in cases if c.answerable and c.kind in ALIEN and not c.history]
                    found += rows(name, alien, assistant, False)
    x = np.array([r.features for r in found])
    y = np.array([r.answerable for r in found])
    model = LogisticRegression(C=1.0, class_weight="balanced").fit(
        x, y, [1.0 if r.own else ALIEN_WEIGHT for r in found]
    )
    sure = model.predict_proba(x)[:, 1]
    right = np.sort(sure[[r.right for r in found]])
    threshold = float(right[int(LOST * len(right))]) - 0.005
    for p, r in sorted(zip(sure, found, strict=True), key=lambda pair: float(pair[0]))[: options.show]:
        print(f"# {p:.2f} {'answerable' if r.answerable else 'not'} {'right' if r.right else ''} {r.text}")
    print(f"# {len(found)} questions, {y.sum()} answerable, {len(right)} answered right; features {evidence.FEATURES}")
    print(f"WEIGHTS = ({', '.join(f'{w:.2f}' for w in model.coef_[0])})")
    print(f"BIAS = {model.intercept_[0]:.2f}\nTHRESHOLD = {threshold:.2f}")
    for own in (True, False):
        no = [p for p, r in zip(sure, found, strict=True) if not r.answerable and r.own == own]
        print(f"# {sum(p < threshold for p in no)} of {len(no)} unanswerable {'own' if own else 'alien'} ones refused")


if __name__ == "__main__":
    main()
