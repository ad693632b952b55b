"""What a question asks: its form, the things it names, the positions it is about. No model, no network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rag.career import Position
from rag.commands import without_commands
from rag.employers import employers_in, plain, scope, short_names
from rag.forms import Form, form
from rag.frequency import slip
from rag.lexicon import Lexicon
from rag.terms import STOPWORDS, fold, mentions, terms, titled, words

__all__ = ["RE", "Form", "Question", "employers_in", "form", "read", "without_commands"]

RE = " — re: "
"""Between a follow-up and the question it leans on; what stands before it gives the form of the answer."""

_PERSON = frozenset(
    """he she they him her them his hers their theirs you your yours i me my we us our candidate applicant engineer
    developer author person guy lady owner writer blogger professional profile resume cv portfolio docs document
    documents say says said saying anything something
    please thanks thank hi hello hey tell pls plz thx ty kindly cheers asap lol haha btw fyi""".split()
)
# Words with a capital of their own, or that open a request, and are no names.
_NO_NAMES = frozenset(
    """january february march april may june july august sept september october november december monday tuesday
    wednesday thursday friday saturday sunday i'm i've i'd i ok summarize summarise recap elaborate enumerate
    paraphrase resume cv whats hows btw pls plz cool nice great awesome sure thx ty hmm wow yes no right congrats
    congratulations kudos bravo wait huh""".split()
)
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|years?|months?|yrs?|am|pm|min|sec|km|kg)?")
_MEDIUM = re.compile(
    r"\b(?:on|from|in|by|according to) (?:the|this|your|his|her|their) (?:page|(?:web)?site|bio)\b"
    r"|\b(?:the|this|your|his|her|their) (?:page|(?:web)?site|bio)(?= (?:says?|mentions?|states?|tells?|lists?)\b)",
    re.IGNORECASE,
)
"""Where the documents are read, which they need not say of themselves: "does the bio say anything about …"."""
_NUMBER_WORDS = frozenset("two three four five six seven eight nine ten eleven twelve".split())
_NUMBER = re.compile(r"(?<![\w.])[$€£]?\d[\d,.]*\d?\s?(?:%|percent\b|[kKmMbB]\b)?\+?|(?<![\w.])\d[\w%+]*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# A name with the words that join its parts: University of Galway, van der Berg.
_CAPITAL = re.compile(
    r"(?<![\w.])[A-Z0-9][\w&.+#/-]*(?:(?<![A-Za-z]{3}\.)[ -](?:(?:of|for|de|von|van|the|Of) )*[A-Z][\w&.+#/-]*)*"
)
_SYMBOLIC = re.compile(r"[A-Za-z]{2,}\d|\d[A-Za-z]{2,}|[a-z][A-Z]|[A-Za-z][+#]")
_OWN_SPELLING = re.compile(r"[a-z][A-Z]|\d|[A-Z]{2}")
_QUALIFIED = re.compile(r"-(?:certified|based|like|style|related|trained|specific|driven|compliant|native|only)$")
_SLIP = re.compile(r"[A-Z]{2}[a-z]+|[a-z]+[A-Z]+")
# "Does Marek …", "Has Marek …": who does something is the person; what was done or used is a thing.
_DOER = re.compile(r"\b(?i:has|have|had|did|does|do|can|could|would|will|should)\s+([A-Z][a-z][\w-]*)\b(?!\s+[A-Z])")
_BEING = re.compile(
    r"\b(?i:is|was|if|whether)\s+([A-Z][a-z][\w-]*)\b"
    r"(?=\s+(?:an?|the|able|good|ever|still|currently|open|willing|available|interested|experienced|certified|married"
    r"|familiar|comfortable|fluent|responsible|involved|based|working|looking|has|have|had|knows|worked|was)\b)"
)
_OWNING = re.compile(r"\b([A-Z][a-z][\w-]*)['’](?:s\b|(?=\s))")
_COURTESY = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madam|Herr|Frau)\.?"
_TITLED = re.compile(rf"\b{_COURTESY} ([A-Z][\w-]+)")
# "Figma or something like it", "Trello and the like": the name is an example of what is asked for.
_EXAMPLE = (
    r"(?:(?:,|/| or| and) ?[A-Z][\w.+#-]*)*,? "
    r"(?i:(?:or|and) (?:(?:some|any)thing |(?:any |some )?other |an? |the |some |any )|or )"
    r"(?i:like|similar|comparable|equivalent)\b"
    r"|-(?:like|style) (?:stuff|things?|tools?)\b"
)
_ACRONYM = re.compile(r"(?<![\w.&/+-])[A-Z](?:&?[A-Z]){2,5}(?![\w&/+#-])")


ASKING = frozenset(
    terms(
        """list name all every each any some what which kind kinds sort type types various hold holds held have has
        receive received get got win won earn earned use used uses using work worked know known knows speak spoken write
        wrote written writes publish published publishes give gave given make made experience experienced did does there
        person candidate engineer tell show summary summarize so far ever total complete full long number many count
        everything anything main top favourite favorite familiar different comfortable professional professionally
        currently own public
        author authored human appear appears appearing background mentioned mention listed work
        works working exposure knowledge"""
    )
)
"""Terms with which one asks for a list, whatever the list is of."""


@dataclass(frozen=True)
class Question:
    """A question, read."""

    text: str
    """Standalone, with aliases replaced by what the documents call the thing."""
    form: Form
    terms: tuple[str, ...]
    """Content terms, folded, without the person asked about."""
    names: tuple[str, ...] = ()
    """Technologies, companies, places, titles: what must stand in the evidence, as written."""
    numbers: tuple[str, ...] = ()
    scope: tuple[Position, ...] = ()
    """The positions it is about, where it names an employer or a role."""
    scope_names: tuple[str, ...] = ()
    """What it calls them, as the documents spell it."""
    years: tuple[int, ...] = ()
    kind: str = ""
    """The kind of thing that is asked for ("any message broker?"), where little else is."""
    of_kind: str = ""
    """The kind of thing that is asked for of something else ("which language was it written in?")."""
    asked: str = field(default="", compare=False)
    """The text without the person's name and with what documents may call the thing: what is searched for."""

    @property
    def own(self) -> str:
        """The text without what it leans on."""
        return self.text.split(RE)[0]


