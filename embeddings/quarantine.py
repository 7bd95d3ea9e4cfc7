"""Where what is damaged is set aside: never deleted, and never read again by Dateline itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from embeddings import durable

FOLDER = "quarantine"


def aside(library: Path, name: str, content: bytes) -> Path:
    """Keep the content in the library's quarantine, under that name or the next that is free.

    Raises OSError.
    """
    file = free(library, name)
    durable.write_atomically(file, content)
    return file


def free(library: Path, name: str) -> Path:
    """A file of about that name in the library's quarantine that is not there yet.

    Raises OSError.
    """
    folder = library / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    file, number = folder / name, 2
    while file.exists():
        file = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
        number += 1
    return file


def as_json(row: Mapping[str, Any]) -> bytes:
    """A row of the database, of which text may have become anything: what is not UTF-8 is
    kept in base64, as all binary columns are."""
    return json.dumps({name: _plain(value) for name, value in row.items()}, indent=1).encode()


def _plain(value: object) -> object:
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}
