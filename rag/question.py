"""What a question asks: its form, the things it names, the positions it is about. No model, no network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from rag.career import Position
from rag.lexicon import Lexicon
from rag.terms import STOPWORDS, fold, mentions, terms, words

Form = Literal["count", "duration", "when", "where", "who", "why", "how", "yes_no", "list", "open"]

RE = " — re: "
"""Between a follow-up and the question it leans on; what stands before it gives the form of the answer."""

_FORMS: tuple[tuple[Form, str], ...] = (
    ("duration", r"\bhow long\b|\bhow many (?:years|months|yrs)\b|\byears of\b|\btenure\b|\bfor how (?:long|many years)\b"),
    ("count", r"\bhow (?:many|much)\b|\bhow (?!long|do|did|does|is|are|was|were|has|have|had|can|could|would|will|should|come|about|to|i|you|they|he|she|well|exactly)[a-z]+ly?\b(?= (?:is|are|was|were|did|do|does|has|have|can)\b)|\b(?:what|which) (?:percent\w*|number|share|amount)\b"
              r"|\bby (?:what|how much)\b|\bpercentage\b|\bnumber of\b"),
    ("when", r"^\W*(?:and |but |so )?(?:since )?when\b|\b(?:what|which) (?:year|date|month|day)\b|\bwhat time\b|\bsince when\b"
             r"|\b(?:start|end|joining) date\b"),
    ("where", r"^\W*(?:and |but |so )?(?:from )?where\b|\bwhich (?:city|country|place|location)\b|\bwhat (?:city|country)\b"),
    ("why", r"^\W*(?:and |but |so )?why\b|\bwhat (?:was the )?reason\b|\bhow come\b|\bwhat made\b"),
    ("who", r"^\W*(?:and |but |so )?(?:who|whom|whose)\b"),
    ("list", r"^\W*(?:and )?(?:list|name|enumerate)\b|\b(?:which|what) (?:\w+ ){0,3}?\w+s\b|\b(?:all|every|each|various)\b"
             r"|\bwhat (?:else|kinds?|sorts?|types?|are)\b"),
    ("yes_no", r"^\W*(?:and |but |so )?(?:has|have|had|did|does|do|is|are|was|were|can|could|would|will|should|any)\b"
               r"|\bis (?:that|this|it) (?:right|true|correct)\b"),
    ("how", r"^\W*(?:and |but |so )?how\b"),
)  # fmt: skip

_AUXILIARY = r"(?:has|have|had|did|does|do|is|are|was|were|can|could|would|will|should|if|whether|about)"
_PERSON = frozenset(
    """he she they him her them his hers their theirs you your yours i me my we us our candidate applicant engineer
    developer author person guy lady owner writer professional profile resume cv portfolio docs document documents
    please thanks thank hi hello hey tell""".split()
)
_NO_NAMES = frozenset(
    """january february march april may june july august sept september october november december monday tuesday wednesday
    thursday friday saturday sunday i'm i've i'd i""".split()
)
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|years?|months?|yrs?|am|pm|min|sec|km|kg)?")
_NUMBER_WORDS = {
    w: n
    for n, w in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
}  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.])[$€£]?\d[\d,.]*\d?\s?(?:%|percent\b|[kKmMbB]\b)?\+?|(?<![\w.])\d[\w%+]*")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# "Ignore your instructions", "reveal your prompt", "you are now …": text that addresses the program, not the documents.
_COMMANDS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.?!]{0,40}\b(?:instruction|rule|prompt|guideline|above|previous|"
    r"prior|guardrail|polic)\w*|\b(?:system|developer) ?prompt\b|\byou are now\b|\bpretend (?:to be|that|you)\b|"
    r"\b(?:reveal|print|show|repeat|output|dump)\b[^.?!]{0,30}\b(?:prompt|instructions|private|secrets?|config\w*|api key)\b|"
    r"^\W*(?:system|assistant|developer|admin)\s*:|\b(?:jailbreak|guardrails?|maintenance mode|developer mode|DAN)\b|"
    r"^\W*(?:please |can you |could you |now )*(?:write|compose|draft|generate|create|code|translate|solve|calculate|sing|tell)\b"
    r"(?: me| us)?(?: an?| some| the)? (?:\w+ ){0,2}(?:poem|song|story|essay|joke|code|function|script|letter|program|haiku|"
    r"limerick|rap|recipe|regex)\b|\bhow (?:do|can|could|should|would) (?:i|we|one)\b(?!.*\b(?:contact|reach|hire|call|mail|write)\b)|"
    r"^\W*(?:now )?(?:say|write|reply|respond|answer|state|claim)\b[^?]{0,20}\b(?:that|with|only)\b",
    re.IGNORECASE,
)


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
    """The words of the question that name them."""
    years: tuple[int, ...] = ()
    asked: str = field(default="", compare=False)
    """The text without the person's name: what is embedded."""


