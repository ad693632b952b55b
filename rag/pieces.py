"""Pieces of writing of which the documents have a summary alone: what stands inside them they do not say."""

from __future__ import annotations

import re

from rag.catalogue import Catalogue
from rag.question import ASKING, Question
from rag.schema import Passage
from rag.terms import terms

_PIECE = r"\b(?:article|post|piece|blog|paper|essay|write-?up)s?\b"
_COVERING = re.compile(
    rf"{_PIECE}[\w\s-]{{0,40}}?\b(?:cover|discuss|mention|explain|describe|go into|touch on|talk about|include|teach"
    r"|recommend)s?\b(.*)",
    re.IGNORECASE | re.DOTALL,
)
"""Asks whether a piece of writing has something in it."""
_COUNTED = re.compile(r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve)((?: [\w-]+){1,4})", re.IGNORECASE)
_ITEMS = re.compile(
    r"\b(?:what|which|name|list|give me)\b(?: (?:is|are|were|the|all|of|those|these))*"
    r"((?: (?!(?:does|do|did|articles?|posts?|pieces?|about)\b)[\w-]+){1,4})",
    re.IGNORECASE,
)
_ABOUT = re.compile(rf"{_PIECE}.*\b(?:about|say|for)\b", re.IGNORECASE)


def asks_inside(question: Question, passage: Passage, catalogue: Catalogue) -> bool:
    """Whether it asks for what stands inside a piece of which the documents have the summary alone, and not that.

    Which things a title counts ("10 Concepts"), or whether it covers what the summary does not speak of.
    """
    if catalogue.generation.document(passage.source).full_text or _ABOUT.search(question.own):
        return False
    if asked := _COVERING.search(question.own):
        wanted = [t for t in terms(asked[1]) if t not in ASKING]
        trade = set(terms(question.asked)) - set(terms(question.text))  # what a trade calls it
        return bool(wanted) and not {*wanted, *trade} & set(terms(passage.embedded))
    following = [m[1].split() for m in _COUNTED.finditer(passage.title)]
    counted = {t for some in following for word in some if word.endswith("s") for t in terms(word)}
    items = _ITEMS.search(question.own.replace(passage.title, " ")) if question.form != "count" else None
    return items is not None and not counted.isdisjoint(terms(items[1]))
