"""Kept conversations: sessions of turns, in the library's database and not of its articles.

A turn's body is text whose meaning is its keeper's own. Keeping one takes no revision: nothing
that a search sees has changed, so no snapshot grows old by it.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embeddings import schema
from embeddings.errors import LibraryUnusable

if TYPE_CHECKING:
    from embeddings.catalog import Catalog


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session without its turns, of which there are `turns`.

    `started_at` and `last_at` are when its first and its last turn were asked, ISO 8601, UTC.
    """

    id: str
    title: str
    started_at: str
    last_at: str
    turns: int


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn as it was kept; `number` counts from 1, `asked_at` is ISO 8601, UTC."""

    number: int
    asked_at: str
    body: str


# One whose turns have all been set aside was last gone on with when it began.
_SUMMARY = """SELECT s.id, s.title, s.started_at,
                     coalesce((SELECT asked_at FROM turns t WHERE t.session = s.number
                               ORDER BY t.id DESC LIMIT 1), s.started_at),
                     (SELECT count(*) FROM turns t WHERE t.session = s.number)
              FROM sessions s"""


def is_session(session_id: object, title: object, *times: object) -> bool:
    """Whether that can be a session's id and title, and when it was asked in."""
    try:
        for at in times:
            datetime.datetime.fromisoformat(at)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return isinstance(session_id, str) and isinstance(title, str)


class KeptSessions:
    """The sessions in one library. Safe for threads: the library's lock is held for each call."""

    def __init__(self, catalog: Catalog, lock: AbstractContextManager[object]) -> None:
        self._database = catalog.database
        self._path = catalog.path
        self._lock = lock
        self.read_only = catalog.read_only

    def add_turn(self, session_id: str, *, title: str, asked_at: str, body: str) -> int:
        """Keep a turn, after those that are there, in one transaction; its number.

        The session is made with its first turn, and `title` is then its title.
        Raises `LibraryUnusable`.
        """
        with self._writing():
            self._database.execute(
                "INSERT OR IGNORE INTO sessions (id, title, started_at) VALUES (?, ?, ?)",
                (session_id, title, asked_at),
            )
            # Numbered here, where nobody else can write: two may go on with one session at once.
            row = self._database.execute(
                """INSERT INTO turns (session, number, asked_at, body)
                   SELECT s.number, 1 + coalesce(max(t.number), 0), ?, ?
                   FROM sessions s LEFT JOIN turns t ON t.session = s.number
                   WHERE s.id = ? GROUP BY s.number RETURNING number""",
                (asked_at, body, session_id),
            ).fetchone()
            return int(row[0])

    def turns(self, session_id: str) -> list[KeptTurn]:
        """The session's turns in order; none where there is no such session."""
        rows = self._all(
            """SELECT t.number, t.asked_at, t.body FROM turns t
               JOIN sessions s ON s.number = t.session WHERE s.id = ? ORDER BY t.number""",
            (session_id,),
        )
        return [KeptTurn(*row) for row in rows]

    def summaries(self) -> list[SessionSummary]:
        """Every session, the one last gone on with first."""
        rows = self._all(
            f"""{_SUMMARY} ORDER BY
                (SELECT max(t.id) FROM turns t WHERE t.session = s.number) DESC"""
        )
        return [self._summary(row) for row in rows]

    def summary(self, session_id: str) -> SessionSummary | None:
        rows = self._all(f"{_SUMMARY} WHERE s.id = ?", (session_id,))
        return self._summary(rows[0]) if rows else None

    def _summary(self, row: tuple[Any, ...]) -> SessionSummary:
        if not is_session(*row[:4]):
            raise LibraryUnusable(schema.damaged(self._path, "a session"))
        return SessionSummary(*row)

    def latest(self) -> str | None:
        """The id of the session last gone on with."""
        rows = self._all(
            """SELECT s.id FROM sessions s JOIN turns t ON t.session = s.number
               ORDER BY t.id DESC LIMIT 1"""
        )
        return str(rows[0][0]) if rows else None

    def ids(self, prefix: str) -> list[str]:
        """The ids that begin with the prefix, ascending."""
        rows = self._all(
            "SELECT id FROM sessions WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id", (prefix,)
        )
        return [str(row[0]) for row in rows]

    def drop(self, session_id: str) -> bool:
        """Remove the session, its words overwritten in the file; whether there was one.

        Raises `LibraryUnusable`.
        """
        with self._writing():
            gone = self._database.execute("DELETE FROM sessions WHERE id = ?", (session_id,))
            return gone.rowcount > 0

    def _all(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock, schema.explaining(self._path):
            return self._database.execute(sql, values).fetchall()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, schema.explaining(self._path):
            # What a person removes is to be gone from the file too, and what moves within the
            # file must leave no copy behind. Articles, which lie in files, can do without.
            self._database.execute("PRAGMA secure_delete = ON")
            try:
                self._database.execute("BEGIN IMMEDIATE")
                try:
                    yield
                except BaseException:
                    self._database.execute("ROLLBACK")
                    raise
                self._database.execute("COMMIT")
            finally:
                self._database.execute("PRAGMA secure_delete = OFF")
