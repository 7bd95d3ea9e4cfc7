"""Removing articles from within the chat, as ``dateline --remove`` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embeddings.places import Place


def remove(folder: Place, name: str) -> int:
    """Remove the article of that id, or all of that path; how many. Raises `NotFound`."""
    # Here, in a worker: the chat's first picture need not wait for what opens libraries.
    from embeddings.library import Library
    from embeddings.removal import remove_named

    with Library(folder) as library:
        removed = remove_named(library, name)
        library.tidy()
    return removed
