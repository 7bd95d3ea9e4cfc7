"""Which files a person means by the paths given to ``--rebuild``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from embeddings.readers import is_supported
from embeddings.readers.other_kinds import ADVICE

_PAGES = frozenset((".html", ".htm", ".xhtml"))
# As browsers name it, in their own language.
_OF_A_PAGE = re.compile(r"(.+)(?:[_-]files|-dateien|_fichiers|_archivos|_file|_bestanden|-filer)")
# How what is known that was piped in begins.
PIPED = "stdin:"


def is_url(name: str) -> bool:
    """Whether a name is an address of the web and no path."""
    return name[:8].lower().startswith(("http://", "https://"))


def path_key(path: Path) -> str:
    """The absolute path as text that SQLite and JSON can hold, whatever bytes are in it."""
    # Not Path.resolve: a link to an article keeps its own name.
    return os.fsencode(os.path.abspath(path)).decode("utf-8", "backslashreplace")  # noqa: PTH100


def article_files(
    root: Path,
    *,
    unseen: Callable[[Path], None],
    unread: Callable[[Path], None] = lambda path: None,
) -> Iterator[Path]:
    """The files to read under a root: itself, or those in the folder that a reader knows.

    `unseen` is told of each folder that cannot be looked into, `unread` of each document of a
    kind that is not read.

    Hidden files and folders are passed over, and links to folders are not followed, so that
    no ring of links is walked for ever. So is what a browser saved beside a page. Sorted, so that
    two rebuilds go the same way.
    """
    if not root.is_dir():
        yield root
        return

    def cannot_look(error: OSError) -> None:
        unseen(Path(error.filename))

    for folder, folders, files in os.walk(root, onerror=cannot_look):
        beside = {stem.lower() for stem, suffix in map(os.path.splitext, files) if suffix in _PAGES}
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not _is_of(name, beside)
        )
        for name in sorted(files):
            path = Path(folder) / name
            if name.startswith("."):
                continue
            if is_supported(path):
                yield path
            elif path.suffix.lower() in ADVICE:
                unread(path)


def _is_of(folder: str, pages: set[str]) -> bool:
    """Whether a folder holds the pictures, styles and frames of a page saved beside it."""
    found = _OF_A_PAGE.fullmatch(folder.lower())
    return found is not None and found[1] in pages


def is_within(key: str, root_key: str) -> bool:
    """Whether a path's key is the root's or lies under it."""
    return key == root_key or key.startswith(root_key.rstrip(os.sep) + os.sep)
