"""What a question takes for granted about posts: an employer that was none, a title that nobody states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.career import Position
from rag.catalogue import Catalogue
from rag.employers import short_names
from rag.lexicon import Lexicon
from rag.question import Question
from rag.schema import Passage
from rag.terms import fold, mentions, terms, unaccented, words

_WHO = r"(?: (?:he|she|they|you|i|the (?:candidate|applicant|person)|(?-i:[A-Z])[\w'’-]+))"
_BEEN = (
    rf"\b(?:was|were|is|are|am|be|been|being)\b{_WHO}?(?: (?:ever|once|also|already|still|now|currently))* (?:at|with)"
)
# What asks for a post at what follows; nobody is employed by what he only used.
_AS_EMPLOYER = re.compile(
    r"(?:\b(?:work|works|worked|working|job|jobs|role|roles|position|stint|tenure|internship|interned|contract(?:ed|or)?"
    r"|freelanced?|consult(?:ed|ant)?|career|employment) (?:(?:\w+ ){0,2}(?:and|or) )?(?:at|for)"
    r"|\b(?:employed|hired|employment|paid) (?:by|at)"
    rf"|{_BEEN}|\b(?:time|years|days|months|do|did|done|doing) at"
    rf"|\b(?:join|joins|joined|joining)"
    rf"|{_WHO} (?:ever )?(?:left|leave|leaves|quit)) (?:the |a |an )?(?:company |firm |start-?up )?\W?$",
    re.IGNORECASE,
)
_OF_A_THING = re.compile(
    r"\s*(?:['’]s?\b|-\w|(?!(?:in|at|as|for|from|before|after|until|since|and|or|during|while|when)\b)[a-z])"
)
"""What goes on after a name that belongs to the next word ("the Azure pipeline")."""
_ENDS = (
    r"(?=\s*(?:[.,;:()|•·–—\n]|$|(?:and|in|as|to|on|from|since|until|where|which|who|before|after|during|when|at)\b))"
)
_POST = (
    r"\b(?:work(?:s|ed|ing)?(?! on\b)|employ\w*|hired|job|role|position|post|stint|spell|tenure|intern\w*|placement"
    r"|contract\w*|consult\w*|freelanc\w*|second(?:ed|ment)|serv(?:ed|ing)|volunteer\w*|apprentic\w*|train(?:ed|ee|ing)"
    r"|taught|teach\w*|lectur\w*|stud(?:y|ied|ying|ies|ent)|graduat\w+|fellow\w*|resident|residency|member|years|months"
    r"|career|colleagues?|clients?|customers?)\b|\b(?:time|life|started|began|came|went|stayed)(?= (?:at|with)\b)"
)
_OTHERS = (
    r"(?:(?:the|an?|and|or|such|as|clients?|compan(?:y|ies)|firms?|start-?ups?|including|like|[A-Z][\w&.'-]*),? ){0,8}"
)
"""What stands before a name in a list of names."""
_FOUNDED = (
    r"\b(?:join(?:ed|ing)?|left|leaving|quit|(?:co-?)?found(?:ed|er|ing)?|own(?:ed|er|s)?|head|director|runs?|ran)"
    r" (?:of )?"
)
_SHOWN = re.compile(
    r"\b(?:talk|spoke|speak\w*|present\w*|keynote|poster|award\w*|won|prize|publish\w*|conference|meet-?up)\b",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"\b(?:was|were|is|are|am|be|been|being|became|become|as|made|(?:job|role|time|work|years|days|stint) of)\b"
    r"(?: (?:he|she|they|you))?(?: (?:ever|once|also|already|still|really|the|an?|their|his|her|your))*"
    r" ((?:[\w&/+-]+ ){0,4}[\w&/+-]+) (?:of|at|for|with|in) (?:the )?$",
    re.IGNORECASE,
)
_RANKS = frozenset(
    """engineer developer programmer architect manager director head chief officer lead leader president vp ceo cto
        cfo coo cio ciso chair chairman chairwoman chairperson founder co-founder principal partner analyst scientist
        consultant designer administrator specialist coordinator supervisor foreman nurse doctor physician surgeon
        midwife therapist pharmacist teacher lecturer professor dean tutor chef cook baker waiter bartender accountant
        auditor controller treasurer solicitor lawyer attorney counsel paralegal judge editor writer journalist reporter
        producer translator librarian technician mechanic electrician carpenter welder driver pilot captain secretary
        assistant associate intern apprentice trainee recruiter buyer planner strategist researcher investigator actuary
        statistician economist biologist chemist physicist geologist""".split()
)
"""Last words of titles that one holds."""
OF_A_POST = frozenset({"when", "where", "duration", "yes_no"})
"""Forms of questions that the line of a position answers."""
_ALIKE = (frozenset("engineer developer programmer".split()), frozenset("head lead leader".split()))
"""Ranks that are called by each other's names."""


