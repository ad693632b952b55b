"""What a reader makes of a file: Document → Section. Chunking makes passages of them."""

from __future__ import annotations

from dataclasses import dataclass

from rag.schema import Role


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading; sections are in order, do not overlap, and may leave gaps."""

    start: int
    end: int
    """`document.text[start:end]` is the section's body, its heading line left out."""
    heading: tuple[str, ...] = ()
    """The headings above it, outermost first; the document's own title is not repeated here."""
    locator: str = ""
    """`Page 2`, `work[0]`; empty: the chunker names headings or lines."""
    role: Role | None = None
    """The position this section describes; it wins over the document's."""
    atomic: bool = False
    """One passage, however long it is (an item of a JSON Resume)."""
    date: str = ""
    employer: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus, read."""

    source: str
    """Path below the corpus folder, with `/`."""
    kind: str
    title: str
    text: str
    """For `.md` and `.txt` the file decoded as UTF-8, untouched; else what the reader extracted."""
    sections: tuple[Section, ...]
    role: Role | None = None
    date: str = ""
    url: str = ""
    employer: str = ""
    full_text: bool = True
    """False: the file is a summary of something published elsewhere."""
    private: bool = False
    """Front matter `visibility: private`: it must not reach the index."""
    wrapped: bool = True
    """False: a line ends where its writer ended it, never because it was full."""
    unread: tuple[str, ...] = ()
    """Dated lines among positions that could not be read as one."""
