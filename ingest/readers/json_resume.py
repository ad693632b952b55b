"""JSON Resume 1.0 (https://jsonresume.org/schema): every item becomes readable lines and one passage."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from ingest import dates
from ingest.readers.outline import kind_of, name_of
from ingest.readers.plain_text import decode
from ingest.schema import Document, Section
from rag.errors import Refused
from rag.schema import Role, Span


class _Item:
    """An object of the file, and its path, which a refusal names."""

    def __init__(self, path: str, body: object) -> None:
        if not isinstance(body, dict):
            raise Refused(f"{path}: expected an object, got {_kind(body)}")
        self.path, self.body = path, body

    def get(self, *names: str) -> str:
        """The first of these fields that is given, on one line."""
        for name in names:
            if said := _text(f"{self.path}.{name}", self.body.get(name)):
                return said
        return ""

    def all(self, name: str) -> list[str]:
        """A field that is a list of texts; a single text counts as one."""
        path, value = f"{self.path}.{name}", self.body.get(name)
        if isinstance(value, list):
            return [said for i, one in enumerate(value) if (said := _text(f"{path}[{i}]", one))]
        return [said] if (said := _text(path, value)) else []

    def items(self, name: str) -> list[_Item]:
        """A field that is a list of objects."""
        path, value = f"{self.path}.{name}" if self.path else name, self.body.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Refused(f"{path}: expected a list, got {_kind(value)}")
        return [_Item(f"{path}[{i}]", one) for i, one in enumerate(value) if one is not None]

    def when(self) -> str:
        """`(2019-03 – present)`, with a space before it; a start without an end is still going on."""
        start, end = self.get("startDate"), self.get("endDate")
        if start or end:
            return f" ({start} – {end or 'present'})" if start else f" (until {end})"
        said = self.get("date", "releaseDate")
        return f" ({said})" if said else ""


def _work(item: _Item) -> list[str]:
    title, employer = item.get("position"), item.get("name", "company")
    place = item.get("location")
    head = " at ".join(part for part in (title, employer) if part)
    about = item.get("description")
    return [f"{head}{item.when()}{', ' * bool(place)}{place}", about, *_told(item)]


def _volunteer(item: _Item) -> list[str]:
    head = " at ".join(part for part in (item.get("position"), item.get("organization")) if part)
    return [f"{head}{item.when()}", *_told(item)]


def _project(item: _Item) -> list[str]:
    roles, entity = ", ".join(item.all("roles")), item.get("entity")
    lines = [f"{item.get('name')}{item.when()}", item.get("description"), roles and f"Roles: {roles}", entity]
    return [*lines, *_told(item), _listed("Keywords", item.all("keywords"))]


def _education(item: _Item) -> list[str]:
    degree = " in ".join(part for part in (item.get("studyType"), item.get("area")) if part)
    head = ", ".join(part for part in (degree, item.get("institution")) if part)
    score = item.get("score", "gpa")
    return [f"{head}{item.when()}", score and f"Score: {score}", item.get("url"), *_bullets(item.all("courses"))]


def _prize(item: _Item) -> list[str]:
    by = item.get("awarder", "issuer", "publisher")
    return [
        f"{item.get('title', 'name')}{', ' * bool(by)}{by}{item.when()}",
        item.get("summary"),
        item.get("url", "website"),
    ]


def _ability(item: _Item) -> list[str]:
    level = item.get("level", "fluency")
    name = item.get("name", "language") + (f" ({level})" if level else "")
    return [": ".join(part for part in (name, ", ".join(item.all("keywords"))) if part)]


def _reference(item: _Item) -> list[str]:
    return [item.get("name"), item.get("reference")]


_SECTIONS: dict[str, Callable[[_Item], list[str]]] = {
    "work": _work,
    "volunteer": _volunteer,
    "projects": _project,
    "education": _education,
    "awards": _prize,
    "certificates": _prize,
    "publications": _prize,
    "skills": _ability,
    "languages": _ability,
    "interests": _ability,
    "references": _reference,
}


def read(path: Path, source: str) -> Document:
    """A `resume.json`. Its text is the rendering made here. Raises Refused naming the field that cannot be read."""
    body = _Item("", _loaded(decode(path)))
    known = [name for name in ("basics", *_SECTIONS) if body.body.get(name) is not None]
    if not known:
        raise Refused(
            "not a JSON Resume: it has none of basics, work, education, skills; see https://jsonresume.org/schema"
        )
    text = ""
    sections: list[Section] = []
    title = ""
    for name in known:
        basics = name == "basics"
        items = [_Item(name, body.body[name])] if basics else body.items(name)
        heading = name.capitalize()
        opened = False
        for item in items:
            lines = [line for line in (_basics(item) if basics else _SECTIONS[name](item)) if line.strip(" ,():")]
            if not lines:
                continue
            title = item.get("name") if basics else title
            text += ("\n\n" if text else "") + ("" if opened else f"{heading}\n\n")
            opened = True
            start = len(text)
            text += "\n".join(lines)
            role = _role(item, len(sections), Span(start, start + len(lines[0]))) if name == "work" else None
            date = "" if name == "work" else dates.iso(item.get("date", "releaseDate"))
            sections.append(Section(start, len(text), (heading,), item.path, role, atomic=True, date=date))
    return Document(source, kind_of(source), title or name_of(source), text, tuple(sections))


def _basics(item: _Item) -> list[str]:
    head = ", ".join(part for part in (item.get("name"), item.get("label")) if part)
    place = item.body.get("location")
    if isinstance(place, dict):
        said = _Item("basics.location", place)
        known = [said.get(name) for name in ("address", "postalCode", "city", "region", "countryCode", "country")]
        place = ", ".join(part for part in known if part)
    fields = {"Email": item.get("email"), "Phone": item.get("phone"), "Website": item.get("url", "website")}
    fields["Location"] = _text("basics.location", place)
    lines = [head, item.get("summary"), *(f"{name}: {value}" for name, value in fields.items() if value)]
    for profile in item.items("profiles"):
        where = ", ".join(part for part in (profile.get("username"), profile.get("url")) if part)
        lines.append(": ".join(part for part in (profile.get("network"), where) if part))
    return lines


def _role(item: _Item, order: int, stated: Span) -> Role:
    """An item of `work`. The schema has no word for the present, so a start without an end says it."""
    start, end = dates.iso(item.get("startDate")), dates.iso(item.get("endDate"))
    if start and not item.get("endDate"):
        end = "present"
    return Role(item.get("position"), item.get("name", "company"), "", start, end, item.get("location"), order, stated)


def _told(item: _Item) -> list[str]:
    return [item.get("summary"), item.get("url", "website"), *_bullets(item.all("highlights"))]


def _bullets(said: list[str]) -> list[str]:
    return [f"- {one}" for one in said]


def _listed(name: str, said: list[str]) -> str:
    return f"{name}: {', '.join(said)}" if said else ""


def _text(path: str, value: object) -> str:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, (int, float)):
        return str(value)
    if not isinstance(value, str):
        raise Refused(f"{path}: expected text, got {_kind(value)}")
    # JSON may escape half of a surrogate pair, which no UTF-8 file could hold.
    return " ".join(value.encode("utf-8", "replace").decode().split())


def _kind(value: object) -> str:
    if value is None:
        return "null"
    return {dict: "an object", list: "a list", str: "text", bool: "true or false"}.get(type(value), "a number")


def _loaded(text: str) -> dict[str, object]:
    try:
        body = json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as exc:
        raise Refused(f"broken JSON, line {exc.lineno}: {exc.msg}") from exc
    except (ValueError, RecursionError) as exc:
        raise Refused("broken JSON: too deep, or a number too long") from exc
    if not isinstance(body, dict):
        raise Refused(f"not a JSON Resume: expected an object, got {_kind(body)}; see https://jsonresume.org/schema")
    return body