def read(
    text: str,
    lexicon: Lexicon,
    positions: Sequence[Position] = (),
    owner: Iterable[str] = (),
    held: Callable[[str], bool] = lambda _: True,
    common: Callable[[str], bool] = lambda _: True,
    spelt: Callable[[str], str] = lambda word: word,
    written: Callable[[str], bool] | None = None,
    written_out: Callable[[str], str] = lambda _: "",
    english: Callable[[str], bool] = lambda _: False,
) -> Question:
    """Reads a standalone question.

    `owner` are the names of the person the documents are about; `held` tells whether the documents hold a name as a
    whole term, `common` whether a folded word belongs to everyday English, `spelt` gives its right spelling,
    `written` whether they hold it by that very name (`held` by default), `written_out` gives the words of the documents
    that an acronym's letters spell, `english` tells whether a folded word is right as it is.
    """
    employers = [p.role.employer for p in positions if p.role.employer]
    text = _respelt(lexicon.in_full(text.strip()), lexicon, held, spelt, english, employers)
    text = lexicon.hosted(lexicon.rewrite(text, written or held), held)
    text = _spelled(text, lexicon, held, written_out)
    people = {fold(w) for name in owner for w in words(name)}
    people |= {fold(w) for w in _subjects(text, lexicon, positions) if held(w)}
    positions_asked, scope_names = scope(text, positions, lambda w: lexicon.is_word(w) or common(w), lexicon.listed)
    ignored = people | _PERSON
    asked = " ".join(t for t in text.split() if fold(t).strip("?!.,;:'\"").removesuffix("'s") not in people) or text
    own, link, leaning = asked.partition(RE)
    if trade := lexicon.called(text.split(RE)[0], held):
        asked = f"{own} ({' '.join(trade)}){link}{leaning}"
    names = [n for n in _names(text, lexicon, common) if not ignored.issuperset(fold(w) for w in words(n))]
    names = [part for n in names for part in _apart(n, lexicon, held)]
    employers_asked = {p.role.employer for p in positions_asked}
    called = [plain(n) for n in (*scope_names, *(f for e in employers_asked for f in short_names(e)))]
    called += [plain(p.role.title) for p in positions if p.role.employer in employers_asked]
    names = [n for n in names if not any(mentions(plain(n), s) or mentions(s, plain(n)) for s in called)]
    gone = ignored | set(terms(" ".join(people)))
    shape = form(text.split(RE)[0])
    told = _MEDIUM.sub(" ", asked)
    content = tuple(dict.fromkeys(t for w in words(told) if fold(w).removesuffix("'s") not in gone for t in terms(w)))
    return Question(
        text=text,
        form=shape,
        terms=content,
        names=tuple(names),
        kind=_kind(text, shape, content, names, lexicon),
        of_kind=_of_kind(text.split(RE)[0], lexicon),
        numbers=tuple(_numbers(text)),
        scope=positions_asked,
        scope_names=scope_names,
        years=tuple(int(y) for y in _YEAR.findall(text)),
        asked=asked,
    )


