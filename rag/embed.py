"""Texts → vectors: the bundled all-MiniLM-L6-v2 on onnxruntime, any other model through sentence-transformers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedder import TOKEN_WIDTH, Asked, Embedder, Vectors, batches
from rag.errors import ResumeError
from rag.onnx_embedder import ADAPTER, BUNDLED, PROJECTION, OnnxEmbedder, bundled

EXPORT = "3"
"""Part of the fingerprint: raise it when `onnx_export.py`, the tokenizer's settings or MAX_TOKENS change."""


class SentenceTransformerEmbedder(Embedder):
    """Any other model, with the prompts it declares for queries and documents."""

    def __init__(self, model: str, fingerprint: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(str(_folder(model) or model))
        except ImportError as exc:
            raise ResumeError(f"embedding model {model!r} needs sentence-transformers ({exc}); run make setup") from exc
        except Exception as exc:  # the hub, the file system and the model's own code raise what they like
            reason = next(iter(str(exc).splitlines()), "") or type(exc).__name__
            raise ResumeError(
                f"embedding model {model!r} could not be loaded: {reason.rstrip('.')}; set RESUME_EMBEDDING_MODEL to a "
                "sentence-transformers folder or a name that this machine can download, or leave it empty for the "
                "bundled model"
            ) from exc
        self.name, self.fingerprint = model, fingerprint
        self.dimensions = int(self._model.encode_document("").shape[-1])

    def encode(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> Vectors:
        """As `Embedder.encode`; where a long text is cut is the model's own matter."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for batch in batches([len(text) // 4 + 1 for text in texts]):
            vectors[batch] = self._model.encode_document(
                [texts[i] for i in batch], batch_size=len(batch), normalize_embeddings=True, show_progress_bar=False
            )
            if progress:
                progress(len(batch))
        return vectors

    def ask(self, question: str) -> Asked:
        """As `Embedder.ask`, with the prompt that the model declares for queries."""
        vector = self._model.encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return Asked(np.asarray(vector, dtype=np.float32), np.empty((0, TOKEN_WIDTH), dtype=np.float32))


def load(model: str, cache: Path, say: Callable[[str], object] | None = None, adapter: Path = ADAPTER) -> Embedder:
    """The embedder that `model` names: empty or all-MiniLM-L6-v2 the bundled one, else a name or folder.

    The bundled model's graphs are exported into the folder `cache` at their first use (about 15 s, after one line to
    `say`). Raises ResumeError naming the model and the fix, there too.
    """
    mark = fingerprint(model)
    return OnnxEmbedder(cache, mark, adapter, say) if _is_bundled(model) else SentenceTransformerEmbedder(model, mark)


def fingerprint(model: str) -> str:
    """64 hex digits that change when the vectors would: from the files of a local model, from a hub model's name.

    Costs some milliseconds: of large files it reads the length and 64 evenly spread blocks.
    """
    if _is_bundled(model):
        files = [*(bundled() / name for name in ("model.safetensors", "tokenizer.json")), PROJECTION]
        digest = hashlib.sha256(EXPORT.encode())
    elif folder := _folder(model):
        files = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in {".json", ".safetensors", ".bin"})
        digest = hashlib.sha256(b"folder")
    else:
        return hashlib.sha256(f"hub {model}".encode()).hexdigest()
    for file in files:
        digest.update(f"{file.name} {_sampled(file)}\n".encode())
    return digest.hexdigest()


def _sampled(file: Path) -> str:
    size = file.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with file.open("rb") as stream:
        if size <= 2**20:
            digest.update(stream.read())
        else:
            for k in range(64):
                stream.seek((size - 4096) * k // 63)
                digest.update(stream.read(4096))
    return digest.hexdigest()


def tokenizer() -> Path:
    """The bundled model's `tokenizer.json`, whose vocabulary is ordered by frequency."""
    return bundled() / "tokenizer.json"


def _is_bundled(model: str) -> bool:
    return model in {"", BUNDLED, f"sentence-transformers/{BUNDLED}"}


def _folder(model: str) -> Path | None:
    """The folder that `model` names, None where it is a hub's name (`name` or `owner/name`)."""
    path = Path(model).expanduser()
    if path.is_dir():
        return path
    if model.startswith((".", "/", "~")) or "\\" in model or model.count("/") > 1:
        raise ResumeError(f"embedding model folder {model} does not exist; correct RESUME_EMBEDDING_MODEL or empty it")
    return None
