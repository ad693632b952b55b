"""What the parts of a position's header line are, told by their words: a title, an employer, a place."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Literal

from rag import lexicon

Part = Literal["title", "organisation", "place", "department", "terms", "name", "prose"]
"""`terms`: full-time and the like; `name`: could be an employer, a place or a title; `prose`: none of them."""

_TITLES = frozenset(
    """engineer engineering-manager developer manager nurse lead leader analyst director consultant intern officer
    scientist designer teacher assistant specialist coordinator co-ordinator architect administrator admin technician
    accountant associate representative executive editor writer journalist reporter researcher professor lecturer tutor
    programmer tester strategist planner buyer cashier waiter waitress barista chef cook driver mechanic electrician
    plumber carpenter welder pilot clerk receptionist secretary paralegal attorney lawyer counsel solicitor barrister
    physician doctor surgeon therapist physiotherapist pharmacist dentist paramedic midwife caregiver trainee apprentice
    advisor adviser agent auditor underwriter actuary economist statistician biologist chemist physicist mathematician
    librarian curator artist animator illustrator photographer videographer producer recruiter supervisor superintendent
    foreman operator inspector investigator detective sergeant captain lieutenant principal dean instructor trainer
    coach merchandiser copywriter sre sde swe swe2 evangelist advocate postdoc fellow founder co-founder cofounder
    president chairman chairwoman chairperson chair ceo cto cfo coo cio ciso cmo cpo vp svp evp avp owner partner
    contractor freelancer student-assistant bookkeeper cleaner dispatcher estimator handyman host hostess housekeeper
    landscaper machinist nanny optometrist radiographer psychologist psychiatrist counselor counsellor social-worker
    sonographer stylist surveyor translator interpreter veterinarian warehouseman steward stewardess salesperson
    salesman saleswoman marketer tradesman firefighter soldier corporal major colonel commander head chief member
    generalist associate-professor devops qa programmer-analyst dba sysadmin webmaster architect-engineer docent
    moderator controller treasurer comptroller registrar proctor postdoctoral clinician practitioner hygienist
    phlebotomist epidemiologist geologist ecologist archaeologist historian anthropologist sociologist linguist
    conductor musician actor dancer composer concierge bartender server sommelier baker butcher tailor""".split()
)
_ORGANISATIONS = frozenset(
    """inc llc ltd limited gmbh corp corporation co company plc ag llp lp sa sas sarl bv nv oy ab aps pvt pty kg ug spa
    srl university college school academy institute hospital clinic bank labs laboratory laboratories group holdings
    technologies technology systems solutions studio studios agency ministry council foundation trust partners
    consulting associates ventures industries enterprises software services networks media university's hospitals
    bros brothers museum library airlines airways insurance motors pharma pharmaceuticals pharmaceutical therapeutics
    logistics energy restaurant hotel hotels nhs church centre center universität université politecnico""".split()
)
_SUFFIX = re.compile(
    r"(?:inc|llc|ltd|limited|gmbh|corp|co|plc|ag|llp|lp|s\.a|pvt|pty|b\.v|n\.v)\.?(?: ltd\.?)?", re.IGNORECASE
)
_DEPARTMENTS = frozenset(
    """engineering product products marketing sales operations finance hr people platform platforms infrastructure
    backend back-end frontend front-end data design research growth security cloud mobile web payments analytics it
    legal communications support quality strategy procurement manufacturing team division department ai ml devops
    ios android business development programs partnerships policy risk compliance treasury reliability integration
    integrations technical staff experience ux ui machine learning emea apac americas""".split()
)
_TERMS = re.compile(
    r"(?:full|part)[ -]time|contract|contractor|permanent|temporary|freelance|internship|self[ -]employed|seasonal"
    r"|apprenticeship|working student|casual|zero hours",
    re.IGNORECASE,
)
_COUNTRIES = frozenset(
    """remote; hybrid; on-site; onsite; worldwide; usa; us; u.s.; u.s.a.; united states; united kingdom; uk; u.k.;
    england; scotland; wales; ireland; northern ireland; france; germany; deutschland; italy; spain; portugal;
    netherlands; the netherlands; belgium; luxembourg; switzerland; austria; poland; czechia; czech republic;
    slovakia; hungary; romania; bulgaria; greece; turkey; türkiye; ukraine; russia; estonia; latvia; lithuania;
    finland; sweden; norway; denmark; iceland; croatia; serbia; slovenia; israel; egypt; morocco; tunisia; nigeria;
    kenya; ghana; south africa; uae; united arab emirates; saudi arabia; qatar; india; pakistan; bangladesh; sri
    lanka; nepal; china; hong kong; taiwan; japan; south korea; korea; singapore; malaysia; indonesia; thailand;
    vietnam; philippines; australia; new zealand; canada; mexico; brazil; argentina; chile;
    colombia; peru; uruguay; europe;
    alabama; alaska; arizona; arkansas; california; colorado; connecticut; delaware; florida; hawaii; idaho; illinois;
    indiana; iowa; kansas; kentucky; louisiana; maine; maryland; massachusetts; michigan; minnesota; mississippi;
    missouri; montana; nebraska; nevada; new hampshire; new jersey; new mexico; north carolina; north dakota; ohio;
    oklahoma; oregon; pennsylvania; rhode island; south carolina; south dakota; tennessee; texas; utah; vermont;
    virginia; west virginia; wisconsin; wyoming; ontario; quebec; british columbia; alberta; bavaria""".replace(
        "\n", " "
    ).split(";")
)
_CITIES = frozenset(
    """new york; new york city; nyc; san francisco; sf bay area; bay area; san francisco bay area; los angeles;
    seattle; boston; chicago; austin; denver; atlanta; washington; washington dc; washington, dc; portland; san
    diego; san jose; palo alto; mountain view; menlo park; sunnyvale; cupertino; redmond; dallas; houston; miami;
    philadelphia; phoenix; minneapolis; detroit; pittsburgh; baltimore; raleigh; nashville; salt lake city;
    california; texas; florida; massachusetts; colorado; illinois; georgia; virginia; ohio; michigan; oregon;
    london; manchester; birmingham; leeds; bristol; liverpool; cambridge; oxford; edinburgh; glasgow; cardiff;
    belfast; dublin; cork; galway; paris; lyon; marseille; toulouse; berlin; munich; münchen; hamburg; frankfurt;
    cologne; köln; stuttgart; düsseldorf; leipzig; dresden; zurich; zürich; geneva; basel; bern; lausanne; vienna;
    wien; graz; amsterdam; rotterdam; utrecht; eindhoven; the hague; brussels; antwerp; ghent; madrid; barcelona;
    valencia; seville; lisbon; porto; rome; milan; milano; turin; florence; naples; warsaw; krakow; kraków; wroclaw;
    gdansk; prague; brno; budapest; bucharest; sofia; athens; istanbul; ankara; kyiv; kiev; lviv; moscow; tallinn;
    riga; vilnius; helsinki; stockholm; gothenburg; malmö; oslo; bergen; copenhagen; aarhus; reykjavik; belgrade;
    zagreb; ljubljana; tel aviv; jerusalem; haifa; cairo; casablanca; lagos; abuja; accra; nairobi; cape town;
    johannesburg; dubai; abu dhabi; riyadh; doha; bangalore; bengaluru; mumbai; delhi; new delhi; gurgaon; gurugram;
    noida; hyderabad; chennai; pune; kolkata; ahmedabad; kochi; karachi; lahore; islamabad; dhaka; colombo; beijing;
    shanghai; shenzhen; guangzhou; hangzhou; taipei; tokyo; osaka; kyoto; seoul; kuala lumpur; jakarta; bangkok;
    hanoi; ho chi minh city; manila; sydney; melbourne; brisbane; perth; adelaide; canberra; auckland; wellington;
    toronto; vancouver; montreal; montréal; ottawa; calgary; waterloo; mexico city; guadalajara; são paulo; sao
    paulo; rio de janeiro; buenos aires; santiago; bogotá; bogota; medellín; lima; montevideo""".replace(
        "\n", " "
    ).split(";")
)
REGIONS = frozenset(" ".join(place.split()) for place in _COUNTRIES)
PLACES = REGIONS | frozenset(" ".join(place.split()) for place in _CITIES)
_STATE = re.compile(
    r"A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY]"
    r"|ON|BC|QC|AB|NSW|VIC|QLD"
)
_VERB = frozenset(
    """built led ran wrote made grew drove taught cut set won sold shipped held kept took gave oversaw led helped
    responsible working building leading managing writing reporting using""".split()
)
_SENTENCE = frozenset(
    "i we my our was were as an a with from that who which this is are been into by then while when has have".split()
)
_THEN = frozenset({"then", "later"})
"""Before the second of two titles in one post: `Commis, later Chef de Partie`."""
_NO_VERB = frozenset(
    """registered certified licensed licenced chartered qualified united applied advanced accredited allied unified
    embedded distributed integrated federated associated experienced automated specialised specialized
    limited""".split()
)
_DEGREE = re.compile(
    r"(?:b\.?sc|m\.?sc|b\.?a|m\.?a|b\.?ed|b\.?eng|m\.?eng|m\.?phil|ll\.?[bm]|mba|ph\.?d|pgce"
    r"|gcses?|a[- ]levels?|nvq|btec)(?!\w)\.?",
    re.IGNORECASE,
)
_NO_WORK = re.compile(
    r"\b(?:bachelors?|masters|(?:bachelor|master)['’]s|master (?:of(?! ceremonies)|in)|doctorate|diploma|degree|abitur"
    r"|baccalaureate|certificat(?:e|es|ion|ions)|licen[cs]es?|courses?|coursework|bootcamp|workshops?|thesis"
    r"|dissertation|awards?|prizes?|medals?|finalist|winner|scholarships?|grants?|of the (?:year|month)|honou?rs"
    r"|projects?|publications?|patents?|(?:parental|maternity|paternity|family|sick|study|unpaid) leave|sabbatical"
    r"|(?:career|planned) break|gap year|travell?ing|unemployed)(?!\w)",
    re.IGNORECASE,
)
"""What may be dated like work and is none: studies, certificates, awards, projects, time off."""
_NO_JOB = re.compile(
    r"\b(?:(?:studies|schooling|academics|nanodegree|micro-?masters|semester|trimester|erasmus(?! (?:university|mc))"
    r"|(?:student|academic|school|foreign|year|semester) exchange|exchange (?:year|semester|term|programm?e)"
    r"|(?:year|semester|term|study(?:ing)?) abroad|fellowships?|best (?:paper|poster|thesis|student)"
    r"|dean[’']?s list|cum laude|maternity|paternity|leave of absence|(?:on|medical|carers?[’']?|childcare) leave"
    r"|volunteer|volunteering|references|referees|relocat(?:ion|ed|ing)|moved (?:to|from)|emigrat(?:ion|ed)"
    r"|military service|national service|conscription|(?:high|secondary|primary|middle|elementary|grammar|summer|night)"
    r" school|gymnasium|lycée|a-levels?)(?!\w)|training$)",
    re.IGNORECASE,
)
"""The same, but also what titles speak of: `Director of Studies`, `Maternity nurse`."""
_FIELDS = frozenset(
    """physics mathematics maths math statistics chemistry biology biochemistry geology geography astronomy economics
    econometrics finance accounting history philosophy theology psychology sociology anthropology linguistics
    literature languages law medicine nursing dentistry pharmacy architecture engineering science sciences informatics
    computing robotics arts music theatre pedagogy politics journalism management administration english german french
    spanish italian swedish norwegian danish dutch russian japanese chinese mandarin arabic latin""".split()
)
_THINGS = frozenset(
    """portal platform app application apps website site system systems dashboard pipeline api tool tools toolkit
    library framework migration redesign rewrite rollout launch relaunch integration integrations refactoring
    automation prototype product service services software database initiative programme program reorganisation
    reorganization transformation conference club team trucks department award list""".split()
)
_SCHOOL = re.compile(
    r"(?:\w*universi[tdä]\w*|université|college|colleges|school|schools|academy|academia|\w*skola|\w*schule|\w*skole"
    r"|gymnasium|lycée|polytechnic|politecnico|polytechnique|udacity|coursera|edx|udemy|kth|mit|eth|epfl|ucl|lse|nyu"
    r"|ucla|ntnu|caltech)",
    re.IGNORECASE,
)
_TITLE_LIKE = re.compile(
    r".*(?:er|or|ist|ian|ant|ent|ier|eur)s?|.+(?:man|men|woman|person|maid|hand|smith|wright|monger|guard)"
    r"|commis|aide|lady|hand|maid|guard|valet|stagiaire|temp|busboy|au-pair|monk|priest|rabbi|imam|page|crew",
    re.IGNORECASE,
)
_NO_PEOPLE = re.compile(
    r".*(?:ment|event|content|talent|restaurant|plant|grant|accent|patent|paper|water|summer|winter|computer|power|tower"
    r"|river|number|cent(?:er|re)|chapter|letter|poster|semester|master|career|transfer|order|volunteer|docker"
    r"|(?:septem|octo|novem|decem)ber|motor|floor|door|colou?r|hono[u]?r|sector|quarter|theater|soccer|cluster|server"
    r"|router|layer|compiler|parser|indian|italian|canadian|norwegian|hungarian|russian)s?|roman|german|norman",
    re.IGNORECASE,
)
"""What ends so and is nobody."""


def part(text: str) -> Part:
    """What one part of a header line is."""
    words = [word.strip(".,:()’'").casefold() for word in re.split(r"[\s/]+", text) if word.strip(".,:()’'&")]
    if len(words) > 1 and words[0] in _THEN:
        words = words[1:]
    if not words or len(words) > 9 or words[0] in _VERB or _past(words[0]):
        return "prose"
    if _SENTENCE.intersection(words) or words[-1] in {"in", "of", "at", "for", "and", "the", "to"}:
        return "prose"
    if _TERMS.fullmatch(text.strip()):
        return "terms"
    if is_place(text) or (words[-1] in {"remote", "hybrid"} and len(words) <= 3):  # later remote, mostly hybrid
        return "place"
    corporate = bool(_SUFFIX.fullmatch(words[-1])) and len(words) > 1
    titled = _titled(words)
    if titled and not corporate and not (words[-1] in _ORGANISATIONS and "of" not in words and words[-1] != "software"):
        return "title"
    if corporate or any(word in _ORGANISATIONS for word in words):
        return "organisation"
    if all(word in _DEPARTMENTS or word in {"and", "of"} for word in words):
        return "department"
    letters = re.search(r"[^\W\d_]", text)
    if not letters or text.rstrip()[-1:] in ".!?;:" or re.search(r"@|https?:|www\.|\d{4}", text) or len(words) > 6:
        return "prose"
    small = [word for word in re.findall(r"[^\W\d_][\w'’.&-]*", text) if word[0].islower()]
    if all(
        word in {"of", "the", "and", "for", "de", "la", "du", "di", "von", "der", "in", "at", "y", "e"}
        for word in small[1:]
    ):
        return "name"
    return "prose"


def is_place(text: str) -> bool:
    """`Berlin`, `Springfield, IL`, `Remote (Europe)`: known places, or a name before a state."""
    said = re.sub(r"\s*\((.*)\)$", r", \1", text.strip().strip(".")).strip(" ,")
    parts = [" ".join(p.split()) for p in said.split(",") if p.strip()]
    if not parts or len(parts) > 3:
        return False
    if said.casefold() in PLACES or all(_known(p) for p in parts):
        return True
    return len(parts) == 2 and bool(_STATE.fullmatch(parts[1])) and part(parts[0]) in {"name", "place"}


def is_region(text: str) -> bool:
    """A country or a state, which a town's name may precede: `Reutlingen, Germany`."""
    return text.casefold() in REGIONS or bool(_STATE.fullmatch(text))