def _kind(text: str, shape: Form, content: Sequence[str], names: Sequence[str], lexicon: Lexicon) -> str:
    kind = lexicon.kind_in(text) if shape in {"list", "open", "yes_no"} else None
    beside = [t for t in content if kind and t not in terms(kind) and t not in ASKING]
    if not kind or len(beside) > 1 or any(n.casefold() != kind.casefold() for n in names):
        return ""
    return kind


def _of_kind(text: str, lexicon: Lexicon) -> str:
    kind = lexicon.kind_in(text)
    return kind if kind and re.search(rf"\b(?:what|which)\s+(?:\w+\s+)?{re.escape(kind)}", fold(text)) else ""


def _respelt(
    text: str,
    lexicon: Lexicon,
    held: Callable[[str], bool],
    spelt: Callable[[str], str],
    english: Callable[[str], bool],
    employers: Sequence[str],
) -> str:
    """The text with slips mended: in names that the documents hold, then in lower-case words of the language."""

    def mend(match: re.Match[str]) -> str:
        word = match[0]
        if held(word) or lexicon.listed(word) or lexicon.aliased(word) or (word.islower() and english(word)):
            return word
        meant = [n for n in (*lexicon.near(word), *employers) if slip(fold(word), fold(n)) and held(n)]
        if len(meant) == 1:
            return meant[0]
        return spelt(word) if word.islower() else word  # Flickr is no Flicker

    return re.sub(r"(?<![\w.@/-])[A-Za-z]{6,}(?![\w@/-]|\.\w)", mend, text)


def _spelled(text: str, lexicon: Lexicon, held: Callable[[str], bool], written_out: Callable[[str], str]) -> str:
    """The text with acronyms written out, or long names shortened to their letters, as the documents have them."""

    def out(match: re.Match[str]) -> str:
        short = match[0]
        return short if held(short) or lexicon.listed(short) else written_out(short) or short

    def in_short(match: re.Match[str]) -> str:
        letters = "".join(part[0] for part in re.split(r"[ -]", match[0]) if part[:1].isupper())
        return letters if len(letters) > 2 and held(letters) and not held(match[0]) else match[0]

    return text if titled(text) else _ACRONYM.sub(out, _CAPITAL.sub(in_short, text))


