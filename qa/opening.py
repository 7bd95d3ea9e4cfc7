"""Which library answers: the one asked for, or the seeds where none was ever built."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from pathlib import Path

from embeddings.errors import LibraryAbsent, LibraryUnusable
from embeddings.library import Library, is_there
from embeddings.places import Place, Server, cache_folder

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def open_library(
    folder: Place, *, say: Callable[[str], None] = lambda line: None
) -> tuple[Library, str | None]:
    """The library, and what to tell a person about it, if anything.

    Raises `LibraryUnusable`, and `ModelUnavailable` where the seeds cannot be embedded.
    """
    if not isinstance(folder, Server) and folder.exists() and not folder.is_dir():
        raise LibraryUnusable(f"{folder} is not a folder; name the library's folder")
    if isinstance(folder, Server):
        # Asking first whether it is there would mean connecting twice.
        with contextlib.suppress(LibraryAbsent):
            return Library(folder), None
    elif is_there(folder):
        return Library(folder), None
    notice = (
        f"no library in {folder} yet: answering from the seed articles that come with Dateline; "
        "add your own with dateline --rebuild PATH"
    )
    return _seed_library(say), notice


def _seed_library(say: Callable[[str], None]) -> Library:
    """The seeds' library, in the cache, built when it is first needed."""
    files = sorted(SEEDS.glob("*.md"))
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    folder = cache_folder() / f"seeds-{whole.hexdigest()[:12]}"
    library = Library(folder, create=True)
    try:
        if library.count() < len(files):
            from embeddings.encoder import Encoder
            from embeddings.models import DEFAULT_MODEL, find_model
            from embeddings.rebuild import Rebuild

            Rebuild(library, Encoder(find_model(DEFAULT_MODEL, say=say))).run([SEEDS])
    except BaseException:
        library.close()
        raise
    return library
