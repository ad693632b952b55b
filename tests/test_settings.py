from pathlib import Path

import pytest

from rag.errors import ResumeError
from rag.settings import HOME, load

NONE = Path("no such file")


def test_the_defaults_do_not_depend_on_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load({}, NONE)
    assert settings.corpus == HOME / "corpus"
    assert settings.index == HOME / ".index"
    assert (settings.top_k, settings.host, settings.port, settings.llm) == (8, "127.0.0.1", 7860, "")


def test_options_win_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("RESUME_TOP_K=3\nRESUME_PORT=1234\nRESUME_HOST=0.0.0.0\nOTHER=1\n")
    settings = load({"RESUME_TOP_K": "4", "RESUME_PORT": "99"}, file, top_k=5, port=None)
    assert (settings.top_k, settings.port, settings.host) == (5, 99, "0.0.0.0")


def test_an_empty_value_is_no_value() -> None:
    assert load({"RESUME_TOP_K": " "}, NONE).top_k == 8


def test_a_relative_folder_is_taken_from_where_one_stands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert load({"RESUME_INDEX": "here"}, NONE).index == tmp_path / "here"


@pytest.mark.parametrize(
    ("name", "value"),
    [("RESUME_TOP_K", "0"), ("RESUME_TOP_K", "many"), ("RESUME_PORT", "70000"), ("RESUME_TODAY", "tomorrow")],
)
def test_a_bad_value_is_named(name: str, value: str) -> None:
    with pytest.raises(ResumeError, match=rf"{name}='{value}'"):
        load({name: value}, NONE)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ResumeError, match=r"unknown setting RESUME_TOPK; known are .*RESUME_TOP_K"):
        load({"RESUME_TOPK": "3"}, NONE)


def test_lists_are_written_by_commas() -> None:
    chosen = load(
        {"RESUME_ALLOWED_ORIGINS": "https://A.example, http://b:81", "RESUME_TRUSTED_PROXIES": "10.0.0.0/8,::1"}, NONE
    )
    assert chosen.allowed_origins == ("https://a.example", "http://b:81")
    assert [str(network) for network in chosen.trusted_proxies] == ["10.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("RESUME_ALLOWED_ORIGINS", "a.example"), ("RESUME_ALLOWED_ORIGINS", "https://a.example/x"),
     ("RESUME_ALLOWED_ORIGINS", "*"), ("RESUME_TRUSTED_PROXIES", "10.0.0.0/99"), ("RESUME_LOG", "perhaps")],
)  # fmt: skip
def test_a_bad_entry_of_a_list_is_named(name: str, value: str) -> None:
    with pytest.raises(ResumeError, match=name):
        load({name: value}, NONE)
