"""Fits `rag/data/answerable.json`: how sure it must be, and of what, before the documents are taken to answer.

python -m eval.fit --folds DIR [--articles DIR] [--work DIR]
python -m eval.fit --intent

Trained on the `dev` and `train` questions: each set's own, and, as questions that a corpus cannot answer, the
answerable `dev` ones of another set of its fold. `DIR` holds what `python -m eval.adapt --folds DIR` has kept: each
corpus's questions are read as unseen ones. Only questions that no rule settles count, each corpus alike. Weight decay
and threshold are chosen by predictions for the `dev` questions of corpora that the regression was not trained on.
Writes the file, and prints what it will do on such corpora. `--intent` fits `rag/data/intent.json` on `intents.jsonl`;
run it first.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from eval import folds
from eval.bench.answers import indexed, sets
from eval.cases import load
from eval.judgement import judge
from eval.schema import Case
from rag import answerable, decide, embed, intent, listing, settings, timeline
from rag.assistant import Assistant, Snapshot, compose
from rag.embedder import Vectors
from rag.forms import Form

INTENTS = Path(__file__).with_name("intents.jsonl")
INTENT_C = 10.0
"""Inverse of the regularisation; 3 to 30 are alike in cross-validation."""
ALIEN_WEIGHT = 0.3
"""What a question of another corpus counts: it is further off than most that a visitor asks."""
TRAIN_WEIGHT = 0.3
"""What a `train` question counts; with 1 and with none the figures for `dev` questions elsewhere are worse."""
CORPUS = 250.0
"""What all own questions of one corpus count at most together."""
GIVEN = 0.92
"""Share of the right answers that must be given on corpora that it was not fitted on, of the questions it decides.

With it the share of all answerable `dev` questions that are answered and that of the unanswerable ones that are refused
come out about alike on the people (`eval.bench.answers`).
"""
QUESTION_SCALE = 3.0
"""Factor of the embedding beside figures of standard deviation 1; with C it sets how much its weights are held down."""
DECAYS = (0.02, 0.05, 0.1, 0.2)
"""Inverse regularisations C that are tried."""
FOLDS = 8
"""Groups of corpora, each predicted by what was fitted on the others."""
ALIEN = frozenset({"fact", "paraphrase"})
"""Kinds whose questions are about one corpus only."""


@dataclass(frozen=True)
class Row:
    """One question asked of one corpus."""

    corpus: str
    features: tuple[float, ...]
    alone: tuple[float, ...]
    """The features as a model without late interaction would give them."""
    form: Form
    vector: Vectors
    answerable: bool
    right: bool
    """The engine's answer held the facts."""
    own: bool
    """Asked of the corpus that it is about."""
    typical: bool
    """A `dev` question: as mixed as what visitors ask, where `train` ones are paraphrases and near misses."""


def rows(name: str, cases: Sequence[Case], assistant: Assistant, own: bool) -> Iterator[Row]:
    """What the regression has to decide: questions that no rule before it settles."""
    now: Snapshot = assistant.snapshot()
    for case in cases:
        found = assistant.examine(case.question, case.history, now)
        clock = case.today or assistant.clock()
        if found.command or timeline.reply(found.question, now.catalogue, clock):
            continue
        if listing.reply(found.question, now.catalogue):
            continue
        figures = assistant.evidence(found, now.catalogue)
        sure = decide.decide(found.question, found.names, figures, found.hits, now.catalogue, 1.0, 0.0)
        settled = decide.decide(found.question, found.names, figures, found.hits, now.catalogue, 0.0, 1.0)
        if sure.decision != "refuse" and settled.decision == "refuse":
            reply = assistant.reply(found, now.catalogue, clock, threshold=0.0)
            answer = compose(reply, case.question, found, now)
            right = own and case.answerable and judge(case, answer, now.generation.text).right
            form, known = found.question.form, own and case.answerable
            bare = replace(found, hits=tuple(replace(h, interaction=()) for h in found.hits))
            alone = assistant.evidence(bare, now.catalogue).features
            typical = case.split == "dev"
            yield Row(name, figures.features, alone, form, found.embedded.vector, known, right, own, typical)


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


@dataclass(frozen=True)
class Fitted:
    """A regression in the units of its figures, and what it says of corpora that it was not fitted on."""

    weights: NDArray[np.float64]
    bias: float
    elsewhere: NDArray[np.float64]
    """Probability of each row, by a fit without the row's corpus."""


