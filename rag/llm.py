"""A `provider:model` name → a LangChain chat model; what went wrong with a provider, in our words."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from rag.errors import ResumeError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

OUTPUT = 500
"""Tokens of an answer at most."""


@dataclass(frozen=True)
class Timeouts:
    """Seconds."""

    connect: float = 5
    first_token: float = 10
    first_sentence: float = 12
    """Nothing checked and shown by then: the offline engine answers, so that no reader waits for 15 s."""
    total: float = 30
    rewrite: float = 4
    """For a follow-up's rewriting, which has a good substitute."""


TIMEOUTS = Timeouts()


@dataclass(frozen=True)
class Provider:
    """An extra of `pyproject.toml` and the module that it brings."""

    extra: str
    module: str


PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider("openai", "langchain_openai"),
    "anthropic": Provider("anthropic", "langchain_anthropic"),
    "google_genai": Provider("google", "langchain_google_genai"),
    "ollama": Provider("ollama", "langchain_ollama"),
}


def load(name: str, base_url: str = "", api_key: str = "", timeouts: Timeouts = TIMEOUTS) -> BaseChatModel:
    """The model, at temperature 0, with no retries of its own; nothing is sent yet.

    Raises ResumeError for a name without a provider, a provider whose package is missing, and a key that is missing.
    """
    provider, _, model = name.partition(":")
    provider = "google_genai" if provider == "google" else provider
    if not model:
        known = ", ".join(f"{p}:…" for p in PROVIDERS)
        raise ResumeError(f"RESUME_LLM={name!r}: a provider:model name is needed ({known})")
    known_as = PROVIDERS.get(provider)
    if known_as and importlib.util.find_spec(known_as.module) is None:
        raise ResumeError(
            f"RESUME_LLM={name!r} needs the extra {known_as.extra!r}; run pip install -e '.[{known_as.extra}]'"
        )
    from langchain.chat_models import init_chat_model

    try:
        options = _options(provider, base_url, api_key, timeouts)
        chosen: BaseChatModel = init_chat_model(model, model_provider=provider, temperature=0, **options)
    except ImportError as exc:
        raise ResumeError(f"RESUME_LLM={name!r}: {_line(exc)}") from exc
    except Exception as exc:  # each provider's own classes: pydantic's, openai's, google's
        raise ResumeError(f"RESUME_LLM={name!r}: {_line(exc)} (a key may be given as RESUME_LLM_API_KEY)") from exc
    return chosen


def _options(provider: str, base_url: str, api_key: str, timeouts: Timeouts) -> dict[str, Any]:
    given: dict[str, Any] = {"base_url": base_url} if base_url else {}
    if api_key:
        given["api_key"] = api_key
    # Questions come minutes apart: a connection kept open would only be one to look after.
    parting = {"Connection": "close"}
    if provider == "openai":
        given |= {
            "timeout": (timeouts.connect, timeouts.first_token),
            "max_retries": 0,
            "stream_usage": True,
            "stream_chunk_timeout": None,  # ours hold for every provider
            "default_headers": parting,
        }
        if base_url:  # sent as max_completion_tokens otherwise, which some servers ignore; and some refuse both
            return {"api_key": "none"} | given | {"extra_body": {"max_tokens": OUTPUT}}
        return given | {"max_tokens": OUTPUT}
    if provider == "anthropic":
        return given | {
            "timeout": timeouts.first_token,
            "max_retries": 0,
            "max_tokens": OUTPUT,
            "default_headers": parting,
        }
    if provider == "google_genai":
        return given | {"timeout": timeouts.first_token, "max_retries": 1, "max_tokens": OUTPUT}
    if provider == "ollama":
        return given | {"client_kwargs": {"timeout": timeouts.total, "headers": parting}, "num_predict": OUTPUT}
    return given | {"max_tokens": OUTPUT}


class ProviderFailure(Exception):
    """A model that did not answer; what it is called says why."""

    def __init__(self, why: str, transient: bool = True, retry_after: float | None = None, charged: bool = True):
        super().__init__(why)
        self.transient = transient
        """Worth a second try."""
        self.retry_after = retry_after
        """Seconds that the provider asks to wait."""
        self.charged = charged
        """The provider may have begun to work, and to bill."""


_REFUSED = {400: "it does not take the request", 401: "the key is not accepted", 403: "access is denied"}
_REFUSED |= {404: "there is no such model or address", 413: "the request is too long", 429: "over its limit"}
_TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


def failure(error: Exception) -> ProviderFailure:
    """Any exception of any provider's client as ours: by its status where it has one, else by its class's name."""
    if isinstance(error, ProviderFailure):
        return error
    status = next(
        (s for n in ("status_code", "code", "http_status") if isinstance(s := getattr(error, n, None), int)), 0
    )
    if status:
        headers = getattr(getattr(error, "response", None), "headers", None) or {}
        why = f"status {status}: {_REFUSED.get(status, 'the provider failed')}"
        return ProviderFailure(why, status in _TRANSIENT, _seconds(headers.get("retry-after")), status >= 500)
    name = type(error).__name__
    connecting = "Connect" in name or isinstance(error, ConnectionError)
    if "Timeout" in name:
        return ProviderFailure(f"it did not answer in time ({name})")
    if connecting:
        return ProviderFailure(f"no connection ({name})", charged=not _never_connected(error))
    return ProviderFailure(f"{name}: {_line(error)}", transient=False)


def _never_connected(error: BaseException | None) -> bool:
    """Whether the failure came before a connection stood: refused, no such host."""
    while error is not None:
        if type(error).__name__ in {"ConnectError", "ConnectTimeout", "ConnectionRefusedError", "gaierror"}:
            return True
        error = error.__cause__ or error.__context__
    return False


def _seconds(header: str | None) -> float | None:
    """`Retry-After` in seconds; None where it is missing or unreadable."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        try:
            at = parsedate_to_datetime(str(header))
        except ValueError:
            return None
        return max(0.0, at.timestamp() - time.time())


def _line(error: BaseException) -> str:
    """The first line of a message, which may be long."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
