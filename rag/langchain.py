"""Our index inside other people's LangChain chains."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag import embed, onnx_embedder
from rag.embedder import Embedder
from rag.retrieve import retrieve
from rag.schema import Hit
from rag.store import Store


class CareerRetriever(BaseRetriever):
    """The passages nearest to a question, by vectors and keywords, as LangChain's documents, best first."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    store: Store
    embedder: Embedder
    top_k: int = 8

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        generation = self.store.current()
        return [document(h) for h in retrieve(query, self.embedder.ask(query), generation, self.top_k)]


def document(hit: Hit) -> Document:
    """A passage with what a citation needs: `source`, and `start` and `end` in that source's text."""
    passage = hit.passage
    metadata: dict[str, Any] = {
        "source": passage.source,
        "title": passage.title,
        "locator": passage.locator,
        "start": passage.start,
        "end": passage.end,
        "context": passage.context,
        "score": hit.score,
    }
    return Document(id=passage.id, page_content=passage.text, metadata=metadata)


def as_retriever(index: Path | str, top_k: int = 8, embedding_model: str = "") -> BaseRetriever:
    """A retriever over an index folder that `python -m ingest` made; later ingests show at the next question.

    Raises ResumeError where there is no index, or one of another embedding model.
    """
    folder = Path(index)
    store = Store(folder)
    store.check_model(embedding_model or onnx_embedder.BUNDLED, embed.fingerprint(embedding_model))
    return CareerRetriever(store=store, embedder=embed.load(embedding_model, folder / "models"), top_k=top_k)
