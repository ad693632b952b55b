"""The chains as a LangChain user meets them."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnablePassthrough, RunnableSequence

from rag import chain, prompts
from rag.langchain import as_retriever
from rag.refusal import NOT_SAID
from tests.conftest import NURSE, written
from tests.scripted import Scripted

INPUTS = {"name": "Ines", "passages": "<passage>…</passage>", "today": "2026-01-15", "nearest": "", "question": "Beds?"}


class Seen(BaseCallbackHandler):
    def __init__(self) -> None:
        self.tokens: list[str] = []

    def on_llm_new_token(self, token: Any, **_: Any) -> None:
        self.tokens.append(str(token))


def test_prompt_model_and_parser_in_a_row_with_streams_and_callbacks() -> None:
    runnable, seen = chain.answering(Scripted(answers=["She manages 34 beds [1]."])), Seen()
    assert isinstance(runnable, RunnableSequence)
    assert runnable.invoke(INPUTS) == "She manages 34 beds [1]."
    assert next(iter(runnable.stream(INPUTS, {"callbacks": [seen]}))) == "She "
    assert "".join(seen.tokens) == "She manages 34 beds [1]."


def test_every_prompt_names_the_one_refusal_phrase_or_none() -> None:
    model = Scripted(answers=["x"])
    chain.answering(model).invoke(INPUTS)
    assert str(model.asked[0][0].content).count(NOT_SAID) == 1
    assert "{not_said}" in prompts.ANSWER


def test_a_prompt_is_never_smaller_than_its_size_says() -> None:
    runnable = chain.answering(Scripted(answers=["x"]))
    assert chain.size(runnable, INPUTS) > len(prompts.ANSWER) / 4
    assert chain.size(runnable, INPUTS | {"question": "é" * 1000}) - chain.size(runnable, INPUTS) > 990


@pytest.mark.parametrize(
    ("rewritten", "taken"),
    [
        ("How many beds at Santa Clara?", True),
        ('"How many beds at Santa Clara?"\n', True),
        ("How many beds at Riverside?", False),
        ("How many of the 34 beds?", False),
        ("What are beds at Santa Clara", False),
        ("x" * 300 + "?", False),
        ("Who managed the wards?", False),
    ],
)
def test_a_rewriting_says_nothing_new(rewritten: str, taken: bool) -> None:
    accepted = chain.acceptable(rewritten, "And how many beds there?", [("What about Santa Clara?", "A ward.")])
    assert bool(accepted) is taken


def test_our_retriever_in_somebody_elses_chain(assistant_over: Any, cache: Path, tmp_path: Path) -> None:
    assistant_over(written(NURSE, tmp_path / "corpus"), tmp_path / "index")
    (tmp_path / "index" / "models").symlink_to(cache)
    retriever = as_retriever(tmp_path / "index", top_k=3)
    found = retriever.invoke("How many beds does the ward have?")
    assert len(found) == 3
    assert "34 beds" in found[0].page_content
    text = (tmp_path / "corpus" / found[0].metadata["source"]).read_text(encoding="utf-8")
    assert text[found[0].metadata["start"] : found[0].metadata["end"]] == found[0].page_content
    model = Scripted(answers=["34 beds."])
    theirs = {"context": retriever, "question": RunnablePassthrough()} | RunnablePassthrough() | (str) | model
    assert theirs.invoke("How many beds?").content == "34 beds."
    assert "34 beds" in str(model.asked[0][0].content)
