"""One ingest at a time: an advisory lock that ends with the process that holds it, however it ends."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from rag.errors import IndexLocked


@contextlib.contextmanager
def held(index: Path) -> Iterator[None]:
    """Hold `index/lock`; raises IndexLocked saying who does, and OSError where the folder cannot be written."""
    index.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(index / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            who = os.pread(descriptor, 500, 0).decode("utf-8", "replace").strip() or "another process"
            raise IndexLocked(f"{index} is being written by {who}; wait until it is done") from exc
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()} since {now}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
