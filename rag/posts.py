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

_PERSON = r"(?:he|she|they|you|i|the (?:candidate|applicant|person))"
_NO_NAME = r"(?!(?:who|what|which|whose|when|where|why|how|that|there|it|this)\b)"
_NAME = rf"(?:{_NO_NAME}(?-i:[A-Z])[\w'’-]+(?: (?-i:[A-Z])[\w'’-]+)?)"
_WHO = rf"(?: (?:{_PERSON}|{_NAME}))"
_ONCE = r"(?: (?:ever|once|also|already|still|now|currently|really|actually|indeed))*"
_BE = rf"\b(?:was|were|is|are|am|be|been|being)\b{_WHO}?{_ONCE}"
_WORK = r"(?: (?:\w+ ){0,2}(?:and|or))? (?:at|for)"
_THE = r" (?:the |a |an )?(?:company |firm |start-?up )?\W?$"
# What asks for a post at what follows: to have been somewhere is none, nor does one work for what one used.
_AS_EMPLOYER = re.compile(
    r"(?:\b(?:work|works|worked|working|(?<!on the )jobs?|roles?|position|stint|tenure|internship|interned"
    rf"|contract(?:ed|or)?|freelanced?|consult(?:ed|ant)?|career|employment){_WORK}"
    r"|\b(?:employed|hired|employment|paid) (?:by|at)"
    rf"|\b(?:join|joins|joined|joining)|{_WHO} (?:ever )?(?:left|leave|leaves|quit)){_THE}",
    re.IGNORECASE,
)
_WITH = re.compile(rf"{_BE} with{_THE}", re.IGNORECASE)
_AS_IF_NO_TOOL = re.compile(
    rf"(?:\b{_PERSON}{_ONCE} work(?:s|ed|ing)?{_WORK}|\bdid {_NAME}{_ONCE} work{_WORK}"
    rf"|(?:\b{_NAME}|\b(?:has|have|had|been)){_ONCE} work(?:ed|ing){_WORK}|\b(?:employed|hired) by"
    rf"|{_BE} at|\bwhat\b.*{_WHO}{_ONCE} (?:do|done|doing) at){_THE}",
    re.IGNORECASE,
)
"""The same of a tool, which one can be good with, join to another and use on the job."""
_HOW_GOOD = re.compile(r"\bhow (?!long\b)\w+(?: \w+){0,2} (?:was|were|is|are|has|have|had)\b", re.IGNORECASE)
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
    r"|loan(?:ed)?|embedded|assigned|seconded"
    r"|taught|teach\w*|lectur\w*|stud(?:y|ied|ying|ies|ent)|graduat\w+|fellow\w*|resident|residency|member|years|months"
    r"|career|colleagues?|clients?|customers?)\b|\b(?:time|life|started|began|came|went|stayed)(?= (?:at|with)\b)"
)
_OTHERS = (
    r"(?:(?:the|an?|and|or|such|as|clients?|compan(?:y|ies)|firms?|start-?ups?|including|like|[A-Z][\w&.'-]*),? ){0,8}"
)
"""What stands before a name in a list of names."""
_OFFICE = r"(?:team|office|branch|headquarters|hq|campus|lab|group|site|plant|department)s?\b"
_NAMED_AS = (
    r"\b(?:clients?|customers?|employers?|compan(?:y|ies)|engagements?|assignments?|placements?)[^.;:\n]{0,40}:"
    r"|\b(?:previously|formerly|earlier|before that|ex):?"
)
"""What stands before the names of those for whom one worked, without a word between."""
_ELSEWHERE = ("education", "volunteering")
"""Parts of a resume whose names are of those with whom one was."""
_BEEN_WITH = frozenset({"when", "duration", "yes_no"})
"""Forms of questions in which to be with somebody is to be employed there."""
_FOUNDED = (
    r"\b(?:join(?:ed|ing)?|left|leaving|quit|(?:co-?)?found(?:ed|er|ing)?|own(?:ed|er|s)?|head|director|runs?|ran)"
    r" (?:of )?"
)
_SHOWN = re.compile(
    r"\b(?:talk|spoke|speak\w*|present\w*|keynote|poster|award\w*|won|prize|publish\w*|conference|meet-?up)\b",
    re.IGNORECASE,
)
_FREELY = r"(?: (?:\w+ly|ever|once|also|already|still|now|just|even|indeed|then))*"
_ARTICLE = r"(?: (?:the|an?|their|his|her|your))?"
_WORD = r"(?!(?:of|as|an?|the|and|or|at|for|with|in)\b)[\w&/+-]+"
_TITLE = re.compile(
    rf"(?:\b(?:was|were|is|are|am){_WHO}|\b(?:{_PERSON}|{_NAME})(?: (?:has|have|had))?{_FREELY}"
    r" (?:was|were|is|are|am|been|became|become)"
    rf"|\b(?:has|have|had){_WHO}{_FREELY} been|\b(?:did|does|do|has|have|had){_WHO}(?: \w+){{1,4}}? as"
    rf"|\b(?:{_PERSON}|{_NAME}) \w+ed as)"
    rf"{_FREELY}{_ARTICLE}{_FREELY} ((?:{_WORD} ){{0,4}}?{_WORD}(?: of {_WORD}(?: (?:and )?{_WORD}){{0,2}}?)?)"
    r" (?:of|at|for|with|in) (?:the )?$",
    re.IGNORECASE,
)
"""A title that the person is said to have held at what follows."""
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
_FIELDS = frozenset(
    """senior junior staff deputy vice executive managing general regional global interim acting certified registered
        chartered licensed data software hardware firmware web frontend backend front-end back-end full-stack fullstack
        mobile cloud platform network security system systems machine learning ml ai devops reliability site qa quality
        test product project programme program delivery sales marketing finance financial risk hr people talent legal
        compliance operations operating supply logistics procurement research clinical nursing medical surgical business
        brand design creative art technical technology information infrastructure solution solutions enterprise database
        analytics engineering growth content communication communications account accounts customer support service
        electrical mechanical civil chemical structural process production commercial investment portfolio tax payroll
        night ward charge chief head lead team group country area sous pastry""".split()
)
"""Words before a rank that make another title of it; "a successful consultant" is a consultant."""
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


