"""What a typed or pasted line names: paths, as a terminal gives a dropped file."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit

from embeddings.discovery import is_url

# What a path begins with and hardly a question does; a shell's or a file manager's quotes, too.
_BEGINS = ("/", "~", "./", "../", ".\\", "'", '"', "file://")


def paths_in(text: str) -> list[str]:
    """The paths that a line names: itself where it is one, else as a shell would split it.

    A terminal pastes a dropped file in quotes, with backslashes, or as a ``file:`` address.
    Words of which none is there are one name, misspelt.
    """
    text = text.strip()
    if not text or _is_there(text):
        return [text] if text else []
    try:
        words = [_as_path(word) for word in shlex.split(text)]
    except ValueError:
        return [text]  # A quotation mark in a name.
    is_quoted = any(mark in text for mark in "'\"\\")
    if is_quoted or any(is_url(word) or os.sep in word or _is_there(word) for word in words):
        return words
    return [text]


def names_places(text: str) -> bool:
    """Whether each line is an address or a path of something that is there, and no question."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return bool(lines) and all(_names_place(line) for line in lines)


def _names_place(line: str) -> bool:
    if is_url(line):
        return " " not in line
    if not line.startswith(_BEGINS) and os.sep not in line:
        return False
    paths = paths_in(line)
    return bool(paths) and all(_is_there(path) for path in paths)


def _is_there(path: str) -> bool:
    try:
        return Path(path).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False  # Too long for a name; or the ~home of nobody.


def _as_path(word: str) -> str:
    parts = urlsplit(word) if word.startswith("file://") else None
    return unquote(parts.path) if parts and parts.netloc in ("", "localhost") else word


def at_home(path: str) -> Path:
    """The path, a ~ at its beginning put in full where that is anybody's home."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)
