"""Where Dateline keeps things, here or on a server, and how the environment moves them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

LIBRARY_VARIABLE = "DATELINE_LIBRARY"
CACHE_VARIABLE = "DATELINE_CACHE"
_SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True)
class Server:
    """A library on a PostgreSQL server, by its address; shown without the password in it."""

    address: str = field(repr=False)

    def __str__(self) -> str:
        """The address as it may be shown."""
        # To the last @: one that should have been written %40 must not show what is before it.
        shown = re.sub(r"(//[^/@?:]*:).*(@)", r"\1***\2", self.address, flags=re.DOTALL)
        return re.sub(r"([?&](?:ssl)?password=)[^&]*", r"\1***", shown, flags=re.IGNORECASE)


Place = Path | Server
"""Where a library is: a folder, or a server."""


def place_from(text: str) -> Place:
    """The library's place that a person wrote."""
    if text.startswith(_SCHEMES):
        return Server(text)
    return Path(text).expanduser()


def place_text(place: Place) -> str:
    """The place such that `place_from` finds it again: with any password, so never to be shown."""
    return place.address if isinstance(place, Server) else str(place)


def default_library() -> Place:
    """The library: ``$DATELINE_LIBRARY``, else a folder in the platform's user data folder."""
    named = os.environ.get(LIBRARY_VARIABLE)
    if named:
        return place_from(named)
    return user_data_path("dateline", appauthor=False) / "library"


def cache_folder() -> Path:
    """Where exported models and the seeds' index lie: all of it can be deleted and made again."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named).expanduser()
    return user_cache_path("dateline", appauthor=False)


def make_private(folder: Path) -> None:
    """Make the folder, and those above it, for this person alone where they are not there.

    Whoever could write to the cache could put another model into it. Raises OSError.
    """
    missing = [above for above in (folder, *folder.parents) if not above.exists()]
    for above in reversed(missing):
        above.mkdir(mode=0o700, exist_ok=True)
