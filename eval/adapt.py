"""Fits how questions are read: `rag/data/adapter.npz`, and what tokens are projected by: `rag/data/projection.npz`.

python -m eval.adapt [--folds DIR] [--work DIR]
python -m eval.adapt --projection [--work DIR]

The embedding model reads texts as it is. Questions are read by the same model with low-rank updates of its attention
(LoRA), learned together with a projection of the question's tokens and what each of them counts, so that among all
units of a corpus the ones that hold a fact score highest: by the cosines of unit and passage and by late interaction,
weighed as in `rag/evidence.py`. Of questions that no unit answers, all units must score below a bar that is learned of
the question, as for the unanswerable ones of SQuAD 2.0 (Rajpurkar et al., 2018); what answers must score above it.
Learned from the `dev` and `train` questions.

`--folds` also fits, for each of FOLDS groups of corpora, an adapter that has not seen them, prints how it does on them,
and keeps it: `eval.rank` and `eval.fit` read them, since what follows must be fitted on questions that the adapter does
not know. `--projection` takes the main directions of the texts' tokens instead. All else was fitted with it: after it
indexes are built anew, then this, `eval.rank` and both of `eval.fit` are run again.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from eval.bench.answers import Set, indexed
from eval.cases import load
from eval.folds import FOLDS, people
from eval.judgement import holds
from rag import embed, embedder, evidence, onnx_embedder
from rag import generation as disk
from rag.onnx_export import Arrays
from rag.question import RE

EPOCHS, CHUNK, CHUNKS = 3, 16, 2
"""A step sees CHUNKS times CHUNK questions, each chunk of one corpus."""
RANK, RATE, HEAD_RATE, WARM_UP = 8, 1e-3, 5e-4, 20
TEMPERATURE = 0.033
TOLD = 0.3
"""What telling whether anything answers counts beside finding what does. On 32 unseen corpora the reciprocal rank is
0.704 with 0.3 and 0.709 with none, the area under the ROC curve of score less bar 0.78 and 0.58."""
ANCHOR = 0.3
"""What it costs to turn a question's vector away from the unadapted one: 1 less their cosine, times this."""
SEED = 0
PARTS = ("query", "key", "value")
"""Of each layer's attention, what is updated."""


@dataclass(frozen=True)
class Corpus:
    """What a corpus's units are to a question, and the questions."""

    units: torch.Tensor
    """(m, d)"""
    passages: torch.Tensor
    """(m, d): of each unit's passage."""
    tokens: torch.Tensor
    """(m, longest, w), zero where there is none."""
    present: torch.Tensor
    """(m, longest)"""
    questions: list[tuple[str, torch.Tensor]]
    """Each with which units hold a fact, (m,): none where the corpus does not answer."""


def corpus(chosen: Set, work: Path) -> Corpus:
    """Of the index that the real command builds, and of the questions as the assistant reads them."""
    assistant = indexed(chosen, work)
    now = assistant.snapshot()
    kept = disk.read(disk.folder_of(work / chosen.name, now.generation.name))
    ends = np.cumsum(kept.lengths)[:-1]
    tokens = [torch.tensor(t.astype(np.float32) / embedder.SCALE) for t in np.split(kept.tokens, ends)]
    texts = [p.quote(s) for p in kept.passages for s in p.sentences]
    places = np.repeat(np.arange(len(kept.passages)), [len(p.sentences) for p in kept.passages])
    questions = []
    for case in load(chosen.cases):
        if not case.history and case.split != "test":
            gold = torch.tensor([any(holds(text, a) for fact in case.expected for a in fact) for text in texts])
            read = assistant.examine(case.question, (), now).question.asked.partition(RE)[0]
            if read.strip() and bool(gold.any()) == case.answerable:
                questions.append((read, gold))
    padded = nn.utils.rnn.pad_sequence(tokens, batch_first=True)
    return Corpus(
        torch.tensor(np.array(kept.sentences)),
        torch.tensor(np.array(kept.vectors))[places],
        padded,
        padded.abs().sum(-1) > 0,
        questions,
    )


class LowRank(nn.Module):
    """A linear map and a low-rank update of it, at first none."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear
        self.down = nn.Parameter(torch.randn(RANK, linear.in_features) / linear.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Of (…, in) the map's (…, out)."""
        mapped: torch.Tensor = self.linear(x)
        return mapped + x @ self.down.T @ self.up.T


