"""Text that gives orders to the program instead of asking about the documents: told by its words, and left out."""

from __future__ import annotations

import re

_SECRET = r"(?:prompts?|instructions?|guidelines|secrets?(?! manag)|api[ -]?keys?|passwords?|credentials|configuration)"
_WORKS = (
    r"poems?|songs?|story|stories|essay|jokes?|code|function|script|(?<!cover )letter|program|haiku|limerick|rap|recipe"
    r"|regex|sonnet|tweet"
)
_SHOW = r"(?:reveal|print|show|repeat|output|dump|display|leak)"
_ASK = r"^\W*(?:(?:please|pls|plz|kindly|can you|could you|will you|would you|now|then|and|just|instead|also)\b[\s,]*)*"
_REACH = r"contact|reach|hire|call|e-?mail|get in touch|connect|write to|learn more|find out|know|verify|read|download"
_COMMANDS = re.compile(
    "|".join(
        (
            # ignore the rules above
            rf"(?:{_ASK}|\b(?:please|now|must|should|to|and|you|then)\s+)(?:ignore|disregard|forget|override|bypass)\b"
            r"[^.?!]{0,40}\b(?:instructions?|rules?|prompts?|guidelines?|above|previous|prior|guardrails?|polic(?:y|ies)"
            r"|everything|context|documents?|resume|cv)\b",
            # reveal your prompt
            rf"\b{_SHOW}\b[^.?!]{{0,25}}\b(?:your|system|hidden|initial|the|all) (?:\w+ )?{_SECRET}\b",
            rf"\b{_SHOW}\b[^.?!]{{0,20}}\b"
            r"(?:private (?:documents?|files?|notes?|data|info)|(?:documents?|files?|notes?) marked private)",
            r"\breveal (?:all|everything)\b|\b(?:your|the) (?:system|developer) prompt\b",
            # you are now somebody else
            r"\byou are now\b|\bfrom now on,? you\b",
            rf"{_ASK}(?:pretend (?:to be|that|you)|act as (?:if|an?|the))\b",
            r"\bjailbreak\b|\byour guardrails?\b|\b(?:maintenance|developer|debug|god) mode\b|\bDAN mode\b|\bnow DAN\b",
            r"^\W*(?:system|assistant|developer|admin)\s*:",
            r"\brepeat (?:\w+ )?after me\b",
            r"\bnew (?:rule|instruction|order|task|directive)s?\s*:",
            # answer from your own knowledge, rate him 10/10
            r"\byour own (?:knowledge|opinion|words)\b|\brate (?:this|the|him|her|them)\b[^.?!]{0,30}\d+ ?/ ?\d+",
            r"\byou (?:must|have to|need to|should|will) (?:now )?(?:say|state|claim|write|reply|agree)\b",
            rf"{_ASK}(?:say|repeat) (?:it|so|this)\b",
            rf"{_ASK}answer (?:without|ignoring|outside)\b"
            r"|\b(?:say|tell me|write) what you (?:really |actually |truly )think\b",
            # write me a poem, calculate, translate
            rf"{_ASK}(?:write|compose|draft|generate|create|code|tell|give|make)\b(?: me| us)?(?: an?| some| another)?"
            rf" (?:(?!(?:the|his|her|their|your|which|what|how)\b)\w+ ){{0,2}}(?:{_WORKS})\b(?! (?:he|she|they|you) )",
            # say that he is the best
            rf"{_ASK}(?:say|write|reply|respond|answer|claim)\b[^?]{{0,20}}\b(?:that|with|only)\b",
            rf"{_ASK}(?:say|claim)(?: that)? (?:he|she|they|yes|no|the|this)\b",
        )
    ),
    re.IGNORECASE,
)
_TASKS = re.compile(
    "|".join(
        (
            rf"{_ASK}(?:translate|solve|calculate|sing|explain|define|teach me)\b",
            rf"\bhow (?:do|can|could|should|would) (?:i|we|one)\b(?!.*\b(?:{_REACH})\b)",
            r"^\W*should i\b|\bdifferences? between\b",
        )
    ),
    re.IGNORECASE,
)
_TAG = re.compile(r"</?\w+>")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|(?<=:)(?<!system:)(?<!assistant:)(?<!developer:)(?<!admin:)\s+|\n+", re.I)


def is_task(text: str) -> bool:
    """Whether it asks for help or general knowledge ("explain …", "how do I …"): no order, yet seldom about anybody."""
    return _TASKS.search(text) is not None


def without_commands(text: str) -> str:
    """The text without the sentences that are commands; empty where nothing else is left."""
    sentences = _SENTENCE.split(_TAG.sub(" ", text))
    ordering = [_COMMANDS.search(s) is not None for s in sentences]
    if not any(ordering):
        return text
    kept = [
        sentence
        for sentence, orders, then in zip(sentences, ordering, [*ordering[1:], False], strict=True)
        if not orders and not (then and sentence.rstrip().endswith(":"))  # a label goes with what it announces
    ]
    return " ".join(s for s in kept if re.search(r"\w", s))