def is_suffix(text: str) -> bool:
    """`Inc.` after a comma belongs to the name before it."""
    return bool(_SUFFIX.fullmatch(text.strip()))


def goes_on(text: str) -> bool:
    """Whether it begins with a word that puts it after what stands before it: `later Chef de Partie`."""
    return text.split(maxsplit=1)[0].casefold() in _THEN


def phrase(text: str) -> bool:
    """Whether it may be a name or a title, in whatever case it is written, and no sentence."""
    words = [word.strip(".,:()’'").casefold() for word in re.split(r"[\s/]+", text) if word.strip(".,:()’'&")]
    if not 0 < len(words) <= 8 or verbal(text) or _SENTENCE.intersection(words):
        return False
    if words[-1] in {"in", "of", "at", "for", "and", "the", "to"} or text.rstrip()[-1:] in ".!?;:":
        return bool(_SUFFIX.fullmatch(words[-1]))
    return bool(re.search(r"[^\W\d_]", text)) and not re.search(r"@|https?:|www\.|\d{4}|[%$€£]", text)


def verbal(text: str) -> bool:
    """Whether it begins with what somebody did: `Led the kitchen`."""
    first = next(iter(re.findall(r"[^\W_]+", text.casefold())), "")
    return first in _VERB or _past(first)


