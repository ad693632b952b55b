"""Names, employers, technologies and ranks: each stands in the cited passages as a whole term, or under an alias."""

from __future__ import annotations

import re

from rag.checks.setting import Setting
from rag.claim import Reading, Word
from rag.grounds import Grounds
from rag.terms import STOPWORDS, fold, mentions

_OWN_SHAPE = re.compile(r"[a-z][A-Z]|[A-Za-z]\d|\d[A-Za-z]|[A-Z]{2}")
_LINK = re.compile(r"\s(?:(?:of|the|for|and|&|de|van|von)\s)*|\s?&\s?")
_NO_NAMES = frozenset("i i'm i'd i'll i've phd msc bsc".split())
_OPENING = STOPWORDS | frozenset("since via within across alongside per among despite besides today".split())
"""Words that open a sentence with their capital and are no names."""
_PRONOUNS = frozenset("she he they her his their it its this that these those".split())

_MADE_OF_FIGURES = re.compile(r"\d[DG]")
"""2D, 3D, 5G: names, although they begin with a figure that may stand elsewhere by itself."""


def name(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """Every capitalised word and every listed technology stands in a cited passage."""
    for run in _runs(claim, setting):
        whole = claim.text[run[0].start : run[-1].end]
        if grounds.names(whole):
            continue
        for word in run:
            if not _stands(word, grounds, setting):
                return f"{word.said!r} stands in no cited passage."
    for listed in setting.lexicon.named_in(claim.text):
        if not grounds.names(listed) and not _within_alias(listed, claim, grounds):
            return f"{listed!r} stands in no cited passage."
    return None


def _runs(claim: Reading, setting: Setting) -> list[list[Word]]:
    """Names of one or more words, as they follow each other."""
    runs: list[list[Word]] = []
    for i, word in enumerate(claim.words):
        if not _is_name(word, i, claim, setting):
            continue
        if runs and _LINK.fullmatch(claim.text[runs[-1][-1].end : word.start]):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _is_name(word: Word, index: int, claim: Reading, setting: Setting) -> bool:
    if _MADE_OF_FIGURES.fullmatch(word.said):
        return True
    if any(a <= word.start < b for a, b in claim.figures) or word.low in _NO_NAMES or word.said[:1].isdigit():
        return bool(re.match(r"\d+[A-Za-z]\w*$", word.said)) and not any(a <= word.start < b for a, b in claim.figures)
    parts = [fold(p) for p in re.split(r"[-'’]", word.said)]
    if setting.owner & {word.low, *parts}:
        return False
    if _OWN_SHAPE.search(word.said):
        return True
    if not word.said[:1].isupper() or word.low in _PRONOUNS:
        return False
    opens = index == 0 or re.search(r"[.:!?\"“(]\s*$", claim.text[: word.start]) is not None
    if opens and word.low in _OPENING:
        return False
    following = index + 1 < len(claim.words) and claim.words[index + 1].said[:1].isupper()
    return not opens or not setting.common(word.low) or (following and bool(word.stems))


def _stands(word: Word, grounds: Grounds, setting: Setting) -> bool:
    if grounds.names(word.said) or word.low in grounds.lows:
        return True
    stems = word.stems or (word.low,)
    if all(s in grounds.stems for s in stems[:1]):
        return True
    parts = [p for p in re.split(r"[-/&]", word.said) if p]
    if len(parts) > 1 and all(p.islower() or grounds.names(p) for p in parts):
        return True
    plain = not _OWN_SHAPE.search(word.said) and setting.common(word.low) and not setting.lexicon.listed(word.said)
    return plain and word.low not in setting.wording.rank and any(_derived(stems[0], s) for s in grounds.stems)


def _derived(stem: str, other: str) -> bool:
    """One is the beginning of the other: manag(e), manag(ement)."""
    short, long = sorted((stem, other), key=len)
    return len(short) >= 5 and long.startswith(short)


def _within_alias(name: str, claim: Reading, grounds: Grounds) -> bool:
    """Whether the claim says it only as a part of a longer name that the passages hold (Snowflake Computing)."""
    return any(
        mentions(name, run) and grounds.names(run)
        for run in re.findall(r"[A-Z][\w.+#]*(?: [A-Z][\w.+#]*)+", claim.text)
    )


def rank(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """A rank or an occupation is one that the passages give: no director out of a manager."""
    for word in claim.words:
        low = word.low if word.low in setting.wording.rank else word.low.removesuffix("s")
        if low not in setting.wording.rank or setting.owner & {low}:
            continue
        if low not in grounds.lows and f"{low}s" not in grounds.lows and not grounds.names(word.said):
            return f"The cited passages give no rank {word.said!r}."
    return None
