"""Settings, from the environment and `.env`; the only reader of either."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeFloat,
    SecretStr,
    ValidationError,
    field_validator,
)

from rag.errors import ResumeError

HOME = Path(__file__).resolve().parent.parent
"""The checkout: relative defaults are taken from here, so that every command works from any folder."""


def _listed(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], BeforeValidator(_listed)]


class Settings(BaseModel):
    """Every `RESUME_*` setting; the field's description is its help text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    corpus: Path = Field(HOME / "corpus", description="folder of documents")
    index: Path = Field(HOME / ".index", description="folder of the index")
    llm: str = Field("", description="empty: the offline engine; else a LangChain provider:model name")
    llm_base_url: str = Field("", description="an OpenAI-compatible server of your own")
    llm_api_key: SecretStr = Field(SecretStr(""), description="its key, where the provider's own variable is not set")
    llm_daily_tokens: int = Field(
        0, ge=0, description="tokens a day, in and out, after which the offline engine answers"
    )
    llm_daily_cost: float = Field(0, ge=0, allow_inf_nan=False, description="money a day, likewise; needs llm_price")
    llm_price: tuple[NonNegativeFloat, NonNegativeFloat] | None = Field(
        None, description="money for a million tokens in, and out: 0.15,0.60"
    )
    context_tokens: int = Field(6000, ge=200, description="tokens of passages that a model is given, about")
    embedding_model: str = Field("", description="a sentence-transformers name or folder; empty: the bundled model")
    reranker: str = Field("", description="a cross-encoder's sentence-transformers name or folder; empty: none")
    top_k: int = Field(8, ge=1, le=50, description="passages given to the engine")
    host: str = Field("127.0.0.1", description="address the page is served at")
    port: int = Field(7860, ge=1, le=65535, description="port the page is served at")
    today: dt.date | None = Field(None, description="freezes the clock (YYYY-MM-DD); empty: the real date")
    state: Path = Field(HOME / ".state", description="folder of what the page keeps: visitors' counts, the log")
    allowed_origins: Listed = Field((), description="other sites that may ask and embed, as https://host, by commas")
    trusted_proxies: Networks = Field((), description="addresses or networks whose X-Forwarded-* count, by commas")
    per_minute: int = Field(10, ge=1, description="questions of one visitor in a minute")
    per_day: int = Field(60, ge=1, description="questions of one visitor in 24 hours")
    at_once: int = Field(8, ge=1, le=64, description="answers being written at the same time")
    queue: int = Field(20, ge=0, description="questions waiting for their turn; more are told that it is busy")
    log: bool = Field(False, description="1: keep redacted questions and feedback for 30 days")

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+", origin):
                raise ValueError(f"{origin} is no origin; write https://host or http://host:port, nothing after it")
        return tuple(origin.lower() for origin in origins)

    @field_validator("llm_price", mode="before")
    @classmethod
    def _two_prices(cls, given: object) -> object:
        return given.replace("/", ",").split(",") if isinstance(given, str) else given


PREFIX = "RESUME_"


def load(environ: Mapping[str, str] | None = None, dotenv: Path = HOME / ".env", **overrides: object) -> Settings:
    """Settings from overrides (command-line options that are not None), the environment, then `.env`.

    Raises ResumeError for a name that is not known and for a value that does not fit, naming it.
    """
    from dotenv import dotenv_values

    environ = os.environ if environ is None else environ
    try:
        found = {k: v for k, v in dotenv_values(dotenv).items() if v is not None} | dict(environ)
    except (OSError, UnicodeDecodeError) as exc:
        raise ResumeError(f"{dotenv} cannot be read ({exc}); save it as UTF-8") from exc
    given = {k: v for k, v in found.items() if k.startswith(PREFIX)}
    known = {PREFIX + name.upper(): name for name in Settings.model_fields}
    if unknown := sorted(set(given) - set(known)):
        raise ResumeError(f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    values: dict[str, object] = {known[k]: v for k, v in given.items() if v.strip()}
    values |= {k: v for k, v in overrides.items() if v is not None}
    for name in ("corpus", "index", "state"):
        if name in values:
            values[name] = Path(str(values[name])).expanduser().absolute()
    try:
        return Settings.model_validate(values)
    except ValidationError as exc:
        first = exc.errors()[0]
        field = str(first["loc"][0])
        option = f"--{field.replace('_', '-')} {first['input']}"
        setting = f"bad setting {PREFIX}{field.upper()}={first['input']!r}"
        raise ResumeError(f"{setting if overrides.get(field) is None else option}: {first['msg']}") from exc
