"""What of a thing a question asks for: of "What is the team's size?" the size, of "Which payload can it carry?" the
payload. Documents that speak of the thing and not of this do not answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.terms import fold, terms

_BE = r"(?:'s|\s(?:is|was|are|were|will be))"
_THE = (
    r"(?:(?:\w[\w&.-]*['’]s?|the|an?|any|his|her|their|your|its|this|that|exact|current|total|average|overall|full|actual"
    r"|main)\s+)*"
)
_NOUN = r"((?:[\w'’-]+\s+){0,3}?[\w-]+)"
_END = (
    r"(?=\s+(?:of|for|in|at|behind|on|by|with|from|to|during|that|which|who|when|after|before|did|does|do|has|have|had)\b"
    r"|\W*$|[,;])"
)
_AUXILIARY = r"(?:did|does|do|has|have|had|is|was|are|were|can|could|will|would|should)\b"
# A definite description: what it describes is a figure, a name or a thing that the documents must call so.
_DEFINITE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:what|which|who|whats|whos){_BE}\s+{_THE}{_NOUN}{_END}",  # what is the share price of
        rf"\b(?:whats|whos)\s+{_THE}{_NOUN}{_END}",
        rf"\b(?:what|which)\s+{_NOUN}(?=\s+of\b)",  # which version of
        rf"\b(?:was|is|were|are) there\s+{_THE}{_NOUN}{_END}",  # was there prize money with
        r"\bwhat does (?:.* )?(cost|weigh)\b",
        rf"\bhow much (?:did|has|have|does) {_THE}{_NOUN} (?:improv|drop|f[ae]ll|r[io]se|increas|decreas|grow|grew|go"
        r"|went|chang|declin|shr[iau]nk)\w*",  # by how much did latency improve
        rf"\b(?!what|who|where|when|how|that|it|he|she)\w[\w&.-]*['’]s?\s+(?!(?:in|at|from)\b){_THE}{_NOUN}{_END}",
        rf"^\W*{_THE}{_NOUN}\s+of\b",  # payload of the rover
    )
)
# A class of which a member is wanted: a sentence may name the member and not the class ("which city?": Leeds).
_CLASS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:what|which|whose|how many)\s+{_NOUN}\s+{_AUXILIARY}",  # which payload can it carry
        rf"\b(?:what|which)\s+{_NOUN}(?=\s+(?:for|in|at|on)\b)",
        r"\bhow\s+(big|large|small|old|tall|heavy|fast|loud|expensive|deep|wide|popular|rich|profitable)\b",
        r"\bwhich\s+([\w-]+)\s+[a-z]+s\b",  # which model powers it
    )
)
# Nouns that ask for whatever is said.
OPEN = frozenset(
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
        using done made built make build work works worked going new mean means did about use know and or so what
        evidence mention proof sign anything something everything
        yr yrs past firm two three four five six seven eight nine ten good strong"""
    )
)


@dataclass(frozen=True)
class Attribute:
    """Terms of what is asked for; without any, whatever is said of the subject answers."""

    terms: frozenset[str] = frozenset()
    definite: bool = False
    """Asked for as *the* such-and-such of something, not as one of a class."""


def attribute(question: str) -> Attribute:
    """What of a thing a question asks for."""
    folded = fold(question)
    for patterns in (_DEFINITE, _CLASS):
        for pattern in patterns:
            if match := pattern.search(folded):
                found = frozenset(t for t in terms(match[1]) if not t.isdigit()) - OPEN
                if found:
                    return Attribute(found, patterns is _DEFINITE)
    return Attribute()
