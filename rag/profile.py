"""`corpus/profile.toml`: what is shown about the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag import owners_toml
from rag.errors import ResumeError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class Profile(BaseModel):
    """Every field may be empty; the page and the answers then do without it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    display_name: str = Field("", max_length=200)
    headline: str = Field("", max_length=500)
    contact: str = Field("", max_length=500)
    suggested_questions: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How answers call the owner."""
        return self.display_name or "this engineer"

    @property
    def names(self) -> tuple[str, ...]:
        """The display name, or nothing."""
        return (self.display_name,) if self.display_name else ()


def parse(text: str, path: str = "corpus/profile.toml") -> Profile:
    """The profile of a file's text; raises ResumeError naming the file, the field and the fix."""
    try:
        return Profile.model_validate(owners_toml.tables(text, path, 'headline = "Site engineer"'))
    except ValidationError as exc:
        raise ResumeError(f"{path}: {_told(exc.errors()[0])}") from exc


def _told(error: ErrorDetails) -> str:
    field = str(error["loc"][0])
    listed = field == "suggested_questions"
    write = f'write {field} = ["A question?", "Another?"]' if listed else f'write {field} = "…"'
    if error["type"] == "extra_forbidden":
        return f"{field} is not known; remove it, or use one of {', '.join(Profile.model_fields)}"
    if error["type"] == "string_too_long":
        return f"{field} has {len(error['input']):,} characters; shorten it to {error['ctx']['max_length']}"
    if listed and len(error["loc"]) > 1:
        return f"{field}: its entry {int(error['loc'][1]) + 1} is not a text; {write}"
    return f"{field} is not a {'list' if listed else 'text'}; {write}"
