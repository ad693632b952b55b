"""What every check may look up besides the claim and its grounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.claim import Reading
from rag.grounds import Grounds
from rag.lexicon import Lexicon
from rag.wording import Wording


@dataclass(frozen=True)
class Setting:
    """The owner's names and the look-ups of the language."""

    lexicon: Lexicon
    wording: Wording
    owner: frozenset[str] = frozenset()
    """Folded words of the names of the person the documents are about."""
    common: Callable[[str], bool] = field(default=lambda _: True)
    """Whether a folded word belongs to everyday English."""
    rarity: Callable[[str], float] = field(default=lambda _: 0.5)
    encode: Callable[[Sequence[str]], NDArray[np.float32]] | None = None
    """Sentences → vectors of length one; without it, words alone decide what is supported."""


Check = Callable[[Reading, Grounds, Setting], str | None]
"""None where nothing is wrong, else one plain sentence that names the term and why."""