class Reader(nn.Module):
    """The model that reads questions; only what is learned of it changes."""

    def __init__(self, projection: Arrays) -> None:
        super().__init__()
        from tokenizers import Tokenizer
        from transformers import AutoModel

        self.bert = AutoModel.from_pretrained(str(embed.tokenizer().parent)).eval().requires_grad_(False)
        width = self.bert.config.hidden_size
        for layer in self.bert.encoder.layer:
            for name in PARTS:
                setattr(layer.attention.self, name, LowRank(getattr(layer.attention.self, name)))
        self.mean = torch.tensor(projection["mean"].astype(np.float32))
        self.matrix = nn.Parameter(torch.tensor(projection["matrix"].astype(np.float32)))
        self.weight = nn.Parameter(torch.zeros(width))
        self.bias = nn.Parameter(torch.full((1,), 0.5))
        self.bar = nn.Linear(width, 1)
        """What the units must score for one to answer; used in training alone: `eval.fit` finds its own."""
        nn.init.zeros_(self.bar.weight)
        nn.init.constant_(self.bar.bias, 0.5)
        self._tokenizer = Tokenizer.from_file(str(embed.tokenizer()))
        self._tokenizer.enable_truncation(onnx_embedder.MAX_TOKENS)
        self._tokenizer.enable_padding()

    def forward(self, questions: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Vectors (n, d) and tokens (n, longest, w), as the exported graph gives them."""
        read = self._tokenizer.encode_batch(list(questions))
        mask = torch.tensor([each.attention_mask for each in read])
        x = self.bert(torch.tensor([each.ids for each in read]), mask).last_hidden_state
        present = mask.unsqueeze(-1).float()
        vectors = functional.normalize((x * present).sum(1) / present.sum(1), dim=1)
        tokens = functional.normalize((x - self.mean) @ self.matrix, dim=2)
        counts = functional.softplus(x @ self.weight + self.bias).unsqueeze(-1) * present
        return vectors, tokens * counts / counts.sum(1, keepdim=True)

    def adapter(self) -> Arrays:
        """What was learned, as `rag/onnx_export.py` takes it."""
        attention = [[getattr(layer.attention.self, name) for name in PARTS] for layer in self.bert.encoder.layer]
        return {
            "matrix": _half(self.matrix),
            "weight": _half(self.weight),
            "bias": _half(self.bias),
            "down": np.array([[_half(part.down) for part in parts] for parts in attention]),
            "up": np.array([[_half(part.up) for part in parts] for parts in attention]),
        }


def _half(tensor: torch.Tensor) -> NDArray[np.float16]:
    return tensor.detach().numpy().astype(np.float16)


def scores(vectors: torch.Tensor, tokens: torch.Tensor, of: Corpus) -> torch.Tensor:
    """What each unit scores, (n, m), by what does not depend on words: all but the coverage of `rag/evidence.py`."""
    alike = torch.einsum("nqw,mlw->nqml", tokens, of.tokens).masked_fill(~of.present, -1.0)
    interaction = alike.amax(3).sum(1)
    cosines = evidence.SENTENCE * (vectors @ of.units.T) + evidence.PASSAGE * (vectors @ of.passages.T)
    return cosines + evidence.INTERACTION * interaction


def losses(reader: Reader, vectors: torch.Tensor, tokens: torch.Tensor, of: Corpus, gold: torch.Tensor) -> torch.Tensor:
    """Of each question, (n,): that a unit which holds a fact is first, and that the bar stands where it should."""
    logits = scores(vectors, tokens, of) / TEMPERATURE
    every, right = torch.logsumexp(logits, 1), torch.logsumexp(logits.masked_fill(~gold, -1e9), 1)
    bar, answered = reader.bar(vectors)[:, 0] / TEMPERATURE, gold.any(1)
    told = functional.softplus(torch.where(answered, bar - right, every - bar))
    return torch.where(answered, every - right, 0.0) + TOLD * told


def learned(corpora: Sequence[Corpus], projection: Arrays) -> Reader:
    """Trained by the softmax over all units of a corpus; prints the loss of each epoch."""
    torch.manual_seed(SEED)
    random = np.random.default_rng(SEED)
    reader = Reader(projection)
    heads = [reader.matrix, reader.weight, reader.bias, *reader.bar.parameters()]
    updates = [p for p in reader.parameters() if p.requires_grad and not any(p is head for head in heads)]
    optimiser = torch.optim.AdamW([{"params": updates, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}])
    steps = EPOCHS * sum(-(-len(of.questions) // CHUNK) for of in corpora) // CHUNKS + EPOCHS
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1, (step + 1) / WARM_UP) * max(0.0, 1 - step / steps)
    )
    before: dict[str, torch.Tensor] = {}
    with torch.no_grad():
        for of in corpora:
            asked = [question for question, _ in of.questions]
            for i in range(0, len(asked), CHUNK):
                before |= zip(asked[i : i + CHUNK], reader(asked[i : i + CHUNK])[0], strict=True)
    for epoch in range(EPOCHS):
        total = []
        for batch in _batches(corpora, random):
            asked = [question for _, some in batch for question, _ in some]
            vectors, tokens = reader(asked)
            turned = 1 - (vectors * torch.stack([before[question] for question in asked])).sum(1)
            sizes = [len(some) for _, some in batch]
            parts = zip(batch, vectors.split(sizes), tokens.split(sizes), strict=True)
            found = [losses(reader, v, t, of, torch.stack([gold for _, gold in some])) for (of, some), v, t in parts]
            each = torch.cat(found) + ANCHOR * turned
            optimiser.zero_grad()
            each.mean().backward()
            optimiser.step()
            schedule.step()
            total += each.tolist()
        print(f"# epoch {epoch + 1}: loss {np.mean(total):.3f} of {len(total)} questions", flush=True)
    return reader


def _batches(
    corpora: Sequence[Corpus], random: np.random.Generator
) -> Iterator[list[tuple[Corpus, list[tuple[str, torch.Tensor]]]]]:
    chunks = []
    for of in corpora:
        order = [of.questions[i] for i in random.permutation(len(of.questions))]
        chunks += [(of, order[i : i + CHUNK]) for i in range(0, len(order), CHUNK)]
    mixed = [chunks[i] for i in random.permutation(len(chunks))]
    for i in range(0, len(mixed), CHUNKS):
        yield mixed[i : i + CHUNKS]


def reciprocal_rank(reader: Reader, of: Corpus) -> float:
    """The mean over the questions that it answers of 1 over the place of the best unit that holds a fact."""
    found = []
    with torch.no_grad():
        for question, gold in of.questions:
            if gold.any():
                vectors, tokens = reader([question])
                score = scores(vectors, tokens, of)[0]
                found.append(1 / int((score >= score[gold].max()).sum()))
    return float(np.mean(found))


def projection_of(corpora: Sequence[Set], work: Path) -> Arrays:
    """Mean and main directions of the tokens that the model gives the units' texts."""
    reader = Reader({"mean": np.zeros(1), "matrix": np.zeros((1, 1))})
    found = []
    with torch.no_grad():
        for chosen in corpora:
            for passage in indexed(chosen, work).snapshot().generation.passages:
                for text in passage.embedded_sentences:
                    read = reader._tokenizer.encode(text)
                    found.append(reader.bert(torch.tensor([read.ids])).last_hidden_state[0])
    tokens = torch.cat(found)
    mean = tokens.mean(0)
    directions = torch.linalg.eigh(torch.cov((tokens - mean).T)).eigenvectors.flip(1)
    return {"mean": _half(mean), "matrix": _half(directions[:, : embedder.TOKEN_WIDTH])}


def _save(file: Path, arrays: Arrays) -> None:
    with file.open("wb") as out:
        np.savez(out, allow_pickle=False, **arrays)


def main() -> None:
    """Writes the files."""
    parser = argparse.ArgumentParser(prog="python -m eval.adapt", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folds", type=Path, metavar="DIR", help="also fit and keep adapters for unseen corpora here")
    parser.add_argument("--projection", action="store_true", help="fit rag/data/projection.npz instead")
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep the indexes here, for the next run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = options.work or Path(scratch)
        chosen = people()
        if options.projection:
            _save(onnx_embedder.PROJECTION, projection_of(chosen, work))
            return
        projection = dict(np.load(onnx_embedder.PROJECTION))
        corpora = {s.name: corpus(s, work) for s in chosen}
    if options.folds:
        options.folds.mkdir(parents=True, exist_ok=True)
        plain = Reader(projection)
        for fold in range(FOLDS):
            out = sorted(corpora)[fold::FOLDS]
            reader = learned([of for name, of in corpora.items() if name not in out], projection)
            _save(options.folds / f"{fold}.npz", reader.adapter())
            for name in out:
                before, after = reciprocal_rank(plain, corpora[name]), reciprocal_rank(reader, corpora[name])
                print(
                    f"{name:10} {len(corpora[name].questions):4} questions, RR {before:.3f} → {after:.3f}", flush=True
                )
    _save(onnx_embedder.ADAPTER, learned(list(corpora.values()), projection).adapter())


if __name__ == "__main__":
    main()
