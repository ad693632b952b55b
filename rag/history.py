"""A follow-up folded into a question that stands alone, by rule: "And at Rapido?", "when was that?", "what else?"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.career import Position
from rag.counted import CLAUSE, counted
from rag.employers import employers_in, heading, short_names
from rag.forms import form
from rag.lexicon import Lexicon
from rag.question import RE
from rag.schema import NEAREST, Span
from rag.terms import fold, spaced, terms

_OPENING = re.compile(
    r"^\W*(?:and|but|so|or|then|also|ok(?:ay)?|what about|how about|same(?: question| thing)? for)\b[\s,]*"
    r"(?:what about |how about |the same for )?",
    re.I,
)
# After "and" a whole question may still lean on the one before, after "so" or "ok" it does not.
_LOOSE = re.compile(r"^\W*(?:so|ok(?:ay)?|also|then)\b", re.I)
_ITS_OWN = re.compile(r"^\W*(?:and |but |so )?(?:what|how) about (?:his|her|their|your|the) ", re.I)
_THERE = re.compile(
    r"(?<!\bout )(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )\bthere\b"
    r"(?!'s|\s+(?:be|is|are|was|were|any\w*|an?|no|some)\b)",
    re.I,
)
_IT = r"\bit\b(?! (?:true|possible|right|correct|ok|okay|fair|safe|accurate|seems?|looks?|likely)\b)"
_HERE = r"(?:was|is|were|are|did|does|do|before|after|since|until|for|in|on|at|with|about|of|by|to|like|from|and|used?)"
_NOUN = r"(?:project|role|job|work|company|team|time|award|article|post|talk|position|study|one|place|employer|system)"
_PERSON = r"(?:engineer|person|candidate|developer|author|guy|man|woman|resume|cv|nurse|teacher)"
_POINTS = re.compile(
    rf"\b(?:its|those|these|both|the same|the (?:latter|former)|(?:the )?ones?)\b|{_IT}"
    rf"|(?:^|\b{_HERE}) (?:that|this)\b(?! {_PERSON})"
    rf"|^\W*(?:that|this)\b(?! {_PERSON})|\b(?:that|this)\s*[?.!]*$|\b(?:that|this) {_NOUN}\b",
    re.I,
)
_MORE = re.compile(
    r"\b(?:what|anything|who|where|any(?:one|thing)?) (?:else|others?|more)\b"
    r"|\bmore of (?:them|these|those)\b|\btell me more\b|^\W*more\b|\bmore details?\b|\bgo on\b|\belaborate\b",
    re.I,
)
_BEFORE = re.compile(
    r"\b(before|after|prior to)\s+(?:that|this|it|then)(?: (?:one|job|role|company|employer|place|position))?\b(?! \w)",
    re.I,
)
_MOVING = re.compile(
    r"\b(?:work\w*|jobs?|roles?|titles?|positions?|posts?|employ\w*|compan\w+|firms?|do|doing|go|went|come|came|held)\b"
    r"|\b(?:with|at|for)\W*$|^\W*(?:and |so |but )?where\b",
    re.I,
)
"""What asks for the job before or after one; any other question asks for something else."""
_BACK = re.compile(
    r"^\W*(?:(?:sorry|ok(?:ay)?|no|wait|and|but|so|now|right)\b[\s,]*)*(?:go|going|coming|getting|let'?s (?:go|get))? ?"
    r"back to (?!back\b)(?:the |his |her |their |your |that |those )?(\S.{0,60}?)\s*(?:[,:;]\s|\s[–—-]\s)\s*(\w.*)$",
    re.I,
)
_ASIDE = re.compile(
    r"^\W*(?:ok(?:ay)?|alright|right|thanks|thank you|great|cool)\b[\s,.!]+(?:(?:then|and|so)\b[\s,]*)?"
    r"(?=(?:who|what|when|where|why|which|how|did|does|do|has|have|is|are|was|were|can)\b)",
    re.I,
)
"""Said before a question that stands alone."""
_AT_WHICH = re.compile(
    r"^\W*(?:and )?(at|for|in) (?:which|what) (?:hospital|clinic|school|restaurant|hotel|bank|practice|firm|office"
    r"|agency|university|shop|store|organi[sz]ation|place)\W*$",
    re.I,
)
"""A bare question for the employer, by what a trade calls it."""
_HELD = re.compile(
    r"^\W*(?:and |but |so )?(?:for )?(?:(how long)|since when|from when|until when|(?:from )?what dates?)"
    r"(?: (?:was (?:that|this|it)|exactly|for|so far))?\W*$",
    re.I,
)
"""A bare question for the time of a position."""
_ELSEWHERE = re.compile(r" (?:at|for|with) [A-Z][\w&.'-]*(?: [A-Z][\w&.'-]*)*$")
_POINTING = re.compile(r"\b(?:that|this|it|ones?|questions?|answers?|points?)\b", re.I)
_ANOTHER = re.compile(
    r"^\W*(?:and |but |so )*(?:(?:is|are|was|were) there |has (?:he|she) |have (?:they|you) |got )?(?:any |an|some )?"
    r"(?:other|others|more)(?: (?:one|ones|of (?:those|these|them)))?\W*$",
    re.I,
)
"""Asks for all of a part of a resume of which the earlier question asked for some ("any others?")."""
_OTHERS = re.compile(r"^\W*(?:and |but )?(?:any|what|which|(?:are|were) there any) other (\w+)\W*$", re.I)
"""All of a part of a resume, what was just told of too ("any other articles?")."""
_ONES_OWN = frozenset({"publication", "talk", "award", "certification", "patent"})
"""Parts that belong to no employer who may have been spoken of."""
_POST = r"(?:one|job|role|company|employer|place|position|firm)"
_NEXT = re.compile(
    r"^\W*(?:and |but |what |what about )*(?:(before|previously|earlier)|after(?:wards)?|next|then|later)\W*$"
    rf"|^\W*(?:ok |okay |so |and |but |what |what about |what was |which was )*the (?:"
    rf"{_POST} (?:(before|prior)|after)(?: (?:that|this|it)(?: one)?)?(?:,? (?:and )?(?:what )?(?:was )?(?:the )?"
    r"(?:title|role|position|level|company|employer))?"
    rf"|(previous|preceding|prior) {_POST}|next {_POST})\W*$"
    r"|\b(?:go|do|work|move|came|come|happened) (?:next|after(?:wards)?|then)\W*$",
    re.I,
)
_DEFINITE = (
    r"(?:(?:exact|overall|main|final) )?(?:vendor|partner|customer|provider|figure|result|outcome|impact|effect|saving"
    r"|reason|deadline|cause|problem|challenge|solution|difference|improvement)s?"
)
"""What hardly anybody means without having been told of it before."""
_BARE = re.compile(
    r"^\W*(?:and |but )?(?:"
    r"(?:why|when|where|how|who|which|what"
    r"|(?:by )?how (?:long|many|much|so|many (?:years|months|times|people|users|hours))"
    r"(?: (?:a|per|each|every) (?:second|minute|hour|day|week|month|quarter|year))?)"
    r"(?: (?:one|ones|was it|is it|exactly|so|not))?"
    r"|what for|how so|what exactly|like what|such as|for (?:example|instance)"
    rf"|(?:who|what|which) (?:was|were|is|are) the {_DEFINITE}"
    r"|(?:by )?how much (?:did|do|does|have|has|was|were) (?:they|it|that|this|those|these) (?:\w+ )?(?:\w+)?"
    r"(?: (?:up|down|off))?"
    r"|(?:with|for|in|at|since|until|from|by|to|on) (?:whom|what|when|where|(?:which|what) \w+)"
    r")\W*$",
    re.I,
)
_COMPANY = re.compile(
    r"\b(for|at|in|with) (?:this|that|the same) (company|employer|firm|place|job|role|position)\b", re.I
)
_EMPLOYER = frozenset({"company", "employer", "firm"})
_CAREER = re.compile(r"\b(leave|join|quit|start|begin|stay|resign)(?: (?:working|work))?\W*$", re.I)
_FRAGMENT = frozenset("time work role job experience skill year day stint well team same".split())
_CAME = re.compile(
    r"^\W*(?:and )?which (?:one )?(?:of (?:those|these|them) )?(?:came|was|is) (?:the )?(?:very )?"
    r"(first|earliest|last|latest)\W*$",
    re.I,
)
_POSTS = re.compile(
    r"\b(?:compan\w+|employers?|firms?|roles?|jobs?|positions?|titles?"
    r"|work(?:ed)?(?= (?:at|for|in|before|after)\b|\W*$))\b",
    re.I,
)
QUOTED = 16
"""Characters from which words of an answer that stand in a document are taken to be from there."""
LONGEST = 300
"""Characters of an earlier question, as folded, that a follow-up still carries in full."""


def standalone(
    question: str, history: Sequence[tuple[str, str]], lexicon: Lexicon, positions: Sequence[Position]
) -> str:
    """The question with what it leans on from `history` (earlier question, its answer; oldest first) folded in."""
    if not history:
        return question
    (asked, answered), earlier = history[-1], history[:-1]
    answered = answered.partition(NEAREST)[0]  # what comes near to an answer is none
    question = _ASIDE.sub("", question.strip())
    question = _AT_WHICH.sub(r"\1 which company?", question)
    own = _employers(question, lexicon, positions)
    if item := counted(question, history, lexicon, positions):
        return item
    if (came := _CAME.search(question)) and _POSTS.search(asked):
        return f"What was their {'first' if came[1].lower() in {'first', 'earliest'} else 'latest'} job?"
    if (back := _BACK.search(question)) and not _POINTING.search(back[1]) and terms(back[1]):
        return f"{back[2]}{RE}{back[1]}"
    kind = not own and lexicon.kind_in(question) is not None and len(terms(question)) <= 2  # "which databases?"
    if not kind and not _leans(question, own, lexicon):
        return question
    before = standalone(asked, earlier, lexicon, positions)
    before = before.split(RE)[0] if len(before) > LONGEST else before
    if _ANOTHER.search(question) and form(before) in {"list", "open"} and (parts := lexicon.sections_in(before)):
        return f"Which {parts[0]}s are there?"
    named = _employers(before, lexicon, positions)
    if kind:
        return f"{question.rstrip('?. ')} at {named[0]}?" if len(named) == 1 else question
    recent = [e for e in _answered(answered, lexicon, positions) if e not in named]
    place = recent[0] if len(recent) == 1 else next(iter(named), "")
    same = _COMPANY.search(question)
    post = place if same and same[2].lower() in _EMPLOYER else _position(place, answered, positions)
    of_position = _MOVING.search(before) and set(lexicon.named_in(before)) <= {*named}
    time = _timed(question, place) if of_position else ""
    if place and not own and (placed := time or _placed(question, post)):
        return placed
    if (fragment := _fragment(question, own, lexicon)) is not None:
        switched = _switched(question, before, own, fragment, lexicon, positions)
        return switched or question
    if own and _POINTS.search(question) and len(set(terms(question)) - set(terms(" ".join(own)))) <= 1:
        return f"{question}{RE}{before.replace(RE, ' ')}"  # "was it at Acme?"
    if own or (lexicon.named_in(question) and len(terms(question)) > 2 and not _MORE.search(question)):
        return question
    points = _MORE.search(question) or (_POINTS.search(question) and not _POSTS.search(asked))
    if len(recent) == 1 and len(terms(_OPENING.sub("", question))) >= 3 and not points:
        return f"{question.rstrip('?. ')} at {recent[0]}?"
    return f"{question}{RE}{before.replace(RE, ' ')}"


PLACES = 12
"""Places at most that one answer is taken to quote: as many as a list has entries."""


def told(answered: str, units: Iterable[tuple[str, Span, str]]) -> tuple[tuple[str, int], ...]:
    """Where the documents go on after the words of an answer: sources, and offsets in them.

    After the unit that is quoted, or from its start where only some of it is. `units` are `Catalogue.units`.
    """
    marked = re.sub(r"(?:\s*\[\d+\])+", "", answered)
    parts = [said for part in marked.split("\n") for said in (part, part.partition(": ")[2])]  # "At Acme: …"
    lines = [line for part in parts if len(line := spaced(part.strip(' -•"“”.'))) >= QUOTED]
    found: dict[tuple[str, int], None] = {}
    for source, span, unit in units:
        if len(unit) < QUOTED:
            continue
        if any(unit in line for line in lines):
            found[source, span.end] = None
        elif any(line in unit for line in lines):
            found[source, span.start] = None
    return tuple(found) if len(found) <= PLACES else ()  # words that stand everywhere point nowhere


def _employers(text: str, lexicon: Lexicon, positions: Sequence[Position]) -> list[str]:
    return employers_in(text, positions, listed=lexicon.listed)


def _answered(answered: str, lexicon: Lexicon, positions: Sequence[Position]) -> list[str]:
    """Employers that an answer names, be it in the line of a position, all in capitals (`Scientist, Fjellkart`)."""
    said = (p.role.employer for p in positions if p.role.employer)
    lined = [e for e in said if re.search(rf"(?:^|[,;:(–|] ?|\bat ){re.escape(e)}(?!\w)", answered)]
    return _employers(answered, lexicon, positions) or list(dict.fromkeys(lined))


def _leans(question: str, own: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether the question cannot be understood by itself."""
    if (others := _OTHERS.search(question)) and _ONES_OWN & set(lexicon.sections_in(others[1])):
        return False
    if any(p.search(question) for p in (_POINTS, _THERE, _MORE, _BARE, _HELD, _NEXT, _COMPANY)):
        return True
    if _CAREER.search(question) and not own:
        return True
    if _OPENING.search(question):
        return bool(re.search(r"\w", _OPENING.sub("", question))) and not (
            _ITS_OWN.search(question) or (_LOOSE.search(question) and CLAUSE.search(question))
        )
    return _fragment(question, own, lexicon) is not None


