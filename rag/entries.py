"""The entries of a list: whole parts of a resume, published pieces by their titles; and how many of them are said."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from rag import quantity
from rag.catalogue import PUBLISHED, Catalogue
from rag.extract import SHORT, said, whole
from rag.question import ASKING, Question
from rag.schema import Draft, Passage, Quote, Reply
from rag.terms import fold, terms, words

MOST = 12
"""Statements at most in a list; what is left out is counted."""


def gathered(entries: Sequence[Draft], lead: str = "") -> Reply | None:
    """As many as a list holds, each once; None without any."""
    entries = list(dict.fromkeys(entries))
    lead = f"The first {MOST} of {len(entries)}:" if len(entries) > MOST else lead
    return Reply("answer", tuple(entries[:MOST]), lead) if entries else None


def ends_paragraph(text: str) -> bool:
    """Whether a blank line stands after its last word."""
    gap = "".join(itertools.takewhile(lambda c: not c.isalnum(), reversed(text)))
    return re.search(r"\n[^\S\n]*\n", gap) is not None


def parts(catalogue: Catalogue, places: Sequence[int]) -> list[Draft]:
    """Whole passages, a statement each, where an entry is more than one line; of a long one what opens a paragraph."""
    return [
        entry
        for passage in (catalogue.passages[i] for i in places)
        for entry in (
            [whole(passage)]
            if len(words(passage.text)) < SHORT
            else [
                said(passage, s)
                for s in passage.sentences
                if s is passage.sentences[0] or ends_paragraph(passage.text[: s.start - passage.start])
            ]
        )
        if passage.sentences
    ]


_ISSUING = re.compile(
    r"\b(?:publish\w*|wr[io]t\w*|post(?:ed)?|releas\w+|appear\w*|c[oa]me out|issued?|g[ia]ve[ns]?|award(?:ed)?"
    r"|receiv\w+|w[io]n|g[eo]t|gotten|earn(?:ed)?|obtain(?:ed)?)\b",
    re.I,
)
"""Asks when something came out or was given."""
_ISSUED = {"publication": PUBLISHED, **{k: frozenset({k}) for k in ("award", "certification", "patent", "talk")}}
"""Parts of a resume whose documents have a date of their own, and the kinds of those documents."""


def issued(question: Question, catalogue: Catalogue) -> Reply | None:
    """ "When was it published?", "when did she get the award?": the documents asked about, with their dates."""
    if question.form != "when" or question.scope or not _ISSUING.search(question.own):
        return None
    asked_for = [p for p in catalogue.lexicon.sections_in(fold(question.own)) if p in _ISSUED]
    kinds = frozenset[str]().union(*(_ISSUED[p] for p in asked_for or _ISSUED))
    called = {t for p in asked_for for word in catalogue.lexicon.sections[p] for t in terms(word)}
    asked = set(terms(_ISSUING.sub(" ", question.own))) - ASKING - {"year", "month", "date"}
    held: dict[str, list[Passage]] = {}
    for passage in catalogue.passages:
        if passage.kind in kinds:
            held.setdefault(passage.source, []).append(passage)
    texts = {source: " ".join((own[0].title, *(p.text for p in own))) for source, own in held.items()}
    by_title = [own for own in held.values() if asked and asked <= set(terms(own[0].title))]
    by_text = [own for source, own in held.items() if asked_for and asked - called <= set(terms(texts[source]))]
    chosen = [own[0] for own in by_title or by_text]
    if any(p.date[:4] in texts[p.source] if p.date else quantity.dates(texts[p.source]) for p in chosen):
        return None  # its own words say when
    entries = [titled(catalogue, p) for p in chosen]
    if entries and not any(p.date for p in chosen):
        others = (p.text for p in catalogue.passages if p.source not in {c.source for c in chosen})
        if any(asked - called <= set(terms(text)) and quantity.dates(text) for text in others):
            return None  # a resume may list it with its date
        return Reply("refuse", tuple(entries[:1]), "The documents do not say when that was.", "not_in_corpus")
    return gathered(entries) if all(len(e.quotes) > 1 for e in entries) else None


def documents(catalogue: Catalogue, inside: set[int]) -> Reply | None:
    """The published pieces: a document of its own each, or the entries of a section of publications."""
    sources: dict[str, Passage] = {}
    for i, passage in enumerate(catalogue.passages):
        if i in inside and passage.kind in PUBLISHED:
            sources.setdefault(passage.source, passage)
    entries = [titled(catalogue, p) for p in sorted(sources.values(), key=lambda p: p.date, reverse=True)]
    places = [
        i for i in catalogue.section("publication") if i in inside and catalogue.passages[i].source not in sources
    ]
    entries += [said(catalogue.passages[i], span) for i in places for span in catalogue.passages[i].sentences]
    if not entries:
        return None
    lead = f"{len(entries)} pieces; the {MOST} latest:" if len(entries) > MOST else ""
    return Reply("answer", tuple(entries[:MOST]), lead)


_FRONT = re.compile(r"\A---[ \t]*\n.*?^---[ \t]*$", re.DOTALL | re.MULTILINE)


def titled(catalogue: Catalogue, passage: Passage) -> Draft:
    """A document by its title, cited where the title stands; by its first words, where its title stands nowhere."""
    text = catalogue.generation.text(passage.source)
    title = re.search(rf"(?<!\w){re.escape(passage.title)}(?!\w)", text)
    if not title:
        return said(passage, passage.sentences[0]) if passage.sentences else whole(passage)
    front = _FRONT.search(text)
    when = f" ({passage.date})" if passage.date else ""
    quotes = [Quote(passage.source, passage.title, "Title", *title.span())]
    if when and front and (line := re.search(rf"^date\w*:.*{re.escape(passage.date[:4])}.*$", front[0], re.M)):
        quotes.append(Quote(passage.source, passage.title, "Date", *line.span()))
    else:
        when = ""
    return Draft(f"{passage.title}{when}", tuple(quotes))
