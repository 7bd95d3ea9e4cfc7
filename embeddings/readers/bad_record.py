"""What a reader yields for the part of a file it could not read, while the rest goes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BadRecord:
    """One record that gave no article: where it is in its file, and why.

    Both are one line and safe to print: ``where`` is ``line 12``, ``reason`` completes
    "line 12: ...".
    """

    where: str
    reason: str
