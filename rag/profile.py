"""`corpus/profile.toml`: what is shown about the owner."""

from __future__ import annotations

import tomllib

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import ResumeError


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


def parse(text: str) -> Profile:
    """The profile of a file's text; raises ResumeError naming the field that does not fit."""
    try:
        return Profile.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise ResumeError(f"profile.toml: not TOML: {exc}") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        known = ", ".join(Profile.model_fields)
        raise ResumeError(f"profile.toml: {first['loc'][0]}: {first['msg']}; known fields are {known}") from exc
