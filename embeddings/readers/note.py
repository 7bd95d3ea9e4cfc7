"""What a reader wants a person to know of how it read a file, where all went well."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """One line, safe to print, that completes "FILE: …"."""

    text: str
