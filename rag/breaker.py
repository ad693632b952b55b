"""A provider that failed again and again is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 5
"""In a row, until the breaker opens."""
PAUSE = 60.0
"""Seconds, after which one question tries again."""


class Breaker:
    """Threads may share one."""

    def __init__(self, failures: int = FAILURES, pause: float = PAUSE, clock: Callable[[], float] = time.monotonic):
        self._limit, self._pause, self._clock = failures, pause, clock
        self._failed = 0
        self._until = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Whether the provider may be asked; once the pause is over, the first who asks is let through alone."""
        with self._lock:
            if self._failed < self._limit:
                return True
            if self._clock() < self._until:
                return False
            self._until = self._clock() + self._pause
            return True

    def succeeded(self) -> None:
        """The provider answered."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """It did not."""
        with self._lock:
            self._failed += 1
            if self._failed >= self._limit:
                self._until = self._clock() + self._pause
