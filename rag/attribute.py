"""What of a thing a question asks for: of "What is the team's size?" the size, of "Which payload can it carry?" the
payload. Documents that speak of the thing and not of this do not answer."""

from __future__ import annotations

import re

from rag.terms import fold, terms

_BE = r"(?:'s|\s(?:is|was|are|were|will be))"
_THE = (
    r"(?:(?:\w[\w&.-]*['’]s?|the|an?|his|her|their|your|its|this|that|exact|current|total|average|overall|full|actual|main)"
    r"\s+)*"
)
_NOUN = r"((?:[\w'’-]+\s+){0,2}?[\w-]+)"
_END = (
    r"(?=\s+(?:of|for|in|at|behind|on|by|with|from|to|during|that|which|when|after|before|did|does|do|has|have|had)\b"
    r"|\W*$)"
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:what|which|who|whats){_BE}?\s+{_THE}{_NOUN}{_END}",  # what is the share price of
        # which payload can it carry, what programming language was it written in
        rf"\b(?:what|which|whose)\s+{_NOUN}\s+(?:did|does|do|has|have|had|is|was|are|were|can|could|will|would|should)\b",
        rf"\b\w[\w&.-]*['’]s?\s+{_THE}{_NOUN}{_END}",  # PhonePe's valuation
        r"\bhow\s+(big|large|small|old|tall|heavy|fast|loud|expensive|deep|wide|long-lived|popular|rich|profitable)\b",
    )
)
# Nouns that ask for whatever is said.
_OPEN = frozenset(
    terms(
        """thing things kind kinds sort sorts type types part parts role roles position job jobs title titles company
        companies employer employers project projects product products work experience career background name names
        purpose aim goal goals point idea result results outcome outcomes impact effect effects benefit benefits
        achievement achievements accomplishment contribution contributions responsibility responsibilities task tasks
        difference reason reasons way ways method methods approach technique techniques focus topic topics subject area
        areas field fields domain industry sector example examples system systems tool tools technology technologies
        tech stack technologies skill skills expertise knowledge problem problems challenge challenges solution summary
        story article articles post posts service services feature features place places person people team teams one
        ones time year years date month number numbers amount percentage percent share figure many much long else most
        latest last first biggest largest best favourite happening happened he she they it that this there been used
        using done made built work works worked going new mean means did about"""
    )
)


def attribute(question: str) -> frozenset[str]:
    """The terms of what is asked for; empty where anything said of the subject would answer."""
    folded = fold(question)
    for pattern in _PATTERNS:
        if match := pattern.search(folded):
            found = frozenset(terms(match[1])) - _OPEN
            if found:
                return found
    return frozenset()