def _position(place: str, answered: str, positions: Sequence[Position]) -> str:
    """An employer with the title that the answer says was held there, where several were; alone where two are told."""
    there = [p for p in positions if place in short_names(p.role.employer)]
    titles = sorted({h for p in there if (h := heading(p))}, key=len, reverse=True)
    told, rest = [], answered
    for title in titles:  # a longer one first: "Lead Engineer" is no "Engineer"
        pattern = rf"(?<!\w){re.escape(title)}(?=[^,.;:\n]{{0,12}} at )"
        if re.search(pattern, rest):
            told.append(title)
            rest = re.sub(pattern, "", rest)
    return f"{told[0]} at {place}" if len(there) > 1 and len(told) == 1 else place


def _placed(question: str, place: str) -> str:
    """The question with the employer put where it points: "there", "before that", "why did she leave?"."""
    rest = _BEFORE.sub("", question)
    if (relation := _BEFORE.search(question)) and (_MOVING.search(rest) or not terms(rest)):
        return f"Where did they work {relation[1].lower()} {place}?"
    if relation := _NEXT.search(question):
        return f"Where did they work {'before' if any(relation.groups()) else 'after'} {place}?"
    if _THERE.search(question):
        return _THERE.sub(lambda _: f"at {place}", question, count=1)
    if _COMPANY.search(question):
        return _COMPANY.sub(lambda m: f"{m[1]} {place}", question, count=1)
    if verb := _CAREER.search(question):
        link = " " if verb[1].lower() in {"leave", "join", "quit"} else " at "
        return f"{_OPENING.sub('', question).rstrip('?!. ')}{link}{place}?"
    return ""


