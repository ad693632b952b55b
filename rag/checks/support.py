"""The content words of a claim stand in what it cites, as they are, by their sense, or nearly so by their vectors."""

from __future__ import annotations

import functools
import math

from rag.checks.setting import Encode, Setting, Vectors
from rag.claim import Reading, Word
from rag.grounds import Grounds, units

FEATURES = ("unsupported", "share", "similarity")
WEIGHTS = (-2.46, -1.23, 1.16)
BIAS = 3.68
THRESHOLD = 0.57
"""Fitted by `python -m eval.bench.claims --fit` on the dev half."""


def features(claim: Reading, grounds: Grounds, setting: Setting) -> tuple[float, ...]:
    """The figures that decide, in the order of FEATURES."""
    missing, total = unsupported(claim, grounds, setting)
    weight = sum(w for w, _ in missing)
    return weight, weight / total if total else 0.0, similarity(claim, grounds, setting)


def unsupported(claim: Reading, grounds: Grounds, setting: Setting) -> tuple[list[tuple[float, str]], float]:
    """The words that nothing supports with their weights, the rarest first, and the weight of all words.

    A word weighs 0.5 to 1.5 by its rarity.
    """
    total, found = 0.0, []
    aliases = _aliases(claim, grounds, setting)
    for word in claim.content:
        if all(s in setting.wording.free for s in word.stems) or setting.owner & {word.low}:
            continue
        weight = 0.5 + setting.rarity(word.low)
        total += weight
        if any(a <= word.start < b for a, b in aliases):
            continue
        if not _said(word, grounds) and not grounds.names(word.said):
            found.append((weight, word.said))
    return sorted(found, reverse=True), total


def support(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """Not too much of a claim is without support."""
    missing, _ = unsupported(claim, grounds, setting)
    if not missing:
        return None
    figures = features(claim, grounds, setting)
    sure = 1 / (1 + math.exp(-(BIAS + sum(w * f for w, f in zip(WEIGHTS, figures, strict=True)))))
    return f"The cited passages say nothing of {missing[0][1]!r}." if sure < THRESHOLD else None


def _aliases(claim: Reading, grounds: Grounds, setting: Setting) -> list[tuple[int, int]]:
    """Where a claim writes out what the passages abbreviate, or names the kind of it (Docker: container)."""
    text = claim.text.casefold()
    found = [
        (at, at + len(alias))
        for group in setting.lexicon.same
        for alias in group
        if len(alias) > 4 and (at := text.find(alias.casefold())) >= 0 and grounds.names(alias)
    ]
    found += [
        (at, at + len(kind))
        for kind, members in setting.lexicon.kinds.items()
        if (at := text.find(kind.casefold())) >= 0 and any(grounds.names(m) for m in members)
    ]
    return found


def _said(word: Word, grounds: Grounds) -> bool:
    """A word, and of a compound the whole or each of its parts."""
    whole, *rest = word.stems
    return grounds.says(whole) or (
        len(rest) > 1 and (grounds.says(rest[-1]) or all(grounds.says(p) for p in rest[:-1]))
    )


def similarity(claim: Reading, grounds: Grounds, setting: Setting) -> float:
    """The best cosine of the claim to a unit; 0.5, about the middle, without an embedder."""
    if setting.encode is None:
        return 0.5
    mine = _vectors(setting.encode, (claim.text,))[0]
    texts = (tuple(u.reading.text for u in units(p) if u.reading.words) for p in grounds.passages)
    return max((float((_vectors(setting.encode, t) @ mine).max()) for t in texts if t), default=0.0)


@functools.lru_cache(maxsize=1024)
def _vectors(encode: Encode, texts: tuple[str, ...]) -> Vectors:
    """Kept: sentence after sentence of an answer is held against the same passages."""
    return encode(texts)
