"""YAML between two `---` lines at the very start of a text: what the owner says about the document."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from ingest import dates
from rag.errors import Refused
from rag.schema import Span

LARGEST = 64 * 1024
"""Characters; YAML is slow to read, and nobody writes more."""
_BLOCK = re.compile(r"\ufeff?---[ \t]*\r?\n(?P<yaml>(?:.*\n)*?)(?P<close>---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_KEY = re.compile(r"[ \t]*[\w-]+[ \t]*:(?:[ \t]|\r?$)", re.MULTILINE)
_SYNONYMS = {"company": "employer", "start_date": "start", "end_date": "end", "startdate": "start", "enddate": "end"}
_FIELDS = frozenset(
    "title employer employer_basis start end location url date kind visibility order full_text role".split()
)
_PRIVACY = frozenset("private hidden hide draft public visible unlisted secret confidential".split())
"""What other programs call `visibility`."""
_ELSEWHERE = re.compile(
    r"\ufeff?\s*(?:---|\+\+\+)[ \t]*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*"
    r"[ \t]*(?:[\"']?[\w.-]+[\"']?[ \t]*(?:=|:[ \t\r\n])|\[\w+\])"
)
"""Fields after blank space, or in TOML."""
_REMARK = frozenset(
    """a about after approx approximately around at before beginning beginnings c ca circa early end from i in late
    maybe mid middle of or perhaps possibly probably roughly since so some sometime start the think until
    year""".split()
)
_STATES = frozenset("title role employer employer_basis start end location".split())
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Its fields, empty where it does not give them; dates in ISO 8601 at the precision given."""

    title: str = ""
    role: str = ""
    employer: str = ""
    employer_basis: str = ""
    start: str = ""
    end: str = ""
    location: str = ""
    url: str = ""
    date: str = ""
    kind: str = ""
    private: bool = False
    order: int = 0
    full_text: bool = True
    stated: Span = Span(0, 0)  # noqa: RUF009 - it is frozen
    """Its lines from the first to the last that states a position."""
    length: int = 0
    """Characters up to and with the closing line; the document's body begins there."""


def parse(text: str) -> FrontMatter:
    """The text's front matter; an empty one where it has none. Raises Refused naming the line or the field."""
    match = _BLOCK.match(text)
    if not match:
        first, _, rest = text.lstrip("\ufeff").partition("\n")
        if first.rstrip() == "---" and _KEY.match(rest):
            raise Refused("front matter is not closed; put a line --- after its last field")
        if _ELSEWHERE.match(text):
            raise Refused("front matter must begin on the first line, as `name: value` lines between --- lines")
        return FrontMatter()
    if match.end() > LARGEST:
        raise Refused(f"front matter is over {LARGEST // 1024} KB; move text below its closing --- line")
    loaded = _load(match["yaml"])
    if loaded in (None, ""):
        return FrontMatter(length=match.end())
    if not isinstance(loaded, dict):
        if _KEY.search(match["yaml"]) or not isinstance(loaded, str):
            raise Refused("front matter is not a list of fields; write one `name: value` a line")
        return FrontMatter()  # two thematic breaks with prose between them
    fields = _fields(loaded)
    start, end = _date(fields, "start"), _date(fields, "end", ongoing=True)
    if start and end and end != dates.PRESENT and end < start[: len(end)]:
        raise Refused(f"front matter field end: {end} is before start {start}; mend one of them")
    return FrontMatter(
        **{key: fields.get(key, "") for key in ("title", "role", "employer", "employer_basis", "location", "url")},
        start=start,
        end=end,
        date=_date(fields, "date"),
        kind=fields.get("kind", "").casefold(),
        private=_choice(fields, "visibility", {"private": True, "public": False}, False),
        order=_order(fields),
        full_text=_choice(fields, "full_text", _WORDS, True),
        stated=_stated(text, match.start("yaml"), match.end("yaml"), "role" in fields),
        length=match.end(),
    )


def _load(block: str) -> object:
    import yaml

    try:
        # Every scalar stays the text that the owner wrote: 2019-03 and 2021 keep their precision.
        loader = yaml.BaseLoader(block)
        node = loader.get_single_node()
        given = node.value if isinstance(node, yaml.MappingNode) else []
        keys = Counter(_folded(key.value) for key, _ in given if isinstance(key.value, str))
        for key, times in keys.most_common(1):
            if times > 1:  # YAML would take the last: `visibility: public` after `private`
                raise Refused(f"front matter field {key}: it is given twice; keep one of them")
        return None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as exc:
        opened = re.search(r"flow|quoted", exc.context or "")  # what is not closed is noticed lines after it began
        mark = (opened and exc.context_mark) or exc.problem_mark or exc.context_mark
        at = f", line {mark.line + 2}" if mark else ""
        if mark and (field := re.match(r"([\w-]+)[ \t]*:[ \t]*(.*)", (*block.splitlines(), "")[mark.line])):
            name = field[1].casefold().replace("-", "_")
            name = _SYNONYMS.get(name, name)
            if name in {"start", "end", "date"} and not dates.iso(field[2]):
                raise Refused(_no_date(name, field[2].strip())) from exc
            at += f", field {field[1]}"
        raise Refused(f"broken front matter{at}: {exc.problem or exc.context}; put the value in quotes") from exc
    except yaml.reader.ReaderError as exc:
        line = block.count("\n", 0, exc.position) + 2
        raise Refused(f"broken front matter, line {line}: {exc.reason}; remove the character") from exc
    except (yaml.YAMLError, RecursionError) as exc:
        raise Refused("broken front matter: it cannot be read as YAML; write one `name: value` a line") from exc


