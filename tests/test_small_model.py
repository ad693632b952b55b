"""The whole way over HTTP with a real model of 135 million parameters in this process."""

from typing import Any

import pytest

from eval.bench import local_model
from eval.bench.small_model import SLOW
from rag import llm
from rag.assistant import Assistant
from rag.embedder import Embedder
from rag.schema import Done, Withheld
from tests.penned import NAME, writing

pytestmark = pytest.mark.llm
QUESTIONS = ("How many beds does the ward have?", "What did she introduce at Riverside Clinic?", "Who did she train?")


@pytest.fixture(scope="module")
def server() -> Any:
    weights = local_model.weights()
    assert weights is not None, "make test installs the small model's weights"
    return local_model.serve(weights)


def test_it_writes_and_nothing_unsupported_gets_out(nurse: Assistant, embedder: Embedder, server: Any) -> None:
    model = llm.load(f"openai:{local_model.NAME}", f"{server.listening_address}/v1", timeouts=SLOW)
    written = 0
    with writing(nurse, embedder, model, SLOW) as assistant:
        for question in QUESTIONS:
            *events, last = assistant.stream(question)
            assert isinstance(last, Done)
            answer = last.answer
            assert [e for e in events if isinstance(e, Withheld)] == list(answer.withheld)
            written += len(answer.withheld) + len(answer.statements) * (answer.engine == NAME)
            text = assistant.snapshot().generation.text
            assert answer.statements
            assert all(s.citations for s in answer.statements)
            assert all(text(c.source)[c.start : c.end] == c.quote for c in answer.citations)
            if answer.engine == "extractive":
                assert answer.statements == nurse.ask(question).statements
    assert written
