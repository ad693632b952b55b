"""Questions that the documents answer, for a visitor who does not know what to ask."""

from __future__ import annotations

from collections.abc import Callable

from rag.assistant import Assistant
from rag.profile import Profile

ANYONE = (
    "Which companies have they worked for?",
    "What do they do now?",
    "How many years of experience do they have?",
    "What has been published?",
    "Which awards have they received?",
    "Where did they study?",
    "Which languages do they speak?",
)
MOST = 6


class Suggestions:
    """The owner's own, and where these are fewer than two, what anyone could be asked; all tried on the documents."""

    def __init__(self, assistant: Callable[[], Assistant | None], owner: Callable[[], Profile]) -> None:
        self._assistant = assistant
        self._owner = owner
        self._of = ""
        self._tried: list[str] = []

    def __call__(self) -> list[str]:
        """Untried as long as the models are warming up."""
        assistant = self._assistant()
        own = list(self._owner().suggested_questions)
        if assistant is None:
            return own[:MOST]
        now = assistant.snapshot()
        if self._of != now.generation.name:
            tried = [one for one in own if _answered(assistant, one)]
            if len(tried) < 2:
                tried += [one for one in ANYONE if one not in tried and _answered(assistant, one)][:4]
            self._of, self._tried = now.generation.name, tried[:MOST]
        return self._tried


def _answered(assistant: Assistant, question: str) -> bool:
    """By the offline engine's decision: no model is asked."""
    now = assistant.snapshot()
    found = assistant.examine(question, (), now)
    return assistant.reply(found, now.catalogue, assistant.clock()).decision == "answer"