def is_work(cells: Sequence[str]) -> bool:
    """Whether nothing in an entry's parts says that it is a study, a certificate, an award, a project or time off.

    `BA` alone names an employer where something else stands before it; `Project Manager` is a title.
    """
    for i, cell in enumerate(cells):
        degree, other = _DEGREE.match(cell), _NO_WORK.search(cell)
        if degree and (i == 0 or degree.end() < len(cell)):
            return False
        if other and (other.end() == len(cell) or part(cell) != "title"):
            return False
        elsewise = part(cell) == "title" or ends_as_organisation(cell)
        if not elsewise and _NO_JOB.search(cell):
            return False
    return not (len(cells) > 1 and any(map(_is_school, cells)) and not any(map(is_jobs, cells)))


def ends_as_organisation(text: str) -> bool:
    """`Copper Restaurant`, `University of Bergen`; not `Hospital porter`."""
    words = [word.strip(".,:()’'").casefold() for word in text.split()]
    return bool(words) and (
        words[-1] in _ORGANISATIONS
        or (len(words) > 1 and bool(_SUFFIX.fullmatch(words[-1])))
        or (words[0] in _ORGANISATIONS and "of" in words[1:2])
    )


def resembles_title(text: str) -> bool:
    """Whether its last word ends as words for people do (`Beekeeper`); then it may well be a title not known here."""
    last = text.rsplit(maxsplit=1)[-1] if text.split() else ""
    return bool(_TITLE_LIKE.fullmatch(last)) and not _NO_PEOPLE.fullmatch(last)


