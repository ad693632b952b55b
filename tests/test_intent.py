"""Questions about a career against others, on words that the bank of examples does not hold."""

import json

from eval.fit import INTENTS
from rag import intent
from rag.embedder import Embedder

CAREER = ["Which choirs has the conductor directed?", "Has he restored any old furniture for clients?"]
OTHER = [
    "Who scored the winning goal last night?",
    "How do I descale a kettle?",
    "Could you ring me on Monday at four?",
]


def test_questions_about_a_career_are_told_from_others(embedder: Embedder) -> None:
    model = intent.load()
    seen = {json.loads(line)["text"] for line in INTENTS.read_text(encoding="utf-8").splitlines()}
    assert not seen & {*CAREER, *OTHER}
    assert min(model.log_odds(embedder.encode_query(q)) for q in CAREER) > 0
    assert max(model.log_odds(embedder.encode_query(q)) for q in OTHER) < 0


def test_the_bank_has_every_question_once() -> None:
    texts = [json.loads(line)["text"] for line in INTENTS.read_text(encoding="utf-8").splitlines()]
    assert len(texts) == len(set(texts))
