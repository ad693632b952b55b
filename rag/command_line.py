"""The parser of the commands' options: a mistake is one line on standard error, as every other error is."""

from __future__ import annotations

import argparse
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """Takes no abbreviated options: a new one must not change what an old command line means."""

    def __init__(self, prog: str, description: str, epilog: str = "") -> None:
        super().__init__(prog=prog, description=description, epilog=epilog, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Ends the program with status 2."""
        self.exit(2, f"{self.prog}: error: {' '.join(message.split())}; {self.prog} --help lists the options\n")
