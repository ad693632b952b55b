"""What an answer from documents never does: praise, promise, advise, tell private things that nobody wrote."""

from __future__ import annotations

import re

from rag.checks.setting import Setting
from rag.claim import Reading, read
from rag.grounds import Grounds
from rag.terms import terms

_FIRST = re.compile(r"\b(?:I|we|my|our|us|me)\b|\bI'", re.I)
_MODAL = re.compile(r"\b(?:will|would|can|could|shall|may|might|must)\b|'(?:ll|d)\b", re.I)
_SECOND = re.compile(r"\b(?:you|your|yours|readers?)\b", re.I)


def praise(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """No evaluation that the passages do not make themselves."""
    for match in setting.wording.manner["praise"].finditer(claim.text):
        said = [w for w in read(match[0]).words if w.low not in {"of", "the", "to"}]
        if not all(w.low in grounds.lows or (w.stems and w.stems[0] in grounds.stems) for w in said):
            return f"{match[0]!r} is praise that the cited passages do not give."
    return None


def promise(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """Nothing is promised in the owner's name; a future that the passages speak of may be told."""
    units = grounds.aligned(claim)
    said = " ".join(u.reading.text for u in units)
    modal = _MODAL.search(claim.text)
    if modal and _FIRST.search(claim.text) and modal[0].casefold() not in said.casefold():
        return "It promises something in the first person."
    for match in setting.wording.manner["promise"].finditer(claim.text):
        if _SECOND.search(claim.text) and not _SECOND.search(said):
            return f"{match[0]!r} promises the reader something."
        same = setting.wording.manner["promise"].search(said) or setting.wording.manner["future"].search(said)
        if not same:
            return f"{match[0]!r} promises what the cited passages do not say."
    return None


def advice(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """The reader is told what the documents say, not what to do."""
    units = grounds.aligned(claim)
    text = claim.text
    for alias in (a for group in setting.lexicon.same for a in group if "your" in a.split()):
        text = re.sub(re.escape(alias), " ", text, flags=re.I)  # know your customer
    for match in setting.wording.manner["advice"].finditer(text):
        said = match[0].strip()
        if not any(re.search(rf"(?<!\w){re.escape(said)}(?!\w)", u.reading.text, re.I) for u in units):
            return f"{said!r} advises the reader."
    return None


def private(claim: Reading, grounds: Grounds, setting: Setting) -> str | None:
    """Nothing personal that the cited passages do not state in these words."""
    patterns = [setting.wording.manner["private"], *(a.stated for a in setting.lexicon.private.values())]
    for pattern in patterns:
        for match in pattern.finditer(claim.text):
            said = [t for t in terms(match[0]) if not t.isdigit()] or [match[0].strip(" ,").casefold()]
            figures = re.findall(r"\d+", match[0])
            if not all(s in grounds.stems or s in grounds.lows for s in said) or not all(
                f in grounds.text for f in figures
            ):
                return f"{match[0].strip(' ,')!r} is personal, and the cited passages do not state it."
    return None
