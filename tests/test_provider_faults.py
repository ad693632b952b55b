"""A provider that misbehaves, over real HTTP, at short timeouts; `eval.bench.provider_faults` has the real ones."""

import socket
import threading
import time

import pytest

from eval.bench.faulty_provider import FAULTS, serving, sound
from rag import llm
from rag.assistant import Assistant
from rag.embedder import Embedder
from rag.schema import Done, Sentence
from tests.penned import NAME, QUICK, writing

QUESTION = "What did they do with Kubernetes?"
SOUND = {"429 once", "500 once", "cut in mid-word"}
"""Faults in spite of which the model's words come through."""

PATIENT = llm.Timeouts(first_token=4, first_sentence=4.5, total=5)
"""Long enough for a second try."""


def settled(holds: object) -> bool:
    """Whether something becomes true within two seconds."""
    assert callable(holds)
    until = time.monotonic() + 2
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_ends_in_a_cited_answer_in_time_with_nothing_left_behind(
    name: str, shipped: Assistant, embedder: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    before = set(threading.enumerate())
    with serving(FAULTS[name], second=0.1) as provider:
        timeouts = PATIENT if name in SOUND else QUICK
        model = llm.load("openai:faulty", provider.url, timeouts=timeouts)
        with writing(shipped, embedder, model, timeouts) as assistant:
            started = time.monotonic()
            answer = assistant.ask(QUESTION)
            assert time.monotonic() - started < 5
        assert settled(lambda: provider.open == 0)
    assert settled(lambda: set(threading.enumerate()) <= before)
    assert answer.decision == "answer"
    assert answer.statements
    assert all(s.citations for s in answer.statements)
    assert (answer.engine == NAME) == (name in SOUND)
    if answer.engine == "extractive":
        assert answer.statements == shipped.ask(QUESTION).statements
        assert answer.text.splitlines()[0].endswith("words:")
    assert "Traceback" not in caplog.text


def test_a_stream_that_was_cut_keeps_its_whole_sentences_and_says_so(shipped: Assistant, embedder: Embedder) -> None:
    with serving(FAULTS["cut in mid-word"]) as provider:
        model = llm.load("openai:faulty", provider.url, timeouts=QUICK)
        with writing(shipped, embedder, model, QUICK) as assistant:
            answer = assistant.ask(QUESTION)
    assert answer.text.startswith("The model was cut off")
    assert "plat" not in " ".join(s.text for s in answer.statements).split()


def test_a_refused_connection(shipped: Assistant, embedder: Embedder) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets the port
        model = llm.load("openai:faulty", f"http://127.0.0.1:{taken.getsockname()[1]}/v1", timeouts=QUICK)
        with writing(shipped, embedder, model) as assistant:
            answer = assistant.ask(QUESTION)
    assert answer.engine == "extractive"
    assert answer.text.startswith("The model is not available just now.")


def test_one_second_try_that_heeds_retry_after_and_no_third(shipped: Assistant, embedder: Embedder) -> None:
    for name, tries in {"429, Retry-After 60": 1, "401": 1, "503": 2, "429": 2}.items():
        with serving(FAULTS[name]) as provider:
            model = llm.load("openai:faulty", provider.url)
            with writing(shipped, embedder, model) as assistant:
                assistant.ask(QUESTION)
            assert len(provider.requests) == tries, name


def test_what_is_sent(shipped: Assistant, embedder: Embedder) -> None:
    with serving(sound) as provider:
        with writing(shipped, embedder, llm.load("openai:faulty", provider.url)) as assistant:
            answer = assistant.ask(QUESTION)
        (sent,) = provider.requests
    assert answer.engine == NAME
    assert sent["temperature"] == 0
    assert sent["max_tokens"] == llm.OUTPUT
    assert sent["stream"] is True
    assert sent["stream_options"] == {"include_usage": True}


def test_the_first_sentence_leaves_before_the_second_is_there(shipped: Assistant, embedder: Embedder) -> None:
    with (
        serving(FAULTS["one token a second"], second=0.02) as provider,
        writing(shipped, embedder, llm.load("openai:faulty", provider.url)) as assistant,
    ):
        times = [time.monotonic() for e in assistant.stream(QUESTION) if isinstance(e, (Sentence, Done))]
    assert times[-1] - times[0] > 0.1


def test_a_page_that_is_closed_ends_the_request(shipped: Assistant, embedder: Embedder) -> None:
    with (
        serving(FAULTS["endless"]) as provider,
        writing(shipped, embedder, llm.load("openai:faulty", provider.url)) as assistant,
    ):
        stream = assistant.stream(QUESTION)
        next(stream)  # retrieved; nothing is asked yet
        reader = threading.Thread(target=lambda: next(stream))
        reader.start()
        assert settled(lambda: provider.open == 1)
        reader.join()
        stream.close()
        assert settled(lambda: provider.open == 0)
