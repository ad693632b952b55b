"""The composition root: settings → live objects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rag import generation, profile
from rag.errors import ResumeError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.assistant import Assistant


def assistant(settings: Settings, once: bool = False) -> Assistant:
    """An assistant over the index; `once`: for one question, so that what pays off later is not loaded.

    Raises ResumeError where there is no index, or one built with another embedding model.
    """
    if settings.llm or settings.llm_base_url:
        raise ResumeError("RESUME_LLM: answers by a model are not built yet; leave it empty for the offline engine")
    from rag import embed, frequency, lexicon
    from rag.assistant import Assistant
    from rag.rerank import CrossEncoderReranker
    from rag.store import Store

    store = Store(settings.index, "scan" if once else "chroma")
    store.check_model(settings.embedding_model or embed.BUNDLED, embed.fingerprint(settings.embedding_model))
    embedder = embed.load(settings.embedding_model, settings.index / "models")
    return Assistant(
        store.current,
        embedder,
        frequency.load(embed.tokenizer()),
        lexicon.load,
        profile.parse,
        settings.top_k,
        settings.today,
        CrossEncoderReranker(settings.reranker) if settings.reranker else None,
    )


def owner(index: Path) -> profile.Profile:
    """What is shown about the owner, without opening the rest of the index: a page can be drawn before that.

    Raises ResumeError where there is no index.
    """
    name = generation.current(index)
    if name is None:
        raise ResumeError(f"there is no index in {index}; run python -m ingest")
    return profile.parse(generation.read_extra(generation.folder_of(index, name), "profile.toml"))
