"""What the process's exit status means, in one place. docs/cli.md lists them."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit statuses of ``dateline``."""

    ANSWERED = 0
    REFUSED = 1
    USAGE = 2
    LIBRARY_UNUSABLE = 3
    SOME_UNREADABLE = 4
    INTERRUPTED = 130
    # Given by the shell: the signal ends the process without a word of ours.
    TERMINATED = 143


MEANINGS = {
    ExitCode.ANSWERED: "answered, or done",
    ExitCode.REFUSED: "refused: nothing in the articles answers it",
    ExitCode.USAGE: "usage: the command line is wrong",
    ExitCode.LIBRARY_UNUSABLE: "the library or a model cannot be used",
    ExitCode.SOME_UNREADABLE: "some articles could not be read; the rest were kept",
    ExitCode.INTERRUPTED: "interrupted",
    ExitCode.TERMINATED: "ended by SIGTERM",
}