def fit(x: NDArray[np.float64], found: Sequence[Row], decay: float) -> Fitted:
    """The regression on figures x, shape (rows, figures)."""
    from sklearn.linear_model import LogisticRegression

    y = np.array([r.answerable for r in found])
    corpus = np.array([r.corpus for r in found])
    own = {name: sum(r.own for r in found if r.corpus == name) for name in set(corpus)}
    counts = np.array([ALIEN_WEIGHT if not r.own else 1.0 if r.typical else TRAIN_WEIGHT for r in found])
    weight = counts * np.array([min(1.0, CORPUS / own[r.corpus]) for r in found])

    def fitted(rows: NDArray[np.bool_]) -> Any:
        model = LogisticRegression(C=decay, class_weight="balanced", max_iter=3000)
        return model.fit(x[rows], y[rows], weight[rows])

    elsewhere = np.zeros(len(y))
    names = sorted(own)
    for fold in range(FOLDS):
        left_out = np.isin(corpus, names[fold::FOLDS])
        elsewhere[left_out] = fitted(~left_out).predict_proba(x[left_out])[:, 1]
    model = fitted(np.ones(len(y), dtype=bool))
    return Fitted(model.coef_[0], float(model.intercept_[0]), elsewhere)


def kept(found: Sequence[Row], sure: NDArray[np.float64], threshold: float) -> tuple[float, float]:
    """Shares, each corpus counting alike, of right answers given and of unanswerable own questions refused."""
    shares = []
    for name in {r.corpus for r in found}:
        pairs = zip(found, sure, strict=True)
        own = [(r, p >= threshold) for r, p in pairs if r.corpus == name and r.own and r.typical]
        right, no = [a for r, a in own if r.right], [not a for r, a in own if not r.answerable]
        if right and no:
            shares.append((sum(right) / len(right), sum(no) / len(no)))
    given, refused = np.mean(shares, axis=0)
    return float(given), float(refused)


def highest(found: Sequence[Row], sure: NDArray[np.float64]) -> float:
    """The highest threshold that gives enough of the right answers."""
    return float(max(t for t in np.arange(0.05, 0.96, 0.01) if kept(found, sure, t)[0] >= GIVEN))


def regression(found: Sequence[Row], bundled: bool) -> dict[str, Any]:
    """What `answerable.json` holds of one kind of embedding model; prints what it will do elsewhere."""
    forms = list(get_args(Form))
    figures = np.array([[*(r.features if bundled else r.alone), *(float(r.form == f) for f in forms)] for r in found])
    middle, spread = figures.mean(axis=0), figures.std(axis=0) + 1e-9
    vectors = QUESTION_SCALE * np.array([r.vector for r in found])
    x = np.hstack([(figures - middle) / spread, vectors]) if bundled else (figures - middle) / spread
    tried = [(decay, fit(x, found, decay)) for decay in DECAYS]
    decay, best = max(tried, key=lambda d: kept(found, d[1].elsewhere, highest(found, d[1].elsewhere))[1])
    threshold = highest(found, best.elsewhere)
    given, refused = kept(found, best.elsewhere, threshold)
    print(f"# {'with' if bundled else 'without'} the embedding: C {decay}, threshold {threshold:.2f}; on other corpora")
    print(f"# {given:.1%} of the right answers given, {refused:.1%} of the unanswerable questions refused")
    plain = best.weights[: len(middle)] / spread
    weights = [round(float(w), 4) for w in plain]
    return {
        "features": dict(zip(answerable.FEATURES, weights, strict=False)),
        "forms": dict(zip(forms, weights[len(answerable.FEATURES) :], strict=True)),
        "bias": round(best.bias - float(plain @ middle), 4),
        "threshold": round(threshold, 2),
        "question": [round(float(w) * QUESTION_SCALE, 3) for w in best.weights[len(middle) :]],
    }


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(prog="python -m eval.fit", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folds", type=Path, metavar="DIR", help="adapters of eval.adapt --folds")
    parser.add_argument("--articles", type=Path, metavar="DIR")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep the indexes here, for the next run")
    parser.add_argument("--intent", action="store_true", help="fit rag/data/intent.json instead")
    options = parser.parse_args()
    if options.intent:
        fit_intent()
        return
    if not options.folds:
        parser.error("--folds DIR is needed: python -m eval.adapt --folds DIR makes it")
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        chosen = [(s, [c for c in load(s.cases) if c.split != "test"]) for s in sets(options.articles)]
        chosen = [(s, cases) for s, cases in chosen if cases]
        for one, mine in chosen:
            group = [(s, cases) for s, cases in chosen if folds.fold(s.name) == folds.fold(one.name)]
            others = group[(group.index((one, mine)) + 1) % len(group)][1]
            assistant = indexed(one, options.work or Path(scratch), folds.unseen(one.name, options.folds))
            found += rows(one.name, mine, assistant, True)
            if one.name != "articles":  # 150 articles answer a little of everything
                alien = [c for c in others if c.split == "dev" and c.answerable and c.kind in ALIEN and not c.history]
                found += rows(one.name, alien, assistant, False)
    print(
        f"# {len(found)} questions, {sum(r.answerable for r in found)} answerable, {sum(r.right for r in found)} right"
    )
    fitted = {kind: regression(found, kind == "bundled") for kind in ("bundled", "other")}
    answerable.SHIPPED.write_text(json.dumps(fitted) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
