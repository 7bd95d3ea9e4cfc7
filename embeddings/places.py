"""Where Dateline keeps things on this machine, and how the environment moves them."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

LIBRARY_VARIABLE = "DATELINE_LIBRARY"
CACHE_VARIABLE = "DATELINE_CACHE"


def default_library() -> Path:
    """The library's folder: ``$DATELINE_LIBRARY``, else the platform's user data folder."""
    named = os.environ.get(LIBRARY_VARIABLE)
    if named:
        return Path(named).expanduser()
    return user_data_path("dateline", appauthor=False) / "library"


def cache_folder() -> Path:
    """Where exported models and the seeds' index lie: all of it can be deleted and made again."""
    named = os.environ.get(CACHE_VARIABLE)
    if named:
        return Path(named).expanduser()
    return user_cache_path("dateline", appauthor=False)