@dataclass(frozen=True)
class NoTitle:
    """A title that nobody states."""

    title: str
    employer: str
    there: tuple[Position, ...]
    """What was held at the employer."""

    @property
    def lead(self) -> str:
        """What is said before what the documents do say."""
        return f"The documents do not name them {self.title} at {self.employer}. They do say:"


def no_employer(question: Question, catalogue: Catalogue) -> str:
    """The name of what the question takes for an employer and the documents name for something else; empty if none.

    Whoever studied, volunteered or worked for a client there was there.
    """
    own = question.own
    for name in question.names:
        holders = catalogue.holders(name)
        if not holders or not _asked_of(name, own) or _employs(name, catalogue):
            continue
        if not any(_posted(name, catalogue.passages[i], catalogue.lexicon, own) for i in holders):
            return name
    return ""


def _asked_of(name: str, text: str) -> bool:
    return any(
        _AS_EMPLOYER.search(text[: m.start()]) and not _OF_A_THING.match(text, m.end())
        for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
    )


def _employs(name: str, catalogue: Catalogue) -> bool:
    """Whether a position is with it, or near it, by what the documents state of the position."""
    return any(
        mentions(name, p.said) or any(mentions(short, name) for short in short_names(p.role.employer))
        for p in catalogue.positions
    ) or any(p.employer and mentions(name, p.employer) for p in catalogue.passages)


def _posted(name: str, passage: Passage, lexicon: Lexicon, asked: str) -> bool:
    """Whether a passage may be read as saying that somebody was with it."""
    tool = lexicon.listed(name)
    called = "|".join(re.escape(unaccented(a)) for a in lexicon.aliases(name))
    by = "at|for|by|to|from" if tool else "at|for|by|to|from|with|of|in"
    said = rf"(?<!\w)(?i:{called}){_ENDS}"
    held = rf"(?i:{_POST})[^.;\n]{{0,80}}?\b(?:{by}|including|like|as) {_OTHERS}{said}|(?i:{_FOUNDED})(?:the )?{said}"
    if not tool and any(mentions(name, head) for head in (passage.title, *passage.heading)):
        return True
    for span in passage.sentences:
        text = unaccented(passage.quote(span))
        if not mentions(name, text):
            continue
        if re.search(held, text):
            return True
        if tool or _SHOWN.search(text):
            continue
        if re.search(rf"\bat (?:the )?{said}|\b(?:19|20)\d\d\b", text, re.IGNORECASE):
            return True
        if re.search(rf"\bfor (?:the )?{said}", text, re.IGNORECASE) and re.search(r"\bfor\b", asked):
            return True
    return False


def no_title(question: Question, catalogue: Catalogue) -> NoTitle | None:
    """A title that the question gives somebody at an employer, where the documents do not; None where they may."""
    for name in question.scope_names:
        there = tuple(p for p in catalogue.positions if name in short_names(p.role.employer))
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", question.own, re.IGNORECASE):
            said = _TITLE.search(question.own[: match.start()])
            title = [fold(w) for w in words(said[1])] if said else []
            if there and said and _RANKS.intersection(title) and not _held(title, there, catalogue):
                return NoTitle(said[1], name, there)
    return None


def _held(title: Sequence[str], there: Sequence[Position], catalogue: Catalogue) -> bool:
    """Whether what is told of the positions has every word of a title, in whichever form but that of a rank."""
    roles = [p.role for p in there]
    text = " ".join([*(p.said for p in there), *(p.text for p in catalogue.passages if p.role in roles)])
    written, known = {fold(w) for w in words(text)}, set(terms(text))
    written |= {alike for group in _ALIKE if group & written for alike in group}
    return all(w in written if w in _RANKS else known.issuperset(terms(w)) for w in title)