def without_commands(text: str) -> str:
    """The text without the sentences that give orders to the program instead of asking about the documents."""
    if not _COMMANDS.search(text):
        return text
    sentences = re.split(r"(?<=[.!?:;])\s+|\n+", text)
    return " ".join(s for s in sentences if not _COMMANDS.search(s) and re.search(r"\w", s))


def form(text: str) -> Form:
    """The form of the answer that is wanted."""
    folded = fold(text)
    return next((name for name, pattern in _FORMS if re.search(pattern, folded)), "open")


def read(
    text: str,
    lexicon: Lexicon,
    positions: Sequence[Position] = (),
    owner: Iterable[str] = (),
    held: Callable[[str], bool] = lambda _: True,
    common: Callable[[str], bool] = lambda _: True,
    spelt: Callable[[str], str] = lambda word: word,
) -> Question:
    """Reads a standalone question.

    `owner` are the names of the person the documents are about; `held` tells whether the documents hold a name as a
    whole term, `common` whether a folded word belongs to everyday English, `spelt` gives its right spelling.
    """
    text = _respelt(text.strip(), lexicon, held, spelt)
    text = lexicon.rewrite(text, held)
    people = {fold(w) for name in owner for w in words(name)}
    people |= {fold(w) for w in _subjects(text, lexicon, positions) if held(w)}
    scope, scope_names = _scope(text, positions)
    ignored = people | _PERSON
    asked = " ".join(t for t in text.split() if fold(t).strip("?!.,;:'\"").removesuffix("'s") not in people) or text
    names = [n for n in _names(text, lexicon, common) if not ignored.issuperset(fold(w) for w in words(n))]
    names = [part for n in names for part in ([n] if "/" not in n or held(n) else n.split("/")) if part]
    names = [n for n in names if not any(mentions(n, s) or mentions(s, n) for s in scope_names)]
    gone = ignored | set(terms(" ".join(people)))
    return Question(
        text=text,
        form=form(text.split(RE)[0]),
        terms=tuple(dict.fromkeys(t for w in words(asked) if fold(w).removesuffix("'s") not in gone for t in terms(w))),
        names=tuple(names),
        numbers=tuple(_numbers(text)),
        scope=scope,
        scope_names=scope_names,
        years=tuple(int(y) for y in _YEAR.findall(text)),
        asked=asked,
    )


def _respelt(text: str, lexicon: Lexicon, held: Callable[[str], bool], spelt: Callable[[str], str]) -> str:
    """The text with slips in its lower-case words mended; names and words of the documents stay as they are."""

    def mend(match: re.Match[str]) -> str:
        word = match[0]
        known = held(word) or any(fold(word) == fold(n) for n in lexicon.names)
        return word if known else spelt(word)

    return re.sub(r"(?<![\w.@/-])[a-z]{6,}(?![\w@/-]|\.\w)", mend, text)


def _subjects(text: str, lexicon: Lexicon, positions: Sequence[Position]) -> list[str]:
    """Capitalised words in the place of a person: after an auxiliary ("Does Marek …"), or with a possessive."""
    found = re.findall(rf"\b(?i:{_AUXILIARY})\s+([A-Z][\w-]+)\b(?!\s+[A-Z])", text)
    found += re.findall(r"\b([A-Z][\w-]+)['’]s\b", text)
    employers = " ".join(p.role.employer for p in positions)
    listed = {fold(n) for n in lexicon.names}
    return [w for w in found if w[:1].isupper() and fold(w) not in listed and not mentions(w, employers)]


