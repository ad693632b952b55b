"""What a model may use in a day: reserved before a call, settled after it, in SQLite across restarts and processes.

A reservation is the most that the call can use, and what a killed process had reserved stays counted: the day's sum may
be too high, never too low.
"""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ResumeError

MILLION = 1_000_000
WAIT = 20.0
"""Seconds that a process waits for another one's turn."""
_TABLE = "CREATE TABLE IF NOT EXISTS used (day TEXT PRIMARY KEY, tokens INTEGER NOT NULL, cost INTEGER NOT NULL)"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Price:
    """Money for a million tokens in and out, in whatever currency the cap is in."""

    tokens_in: float = 0.0
    tokens_out: float = 0.0

    def millionths(self, tokens_in: int, tokens_out: int) -> int:
        """Of the currency's unit."""
        return round(self.tokens_in * tokens_in + self.tokens_out * tokens_out)


@dataclass(frozen=True)
class Reservation:
    """What was taken out of a day's budget, in tokens and in millionths of money."""

    day: str
    tokens: int
    cost: int


class Budget:
    """A day's caps, 0 for none; days are UTC. Threads may share one, and so may processes."""

    def __init__(
        self,
        path: Path,
        tokens: int = 0,
        cost: float = 0.0,
        price: Price = Price(),
        today: Callable[[], dt.date] = lambda: dt.datetime.now(dt.UTC).date(),
    ) -> None:
        self._path, self._price, self._today = path, price, today
        self._tokens = tokens or 2**62
        self._cost = round(cost * MILLION) or 2**62
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as db:
                db.execute(_TABLE)
        except (sqlite3.Error, OSError) as exc:
            raise ResumeError(f"the budget cannot be kept in {path} ({exc}); make its folder writable") from exc

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=WAIT, isolation_level=None)) as db:
            yield db

    def reserve(self, tokens_in: int, tokens_out: int) -> Reservation | None:
        """Room for a call that uses so many tokens at most; None where the day has not got it, or cannot be read."""
        asked = Reservation(
            self._today().isoformat(), tokens_in + tokens_out, self._price.millionths(tokens_in, tokens_out)
        )
        try:
            with self._open() as db:
                db.execute("INSERT OR IGNORE INTO used VALUES (?, 0, 0)", (asked.day,))
                taken = db.execute(
                    "UPDATE used SET tokens = tokens + :t, cost = cost + :c"
                    " WHERE day = :d AND tokens + :t <= :most AND cost + :c <= :dearest",
                    {"d": asked.day, "t": asked.tokens, "c": asked.cost, "most": self._tokens, "dearest": self._cost},
                )
                return asked if taken.rowcount else None
        except sqlite3.Error as exc:
            _log.warning("the budget in %s cannot be read: %s", self._path, exc)
            return None

    def settle(self, reserved: Reservation, tokens_in: int, tokens_out: int) -> None:
        """Give back what the call did not use."""
        more = tokens_in + tokens_out - reserved.tokens
        dearer = self._price.millionths(tokens_in, tokens_out) - reserved.cost
        try:
            with self._open() as db:
                db.execute(
                    "UPDATE used SET tokens = tokens + ?, cost = cost + ? WHERE day = ?", (more, dearer, reserved.day)
                )
        except sqlite3.Error as exc:
            _log.warning("the budget in %s cannot be settled: %s; the call counts in full", self._path, exc)

    def used(self) -> tuple[int, float]:
        """Tokens and money that today's calls have used or reserved."""
        with self._open() as db:
            row = db.execute("SELECT tokens, cost FROM used WHERE day = ?", (self._today().isoformat(),)).fetchone()
        return (row[0], row[1] / MILLION) if row else (0, 0.0)
