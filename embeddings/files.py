"""The files that a library knows: what each was like when it was read, and what a person named.

Beside `catalog`, whose transactions it takes part in.
"""

from __future__ import annotations

from collections.abc import Iterable

from embeddings.catalog import Catalog
from embeddings.records import KnownFile


class Files:
    """The files and roots of one library. Not safe for threads: the library locks."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def file(self, path: str) -> KnownFile | None:
        row = self._catalog.one_row("SELECT size, mtime_ns FROM files WHERE path = ?", (path,))
        return None if row is None else KnownFile(_int(row[0]), _int(row[1]))

    def put_file(self, path: str, known: KnownFile) -> None:
        """Remember that all the file's articles are in."""
        self.put_files([(path, known)])

    def put_files(self, files: Iterable[tuple[str, KnownFile]]) -> None:
        """As `put_file`, for several in one transaction."""
        with self._catalog.writing():
            self._catalog.database.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?)",
                ((path, known.size, known.mtime_ns) for path, known in files),
            )

    def files(self) -> dict[str, KnownFile]:
        """What every known file was like."""
        rows = self._catalog.all_rows("SELECT path, size, mtime_ns FROM files")
        return {str(path): KnownFile(_int(size), _int(mtime)) for path, size, mtime in rows}

    def counts_of_files(self) -> dict[str, int]:
        """How many articles, or places of them, each file has."""
        rows = self._catalog.all_rows(
            """SELECT path, count(*) FROM
               (SELECT path FROM articles UNION ALL SELECT path FROM places) GROUP BY path"""
        )
        return {str(path): _int(count) for path, count in rows}

    def drop_file(self, path: str) -> None:
        with self._catalog.writing():
            self._catalog.database.execute("DELETE FROM files WHERE path = ?", (path,))

    def paths(self) -> list[str]:
        """Every file that is known or has an article."""
        rows = self._catalog.all_rows(
            "SELECT path FROM files UNION SELECT path FROM articles UNION SELECT path FROM places"
        )
        return [str(row[0]) for row in rows]

    def roots(self) -> list[str]:
        return [
            str(row[0]) for row in self._catalog.all_rows("SELECT path FROM roots ORDER BY path")
        ]

    def add_root(self, path: str) -> None:
        with self._catalog.writing():
            self._catalog.database.execute("INSERT OR IGNORE INTO roots VALUES (?)", (path,))

    def drop_root(self, path: str) -> None:
        with self._catalog.writing():
            self._catalog.database.execute("DELETE FROM roots WHERE path = ?", (path,))


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
