"""The composition root: settings → live objects. What is heavy is imported where it is built, so that a page can be
drawn before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rag import generation, profile
from rag.errors import ResumeError
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.embedder import Embedder
    from rag.frequency import Frequency
    from rag.llm import Timeouts
    from rag.written import Penned


def assistant(
    settings: Settings, once: bool = False, timeouts: Timeouts | None = None, adapter: Path | None = None
) -> Assistant:
    """An assistant over the index; `once`: for one question, so that what pays off later is not loaded; `adapter`:
    another than the shipped one reads the questions.

    Raises ResumeError where there is no index, or one built with another embedding model.
    """
    from rag import answerable, embed, frequency, intent, lexicon, onnx_embedder
    from rag.assistant import Assistant
    from rag.rerank import CrossEncoderReranker
    from rag.store import Store

    store = Store(settings.index, "scan" if once else "chroma")
    store.check_model(settings.embedding_model or onnx_embedder.BUNDLED, embed.fingerprint(settings.embedding_model))
    embedder = embed.load(settings.embedding_model, settings.index / "models", adapter=adapter or onnx_embedder.ADAPTER)
    embedder.ask("")  # opens the model now, and not at the first question
    english = frequency.load(embed.tokenizer())
    return Assistant(
        store.current,
        embedder,
        english,
        lexicon.load,
        profile.parse,
        answerable.load(not settings.embedding_model),
        settings.top_k,
        settings.today,
        CrossEncoderReranker(settings.reranker) if settings.reranker else None,
        None if settings.embedding_model else intent.load(),
        _penned(settings, embedder, english, timeouts) if settings.llm or settings.llm_base_url else None,
    )


def _penned(settings: Settings, embedder: Embedder, english: Frequency, timeouts: Timeouts | None) -> Penned:
    """The model that writes; LangChain is imported here and not before."""
    from rag import llm, vetting
    from rag.budget import Budget, Price
    from rag.writer import Writer
    from rag.written import Penned

    timeouts = timeouts or llm.TIMEOUTS
    model = llm.load(settings.llm, settings.llm_base_url, settings.llm_api_key.get_secret_value(), timeouts)
    budget = None
    if settings.llm_daily_tokens or settings.llm_daily_cost:
        if settings.llm_daily_cost and not settings.llm_price:
            raise ResumeError("RESUME_LLM_DAILY_COST needs RESUME_LLM_PRICE: money for a million tokens in, and out")
        price = Price(*settings.llm_price) if settings.llm_price else Price()
        path = settings.index / "budget.sqlite"
        budget = Budget(path, settings.llm_daily_tokens, settings.llm_daily_cost, price)
    return Penned(
        Writer(model, settings.llm, timeouts, budget),
        lambda catalogue, profile: vetting.check(catalogue, profile, english, embedder.encode),
        settings.context_tokens,
    )


def owner(index: Path) -> profile.Profile:
    """What is shown about the owner, without opening the rest of the index: a page can be drawn before that.

    Raises ResumeError where there is no index.
    """
    name = generation.current(index)
    if name is None:
        raise ResumeError(f"there is no index in {index}; run python -m ingest --index {index}")
    return profile.parse(generation.read_extra(generation.folder_of(index, name), "profile.toml"))
