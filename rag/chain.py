"""The LangChain chains: prompt | model | parser. `.stream`, callbacks and tracing work on them as on any other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableSequence

from rag import prompts
from rag.refusal import NOT_SAID

TURNS, SAID = 6, 600
"""Earlier turns that a rewriting sees, and characters of each answer."""


def answering(model: BaseChatModel) -> Runnable[dict[str, Any], str]:
    """From {name, passages, today, nearest, question} to the text of an answer, streamed."""
    prompt = ChatPromptTemplate.from_messages([("system", prompts.ANSWER), ("human", prompts.QUESTION)])
    return prompt.partial(not_said=NOT_SAID) | model | StrOutputParser()


def rewriting(model: BaseChatModel) -> Runnable[dict[str, Any], str]:
    """From {name, turns, question} to a question that stands alone."""
    prompt = ChatPromptTemplate.from_messages([("system", prompts.REWRITE), ("human", prompts.CONVERSATION)])
    return prompt | model | StrOutputParser()


def turns(history: Sequence[tuple[str, str]]) -> str:
    """A conversation as the prompt shows it, the latest turns."""
    shown = (prompts.TURN.format(asked=_plain(asked), said=_plain(said)[:SAID]) for asked, said in history[-TURNS:])
    return "\n".join(shown)


def _plain(text: str) -> str:
    return " ".join(text.replace("<", "‹").replace(">", "›").split())


_NAME = re.compile(r"(?<!^)(?<![.?!] )\b(?:[A-Z][\w+#.-]*|\w*\d[\w.,%+]*)")


def acceptable(rewritten: str, question: str, history: Sequence[tuple[str, str]]) -> str:
    """A model's rewriting where it can be trusted, else empty: one line, no name or figure that nobody mentioned."""
    lines = [line.strip(" \"'“”") for line in rewritten.strip().splitlines() if line.strip()]
    if len(lines) != 1 or len(lines[0]) > 300 or not lines[0].endswith("?"):
        return ""
    said = " ".join((question, *(part for turn in history for part in turn))).casefold()
    known = set(re.findall(r"\w+", said))
    names = [w.casefold() for name in _NAME.findall(lines[0]) for w in re.findall(r"\w+", name)]
    if any(n not in known for n in names if n != "i"):
        return ""
    own = {w for w in re.findall(r"\w+", question.casefold()) if len(w) > 3}
    kept = own & set(re.findall(r"\w+", lines[0].casefold()))
    return lines[0] if not own or kept else ""


def size(runnable: Runnable[dict[str, Any], str], inputs: dict[str, Any]) -> int:
    """Tokens that the prompt of a chain takes at most, nearly always: one for two bytes; English takes half of that."""
    prompt = runnable.first if isinstance(runnable, RunnableSequence) else None
    text = prompt.invoke(inputs).to_string() if prompt else str(inputs)
    return len(text.encode()) // 2 + 64