def supposed_employer(question: Question, catalogue: Catalogue) -> str:
    """The name of what the question takes for an employer and the documents name for something else; empty if none.

    Whoever studied, volunteered or worked for a client there was there.
    """
    for name in question.names:
        holders, tool = catalogue.holders(name), catalogue.lexicon.listed(name)
        if not holders or not _asked_of(name, question, tool) or _employs(name, catalogue):
            continue
        if not tool and any(not holders.isdisjoint(catalogue.section(part)) for part in _ELSEWHERE):
            continue
        if not any(_posted(name, catalogue.passages[i], catalogue.lexicon) for i in holders):
            return name
    return ""


def _asked_of(name: str, question: Question, tool: bool) -> bool:
    """Whether the question takes the name for that of an employer."""
    if _HOW_GOOD.search(question.own):
        return False
    asking = [_AS_IF_NO_TOOL] if tool else [_AS_EMPLOYER]
    if not tool and question.form in _BEEN_WITH:
        asking.append(_WITH)
    return any(
        any(asks.search(question.own[: m.start()]) for asks in asking) and not _OF_A_THING.match(question.own, m.end())
        for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", question.own, re.IGNORECASE)
    )


def _employs(name: str, catalogue: Catalogue) -> bool:
    """Whether a position is with it, or near it, by what the documents state of the position."""
    return any(
        mentions(name, p.said) or any(mentions(short, name) for short in short_names(p.role.employer))
        for p in catalogue.positions
    ) or any(p.employer and mentions(name, p.employer) for p in catalogue.passages)


def _posted(name: str, passage: Passage, lexicon: Lexicon) -> bool:
    """Whether a passage may be read as saying that somebody was with it."""
    tool = lexicon.listed(name)
    called = "|".join(re.escape(unaccented(a)) for a in lexicon.aliases(name))
    by = "at|for|by|to|from" if tool else "at|for|by|to|from|with|of|in"
    said = rf"(?<!\w)(?i:{called}){_ENDS}"
    held = (
        rf"(?i:{_POST})[^.;\n]{{0,80}}?\b(?:{by}|including|like|as) {_OTHERS}{said}|(?i:{_FOUNDED})(?:the )?{said}"
        rf"|(?i:\b(?:at|in|with|from|to|of|join(?:ed|ing)?) (?:the |an? )?(?:{called}) (?:\w+ )?{_OFFICE})"
    )
    if not tool:
        held += rf"|(?i:{_NAMED_AS}):? {_OTHERS}{said}"
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
        if re.search(rf"\b(?:at|for) (?:the )?{said}|\b(?:19|20)\d\d\b", text, re.IGNORECASE):
            return True
    return False


def no_title(question: Question, catalogue: Catalogue) -> NoTitle | None:
    """A title that the question gives somebody at an employer, where the documents do not; None where they may."""
    for name in question.scope_names:
        there = tuple(p for p in catalogue.positions if name in short_names(p.role.employer))
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", question.own, re.IGNORECASE):
            said = _TITLE.search(question.own[: match.start()])
            title = _titled(said[1]) if said else []
            ranked = _RANKS.intersection(map(fold, title))
            if there and ranked and not _held([fold(w) for w in title if fold(w) != "of"], there, catalogue):
                return NoTitle(" ".join(title), name, there)
    return None


def _titled(said: str) -> list[str]:
    """The words of a title, from the first that is part of one; empty where another word than a rank has an "of"."""
    title = words(said)
    if "of" in title and fold(title[title.index("of") - 1]) not in _RANKS:
        return []
    parts = [i for i, w in enumerate(title) if fold(w) in _RANKS | _FIELDS or w[:1].isupper()]
    return title[parts[0] :] if parts else []


def _held(title: Sequence[str], there: Sequence[Position], catalogue: Catalogue) -> bool:
    """Whether what is told of the positions has every word of a title, in whichever form but that of a rank."""
    roles = [p.role for p in there]
    text = " ".join([*(p.said for p in there), *(p.text for p in catalogue.passages if p.role in roles)])
    written, known = {fold(w) for w in words(text)}, set(terms(text))
    written |= {alike for group in _ALIKE if group & written for alike in group}
    return all(w in written if w in _RANKS else known.issuperset(terms(w)) for w in title)
