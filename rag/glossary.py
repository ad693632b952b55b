"""What things are for, in plain words (`data/glossary.toml`), said beside what names them where it is embedded.

Who asks need not know a trade's words ("are passwords kept safe?" for Vault), and a small embedding model knows few of
them. What is quoted, and what is searched by words, stays as it is.
"""

from __future__ import annotations

import functools
import hashlib
import tomllib
from pathlib import Path

from rag import lexicon
from rag.terms import mentions, unaccented

SHIPPED = Path(__file__).with_name("data") / "glossary.toml"


_lexicon = functools.cache(lexicon.load)


@functools.cache
def _entries() -> tuple[tuple[str, str], ...]:
    """Each spelling of a name, and what that is for."""
    known = _lexicon()
    given = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return tuple(
        (spelling, purpose)
        for key, purpose in given.items()
        for name in known.kinds.get(key, (key,))
        for spelling in known.aliases(name)
    )


@functools.cache
def version() -> str:
    """Changes with what is said of anything; an index remembers it."""
    said = (_entries(), sorted(_lexicon().also_words))
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def glossed(text: str, quote: str) -> str:
    """`text` with what the things are for that `quote`, a part of it, names."""
    plain = unaccented(quote)
    folded = plain.casefold()
    said = dict.fromkeys(
        purpose for spelling, purpose in _entries() if spelling.casefold() in folded and _named(spelling, plain)
    )
    return f"{text} ({'; '.join(said)})" if said else text


def _named(spelling: str, text: str) -> bool:
    """Whether a text names a thing by this spelling; REST is no rest, Vault no vault."""
    if spelling.isupper():
        return mentions(spelling, text, exact_case=True)
    if _lexicon().is_word(spelling):
        return mentions(spelling[:1].upper() + spelling[1:], text, exact_case=True)
    return mentions(spelling, text)