def is_jobs(text: str) -> bool:
    """Whether a word in it, or how its words end, vouches for a title: `Nurse`, `Beekeeper`, `Runner and bar back`."""
    if ends_as_organisation(text) or is_place(text):
        return False
    return part(text) == "title" or any(map(resembles_title, re.split(r",|/|&|\band\b", text)))


def is_topic(text: str) -> bool:
    """Whether it names a field, a thing made, an activity or a tool, and nobody who is paid for it."""
    words = [word.strip(".,:()’'").casefold() for word in text.split()]
    if not words or part(text) == "title":
        return False
    if " ".join(words) in _tools():
        return True
    if is_jobs(text):
        return False
    fields = words[-1] in _FIELDS | _THINGS or words[0] in _THINGS
    return fields or words[-1].endswith("ing") or part(text) == "department"


@functools.cache
def _tools() -> frozenset[str]:
    known = lexicon.load()
    named = [name for group in (*known.same, *known.kinds.values()) for name in group]
    return frozenset(name.casefold() for name in named)


def _is_school(text: str) -> bool:
    return any(_SCHOOL.fullmatch(word.strip(".,:()’'")) for word in text.split())


def _past(word: str) -> bool:
    return word not in _NO_VERB and bool(re.fullmatch(r"\w{4,}ed", word))


def _known(text: str) -> bool:
    return text.casefold() in PLACES or bool(_STATE.fullmatch(text))


def _titled(words: list[str]) -> bool:
    for i, word in enumerate(words):
        known = word in _TITLES or any(
            piece in _TITLES for piece in word.split("-") if word.count("-") == 1 and piece not in {"lead"}
        )
        if (
            known
            and (word not in {"head", "chief", "member", "major", "lead"} or len(words) > 1 or word == "lead")
            and not (word == "member" and "staff" not in words and "board" not in words)
        ):
            return True
        if word == "vice" and words[i + 1 : i + 2] == ["president"]:
            return True
    return False
