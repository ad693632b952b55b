"""How common an English word is, from the order of the bundled model's vocabulary (BERT's: most frequent first)."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from pathlib import Path

from rag.terms import stem

FIRST, LAST = 1996, 29600
"""Token ids of the first and the last whole English word in the vocabulary of bert-base-uncased."""
MISSPELT = 6
"""Letters from which a word that is not English counts as misspelt rather than as a name."""
FAMILY = 4
"""First letters that the words of one family share."""
BASE = 4
"""Letters at least of a word that another is made from."""
# British spellings, and the American ones of most words in the vocabulary.
_BRITISH = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"is(?=e[drs]?$|ers$|ing$|ation|able$)", "iz"),
        (r"ys(?=e[drs]?$|ing$)", "yz"),
        (r"our", "or"),
        (r"ll(?=ed$|ing$|ers?$|ors?$)", "l"),
        (r"(enro|fulfi|insta|ski(?=lf)|wi(?=lf))l(?=ment|ful|s?$)", r"\1ll"),
        (r"re(?=s?$)", "er"),
        (r"ogue(?=s?$)", "og"),
        (r"[ao]e", "e"),
        (r"(?<=fen|cen)c(?=es?$)", "s"),
        (r"(?<=practi)s", "c"),
        (r"mme(?=s?$)", "m"),
        (r"dge(?=ment)", "dg"),
    )
)
_BEFORE = (
    "anti|auto|bi|co|cross|cyber|de|dis|down|e|inter|macro|mega|micro|mid|mis|mono|multi|non|off|on|out|over|poly|post"
    "|pre|pro|re|self|semi|sub|super|tele|trans|ultra|un|under|up"
).split("|")
_AFTER = (
    "s|es|ed|d|ing|er|ers|r|rs|or|ors|ee|ees|ist|ists|ism|ly|ness|ment|ments|able|ability|ible|ful|less|ship|ships|hood"
    "|wise|like|al|ally|y|ity|ic|ise|ize|ised|ized|ising|izing|isation|ization|iser|izer"
).split("|")
_VOWELS = "aeiou"
# A last letter is doubled before an ending that begins with a vowel in words of one syllable and in these; in British
# English an l always is.
_DOUBLED = re.compile(r"[^aeiou]*[aeiouy][^aeiouwxy]|.*(?:fer|cur|mit|pel|gram|quip)|forget|begin|debug")


class Frequency:
    """The vocabulary's words, with their places in it."""

    def __init__(self, vocabulary: dict[str, int]) -> None:
        self._id = vocabulary.get
        self._words = [w for w, i in vocabulary.items() if i >= FIRST and len(w) >= MISSPELT - 1 and w.isalpha()]
        self._families: dict[str, list[str]] = {}
        for word in self._words:
            self._families.setdefault(word[:FAMILY], []).append(word)

    def common(self, word: str) -> bool:
        """Whether a folded word is one of the 30,000 or so most frequent ones."""
        return self._id(word) is not None

    def rarity(self, word: str) -> float:
        """0 for the commonest words, 1 for those outside the vocabulary, on a log scale of rank."""
        found = self._id(word)
        if found is None:
            return 1.0
        return min(1.0, max(0.0, math.log(max(found, FIRST) / FIRST) / math.log(LAST / FIRST)))

    def english(self, word: str) -> bool:
        """Whether a folded word is right as it is, in American or in British spelling.

        It is a common one, made from one as English makes words, or of one family with one (inferred, inference).
        """
        spellings = {word, *(re.sub(british, american, word) for british, american in _BRITISH)}
        return any(self.common(w) or self._made(w) or self._related(w) for w in spellings)

    def _made(self, word: str) -> bool:
        bases = {rest for b in _BEFORE if word.startswith(b) and len(rest := word[len(b) :]) > BASE}
        bases.update(base for ending in _AFTER if word.endswith(ending) for base in _bases(word, ending))
        return any(len(base) >= BASE and self.common(base) for base in bases)

    def _related(self, word: str) -> bool:
        family, root = self._families.get(word[:FAMILY], ()), stem(word)
        if len(root) >= BASE and any(root in _bases(word, e) for e in _AFTER if word.endswith(e) and e[0] in _VOWELS):
            return any(stem(other) == root for other in family)
        made = (_bases(other, ending) for other in family for ending in _AFTER if other.endswith(ending))
        return any(word in bases and not any(self.common(b) for b in bases) for bases in made)

    def spelt(self, word: str, others: Collection[str] = ()) -> str:
        """The commonest word one slip away from a folded word, `others` first; the word itself where there is none.

        A slip is a letter too many, too few, wrong, or two swapped; short words (`MISSPELT`) and English ones are left
        alone.
        """
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if len(word) < MISSPELT or not word.isalpha() or self.english(word):
            return word
        for known in (others, self._words):
            near = process.extract(word, known, scorer=OSA.distance, score_cutoff=1, limit=None)
            if near:
                return min((match[0] for match in near), key=lambda w: (w[0] != word[0], self._id(w) or LAST, w))
        return word


def _bases(word: str, ending: str) -> set[str]:
    """What a word may be made from with an ending: `managed` of `manage`, `planned` of `plan`, `studied` of `study`."""
    base = word[: -len(ending)]
    if base.endswith("i"):
        return {base, base[:-1] + "y"}
    if ending[0] not in _VOWELS:
        return {base} if not (ending == "s" and re.search(r"[^aeiou]y$", base)) else set()
    found = {base + "e", base + "y"}
    if base[-1:] == base[-2:-1] and (base.endswith("l") or _DOUBLED.fullmatch(base[:-1])):
        found.add(base[:-1])
    if not _DOUBLED.fullmatch(base) and not (base.endswith("e") and ending.startswith("e")):
        found.add(base)
    return found


def slip(word: str, other: str) -> bool:
    """Whether two folded words are one slip apart: a letter too many, too few, wrong, or two swapped."""
    from rapidfuzz.distance import OSA

    return abs(len(word) - len(other)) <= 1 and OSA.distance(word, other, score_cutoff=1) == 1


def load(tokenizer: Path) -> Frequency:
    """From a `tokenizer.json`."""
    from tokenizers import Tokenizer

    return Frequency(Tokenizer.from_file(str(tokenizer)).get_vocab(with_added_tokens=False))
