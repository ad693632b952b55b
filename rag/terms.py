"""Words as the keyword index and the evidence checks see them.

Two views of the same text. `terms` folds generously (case, diacritics, inflections), for ranking. `mentions` is
strict (whole terms, so that "Go" is not "Google" and "Java" not "JavaScript"), for deciding whether a text speaks of a
thing at all.
"""

from __future__ import annotations

import functools
import re
import threading
import unicodedata
from typing import Any

VERSION = "4"
"""Stamped in the manifest: a change of `terms` rebuilds the keyword index."""

# A word may start with a dot (.NET), hold . / - & ' between letters (Node.js, CI/CD, e-mail, R&D) and end in + # %.
WORD = re.compile(r"(?<![\w.])\.?\w+(?:[./&'’-]\w+)*(?:\+\+|[+#%](?![\w]))?|\w+")
_JOINT = re.compile(r"[./&'’-]")
_CONTRACTED = re.compile(r"'(?:s|d|m|ll|ve|re)$")
# Letters that Unicode does not decompose into a base and a mark.
_LETTERS = str.maketrans(
    {
        "’": "'",
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
    }
)

_MONTHS = {
    m[:n]: m
    for m in "january february march april june july august september october november december".split()
    for n in (3, 4)
    if n == 3 or m == "september"
}
"""Short names of months: `Dec 2018` is December 2018."""
_SPELT_WITH_S = re.compile(
    r"(?:(?<=[a-z]{2}[dglmnrst])(?<!ert)(?<!rom)(?<!rem)i|(?<=al)y)s(?=(?:e[drs]?|ers?|ing|able|ations?|is)$)"
)
"""What American English spells with a z: organise, analysed; and `analysis`. Not supervise, expertise, promise."""

STOPWORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but by
    can could did do does doing done down during each ever every few for from further get gets getting give given gives
    got had has have having he her here hers herself him himself his how i if in into is it its itself just know let
    like list many me more most much my myself no nor not of off on once only or other our ours out over own please
    same shall she should so some such tell than that the their theirs them themselves then there these they thing
    things this those through to too under until up upon us very was we were what whatever when where which while who
    whom whose why will with would you your yours yourself 's 'd 'll 've 're s t d ll ve re don didn doesn isn wasn
    hasn haven""".split()
)
"""English words that carry no content in a question. `it` (information technology) is among them."""


_local = threading.local()


def _stemmer() -> Any:
    """One a thread: it keeps the word it works on in itself."""
    if not hasattr(_local, "stemmer"):
        import snowballstemmer

        _local.stemmer = snowballstemmer.stemmer("english")
    return _local.stemmer


def unaccented(text: str) -> str:
    """Diacritics and typographic apostrophes folded, case kept: `Café` → `Cafe`. The length may change."""
    if text.isascii():
        return text
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text.translate(_LETTERS)


def fold(text: str) -> str:
    """Case and diacritics folded: `Café` → `cafe`."""
    return unaccented(text).casefold()


def spaced(text: str) -> str:
    """On one line, case folded, as two writings of the same words are compared."""
    return " ".join(text.split()).casefold()


@functools.lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The Snowball English stem of a plain word, in American spelling; one with a digit or a symbol is left alone."""
    if not word.isalpha() or len(word) <= 2:
        return word
    word = _SPELT_WITH_S.sub(lambda m: f"{m[0][0]}z", word)
    return str(_stemmer().stemWord(f"{word[:-2]}e" if word.endswith("lyzis") else word))


@functools.lru_cache(maxsize=100_000)
def _word_terms(word: str) -> tuple[str, ...]:
    word = _MONTHS.get(word := fold(word), word)
    if word in STOPWORDS or _CONTRACTED.sub("", word) in STOPWORDS or word.endswith("n't"):
        return ()  # what's, they've, hasn't
    word = word.strip("'").removesuffix("'s")
    parts = [] if word[:1].isdigit() else [p for p in _JOINT.split(word) if p]  # 3.5x and 2019-03 stay whole
    found = [stem(word)] if word else []
    if len(parts) > 1:
        found += [stem(p) for p in parts if p not in STOPWORDS]
        found.append("".join(parts))  # e-mail = email, Node.js = nodejs
    elif word[-1:] in {"+", "%"} and word[:1].isdigit():
        found.append(word.rstrip("+%"))  # 400M+ = 400M
    return tuple(found)


def terms(text: str) -> list[str]:
    """Keyword terms in order, stop words left out, compounds whole and in parts: `CI/CD` → ci/cd, ci, cd, cicd."""
    return [t for m in WORD.finditer(text) for t in _word_terms(m[0])]


def words(text: str) -> list[str]:
    """The words as they stand, symbols of their own kept (`C++`, `.NET`, `400M+`), closing full stops left out."""
    return [m[0] for m in WORD.finditer(text)]


def titled(text: str) -> bool:
    """Whether capitals say nothing in a text: all of it in capitals, or nearly Every Word With One."""
    rest = [w for w in words(text)[1:] if w[:1].isalpha() and not w.isupper()]
    capitals = sum(w[0].isupper() for w in rest)
    return text.isupper() or (len(rest) > 2 and capitals > 0.6 * len(rest))


@functools.lru_cache(maxsize=4096)
def _pattern(name: str, exact_case: bool) -> re.Pattern[str]:
    spaced = r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", unaccented(name).strip()))
    plural = r"(?:e?s)?" if name[-1:].isalpha() and len(name) > 2 else ""
    # No word character, and no symbol that would make it another name (C is not C++, .NET is not NET), on either side;
    # a hyphen joins a compound (go-to), unless a compound of names stands beside it (Docker-based is Docker).
    before, after = r"(?<![\w.#+])" if name[:1] != "." else r"(?<!\w)", r"(?![\w#]|\+\+|\.\w)"
    if len(name) <= 2:
        before, after = before + r"(?<![-'&])", after + r"(?![-&+]|'(?!s\b))"
    return re.compile(before + spaced + plural + after, 0 if exact_case else re.IGNORECASE)


@functools.lru_cache(maxsize=4096)
def _opening(name: str) -> str:
    """The part of a name that stands in every text which mentions it, in small letters."""
    return re.split(r"[\s-]+", unaccented(name).strip())[0].lower()


@functools.lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    """`unaccented`, kept: the same texts are searched for many names."""
    return unaccented(text)


def mentions(name: str, text: str, exact_case: bool = False) -> bool:
    """Whether `text` holds `name` as a whole term, its plural included; diacritics never matter."""
    plain = text if text.isascii() else _plain(text)
    if _opening(name) not in plain.lower():
        return False  # a tenth of the pattern's time, and most texts do not hold most names
    return _pattern(name, exact_case).search(plain) is not None
