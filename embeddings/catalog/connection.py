"""One connection to a library's database, its transactions, and what the library says of itself.

Every writing transaction takes the next `revision`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from embeddings import schema

BUSY_TIMEOUT_S = 30.0


class Connection:
    """Reads and writes rows; what is in them is its heirs' business. Not safe for threads."""

    def __init__(self, path: Path, *, create: bool) -> None:
        """Open, or with `create` make, the database. Raises `LibraryUnusable`."""
        self.path = path
        self._database, self.read_only = schema.connect(
            path, create=create, timeout_s=BUSY_TIMEOUT_S
        )
        self._is_together = False

    def close(self) -> None:
        self._database.close()

    @property
    def database(self) -> sqlite3.Connection:
        """The connection, for what keeps its own tables in the same file."""
        return self._database

    @contextlib.contextmanager
    def writing(self) -> Iterator[int]:
        """A transaction that takes the next revision, whole or not at all."""
        with contextlib.nullcontext() if self._is_together else self._transaction():
            revision = self.revision() + 1
            self._set_meta("revision", str(revision))
            yield revision

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """All that is written within is one transaction, whole or not at all."""
        with self._transaction():
            self._is_together = True
            try:
                yield
            finally:
                self._is_together = False

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads that see one state of the library."""
        with self._errors():
            self._database.execute("BEGIN")
            try:
                yield
            finally:
                self._database.execute("ROLLBACK")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        with schema.explaining(self.path):
            yield

    def all_rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with self._errors():
            return self._database.execute(sql, values).fetchall()

    def one_row(self, sql: str, values: Sequence[object] = ()) -> tuple[object, ...] | None:
        rows = self.all_rows(sql, values)
        return rows[0] if rows else None

    def revision(self) -> int:
        return int(self.meta("revision") or 0)

    def meta(self, key: str) -> str | None:
        row = self.one_row("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        with self.writing():
            self._set_meta(key, value)

    def _set_meta(self, key: str, value: str) -> None:
        self._database.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            (key, value),
        )