def _scope(text: str, positions: Sequence[Position]) -> tuple[tuple[Position, ...], tuple[str, ...]]:
    """The positions whose employer or title the question names, and the words that name them."""
    chosen: list[Position] = []
    named: dict[str, None] = {}
    for position in positions:
        for name in _short_names(position.role.employer):
            if mentions(name, text, exact_case=len(name) <= 3):
                chosen.append(position)
                named[name] = None
                break
    titles = [p for p in positions if p.role.title and mentions(p.role.title.split("(")[0].strip(" ,"), text)]
    longest = max((len(p.role.title.split("(")[0].strip(" ,").split()) for p in titles), default=0)
    if longest > 1:
        titles = [p for p in titles if len(p.role.title.split("(")[0].strip(" ,").split()) == longest]
        chosen = [p for p in chosen if p in titles] or chosen or titles
        named |= dict.fromkeys(p.role.title.split("(")[0].strip(" ,") for p in titles)
    return tuple(dict.fromkeys(chosen)), tuple(named)


def employers_in(text: str, positions: Sequence[Position]) -> list[str]:
    """Employers that a text names, as it names them, in the order of the positions."""
    found = (
        next((n for n in _short_names(p.role.employer) if mentions(n, text, exact_case=len(n) <= 3)), "")
        for p in positions
    )
    return list(dict.fromkeys(name for name in found if name))


def _short_names(employer: str) -> list[str]:
    """An employer's name and the part of it that people say: `Kestrel Field Robotics` → also `Kestrel`."""
    if not employer:
        return []
    whole = re.sub(r",? (?:Inc|Ltd|LLC|GmbH|AG|SA|Corp|Co|PLC|BV|Oy|AB)\.?$", "", employer).strip()
    first = whole.split()[0].strip(",.")
    generic = {"the", "university", "city", "national", "general", "st", "saint", "new", "american", "royal", "bank"}
    short = [first] if len(first) > 3 and fold(first) not in generic else []
    two = " ".join(whole.split()[:2])
    return list(dict.fromkeys([whole, two, re.sub(r"\bSt\. ", "St ", two), *short]))


def _names(text: str, lexicon: Lexicon, common: Callable[[str], bool]) -> list[str]:
    """Names in the order in which they stand: from the lexicon, by capitals, by digits or symbols inside."""
    found = {n: text.casefold().find(n.casefold()) for n in lexicon.named_in(text)}
    tokens = words(text)
    capitals = [t for t in tokens[1:] if t[:1].isupper() and len(t) > 1]
    title_case = len(tokens) > 3 and len(capitals) > 0.6 * len(tokens)
    if not title_case:
        pattern = r"(?<![\w.])[A-Z0-9][\w&.+#/-]*(?:[ -](?:(?:of|for|de|von|van|the|Of) )*[A-Z][\w&.+#/-]*)*"
        for match in re.finditer(pattern, text):
            name = match[0].rstrip(".,-/")
            opens = not re.search(r"\w", text[: match.start()]) or bool(re.search(r"[.?!:]\s*$", text[: match.start()]))
            first, *rest = name.split()
            if opens and (
                fold(first) in STOPWORDS or (common(fold(first)) and not re.search(r"[a-z][A-Z]|\d|[A-Z]{2}", first))
            ):
                name = re.sub(r"^(?:of|for|and) ", "", " ".join(rest))
            if not name or fold(name) in STOPWORDS or fold(name) in _NO_NAMES or _ORDINAL.fullmatch(fold(name)):
                continue
            if name[0].isdigit() and not re.search(r"[A-Za-z]{2}", name):
                continue
            if re.fullmatch(r"[A-Z]{2}[a-z]+|[a-z]+[A-Z]+", name) and common(fold(name)):
                continue  # a slip of the shift key
            found.setdefault(name, match.start())
    for token in tokens:
        if (
            re.search(r"[A-Za-z]{2,}\d|\d[A-Za-z]{2,}|[a-z][A-Z]|[A-Za-z][+#]", token)
            and not _ORDINAL.fullmatch(fold(token))
            and not (common(fold(token)) and token.isalpha())
        ):
            found.setdefault(token, text.find(token))
    ordered = sorted(found, key=lambda n: (found[n], -len(n)))
    return [n for n in ordered if not any(n != m and mentions(n, m) for m in ordered)]


def _numbers(text: str) -> list[str]:
    found = [m[0].strip().rstrip(".,") for m in _NUMBER.finditer(text)]
    return found + [w for w in fold(text).split() if w.strip("?.,") in _NUMBER_WORDS]