def _timed(question: str, place: str) -> str:
    """ "For how long?" after a question about a position: its time."""
    asked = _HELD.search(question)
    return f"{'How long' if asked[1] else 'When'} did they work at {place}?" if asked else ""


def _fragment(question: str, own: Sequence[str], lexicon: Lexicon) -> list[str] | None:
    """The things that a question names which is no more than that ("And at X?", "K8s?"); None for any other."""
    rest = _OPENING.sub("", question)
    names = [n for n in lexicon.named_in(f"know {rest}") if n not in own]
    known = {*terms(" ".join((*own, *names))), *_FRAGMENT}
    if CLAUSE.search(rest) or not (own or names) or any(t not in known for t in terms(rest)):
        return None
    return names


def _switched(
    question: str,
    before: str,
    own: Sequence[str],
    names: Sequence[str],
    lexicon: Lexicon,
    positions: Sequence[Position],
) -> str:
    """The earlier question asked of another employer or another thing; empty where the new one stands for itself."""
    opens = _OPENING.search(question) or re.search(r"^\W*(?:at|with|for|in)\b", question, re.I)
    employers = _employers(before, lexicon, positions)
    if own and (employers or opens):
        elsewhere = _ELSEWHERE.sub("", before.rstrip("?. "))  # where they never were
        return _replaced(before, employers, own[0]) if employers else f"{elsewhere} at {own[0]}?"
    former = [n for n in lexicon.named_in(before) if n not in employers]
    if names and former:
        return _replaced(before, former, names[0])
    return f"{question}{RE}{before.replace(RE, ' ')}" if names and opens else ""


def _replaced(text: str, former: Sequence[str], new: str) -> str:
    if any(fold(new) == fold(f) for f in former):
        return text
    pattern = "|".join(re.escape(f) for f in sorted(former, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", lambda _: new, text, count=1, flags=re.I)
