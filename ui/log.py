"""What is kept of questions: nothing, unless the owner asks for it (`RESUME_LOG=1`); then redacted, and for 30 days."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from rag.errors import ResumeError
from rag.schema import Answer

DAYS = 30
DAY = 24 * 3600
NOTICE = (
    f"Questions asked here are kept for {DAYS} days, without addresses, e-mails and phone numbers, "
    "to improve the answers."
)
Vote = Literal["up", "down"]

_SECRETS = (
    ("[e-mail]", r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"),
    ("[key]", r"\b(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[abprs]|hf|npm|AKIA|ASIA|AIza)[-_]?[A-Za-z0-9_\-]{10,}"),
    ("[key]", r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"),
    ("[key]", r"\b(?=[A-Za-z_-]{0,99}\d)(?=[\d_-]{0,99}[A-Za-z])[A-Za-z0-9_\-]{24,}\b"),
    ("[phone]", r"(?<![\w.])\+?\(?\d(?:[\s().\-/‐-―]{0,2}\d){7,18}(?![\w])"),
)


def redacted(text: str) -> str:
    """The text without e-mail addresses, phone numbers (8 digits and more) and what looks like a key."""
    for name, pattern in _SECRETS:
        text = re.sub(pattern, name, text)
    return text


class Log:
    """Questions and feedback in SQLite; one made without a path keeps nothing."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._key = (0, b"")
        self._swept = 0.0
        self._db = None if path is None else _open(path)

    @property
    def kept(self) -> bool:
        """Whether anything is."""
        return self._db is not None

    def question(self, visitor: str, answer: Answer) -> None:
        """Keep a question and how it was answered."""
        if self._db is None:
            return
        row = (redacted(answer.question), redacted(answer.text), answer.decision, answer.reason or "", answer.engine)
        self._insert("questions", visitor, row)

    def feedback(self, visitor: str, vote: Vote, question: str, answer: str, comment: str = "") -> bool:
        """Keep a thumb; False where nothing is kept."""
        if self._db is None:
            return False
        self._insert("feedback", visitor, (redacted(question), redacted(answer), vote, redacted(comment), ""))
        return True

    def _insert(self, table: str, visitor: str, row: tuple[str, ...]) -> None:
        if self._db is None:
            return
        now = self._clock()
        with self._lock:
            self._db.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)", (now, self._name(visitor), *row))
            if now - self._swept > 3600:
                self._swept = now
                for each in ("questions", "feedback"):
                    self._db.execute(f"DELETE FROM {each} WHERE at < ?", (now - DAYS * DAY,))

    def _name(self, visitor: str) -> str:
        """The same for one visitor within a day, and of no use after it: the key is in memory alone."""
        day = int(self._clock() // DAY)
        if self._key[0] != day:
            self._key = (day, secrets.token_bytes(32))
        return hmac.new(self._key[1], visitor.encode(), hashlib.sha256).hexdigest()[:16]


def forget(path: Path) -> int:
    """Remove all that is kept; how many rows that were."""
    if not path.exists():
        return 0
    db = _open(path)
    try:
        rows = sum(db.execute(f"DELETE FROM {table}").rowcount for table in ("questions", "feedback"))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("VACUUM")
    finally:
        db.close()
    return rows


def _open(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=5)
        path.chmod(0o600)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA secure_delete=ON")
        db.execute(
            "CREATE TABLE IF NOT EXISTS questions"
            " (at REAL, visitor TEXT, question TEXT, answer TEXT, decision TEXT, reason TEXT, engine TEXT)"
        )
        db.execute(
            "CREATE TABLE IF NOT EXISTS feedback"
            " (at REAL, visitor TEXT, question TEXT, answer TEXT, vote TEXT, comment TEXT, extra TEXT)"
        )
    except (sqlite3.Error, OSError) as exc:
        raise ResumeError(f"RESUME_LOG: {path} cannot be written ({exc}); choose another RESUME_STATE") from exc
    return db
