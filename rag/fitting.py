"""Whether a sentence holds what a question wants: a date, a length, a figure of the right kind, a name."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.attribute import OPEN
from rag.forms import Form
from rag.terms import STOPWORDS, fold, terms, titled, words

_FEW = "one|two|three|four|five|six|seven|eight|nine|ten"
DATE = re.compile(
    r"""\b (?:19|20)\d\d \b
    | \b (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \.? \  \d
    | \b \d{1,2}/\d{4} \b
    | \b (?:yesterday|today|last\ (?:year|month|week)) \b""",
    re.IGNORECASE | re.VERBOSE,
)
FIGURE = re.compile(
    rf"""(?<![\w-]) \d[\d.,]*
    | \b (?:{_FEW}|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty
    |hundred|thousand|million|half|dozen|couple|several|twice|once|double|none|zero) \b""",
    re.IGNORECASE | re.VERBOSE,
)
LENGTH = re.compile(
    rf"""\b (?:\d[\d.,+]*|an?|{_FEW}|few|several|couple\ of) \ ?-? (?:more\ )?
    (?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?) \b
    | \b (?:19|20)\d\d \b""",
    re.IGNORECASE | re.VERBOSE,
)
_BECAUSE = re.compile(
    r"\b(?:because|since|so that|due to|thanks to|as a result|in order to|reason|led to|to avoid|why)\b|\bto [a-z]+",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z]\w+|^[A-Z]\w+ [A-Z]")
_EXPECTED = {"when": DATE, "duration": LENGTH, "why": _BECAUSE, "who": _NAME, "where": _NAME}
NEAR = 40
"""Characters to either side of a figure in which what it counts is named."""
EXPECTED = frozenset({*_EXPECTED, "count"})
"""Forms whose answers are expected to hold something."""
STRICT = frozenset({"count", "duration", "when"})
"""Forms whose answer cannot do without what they want."""

_SHARE = re.compile(r"\bpercent\w*|\bshare\b|%")
_MONEY = re.compile(r"[$€£]|\b(?:dollars?|euros?|pounds?|usd|eur|gbp|rupees?|money)\b", re.IGNORECASE)
_OF_MONEY = re.compile(r"how (?:many|much) (?:\w+ )?(?:dollars?|euros?|pounds?|usd|money|rupees?)\b")
_COMPARED = re.compile(
    r"\bhow much (?:cheaper|faster|slower|quicker|smaller|larger|bigger|higher|lower|better|shorter|longer|safer|less"
    r"|fewer|more \w+(?:ly|ive|ent|able|ate))\b"
)
CHANGE = re.compile(
    r"%|\bpercent|\b\w+ times (?:as|more|less|faster)\b|\bhal(?:f|ved)\b|\bdoubl|\d ?x\b|\bfrom\b.*\bto\b",
    re.IGNORECASE,
)
"""How a text puts by how much something changed."""
_OTHER_UNIT = re.compile(
    r"[\s-]*(?:%|percent\b|(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|am|pm)\b)", re.IGNORECASE
)
_COUNTED = re.compile(
    r"""how\ (?:many|much)\s+
    (?!(?:did|do|does|has|have|had|is|are|was|were|can|could|of|a|per|each|every)\b) ((?:[\w-]+\s*){1,3}?)
    (?:\b(?:did|do|does|has|have|had|is|are|was|were|can|could|on|in|at|of)\b | [?.,] | $)""",
    re.VERBOSE,
)
_WHOM = re.compile(r"^\W*(?:and |but )?whom?\s+(?:did|does|do|has|have|had)\s+(?:she|he|they|you)\b", re.IGNORECASE)
"""Asks for those to whom something was done."""
_PARTNER = re.compile(r"\bwho(?:m)?\b.*?\b([a-z]+) (with|to|for|by|from|alongside)\W*$", re.IGNORECASE)
"""Asks for the other party of what is done with, to or for somebody: "who are they happy to connect with?"."""
_ANYTHING = frozenset(terms("people person persons staff things times others different various members much total"))


def fitting(form: Form, question: str, frequency: Callable[[str], int]) -> Callable[[str], bool] | None:
    """Tells of a sentence whether it holds what the question wants; None where the form wants nothing in particular.

    `frequency` gives in how many passages a term stands: what the documents count by name must be named beside the
    figure, for "21 nurses" are no patients.
    """
    if form == "count":
        counted = {t for t in counted_in(question) - _ANYTHING if frequency(t)}
        return lambda text: counts(question, text) and (not counted or _beside(counted, text))
    if form == "who" and _WHOM.search(question):
        return lambda text: True  # "who did she train": six newcomers need no name
    expected = _EXPECTED.get(form)
    if not expected:
        return None
    return lambda text: expected.search(text) is not None or names_partner(question, text)


def names_partner(question: str, text: str) -> bool:
    """Whether a text goes on, as the question does, to the other party: "connect with engineers and builders"."""
    asked = _PARTNER.search(question)
    if not asked:
        return False
    done = "|".join(re.escape(word) for word in words(text) if terms(word) and terms(word) == terms(asked[1]))
    party = r"(?:the |our |my )?(?:(?-i:[A-Z])|(?:[\w-]+ )?[\w-]+s\b)"
    return bool(done) and re.search(rf"\b(?:{done}) {asked[2]} {party}", text, re.IGNORECASE) is not None


def _beside(counted: set[str], text: str) -> bool:
    """Whether something that is counted stands near a figure."""
    return any(
        counted & set(terms(text[max(0, m.start() - NEAR) : m.start()] + " " + text[m.end() : m.end() + NEAR]))
        for m in FIGURE.finditer(text)
    )


def counts(question: str, text: str) -> bool:
    """Whether a text holds a figure of the kind that the question counts: a share, money, or a number of things."""
    folded = fold(question)
    if _SHARE.search(folded):
        return _SHARE.search(fold(text)) is not None
    if _OF_MONEY.search(folded):
        return _MONEY.search(text) is not None
    if _COMPARED.search(folded):
        return bool((CHANGE.search(text) or _MONEY.search(text)) and FIGURE.search(text))
    counted = counted_in(question)
    return any(
        not counted or counted & set(terms(text[m.end() : m.end() + 40])) or not _OTHER_UNIT.match(text, m.end())
        for m in FIGURE.finditer(text)
    )


def counted_in(question: str) -> set[str]:
    """The terms of what is counted: of "how many active users", active and users."""
    match = _COUNTED.search(fold(question))
    return set(terms(match[1])) if match else set()


_ASKS_NAME = re.compile(r"\b(?:name|names|called|named|brand|titled?|titles|who(?:m|se|'s)?)\b", re.IGNORECASE)
_ONE_OF = re.compile(
    r"""\b(?:which|what)\s+ (?:(?:one|two|three|four|five|of|the|other|his|her|their|your|main|first|last|exact)\s+)*
    ((?:[\w'’-]+\s+){0,2}?[\w'’-]+)
    (?: \s+(?:did|does|do|has|have|had|is|are|was|were|can|could|will|would|should|got|[a-z]+ed|[a-z]+s)\b | \W*$ )""",
    re.IGNORECASE | re.VERBOSE,
)
_DAYS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december i""".split()
)
_CAPITALISED = re.compile(r"[A-Za-z0-9][\w.+#&/'’-]*")
_RUN = re.compile(rf"(?:{_CAPITALISED.pattern})(?: [A-Z][\w.+#&/'’-]*)*")
"""A word, with the capitalised ones after it."""
_OPENS = re.compile(r"(?:^|[.?!:•|*–-])\s*[\"“*(]*$")


def wants_name(question: str) -> bool:
    """Whether a name is asked for: who, what it is called, which lab, which bank; not "which part" or "what kind"."""
    if _WHOM.search(question):
        return False
    if _ASKS_NAME.search(question):
        return True
    match = _ONE_OF.search(question)
    return match is not None and bool(set(terms(match[1])) - OPEN)


def holds_name(text: str, question: str, common: Callable[[str], bool]) -> bool:
    """Whether a text holds a name that the question does not: a word with a capital that its place does not explain.

    Or the other party, in whatever words, where that is what "who … with?" asks for. `common` tells of a folded word
    that it belongs to everyday English.
    """
    if names_partner(question, text):
        return True
    if titled(text) and "," not in text:
        return False
    asked = {*terms(question), *(fold(w) for w in words(question))}
    named = {fold(m[0]) for m in _CAPITALISED.finditer(question) if m[0][:1].isupper()}
    for run in _RUN.finditer(text):
        parts = list(_CAPITALISED.finditer(run[0]))
        if any(fold(m[0]) in named for m in parts[bool(_OPENS.search(text[: run.start()])) :]):
            continue  # the Global Travel Rule, where the Travel Rule is asked about
        for match in parts:
            word = match[0].rstrip(".'’")
            folded = fold(word)
            if not re.search("[A-Z]", word) or folded in _DAYS | STOPWORDS or asked & {folded, *terms(word)}:
                continue
            own = re.search(r"[A-Z].*[A-Z]|\d", word)
            if own or not common(folded.split("'")[0]) or not _OPENS.search(text[: run.start() + match.start()]):
                return True
    return False
