"""The ``dateline`` command. Nothing is imported here that a refused flag would not need."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit status."""
    from qa import cli

    return cli.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