def _subjects(text: str, lexicon: Lexicon, positions: Sequence[Position]) -> list[str]:
    """Capitalised words in the place of a person: the one who does something, or to whom something belongs."""
    found = [name for pattern in (_DOER, _BEING, _OWNING) for name in pattern.findall(text)]
    found += _TITLED.findall(text)
    employers = " ".join(p.role.employer for p in positions)
    return [w for w in found if not lexicon.listed(w) and not mentions(w, employers)]


def _apart(name: str, lexicon: Lexicon, held: Callable[[str], bool]) -> list[str]:
    """`Jenkins/Docker` are two names, `CI/CD` is one; "Django for the APIs" and "25 Python" hold one of a tool."""
    number, _, rest = name.partition(" ")
    if number.isdigit() and rest and not held(name):
        return [rest]
    tool, link, use = name.partition(" for ")
    if link and lexicon.listed(tool):
        return [tool, use.removeprefix("the ")]
    if "/" not in name or lexicon.listed(name) or held(name):
        return [name]
    return [part for part in name.split("/") if part]


def _names(text: str, lexicon: Lexicon, common: Callable[[str], bool]) -> list[str]:
    """Names in the order in which they stand: from the lexicon, by capitals, by digits or symbols inside."""
    found = {n: text.casefold().find(n.casefold()) for n in lexicon.named_in(text)}
    if not titled(text):
        for match in _CAPITAL.finditer(text):
            opens = re.search(r"(?:^|[.?!:])[^\w.?!:]*$", text[: match.start()]) is not None
            name = _QUALIFIED.sub("", match[0].rstrip(".,-/"))
            name = re.sub(rf"^{_COURTESY}(?: |$)", "", _without_opening(name, common) if opens else name)
            if name and not _no_name(name, common):
                found.setdefault(name, match.start())
    for token in words(text):
        if (
            _SYMBOLIC.search(token)
            and not _QUALIFIED.search(token)
            and not _ORDINAL.fullmatch(fold(token))
            and not (token.isalpha() and common(fold(token)))
        ):
            found.setdefault(token, text.find(token))
    if re.search(r"(?:like|similar|comparable|equivalent|style)\b", text, re.IGNORECASE):
        found = {n: at for n, at in found.items() if not re.search(rf"(?<!\w){re.escape(n)}(?:{_EXAMPLE})", text)}
    ordered = sorted(found, key=lambda n: (found[n], -len(n)))
    ordered = list({fold(n): n for n in reversed(ordered)}.values())[::-1]
    plainly = {n: fold(n).replace("-", " ") for n in ordered}  # a pattern for each pair would take half a second
    return [n for n in ordered if not any(n != m and plainly[n] in plainly[m] and mentions(n, m) for m in ordered)]


def _without_opening(name: str, common: Callable[[str], bool]) -> str:
    """A name at the start of a sentence without the everyday word that has its capital from there."""
    first, *rest = name.split()
    everyday = all(common(part) or part in STOPWORDS for part in re.split(r"[-/']", fold(first)) if part)
    if fold(first) in STOPWORDS | _NO_NAMES or (everyday and not _OWN_SPELLING.search(first)):
        return re.sub(r"^(?:(?:of|for|and|the|de|von|van) )+", "", " ".join(rest))
    return name


def _no_name(name: str, common: Callable[[str], bool]) -> bool:
    folded = fold(name)
    return bool(
        folded in STOPWORDS
        or folded in _NO_NAMES
        or _ORDINAL.fullmatch(folded)
        or (name[0].isdigit() and not re.search(r"[A-Za-z]{2}", name))
        or (_SLIP.fullmatch(name) and common(folded))  # WHat, dOCKER
    )


def _numbers(text: str) -> list[str]:
    found = [m[0].strip().rstrip(".,") for m in _NUMBER.finditer(text)]
    return found + [w for w in re.findall(r"[a-z]+", fold(text)) if w in _NUMBER_WORDS]
