"""The composition root: settings → live objects."""

from __future__ import annotations

from rag import embed, frequency, intent, lexicon, profile
from rag.assistant import Assistant
from rag.errors import ResumeError
from rag.rerank import CrossEncoderReranker
from rag.settings import Settings
from rag.store import Store


def assistant(settings: Settings, once: bool = False) -> Assistant:
    """An assistant over the index; `once`: for one question, so that what pays off later is not loaded.

    Raises ResumeError where there is no index, or one built with another embedding model.
    """
    if settings.llm or settings.llm_base_url:
        raise ResumeError("RESUME_LLM: answers by a model are not built yet; leave it empty for the offline engine")
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
        None if settings.embedding_model else intent.load(),
    )
