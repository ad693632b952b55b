"""A program run in this process: an interpreter of its own costs a second where only its words and status count."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
Main = Callable[[list[str]], int]


class Within:
    """Runs a command's `main` as its process would: its folder, its settings, what it writes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(
        self, main: Main, *arguments: str | Path, cwd: Path = HOME, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        given = [str(argument) for argument in arguments]
        with self._monkeypatch.context() as here:
            for name in [name for name in os.environ if name.startswith("RESUME_")]:
                here.delenv(name)
            for name, value in environment.items():
                here.setenv(name, value)
            here.chdir(cwd)
            self._capsys.readouterr()
            try:
                status = main(given)
            except SystemExit as exc:  # argparse's
                status = int(exc.code or 0)
        said = self._capsys.readouterr()
        return subprocess.CompletedProcess(given, status, said.out, said.err)
