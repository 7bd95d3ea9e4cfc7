"""Corrections, columns and addresses on a server: what `embeddings.remembered` does, in its SQL."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from contextlib import AbstractContextManager

from embeddings.postgres.connection import Connection, Row
from embeddings.remembered import Fetched


class Remembered:
    """One library's memory of these. Safe for threads: the library's lock is held for each call."""

    def __init__(self, connection: Connection, lock: AbstractContextManager[object]) -> None:
        self._connection = connection
        self._lock = lock

    def correct(self, article_id: str, fields: Mapping[str, str | None]) -> None:
        with self._lock, self._connection.transaction():
            self._connection.run_many(
                """INSERT INTO corrections (article, field, value) VALUES (%s, %s, %s)
                   ON CONFLICT (article, field) DO UPDATE SET value = excluded.value""",
                sorted((article_id, field, value or "") for field, value in fields.items()),
            )

    def corrections(self, article_id: str) -> dict[str, str | None]:
        rows = self._rows("SELECT field, value FROM corrections WHERE article = %s", article_id)
        return {str(field): str(value) or None for field, value in rows}

    def name_columns(self, path: str, columns: Mapping[str, str]) -> None:
        with self._lock, self._connection.transaction():
            self._connection.run("DELETE FROM columns WHERE path = %s", (path,))
            self._connection.run_many(
                "INSERT INTO columns (path, field, name) VALUES (%s, %s, %s)",
                [(path, field, name) for field, name in columns.items()],
            )

    def columns(self, path: str) -> dict[str, str]:
        rows = self._rows("SELECT field, name FROM columns WHERE path = %s", path)
        return {str(field): str(name) for field, name in rows}

    def note_fetched(self, url: str, fetched: Fetched) -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat()
        with self._lock, self._connection.transaction():
            self._connection.run(
                """INSERT INTO fetched VALUES (%s, %s, %s, %s) ON CONFLICT (url) DO UPDATE SET
                   etag = excluded.etag, modified = excluded.modified,
                   fetched_at = excluded.fetched_at""",
                (url, fetched.etag, fetched.modified, now),
            )

    def fetched(self, url: str) -> Fetched | None:
        rows = self._rows("SELECT etag, modified FROM fetched WHERE url = %s", url)
        return next((Fetched(etag, modified) for etag, modified in rows), None)

    def forget_fetched(self, url: str) -> None:
        with self._lock, self._connection.transaction():
            self._connection.run("DELETE FROM fetched WHERE url = %s", (url,))

    def _rows(self, sql: str, key: str) -> list[Row]:
        with self._lock:
            return self._connection.rows(sql, (key,))
