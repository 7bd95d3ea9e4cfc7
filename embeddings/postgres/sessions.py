"""Kept conversations on a server: what `embeddings.sessions` does, in PostgreSQL's SQL."""

from __future__ import annotations

from contextlib import AbstractContextManager

from embeddings.postgres.connection import Connection
from embeddings.sessions import KeptTurn, SessionSummary

_SUMMARY = """SELECT s.id, s.title, s.started_at,
                     (SELECT asked_at FROM turns t WHERE t.session = s.number
                      ORDER BY t.id DESC LIMIT 1),
                     (SELECT count(*) FROM turns t WHERE t.session = s.number)
              FROM sessions s"""


class KeptSessions:
    """The sessions in one library. Safe for threads: the library's lock is held for each call."""

    def __init__(self, connection: Connection, lock: AbstractContextManager[object]) -> None:
        self._connection = connection
        self._lock = lock

    def add_turn(self, session_id: str, *, title: str, asked_at: str, body: str) -> int:
        with self._lock, self._connection.transaction():
            self._connection.run(
                """INSERT INTO sessions (id, title, started_at) VALUES (%s, %s, %s)
                   ON CONFLICT (id) DO NOTHING""",
                (session_id, title, asked_at),
            )
            # Whoever else goes on with this session waits here, and then counts this turn.
            number = self._connection.rows(
                "SELECT number FROM sessions WHERE id = %s FOR UPDATE", (session_id,)
            )[0][0]
            row = self._connection.rows(
                """INSERT INTO turns (session, number, asked_at, body)
                   SELECT %s, 1 + coalesce(max(number), 0), %s, %s FROM turns WHERE session = %s
                   RETURNING number""",
                (number, asked_at, body, number),
            )[0]
            return int(row[0])

    def turns(self, session_id: str) -> list[KeptTurn]:
        with self._lock:
            rows = self._connection.rows(
                """SELECT t.number, t.asked_at, t.body FROM turns t
                   JOIN sessions s ON s.number = t.session WHERE s.id = %s ORDER BY t.number""",
                (session_id,),
            )
        return [KeptTurn(*row) for row in rows]

    def summaries(self) -> list[SessionSummary]:
        with self._lock:
            rows = self._connection.rows(
                f"""{_SUMMARY} ORDER BY
                    (SELECT max(t.id) FROM turns t WHERE t.session = s.number) DESC"""
            )
        return [SessionSummary(*row) for row in rows]

    def summary(self, session_id: str) -> SessionSummary | None:
        with self._lock:
            row = self._connection.row(f"{_SUMMARY} WHERE s.id = %s", (session_id,))
        return None if row is None else SessionSummary(*row)

    def latest(self) -> str | None:
        with self._lock:
            row = self._connection.row(
                """SELECT s.id FROM sessions s JOIN turns t ON t.session = s.number
                   ORDER BY t.id DESC LIMIT 1"""
            )
        return None if row is None else str(row[0])

    def ids(self, prefix: str) -> list[str]:
        with self._lock:
            rows = self._connection.rows(
                "SELECT id FROM sessions WHERE starts_with(id, %s) ORDER BY id", (prefix,)
            )
        return [str(row[0]) for row in rows]

    def drop(self, session_id: str) -> bool:
        with self._lock, self._connection.transaction():
            return self._connection.run("DELETE FROM sessions WHERE id = %s", (session_id,)) > 0
