"""Whether there is a library at a place, and its parts: in a folder, or on a server."""

from __future__ import annotations

from contextlib import AbstractContextManager

from embeddings import embedded
from embeddings.parts import Parts
from embeddings.places import Place, Server


def is_there(place: Place) -> bool:
    """Whether a library has been made there. Raises `LibraryUnusable` where a server tells not."""
    if isinstance(place, Server):
        from embeddings.postgres import opening

        return opening.is_there(place)
    return embedded.database_path(place).exists()


def open_parts(place: Place, *, create: bool, lock: AbstractContextManager[object]) -> Parts:
    """The parts of the library there. Raises `LibraryUnusable`."""
    if isinstance(place, Server):
        # Whoever has no server pays nothing for those who have.
        from embeddings.postgres import opening

        return opening.open_parts(place, create=create, lock=lock)
    return embedded.open_parts(place, create=create, lock=lock)
