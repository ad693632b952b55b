"""What a user can cause, each with the command's exit status.

ResumeError            2   wrong use, bad setting, missing or empty corpus, no index
├── Refused            3   a document that cannot be read; the others are indexed
└── IndexLocked        4   another ingest holds the index

The message is one line: what failed, the value, the fix. Anything else that is raised is a bug.
"""


class ResumeError(Exception):
    """A mistake that its message tells the user how to mend."""

    exit_status = 2


class Refused(ResumeError):
    """A document that is left out of the index; the message says why, without its path."""

    exit_status = 3

    def __init__(self, message: str, lasting: bool = True) -> None:
        """`lasting`: the same bytes will be refused again; not so what the machine's state had a part in."""
        super().__init__(message)
        self.lasting = lasting


class IndexLocked(ResumeError):
    """Another process is writing the index."""

    exit_status = 4
