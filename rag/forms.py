"""The form of the answer that a question wants, told by its words."""

from __future__ import annotations

import re
from typing import Literal

from rag.terms import fold

Form = Literal["count", "duration", "when", "where", "who", "why", "how", "yes_no", "list", "open"]

# Courtesies before the question itself: "Thanks! Could you please tell me …", "I'd like to know …".
_POLITE = re.compile(
    r"""^\W*(?:
        (?:thanks|thank\ you|hi|hello|hey|ok|okay|great|cool|nice|please|well)\b(?:\ (?:a\ lot|there|you))?[\s,.!]+
        | (?:can|could|would|will)\ (?:you|we|i)\ (?:please\ |kindly\ |also\ )*
          (?: (?=list\b|name\b|enumerate\b)
            | (?:tell|say|show|give|explain|check|confirm|write\ down)\b\s*(?:me|us|that)?\s* )
        | tell\ (?:me|us)\ (?=who|what|when|where|why|which|how|if|whether)
        | (?:i|we)(?:'d|\ would)?\ (?:like|want|need)\ to\ know\s*
        | do\ you\ (?:know|happen\ to\ know)\s*
    )+""",
    re.VERBOSE,
)
_ASKS = r"did|does|do|was|were|is|are|has|have|had|can|could|which|what|how|whom"
_CLAUSE = re.compile(
    r"^\W*(?:and |but |so )?(?:when|while|whilst|after|before|during|once|since|as|at|in|on|for|if) "
    rf"(?!(?:{_ASKS})\b)[^,?!]*, (?=(?:{_ASKS}|who|whose|when|where|why)\b)"
)
"""What stands before the question in its own sentence: "When it was migrated, which cloud …"."""
_START = r"^\W*(?:and |but |so |or |then |also |,)*"
_PLURAL = r"(?!(?:is|was|has|does|his|its|this|always)\b)\w*[^\Wsui]s\b"
_FORMS: tuple[tuple[Form, str], ...] = (
    ("when", r"\bhow long ago\b|\b(?:until|till) when\b"),
    ("duration", r"\bhow long\b|\bhow many (?:\w+ )?(?:years|months|yrs)\b|\by(?:ea)?rs of\b|\btenure\b"),
    ("duration", r"\b(?:total|overall) experience\b"),
    ("count", r"\bhow (?:many|much)\b|\b(?:what|which) (?:percent\w*|number|share|amount)\b"),
    ("count", r"\bhow (?:accurate|big|large|small|fast|quick|slow|high|low|tall|heavy|far|deep)\w*\b"),
    ("count", r"\bhow (?:often|frequent|costly|expensive)\w*\b"),
    ("count", r"\bby (?:what|how much)\b|\bpercentage\b|\bnumber of\b"),
    ("when", _START + r"(?:since )?when\b|\b(?:what|which) (?:year|date|month|day)\b|\bwhat time\b|\bsince when\b"),
    ("when", r"\b(?:start|end|joining) date\b"),
    ("where", _START + r"(?:from )?where\b|\b(?:which|what) (?:city|country|place|location|town)\b"),
    ("why", _START + r"why\b|\bwhat (?:was |is )?(?:the )?reason\b|\bhow come\b|\bwhat made\b"),
    ("who", _START + r"(?:who|whom|whose)\b"),
    ("list", _START + r"(?:list|name|enumerate)\b|\b(?:all|every|each|various)\b"),
    ("list", r"\b(?:which|what) (?:(?!(?:is|was|has|does|did|do|are|were|have)\b)\w+ ){0,3}?" + _PLURAL),
    ("list", r"\bwhat (?:else|kinds?|sorts?|types?|are|were)\b"),
    ("yes_no", _START + r"(?:has|have|had|did|does|do|is|are|was|were|can|could|would|will|should|any|if|whether)\b"),
    ("yes_no", r"\bis (?:that|this|it) (?:right|true|correct)\b"),
    ("how", _START + r"how\b"),
)
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _FORMS)


def form(text: str) -> Form:
    """The form of the answer that is wanted; the first pattern that fits tells."""
    asked = _CLAUSE.sub("", _POLITE.sub("", fold(text), count=1), count=1)
    return next((name for name, pattern in _COMPILED if pattern.search(asked)), "open")
