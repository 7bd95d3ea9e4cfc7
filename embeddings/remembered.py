"""What must be known to read or fetch something again: corrections made by hand, tables' columns,
and what servers said of their pages. Kept in the library's database, and of no search's concern.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from embeddings import schema
from embeddings.catalog import Catalog

CORRECTABLE = ("title", "published", "author", "source", "url", "language")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server said of an address when it was last fetched: for asking "only if newer"."""

    etag: str | None
    modified: str | None


class Remembered:
    """One library's memory of these. Safe for threads: the library's lock is held for each call."""

    def __init__(self, catalog: Catalog, lock: AbstractContextManager[object]) -> None:
        self._database = catalog.database
        self._path = catalog.path
        self._lock = lock

    # --- corrections

    def correct(self, article_id: str, fields: Mapping[str, str | None]) -> None:
        """Keep what a person says of an article; None says that nothing is known."""
        with self._writing():
            self._database.executemany(
                "INSERT OR REPLACE INTO corrections (article, field, value) VALUES (?, ?, ?)",
                ((article_id, field, value or "") for field, value in fields.items()),
            )

    def corrections(self, article_id: str) -> dict[str, str | None]:
        """What a person said of the article, by field."""
        rows = self._rows("SELECT field, value FROM corrections WHERE article = ?", article_id)
        return {str(field): str(value) or None for field, value in rows}

    # --- columns of tables

    def name_columns(self, path: str, columns: Mapping[str, str]) -> None:
        """Keep which of a table's columns is which field, in place of what was kept."""
        with self._writing():
            self._database.execute("DELETE FROM columns WHERE path = ?", (path,))
            self._database.executemany(
                "INSERT INTO columns (path, field, name) VALUES (?, ?, ?)",
                ((path, field, name) for field, name in columns.items()),
            )

    def columns(self, path: str) -> dict[str, str]:
        rows = self._rows("SELECT field, name FROM columns WHERE path = ?", path)
        return {str(field): str(name) for field, name in rows}

    # --- addresses

    def note_fetched(self, url: str, fetched: Fetched) -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat()
        with self._writing():
            self._database.execute(
                "INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?)",
                (url, fetched.etag, fetched.modified, now),
            )

    def fetched(self, url: str) -> Fetched | None:
        """What is known of an address; None where it was never fetched."""
        rows = self._rows("SELECT etag, modified FROM fetched WHERE url = ?", url)
        return next((Fetched(etag, modified) for etag, modified in rows), None)

    def forget_fetched(self, url: str) -> None:
        with self._writing():
            self._database.execute("DELETE FROM fetched WHERE url = ?", (url,))

    def _rows(self, sql: str, key: str) -> list[tuple[str | None, str | None]]:
        with self._lock, schema.explaining(self._path):
            return self._database.execute(sql, (key,)).fetchall()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, schema.explaining(self._path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
