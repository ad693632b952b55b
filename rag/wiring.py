"""The composition root: settings → live objects."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from rag import embed, frequency, lexicon, profile
from rag.assistant import Assistant
from rag.settings import Settings
from rag.store import Store


def assistant(settings: Settings) -> Assistant:
    """An assistant over the index; the model and the index are opened side by side.

    Raises ResumeError where there is no index, or one built with another embedding model.
    """
    store = Store(settings.index)
    with ThreadPoolExecutor(2) as pool:
        embedder = pool.submit(embed.load, settings.embedding_model, settings.index / "models")
        words = pool.submit(frequency.load, embed.tokenizer())
        store.current()
        store.check_model(embedder.result().name, embedder.result().fingerprint)
    return Assistant(
        store.current,
        embedder.result(),
        words.result(),
        lexicon.load,
        profile.parse,
        settings.top_k,
        settings.today,
    )
