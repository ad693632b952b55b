"""Which lines are headings where no mark-up says so, and which headings a résumé puts its positions under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAMES = frozenset(
    """summary, professional summary, executive summary, career summary, summary of qualifications, profile, about,
    about me, objective, career objective, overview, introduction, highlights, key achievements, achievements,
    accomplishments, experience, work experience, professional experience, employment, employment history, work history,
    work, career, career history, professional history, positions, positions held, relevant experience,
    industry experience, research experience, teaching experience, clinical experience, military experience,
    military service, volunteer experience, volunteering, volunteer work, volunteer, community, leadership,
    additional experience, other experience, previous experience, earlier experience, internships, appointments,
    education, studies, schooling, academics, academic background, academic history, educational background, degrees,
    qualifications, education and training, training, courses, coursework,
    certifications, certificates, licenses, licences, licenses and certifications, licences and certifications,
    certifications and licenses, skills, technical skills, core skills, key skills, top skills, core competencies,
    competencies, expertise, areas of expertise, technologies, tools, languages, projects, personal projects,
    selected projects, side projects, open source, publications, selected publications, papers, patents, talks,
    presentations, speaking, conferences, awards, honors, honours, awards and honors, honors and awards, honors-awards,
    awards and honours, scholarships, grants, memberships, affiliations, professional affiliations, activities,
    extracurricular activities, interests, hobbies, hobbies and interests, contact, contact details,
    contact information, personal details, personal information, links, references, referees, additional information,
    miscellaneous, strengths""".replace("\n", " ").split(",")
)
SECTIONS = frozenset(" ".join(name.split()) for name in _NAMES)
_TOPICS = frozenset(
    """education studies schooling academics degrees training courses coursework certifications certificates licences
    licenses publications papers patents talks presentations awards honours honors prizes scholarships
    projects volunteering volunteer languages skills hobbies interests memberships qualifications""".split()
)
_QUALIFIERS = frozenset(
    """and key selected personal side relevant professional further other additional recent notable academic technical
    formal continuing major main""".split()
)
_STUDIES = frozenset(
    "education educational studies schooling academics degrees training courses qualifications".split()
)
_EXPERIENCE = re.compile(
    r"(?:(?:professional|work|working|relevant|selected|career|employment|industry|clinical|teaching|research|military|"
    r"additional|other|previous|prior|earlier|recent|current|academic|paid|nursing|engineering|legal|management|my) )*"
    r"(?:experiences?|employment|work|career|positions?|positions held|appointments|internships|jobs|roles)"
    r"|(?:employment|work|career|professional|job) history|work and education"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and its lines, mark-up and underline included. Level 1 is the outermost."""

    level: int
    text: str
    start: int
    end: int


def plain(text: str) -> str:
    """A line of Markdown without its mark-up: `**Senior** [Engineer](x)` → `Senior Engineer`."""
    text = re.sub(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])", r"\1", text)
    text = re.sub(r"<[^<>]*>|\{#[^{}]*\}\s*$|(?<=\s)#+\s*$", "", text)
    text = re.sub(r"(\*\*|__|~~|`+)", "", text)
    text = re.sub(r"(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)", "", text)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).strip()


def named(text: str) -> str:
    """A heading's text as the lists here have it: `EXPERIENCE:` and `E X P E R I E N C E` → `experience`."""
    text = text.replace("'", "").replace("’", "")
    if re.fullmatch(r"(?:\w ){3,}\w", text.strip()):
        text = text.replace(" ", "")
    text = re.sub(r"[^\w\s&-]", " ", text.casefold()).replace("&", " and ")
    return re.sub(r" cont(?:inued|d)?$", "", " ".join(text.split()))


def is_section(text: str) -> bool:
    """Whether it is a name that résumés give their sections, or made of such: `Education & Certifications`."""
    said = named(text)
    words = said.split()
    made = bool(_TOPICS.intersection(words)) and all(word in _TOPICS or word in _QUALIFIERS for word in words)
    return said in SECTIONS or made


def bars_positions(text: str) -> bool:
    """Whether what is listed under such a heading is no work: `Education`, `Selected projects`."""
    return is_section(text) and not holds_positions(text)


def holds_positions(text: str) -> bool:
    """Whether positions are listed under such a heading: `Work Experience`, `Employment & Education`."""
    parts = [named(text), *named(text).split(" and ")]
    return "volunteer" not in parts[0] and any(_EXPERIENCE.fullmatch(part) for part in parts)


def holds_studies(text: str) -> bool:
    """Whether what is listed under such a heading may well be a study: `Experience and Education`."""
    return bool(_STUDIES.intersection(named(text).split()))


def lines(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """The lines of `text[start:end]`, their ends left out: `\\n`, `\\r\\n` and `\\r`, as Markdown counts them."""
    end = len(text) if end is None else end
    here = start
    for match in re.compile(r"\r\n|\r|\n").finditer(text, start, end):
        yield here, match.start()
        here = match.end()
    if here < end:
        yield here, end


def of_plain_text(text: str, start: int = 0, apart: bool = False) -> list[Heading]:
    """Headings by their looks: known names are level 1, other short lines in capitals level 2.

    The first line is nobody's heading (a name, a title) unless its name is known, and among positions capitals mark
    an employer or a title. `apart`: only after a blank line.
    """
    found: list[Heading] = []
    blank, first, positions = True, True, False
    for a, b in lines(text, start):
        line = text[a:b].strip()
        if line:
            known = len(line) <= 40 and line[:1].isupper() and is_section(line)
            if (known or (not first and not positions and _shouts(line))) and (blank or not apart):
                found.append(Heading(1 if known else 2, line.rstrip(" :"), a, b))
                positions = holds_positions(line)
            first = False
        blank = not line
    # Capitals mean something only in a text that has sections: elsewhere they are listings and shouted words.
    return found if any(heading.level == 1 for heading in found) else []


def _shouts(line: str) -> bool:
    words = line.split()
    letters = [c for c in line if c.isalpha()]
    return (
        len(line) <= 50
        and len(words) <= 5
        and max(map(len, words)) >= 4
        and len(letters) >= 4
        and line.isupper()
        and not re.search(r"[\d|,;@•·.!?/–—-]", line)
    )
