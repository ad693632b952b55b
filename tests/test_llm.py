import importlib.util
from typing import Any

import pytest

from rag import llm
from rag.errors import ResumeError


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gpt-5-mini", "provider:model"),
        ("openai:", "provider:model"),
        ("nonsense:x", "nonsense"),
        ("openai:x", "RESUME_LLM_API_KEY"),
    ],
)
def test_a_name_that_cannot_be_used_says_why(name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ResumeError, match=said) as caught:
        llm.load(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "extra"), [("anthropic:x", "anthropic"), ("google:x", "google"), ("ollama:x", "ollama")]
)
def test_a_missing_package_names_its_extra(name: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {p.module for p in llm.PROVIDERS.values()}
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n: None if n in missing else find(n))
    with pytest.raises(ResumeError, match=rf"pip install -e '\.\[{extra}\]'"):
        llm.load(name)


def test_the_extras_are_those_of_the_project() -> None:
    import tomllib

    from rag.settings import HOME

    extras = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for provider in llm.PROVIDERS.values():
        assert provider.module.replace("_", "-") in extras[provider.extra]


def test_a_server_of_ones_own_needs_no_key_and_is_told_the_limit_in_its_words() -> None:
    model: Any = llm.load("openai:x", "http://127.0.0.1:9/v1")
    assert model.extra_body == {"max_tokens": llm.OUTPUT}
    assert model.temperature == 0
    assert model.max_retries == 0


class Response:
    def __init__(self, **headers: str) -> None:
        self.headers = headers


class Told(Exception):
    def __init__(self, status_code: int, **headers: str) -> None:
        self.status_code, self.response = status_code, Response(**headers)


@pytest.mark.parametrize(
    ("error", "transient", "retry_after", "charged"),
    [
        (Told(401), False, None, False),
        (Told(429, **{"retry-after": "7"}), True, 7, False),
        (Told(429, **{"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}), True, 0, False),
        (Told(429, **{"retry-after": "soon"}), True, None, False),
        (Told(503), True, None, True),
        (TimeoutError(), True, None, True),
        (ConnectionRefusedError(), True, None, False),
        (ConnectionResetError(), True, None, True),
        (ValueError("odd\nlines"), False, None, True),
    ],
)
def test_failures_of_any_client_in_our_words(
    error: Exception, transient: bool, retry_after: float | None, charged: bool
) -> None:
    failed = llm.failure(error)
    assert (failed.transient, failed.retry_after, failed.charged) == (transient, retry_after, charged)
    assert "\n" not in str(failed)


def test_importing_it_loads_no_langchain() -> None:
    import subprocess
    import sys

    code = "import sys, rag.llm; print('langchain' in sys.modules or 'langchain_core' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
