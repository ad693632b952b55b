"""How many tokens a call used, from the provider where it says so."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, LLMResult


class Usage(AsyncCallbackHandler):
    """A LangChain callback; `tokens` is None until a provider has said it."""

    def __init__(self) -> None:
        self.tokens: tuple[int, int] | None = None
        """In and out, of all calls that this handler saw."""

    async def on_llm_end(self, response: LLMResult, **_: Any) -> None:
        """Add what the call says it used."""
        for generation in (g for batch in response.generations for g in batch):
            message = generation.message if isinstance(generation, ChatGeneration) else None
            if isinstance(message, AIMessage) and (said := message.usage_metadata):
                before = self.tokens or (0, 0)
                self.tokens = (before[0] + said["input_tokens"], before[1] + said["output_tokens"])
