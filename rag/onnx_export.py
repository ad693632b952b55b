"""The bundled model as two ONNX files, one for texts and one for questions; run once, in a process of its own.

    python onnx_export.py MODEL_FOLDER PROJECTION.npz ADAPTER.npz TEXTS.onnx QUESTIONS.onnx

Pooling and normalising are inside the graphs, and so is the projection of the tokens for late interaction (ColBERT,
Khattab and Zaharia 2020). Texts are read by the model as it is. Questions are read by the same model with low-rank
updates of its attention (LoRA, Hu et al. 2021) that `eval/adapt.py` has learned, folded into the weights.
In `rag` it alone imports torch and transformers, so that answering a question needs neither, and nothing of ours.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

Arrays = dict[str, "np.ndarray[Any, Any]"]


def encoder(folder: Path, shared: Arrays, adapter: Arrays | None = None) -> Any:
    """The BERT in `folder` as a torch module: ids, mask (int64, n × length) → vectors (n × d), tokens (n × length × w).

    Vectors are means over the tokens, of length one. Tokens are projected, of length one, and zero where the mask is.
    With an `adapter`, a question's tokens are as long as they count, and their lengths add up to one.
    `shared` holds `mean` (d) and `matrix` (d × w); `adapter` holds `matrix` (d × w), `weight` (d), `bias` (1), and
    `down` (layers × 3 × rank × d), `up` (layers × 3 × d × rank) for query, key and value. The forward pass is written
    out, because the general one exports mask handling that made the graph a tenth slower.
    """
    import torch
    from torch.nn import functional
    from transformers import AutoModel

    bert = AutoModel.from_pretrained(str(folder))
    heads, width = bert.config.num_attention_heads, bert.config.hidden_size

    def tensor(array: np.ndarray[Any, Any]) -> torch.Tensor:
        return torch.tensor(array.astype(np.float32))

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embeddings, self.layers = bert.embeddings, bert.encoder.layer
            if adapter:
                self.adapt(adapter)
            self.projections = torch.nn.ModuleList([self.projection(layer.attention.self) for layer in self.layers])
            self.register_buffer("mean", tensor(shared["mean"]))
            self.register_buffer("matrix", tensor((adapter or shared)["matrix"]))
            if adapter:
                self.register_buffer("weight", tensor(adapter["weight"]))
                self.register_buffer("bias", tensor(adapter["bias"]))

        def adapt(self, adapter: Arrays) -> None:
            for layer, downs, ups in zip(self.layers, adapter["down"], adapter["up"], strict=True):
                for name, down, up in zip(("query", "key", "value"), downs, ups, strict=True):
                    getattr(layer.attention.self, name).weight.data += tensor(up) @ tensor(down)

        @staticmethod
        def projection(attention: Any) -> torch.nn.Linear:
            """Query, key and value in one product, the scale of the scores folded into the query."""
            joint = torch.nn.Linear(width, 3 * width)
            scale = (width // heads) ** -0.5
            for part in ("weight", "bias"):
                query, key, value = (getattr(getattr(attention, n), part).data for n in ("query", "key", "value"))
                getattr(joint, part).data = torch.cat([query * scale, key, value])
            return joint

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            n, length = input_ids.shape
            e = self.embeddings
            x = e.word_embeddings(input_ids) + e.position_embeddings.weight[:length] + e.token_type_embeddings.weight[0]
            x = e.LayerNorm(x)
            present = attention_mask.to(x.dtype)
            bias = ((1 - present) * -1e4)[:, None, None, :]
            for layer, projection in zip(self.layers, self.projections, strict=True):
                query, key, value = projection(x).view(n, length, 3 * heads, -1).transpose(1, 2).split(heads, 1)
                mixed = torch.softmax(query @ key.transpose(-1, -2) + bias, -1) @ value
                attended = layer.attention.output
                x = attended.LayerNorm(attended.dense(mixed.transpose(1, 2).reshape(n, length, width)) + x)
                hidden = functional.gelu(layer.intermediate.dense(x))
                x = layer.output.LayerNorm(layer.output.dense(hidden) + x)
            weight = present.unsqueeze(-1)
            vectors = functional.normalize((x * weight).sum(1) / weight.sum(1), dim=1)
            tokens = functional.normalize((x - self.mean) @ self.matrix, dim=2)
            if adapter:
                counts = functional.softplus(x @ self.weight + self.bias).unsqueeze(-1) * weight
                return vectors, tokens * counts / counts.sum(1, keepdim=True)
            return vectors, tokens * weight

    return Encoder().eval()


def export(module: Any, out: Path) -> None:
    """Write the graph at `out`, whole or not at all: under another name first, then moved into place."""
    import torch

    ids = torch.full((2, 16), 1000)
    mask = torch.ones_like(ids)
    axes = {0: torch.export.Dim("texts"), 1: torch.export.Dim("length", max=512)}
    scratch = out.with_name(f"{out.name}.{os.getpid()}.tmp")
    try:
        with torch.inference_mode():
            torch.onnx.export(
                module,
                (ids, mask),
                str(scratch),
                dynamo=True,
                external_data=False,
                verbose=False,
                input_names=["input_ids", "attention_mask"],
                output_names=["vectors", "tokens"],
                dynamic_shapes={"input_ids": axes, "attention_mask": axes},
            )
        with scratch.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(scratch, out)
    finally:
        scratch.unlink(missing_ok=True)


def main() -> None:
    """Writes the graphs that are not there."""
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    folder, projection, adapter, texts, questions = map(Path, sys.argv[1:])
    shared = dict(np.load(projection))
    if not questions.exists():
        export(encoder(folder, shared, dict(np.load(adapter))), questions)
    if not texts.exists():
        export(encoder(folder, shared), texts)


if __name__ == "__main__":
    main()
