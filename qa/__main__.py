"""The ``dateline`` command. Nothing is imported here that a refused flag would not need."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status."""
    from qa import cli

    return cli.run(arguments)


def entry() -> NoReturn:
    """Run the command line as a process, and end it.

    By then the library is closed and everything written. Leaving at once, without Python
    taking the models apart piece by piece, saves a tenth of a one-shot question.
    """
    try:
        status = main()
    except SystemExit as error:
        # argparse's: 0 after --help and --version, 2 after a wrong flag.
        status = error.code if isinstance(error.code, int) else 2
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    entry()