def _folded(key: str) -> str:
    return key.casefold().replace("-", "_")


def _fields(loaded: dict[object, object]) -> dict[str, str]:
    """The fields known here, by their first name; where both are given it wins over its synonym."""
    fields: dict[str, str] = {}
    for key, value in loaded.items():
        said = _folded(key) if isinstance(key, str) else ""
        name = _SYNONYMS.get(said, said)
        if name not in _FIELDS:
            if meant := _meant(said):
                raise Refused(f"front matter field {said[:40]!r} is not known; write {meant}")
            continue
        if name != said and name in fields:
            continue
        if not isinstance(value, str):
            kind = "a list" if isinstance(value, list) else "fields of its own"
            raise Refused(f"front matter field {key}: expected one value, got {kind}; write `{key}: value`")
        fields[name] = "" if value in {"~", "null"} else " ".join(value.split())
    return fields


def _meant(said: str) -> str:
    """What to write for a field that is not known and may well be meant as one that is.

    A short name has one slip at most: `note` and `name` are words of their own.
    """
    from rapidfuzz.distance import OSA

    known = [*sorted(_FIELDS), *sorted(_SYNONYMS), *sorted(name for name in _PRIVACY if len(name) > 5)]
    near = [(OSA.distance(said, name, score_cutoff=2), name) for name in known]
    slips, name = min(near)
    if said in _PRIVACY or (slips <= (2 if len(said) > 5 else 1) and name in {"visibility", *_PRIVACY}):
        return "visibility: private (or visibility: public)"
    return f"{name}: …" if slips <= (2 if len(said) > 5 else 1) else ""


def _date(fields: dict[str, str], name: str, ongoing: bool = False) -> str:
    """The date, or the one year that a remark names; `ongoing`: or the present."""
    said = fields.get(name, "")
    found = dates.iso(said)
    if not said or (found and (ongoing or found != dates.PRESENT)):
        return found
    years = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", said))
    words = {word.casefold() for word in re.findall(r"[^\W\d_]+", said)}
    if len(years) != 1 or dates.impossible(said) or not words <= _REMARK:
        raise Refused(_no_date(name, said))
    return str(years.pop())


def _no_date(name: str, said: str) -> str:
    """What is wrong with a date, and how to write it."""
    both = dates.period(said)
    if both and both.start != both.end and name in {"start", "end"}:
        fix = (
            f"write `start: {both.start}`" + (f" and `end: {both.end}`" if both.end else "") + " on lines of their own"
        )
        return f"front matter field {name}: {said[:40]!r} is two dates; {fix}"
    present = "; where it has not ended, end: present" if name == "end" else ""
    return f"front matter field {name}: {said[:40]!r} is not a date; write 2019, 2019-03 or 2019-03-15{present}"


def _choice(fields: dict[str, str], name: str, words: dict[str, bool], default: bool) -> bool:
    said = fields.get(name, "").casefold()
    if said and said not in words:
        raise Refused(f"front matter field {name}: {said[:40]!r} is not one of {', '.join(words)}")
    return words.get(said, default)


def _order(fields: dict[str, str]) -> int:
    said = fields.get("order", "")
    if not re.fullmatch(r"(?:-?\d{1,9})?", said, re.ASCII):
        raise Refused(f"front matter field order: {said[:40]!r} is not a whole number")
    return int(said or 0)


def _stated(text: str, start: int, end: int, role: bool) -> Span:
    """Where the position is stated; `role`: the field of that name does it, and `title` is the document's own."""
    first = last = 0
    inside = False
    for match in re.compile(r".*\n").finditer(text, start, end):
        key = re.match(r"[\"']?([\w-]+)[\"']?[ \t]*:", match[0])
        if key:
            said = key[1].casefold().replace("-", "_")
            said = _SYNONYMS.get(said, said)
            inside = said in _STATES and not (role and said == "title")
            first = match.start() if inside and not first else first
        if inside and match[0].strip():
            last = match.start() + len(match[0].rstrip())
    return Span(first, last) if first else Span(0, 0)
