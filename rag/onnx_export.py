"""The bundled model as one ONNX file, pooling and normalising inside the graph; run once, in a process of its own.

    python onnx_export.py MODEL_FOLDER OUT.onnx

It alone imports torch and transformers, so that answering a question needs neither, and it imports nothing of ours.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any


def sentence_encoder(folder: Path) -> Any:
    """The BERT in `folder` with mean pooling, as a torch module: ids, mask (int64, n × length) → vectors (n × d).

    Its forward pass is written out, because the general one exports mask handling that made the graph a tenth slower.
    """
    import torch
    from torch.nn import functional
    from transformers import AutoModel

    bert = AutoModel.from_pretrained(str(folder))
    heads, width = bert.config.num_attention_heads, bert.config.hidden_size

    class SentenceEncoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embeddings, self.layers = bert.embeddings, bert.encoder.layer
            self.projections = torch.nn.ModuleList([self.projection(layer.attention.self) for layer in self.layers])

        @staticmethod
        def projection(attention: Any) -> torch.nn.Linear:
            """Query, key and value in one product, the scale of the scores folded into the query."""
            joint = torch.nn.Linear(width, 3 * width)
            scale = (width // heads) ** -0.5
            for part in ("weight", "bias"):
                query, key, value = (getattr(getattr(attention, n), part).data for n in ("query", "key", "value"))
                getattr(joint, part).data = torch.cat([query * scale, key, value])
            return joint

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
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
            return functional.normalize((x * weight).sum(1) / weight.sum(1), dim=1)

    return SentenceEncoder().eval()


def export(folder: Path, out: Path) -> None:
    """Write the graph at `out`, whole or not at all: under another name first, then moved into place."""
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    import torch

    ids = torch.full((2, 16), 1000)
    mask = torch.ones_like(ids)
    axes = {0: torch.export.Dim("texts"), 1: torch.export.Dim("length", max=512)}
    scratch = out.with_name(f"{out.name}.{os.getpid()}.tmp")
    try:
        with torch.inference_mode():
            torch.onnx.export(
                sentence_encoder(folder),
                (ids, mask),
                str(scratch),
                dynamo=True,
                external_data=False,
                verbose=False,
                input_names=["input_ids", "attention_mask"],
                output_names=["vectors"],
                dynamic_shapes={"input_ids": axes, "attention_mask": axes},
            )
        with scratch.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(scratch, out)
    finally:
        scratch.unlink(missing_ok=True)


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
