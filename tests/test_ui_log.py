"""What is kept: nothing by default; redacted and for 30 days otherwise."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from served import Served

from rag.schema import Answer
from ui.__main__ import main
from ui.log import DAY, Log, forget, redacted

ANSWER = Answer("Mail ines@okafor.example?", "", "answer", "Call +351 912 345 678.")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("write to a.b+c@mail.example.org now", "write to [e-mail] now"),
        ("call +351 912 345 678", "call [phone]"),
        ("(020) 7946-0958 is mine", "[phone] is mine"),
        ("key sk-abcdefghijklmnop1234", "key [key]"),
        ("ghp_ABCDEFGHIJKLMNOPQRST12", "[key]"),
        ("token eyJhbGciOi.eyJzdWIiOi.c2ln", "token [key]"),
        ("from 2019 to 2023, 1,000,000 rides", "from 2019 to 2023, 1,000,000 rides"),
        ("between 2019-03 and 2021", "between 2019-03 and 2021"),
    ],
)
def test_redaction(said: str, kept: str) -> None:
    assert redacted(said) == kept


def test_nothing_is_kept_by_default(serve: Callable[..., Served], tmp_path: Path) -> None:
    site = serve().ready()
    site.ask("Is the magic word xyzzy?")
    reply = httpx.post(f"{site.url}/api/feedback", json={"vote": "up", "question": "xyzzy"})
    assert reply.json() == {"stored": False}
    assert not (tmp_path / "state" / "log.sqlite").exists()
    assert all(b"xyzzy" not in file.read_bytes() for file in (tmp_path / "state").iterdir())


def test_questions_and_feedback_are_kept_redacted(serve: Callable[..., Served], tmp_path: Path) -> None:
    site = serve(log=True).ready()
    site.ask("Is max@mail.example the contact?")
    vote = {"vote": "down", "question": "max@mail.example?", "comment": "call 0351 912 345 678"}
    assert httpx.post(f"{site.url}/api/feedback", json=vote).json() == {"stored": True}
    assert httpx.post(f"{site.url}/api/feedback", json={"vote": "maybe"}).status_code == 422
    rows = sqlite3.connect(tmp_path / "state" / "log.sqlite").execute("SELECT visitor, question FROM questions")
    ((who, question),) = rows.fetchall()
    assert question == "Is [e-mail] the contact?"
    assert "127.0.0.1" not in who
    kept = b"".join(file.read_bytes() for file in (tmp_path / "state").glob("log*"))
    assert b"max@mail" not in kept
    assert b"912 345" not in kept


def test_thirty_days_and_a_new_name_each_day(tmp_path: Path) -> None:
    now = [1_000_000.0]
    log = Log(tmp_path / "log.sqlite", lambda: now[0])
    log.question("203.0.113.9", ANSWER)
    log.question("203.0.113.9", ANSWER)
    now[0] += DAY
    log.question("203.0.113.9", ANSWER)
    rows = sqlite3.connect(tmp_path / "log.sqlite").execute("SELECT visitor FROM questions ORDER BY at").fetchall()
    assert rows[0] == rows[1] != rows[2]
    now[0] += 29.5 * DAY
    log.feedback("203.0.113.9", "up", "", "")
    left = sqlite3.connect(tmp_path / "log.sqlite").execute("SELECT count(*) FROM questions").fetchone()
    assert left == (1,)


def test_forget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RESUME_STATE", str(tmp_path))
    Log(tmp_path / "log.sqlite").question("x", Answer("Is it xyzzy?", "", "answer", "xyzzy"))
    assert main(["--forget"]) == 0
    assert capsys.readouterr().out == "1 questions and thumbs removed\n"
    assert all(b"xyzzy" not in file.read_bytes() for file in tmp_path.iterdir())
    assert forget(tmp_path / "none.sqlite") == 0


@pytest.mark.parametrize("number", ["4111111111111111", "555–123–4567", "+49 170 1234567"])
def test_long_and_dashed_numbers_are_redacted(number: str) -> None:
    assert redacted(f"call {number} now") == "call [phone] now"
