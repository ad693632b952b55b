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
from rag.terms import unaccented

SHIPPED = Path(__file__).with_name("data") / "glossary.toml"


_lexicon = functools.cache(lexicon.load)


@functools.cache
def _entries() -> tuple[tuple[str, str, str], ...]:
    """Each spelling in lower case, the name that it is one of, and what that is for."""
    known = _lexicon()
    given = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return tuple(
        (spelling.casefold(), name, purpose)
        for key, purpose in given.items()
        for name in known.kinds.get(key, (key,))
        for spelling in known.aliases(name)
    )


@functools.cache
def version() -> str:
    """Changes with what is said of anything; an index remembers it."""
    return hashlib.sha256(repr(_entries()).encode()).hexdigest()[:12]


def glossed(text: str, quote: str) -> str:
    """`text` with what the things are for that `quote`, a part of it, names."""
    plain = unaccented(quote)
    folded = plain.casefold()
    named = ((name, purpose) for spelling, name, purpose in _entries() if spelling in folded)
    said = dict.fromkeys(purpose for name, purpose in named if _lexicon().mentioned(name, plain))
    return f"{text} ({'; '.join(said)})" if said else text
