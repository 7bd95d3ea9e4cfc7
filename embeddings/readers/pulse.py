"""A reader's sign of life between articles, so that a long file is told from one that hangs."""

from __future__ import annotations

from collections.abc import Callable

_listener: Callable[[], None] | None = None


def listen(listener: Callable[[], None] | None) -> None:
    """Have `beat` call the listener from now on, in this process."""
    global _listener
    _listener = listener


def beat() -> None:
    """Say that a piece of a long file has been read: a page, a member, some records."""
    if _listener is not None:
        _listener()
