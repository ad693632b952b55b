"""The events of an answer, in order, against the answer itself."""

from rag.assistant import Assistant
from rag.schema import Done, Retrieved, Sentence


def test_events_come_in_order_and_add_up_to_the_answer(shipped: Assistant) -> None:
    first, *sentences, last = shipped.stream("What did they do with Kubernetes?")
    assert isinstance(first, Retrieved)
    assert isinstance(last, Done)
    assert first.hits == last.answer.hits
    assert all(isinstance(event, Sentence) for event in sentences)
    assert tuple(event.statement for event in sentences if isinstance(event, Sentence)) == last.answer.statements
    for event in sentences:
        assert isinstance(event, Sentence)
        assert [c.number for c in event.citations] == sorted(event.statement.citations)


def test_a_refusal_streams_no_sentence(shipped: Assistant) -> None:
    events = list(shipped.stream("Do they know COBOL?"))
    assert [type(event) for event in events] == [Retrieved, Done]
    assert isinstance(events[-1], Done)
    assert events[-1].answer.decision == "refuse"


def test_an_empty_question_retrieves_nothing(shipped: Assistant) -> None:
    (only,) = shipped.stream("  ?! ")
    assert isinstance(only, Done)
    assert only.answer.reason == "empty_question"


def test_confidence_is_a_probability_and_no_part_of_the_json(shipped: Assistant) -> None:

    for question in ("What did they do with Kubernetes?", "Do they know COBOL?", "Who won the world cup?"):
        confidence = shipped.ask(question).confidence
        assert confidence is not None
        assert 0 <= confidence <= 1
    assert "confidence" not in shipped.ask("What did they do with Kubernetes?").to_json()
