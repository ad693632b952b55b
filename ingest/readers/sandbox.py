"""A reader in a process of its own, with limits: whatever the file does to it, the ingest goes on.

The child is a fresh interpreter (0.1–0.2 s) that imports one reader, and answers in JSON on its standard output.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from ingest.schema import Document, Section
from rag.errors import Refused
from rag.schema import Role, Span

SECONDS = 30
MEMORY = 2 * 1024**3
"""Bytes of address space."""
TEXT = 10_000_000
"""Characters that a document of 20 MB may hold at most."""


def sandboxed(module: str, seconds: float = SECONDS) -> Callable[[Path, str], Document]:
    """The `read` of a module, run in a child process. Raises Refused for whatever happens there."""

    def read(path: Path, source: str) -> Document:
        command = [sys.executable, "-P", "-m", __name__, module, str(path), source]
        # The child finds the packages where this process found them, from whatever folder it was started.
        env = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONWARNINGS": "ignore"}
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        try:
            done = subprocess.run(command, env=env, timeout=seconds, check=False, **pipes)  # type: ignore[call-overload]
        except subprocess.TimeoutExpired as exc:
            raise _ended(f"takes over {seconds:g} s to read") from exc
        return _answer(done.returncode, done.stdout)

    read.__module__ = module  # it stands for that module's own
    return read


def _answer(status: int, output: bytes) -> Document:
    """What the child said, or why it said nothing."""
    try:
        said = json.loads(output) if status == 0 else {}
    except ValueError:
        said = {}
    if "document" in said:
        return _document(said["document"])
    if "refused" in said:
        raise Refused(str(said["refused"]), lasting=said.get("lasting", True))
    if status == -getattr(signal, "SIGXCPU", 0):
        raise _ended(f"takes over {SECONDS} s to read")
    raise _ended(f"damaged: its reader ended with {f'signal {-status}' if status < 0 else f'status {status}'}")


def _ended(how: str) -> Refused:
    """A child that did not answer may do so on a machine that is less busy."""
    return Refused(f"{how}; save it anew from the program that made it", lasting=False)


def _document(body: dict[str, Any]) -> Document:
    sections, unread = tuple(map(_section, body["sections"])), tuple(body["unread"])
    return Document(**{**body, "sections": sections, "role": _role(body["role"]), "unread": unread})


def _section(body: dict[str, Any]) -> Section:
    return Section(**{**body, "heading": tuple(body["heading"]), "role": _role(body["role"])})


def _role(body: dict[str, Any] | None) -> Role | None:
    return Role(**{**body, "stated": Span(**body["stated"])}) if body else None


def _limit() -> None:
    """Limits on this process, where the system has them."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
        except (ValueError, OSError):  # macOS does not limit address space
            continue


_OF_THE_MACHINE = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.EACCES, errno.ENOSPC}
"""Errors that say nothing of the file."""


def _read(module: str, path: str, source: str) -> dict[str, Any]:
    try:
        document = import_module(module).read(Path(path), source)
        if len(document.text) > TEXT:
            return {"refused": f"holds over {TEXT:,} characters; divide it into several files"}
        return {"document": asdict(document)}
    except Refused as exc:
        return {"refused": str(exc)}
    except MemoryError:
        return {"refused": f"takes over {MEMORY // 1024**3} GB of memory to read; save it anew or divide it"}
    except (Exception, SystemExit) as exc:  # noqa: BLE001 - parsers raise anything on odd files; here it concerns one file only
        if isinstance(exc, ImportError) or getattr(exc, "errno", None) in _OF_THE_MACHINE:
            return {"refused": f"cannot be read now ({exc}); try again", "lasting": False}
        return {"refused": f"damaged ({type(exc).__name__}); save it anew from the program that made it"}


def _main() -> None:
    _limit()
    # Libraries may print: the answer has the pipe for itself.
    answer = os.fdopen(os.dup(1), "w", encoding="ascii")
    with open(os.devnull, "w", encoding="ascii") as nothing:
        os.dup2(nothing.fileno(), 1)
    json.dump(_read(*sys.argv[1:4]), answer)
    answer.flush()
    os._exit(0)  # a library's threads or exit handlers may hang


if __name__ == "__main__":
    _main()
