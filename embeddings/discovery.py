"""Which files a person means by the paths given to ``--rebuild``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from embeddings.readers import is_supported


def is_url(name: str) -> bool:
    """Whether a name is an address of the web and no path."""
    return name[:8].lower().startswith(("http://", "https://"))


def path_key(path: Path) -> str:
    """The absolute path as text that SQLite and JSON can hold, whatever bytes are in it."""
    # Not Path.resolve: a link to an article keeps its own name.
    return os.fsencode(os.path.abspath(path)).decode("utf-8", "backslashreplace")  # noqa: PTH100


def article_files(root: Path, *, unseen: Callable[[Path], None]) -> Iterator[Path]:
    """The files to read under a root: itself, or those in the folder that a reader knows.

    `unseen` is told of each folder that cannot be looked into.

    Hidden files and folders are passed over, and links to folders are not followed, so that
    no ring of links is walked for ever. Sorted, so that two rebuilds go the same way.
    """
    if not root.is_dir():
        yield root
        return

    def cannot_look(error: OSError) -> None:
        unseen(Path(error.filename))

    for folder, folders, files in os.walk(root, onerror=cannot_look):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder) / name
            if not name.startswith(".") and is_supported(path):
                yield path


def is_within(key: str, root_key: str) -> bool:
    """Whether a path's key is the root's or lies under it."""
    return key == root_key or key.startswith(root_key.rstrip(os.sep) + os.sep)
