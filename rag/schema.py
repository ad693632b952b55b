"""The words of the domain, in the order in which they come to be.

Passage → Hit → Quote → Draft → Reply → Citation → Statement → Answer; and what a reader sees of it on the way:
Retrieved → Sentence or Withheld, as many as there are → Done.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Decision = Literal["answer", "partial", "refuse"]
Reason = Literal["off_topic", "not_in_corpus", "private", "empty_question", "too_long"]
NEAREST = "The nearest they say:"
"""What stands in an answer's text between a refusal and the words that come nearest."""


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters (Unicode code points) in a document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Role:
    """A position held, as one document states it. Empty strings stand for what it does not state."""

    title: str = ""
    employer: str = ""
    employer_basis: str = ""
    """Not empty: the employer is an inference of the owner's, and this says from what."""
    start: str = ""
    """ISO 8601 at the precision stated: `2019`, `2019-03` or `2019-03-15`."""
    end: str = ""
    """The same, or `present`."""
    location: str = ""
    order: int = 0
    """Place among roles without dates, newest first (front matter `order`, else position in the document)."""
    stated: Span = Span(0, 0)
    """The lines that state it (front matter fields, heading lines), quotable as they are."""
    written: str = ""
    """Its dates as these lines write them (`March 2019 – May 2022`); empty where fields give them in ISO 8601."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of one document, at most about 200 words: what is embedded, searched and quoted."""

    id: str
    """Stable: from the source, the text and its occurrence in the source; an edit elsewhere leaves it alone."""
    source: str
    """Path below the corpus folder, with `/`."""
    kind: str
    """`bio`, `experience`, `article`, `award`, …: the folder's name in the singular, or front matter `kind`."""
    title: str
    heading: tuple[str, ...]
    """Headings above it, outermost first."""
    locator: str
    """Where a person finds it: `Page 2`, `work[0]`, `Skills › Languages`, `Lines 4–9`."""
    start: int
    end: int
    text: str
    """`document.text[start:end]`."""
    sentences: tuple[Span, ...]
    """Its quotable units (sentences, list items, table rows) as ranges of the document's text, in order."""
    role: Role | None = None
    date: str = ""
    url: str = ""
    employer: str = ""
    """Whom the document concerns where it is no role (an award, a project)."""

    @property
    def context(self) -> str:
        """What the text leaves unsaid: title, role, employer and headings, put before it when it is embedded."""
        role = self.role or Role()
        said: dict[str, None] = {}
        for part in (self.title, role.title, role.employer or self.employer, *self.heading):
            if part and not any(part.casefold() in other.casefold() for other in said):
                said[part] = None
        return " · ".join(said)

    @property
    def embedded(self) -> str:
        """The text that the embedding model and the keyword index see."""
        return f"{self.context}\n{self.text}" if self.context else self.text

    @property
    def embedded_sentences(self) -> list[str]:
        """What the embedding model sees of each unit, before an ingest adds what it names (`rag/glossary.py`)."""
        return [f"{self.context}\n{self.quote(span)}" if self.context else self.quote(span) for span in self.sentences]

    def quote(self, span: Span) -> str:
        """The words of one of its units."""
        return self.text[span.start - self.start : span.end - self.start]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. `score` is the fused one, at most about 1; higher is better."""

    passage: Passage
    score: float
    similarity: float = 0.0
    """Cosine of the question to the passage, -1 to 1."""
    sentence_similarity: tuple[float, ...] = ()
    """Cosine of the question to each of `passage.sentences`, in their order."""
    interaction: tuple[float, ...] = ()
    """Late interaction of the question's tokens with each of them, about 1 at most; empty where there are no tokens."""
    keyword: float = 0.0
    """BM25 over the score that a perfect match would have, 0 to 1."""

    def to_json(self) -> dict[str, Any]:
        """The contract's object."""
        return {
            "source": self.passage.source,
            "locator": self.passage.locator,
            "score": round(self.score, 4),
            "start": self.passage.start,
            "end": self.passage.end,
            "text": self.passage.text,
        }


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of one document, before they get a number."""

    source: str
    title: str
    locator: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement and the quotes that carry it, before the citations are numbered."""

    text: str
    quotes: tuple[Quote, ...]
    mended: bool = False
    """A model cited another passage; this one is what says it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an engine says, before citations are numbered. A refusal's drafts are the nearest that the documents say."""

    decision: Decision
    drafts: tuple[Draft, ...] = ()
    lead: str = ""
    """One short line before the statements; it states nothing that needs a source."""
    reason: Reason | None = None
    confidence: float | None = None
    """Probability that the documents answer, where the decision rests on one; None where a rule settled it."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a document that carries a statement: `text[start:end] == quote`."""

    number: int
    source: str
    title: str
    locator: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer and the numbers of the citations that carry it."""

    text: str
    citations: tuple[int, ...]
    mended: bool = False
    """Its citation was put right after a model had cited another passage."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A sentence that a model wrote and no reader is shown."""

    text: str
    check: str
    """Name of the check that it failed."""
    reason: str
    """Why, in one plain sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a visitor gets. Its JSON is the contract's."""

    question: str
    standalone_question: str
    decision: Decision
    text: str
    reason: Reason | None = None
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    engine: str = "extractive"
    timings_ms: dict[str, float] = field(default_factory=dict)
    withheld: tuple[Withheld, ...] = ()
    confidence: float | None = None
    """Probability that the documents answer, 0 to 1: for evaluation, not part of the JSON."""

    def to_json(self, id: str | None = None) -> dict[str, Any]:
        """The contract's object, ready for `json.dumps`; `id` is the caller's own."""
        return {
            "id": id,
            "question": self.question,
            "standalone_question": self.standalone_question,
            "decision": self.decision,
            "reason": self.reason,
            "text": self.text,
            "statements": [asdict(s) for s in self.statements],
            "citations": [asdict(c) for c in self.citations],
            "hits": [hit.to_json() for hit in self.hits],
            "engine": self.engine,
            "timings_ms": dict(self.timings_ms),
            "withheld": [asdict(w) for w in self.withheld],
        }


@dataclass(frozen=True, slots=True)
class Retrieved:
    """First event of a stream: what was found, before anything is written."""

    standalone_question: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement that was checked, as soon as it is complete, with the citations that it refers to."""

    statement: Statement
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """Last event of a stream: the whole answer, which is what counts where it differs from the sentences before."""

    answer: Answer


Event = Retrieved | Sentence | Withheld | Done
