"""A follow-up folded into a question that stands alone, by rule: "And at Rapido?", "when was that?", "what else?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.career import Position
from rag.lexicon import Lexicon
from rag.question import RE, employers_in
from rag.terms import fold, terms

_OPENING = re.compile(
    r"^\W*(?:and|but|so|or|then|also|ok(?:ay)?|what about|how about)\b[\s,]*(?:what about |how about )?", re.I
)
_POINTS = re.compile(
    r"\b(?:its|those|these|there|both|the same|the (?:latter|former)|(?:the )?ones?)\b(?!\s+(?:any|a|an|no|some|more)\b)"
    r"|(?<!is )(?<!was )(?<!that )\bit\b(?! (?:true|possible|right|correct|seem))"
    r"|(?:^|\b(?:was|is|were|are|did|does|do|before|after|since|until|for|in|on|at|with|about|of|by|to|like|from|and|used?)) "
    r"(?:that|this)\b(?! (?:engineer|person|candidate|developer|author|guy|man|woman|resume|cv))"
    r"|\bthat\s*[?.!]*$|\b(?:that|this) (?:project|role|job|work|company|team|time|award|article|post|talk|position|study|one)\b",
    re.I,
)  # fmt: skip
_MORE = re.compile(
    r"\b(?:what|anything|who|where|any(?:one|thing)?) (?:else|others?|more)\b|\btell me more\b|^\W*more\b|\bmore details?\b|\bgo on\b|\belaborate\b",
    re.I,
)
_BEFORE = re.compile(r"\b(before|after|prior to)\s+(?:that|this|it|then)\b", re.I)
_BARE = re.compile(
    r"^\W*(?:and )?(?:why|when|where|how|who|which|what|how (?:long|many|much|so))(?: (?:one|ones|was it|is it|exactly))?\W*$",
    re.I,
)


def standalone(
    question: str, history: Sequence[tuple[str, str]], lexicon: Lexicon, positions: Sequence[Position]
) -> str:
    """The question with what it leans on from `history` (earlier question, its answer; oldest first) folded in."""
    if not history:
        return question
    (asked, answered), earlier = history[-1], history[:-1]
    question = question.strip()
    content = terms(_OPENING.sub("", question))
    opens, points = _OPENING.search(question), _POINTS.search(question)
    own = employers_in(question, positions)
    names = [n for n in lexicon.named_in(question) if n not in own]
    if not (opens or points or _MORE.search(question) or _BARE.search(question)):
        return question
    before = standalone(asked, earlier, lexicon, positions)
    before = before.split(RE)[0] if len(before) > 300 else before

    recent = [e for e in employers_in(answered, positions) if e not in employers_in(before, positions)]
    place = recent[0] if len(recent) == 1 else next(iter(employers_in(before, positions)), "")
    if (relation := _BEFORE.search(question)) and place:
        return f"Where did they work {relation[1].lower()} {place}?"
    if opens and (own or names) and len(content) <= 3:
        return _switched(question, before, own, names, lexicon, positions)
    if place and not own and re.search(r"\bthere\b", question, re.I):
        return re.sub(r"\bthere\b", f"at {place}", question, count=1, flags=re.I)
    if len(content) >= 3 and not _MORE.search(question):
        if recent and len(recent) == 1 and not own:
            return f"{question.rstrip('?. ')} at {recent[0]}?"
        if own or names:
            return question
    if not content and not points and not _MORE.search(question) and not _BARE.search(question):
        return question
    return f"{question}{RE}{before}"


def _switched(
    question: str,
    before: str,
    own: Sequence[str],
    names: Sequence[str],
    lexicon: Lexicon,
    positions: Sequence[Position],
) -> str:
    """The earlier question asked of another employer or another thing: "And at PhonePe?"."""
    if own:
        former: Sequence[str] = employers_in(before, positions)
        return _replaced(before, former, own[0]) if former else f"{before.rstrip('?. ')} at {own[0]}?"
    former = [n for n in lexicon.named_in(before) if n not in employers_in(before, positions)]
    return _replaced(before, former, names[0]) if former else f"{question}{RE}{before}"


def _replaced(text: str, former: Sequence[str], new: str) -> str:
    if any(fold(new) == fold(f) for f in former):
        return text
    pattern = "|".join(re.escape(f) for f in sorted(former, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda _: new, text, count=1, flags=re.I)
