"""Opening a library on a server, and telling whether there is one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from embeddings.errors import LibraryUnusable
from embeddings.parts import Parts
from embeddings.places import Server

if TYPE_CHECKING:
    from embeddings.postgres.connection import Connection

INSTALL = (
    "a library on a server needs PostgreSQL's client; install it with "
    "pip install 'dateline[postgres]'"
)


def is_there(server: Server) -> bool:
    """Whether a library has been made there. Raises `LibraryUnusable` where none can tell."""
    connection = _connect(server)
    from embeddings.postgres import schema

    try:
        return schema.version(connection) is not None
    finally:
        connection.close()


def open_parts(server: Server, *, create: bool, lock: AbstractContextManager[object]) -> Parts:
    """The parts of the library there, all of one connection. Raises `LibraryUnusable`."""
    connection = _connect(server)
    from embeddings.postgres import schema
    from embeddings.postgres.files import Files
    from embeddings.postgres.remembered import Remembered
    from embeddings.postgres.searching import ServerSearch
    from embeddings.postgres.sessions import KeptSessions
    from embeddings.postgres.truth import Truth
    from embeddings.postgres.vectors import Vectors
    from embeddings.whole import Whole

    try:
        read_only = schema.is_read_only(connection)
        schema.bring_up(connection, create=create, read_only=read_only)
        truth = Truth(connection, read_only=read_only)
        return Parts(
            truth=truth,
            files=Files(connection),
            searching=ServerSearch(connection, truth),
            sessions=KeptSessions(connection, lock),
            remembered=Remembered(connection, lock),
            whole=Whole(connection.rows, "%s", Vectors(connection).of_article),
        )
    except BaseException:
        connection.close()
        raise


def _connect(server: Server) -> Connection:
    try:
        from embeddings.postgres.connection import Connection
    except ImportError as error:
        raise LibraryUnusable(INSTALL) from error
    return Connection(server)
