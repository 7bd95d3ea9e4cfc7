"""What a typed or pasted line names: paths, as a terminal gives a dropped file."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit


def paths_in(text: str) -> list[str]:
    """The paths that a line names: itself where it is one, else as a shell would split it.

    A terminal pastes a dropped file in quotes, with backslashes, or as a ``file:`` address.
    """
    text = text.strip()
    if not text or Path(text).expanduser().exists():
        return [text] if text else []
    try:
        words = shlex.split(text)
    except ValueError:
        words = [text]  # A quotation mark in a name.
    return [_as_path(word) for word in words]


def _as_path(word: str) -> str:
    parts = urlsplit(word) if word.startswith("file://") else None
    return unquote(parts.path) if parts and parts.netloc in ("", "localhost") else word
