"""What one visitor, and what all together, may use."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter

from rag.errors import ResumeError
from ui.problems import busy, too_many


class SqliteWindows(Storage, MovingWindowSupport):
    """The `limits` library's moving windows in a file, since none of its own stores on disk without a server.

    Keys carry addresses, so their hashes are stored; rows go when their window has passed.
    """

    STORAGE_SCHEME = ["sqlite"]  # noqa: RUF012 (as the library declares it)
    base_exceptions = sqlite3.Error

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=5)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=OFF")  # a power cut may cost a count, never an answer
            self._db.execute("CREATE TABLE IF NOT EXISTS entries (key TEXT, at REAL, until REAL)")
            self._db.execute("CREATE INDEX IF NOT EXISTS by_key ON entries (key, at)")
            path.chmod(0o600)
            self._db.execute("CREATE TABLE IF NOT EXISTS secret (one INTEGER PRIMARY KEY CHECK (one = 1), value BLOB)")
            self._db.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", (os.urandom(32),))
            self._secret: bytes = self._db.execute("SELECT value FROM secret").fetchone()[0]
        except (sqlite3.Error, OSError) as exc:
            raise ResumeError(f"RESUME_STATE: {path} cannot be written ({exc}); choose another folder") from exc

    def _hashed(self, key: str) -> str:
        """Without the secret, which is the owner's alone, an address cannot be guessed from it."""
        return hmac.new(self._secret, key.encode(), hashlib.sha256).hexdigest()[:32]

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Takes `amount` places in the window of the last `expiry` seconds, if there are as many."""
        now, key = self._clock(), self._hashed(key)
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            with self._db:  # commits, or rolls back what failed
                self._db.execute("DELETE FROM entries WHERE until <= ?", (now,))
                taken = self._db.execute("SELECT count(*) FROM entries WHERE key = ?", (key,)).fetchone()[0]
                room = bool(taken + amount <= limit)
                if room:
                    self._db.executemany("INSERT INTO entries VALUES (?, ?, ?)", [(key, now, now + expiry)] * amount)
        return room

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest entry was made, and how many there are."""
        now = self._clock()
        with self._lock:
            oldest, count = self._db.execute(
                "SELECT min(at), count(*) FROM entries WHERE key = ? AND until > ?", (self._hashed(key), now)
            ).fetchone()
        return (now if oldest is None else oldest), count

    def check(self) -> bool:
        """Whether it can be read."""
        with self._lock:
            return bool(self._db.execute("SELECT 1").fetchone() == (1,))

    def reset(self) -> int:
        """Forgets all; how many entries that were."""
        with self._lock:
            return self._db.execute("DELETE FROM entries").rowcount

    def clear(self, key: str) -> None:
        """Forgets one key."""
        with self._lock:
            self._db.execute("DELETE FROM entries WHERE key = ?", (self._hashed(key),))

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Not offered: windows only."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Entries of a key."""
        return self.get_moving_window(key, 0, 0)[1]

    def get_expiry(self, key: str) -> float:
        """When the newest entry of a key goes."""
        with self._lock:
            row = self._db.execute("SELECT max(until) FROM entries WHERE key = ?", (self._hashed(key),)).fetchone()
        return float(row[0] or self._clock())


class Limits:
    """Questions of one visitor, in moving windows of a minute and of 24 hours."""

    def __init__(
        self,
        storage: SqliteWindows,
        per_minute: int,
        per_day: int,
        of: str = "questions",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._windows = MovingWindowRateLimiter(storage)
        self._clock = clock
        self._of = of
        self._items: list[tuple[RateLimitItem, str]] = [
            (RateLimitItemPerMinute(per_minute), f"{per_minute} a minute"),
            (RateLimitItemPerDay(per_day), f"{per_day} a day"),
        ]

    def count(self, visitor: str) -> None:
        """Count a question; raises Problem where it is one too many, which is not counted."""
        for item, words in self._items:
            window = self._windows.get_window_stats(item, self._of, visitor)
            if window.remaining < 1:
                raise too_many(window.reset_time - self._clock(), words)
        for item, words in self._items:
            if not self._windows.hit(item, self._of, visitor):  # another of the same visitor's was faster
                raise too_many(item.get_expiry(), words)


PATIENCE = 0.75
"""Seconds at the door while the queue is full: a short rush then passes without a "busy"."""
DOOR = 32
"""Who may stand there; one more is told at once. Of 200 that come together, each then has an answer or a "busy" within
2 s, by `python -m eval.bench.load`."""


class Gate:
    """Answers that are written at once, and those that wait for it."""

    def __init__(self, at_once: int, queue: int, patience: float = PATIENCE, door: int = DOOR) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._queue = asyncio.Semaphore(at_once + queue)
        self._patience = patience
        self._room_at_door = door
        self.inside = 0
        """Answers being written."""

    def waits(self) -> bool:
        """Whether who comes now has to wait."""
        return self._places.locked()

    @asynccontextmanager
    async def line(self) -> AsyncIterator[None]:
        """In the queue, or in a place; raises Problem where the queue is full and stays so."""
        await self._enter()
        try:
            yield
        finally:
            self._queue.release()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place, when it is one's turn; for who stands in line."""
        async with self._places:
            self.inside += 1
            try:
                yield
            finally:
                self.inside -= 1

    async def _enter(self) -> None:
        if not self._queue.locked():
            await self._queue.acquire()
            return
        if not self._room_at_door:
            raise busy()
        self._room_at_door -= 1
        try:
            await asyncio.wait_for(self._queue.acquire(), self._patience)
        except TimeoutError:
            raise busy() from None
        finally:
            self._room_at_door += 1
