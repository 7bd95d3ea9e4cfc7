"""The files that a library on a server knows: what `embeddings.files` does, in PostgreSQL's SQL."""

from __future__ import annotations

from collections.abc import Iterable

from embeddings.postgres.connection import Connection
from embeddings.records import KnownFile


class Files:
    """The files and roots of one library. Not safe for threads: the library locks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def file(self, path: str) -> KnownFile | None:
        row = self._connection.row("SELECT size, mtime_ns FROM files WHERE path = %s", (path,))
        return None if row is None else KnownFile(int(row[0]), int(row[1]))

    def put_file(self, path: str, known: KnownFile) -> None:
        self.put_files([(path, known)])

    def put_files(self, files: Iterable[tuple[str, KnownFile]]) -> None:
        # In order, so that two who write the same files never wait for each other in a ring.
        rows = sorted((path, known.size, known.mtime_ns) for path, known in files)
        with self._connection.transaction():
            self._connection.run_many(
                """INSERT INTO files VALUES (%s, %s, %s) ON CONFLICT (path) DO UPDATE
                   SET size = excluded.size, mtime_ns = excluded.mtime_ns""",
                rows,
            )

    def files(self) -> dict[str, KnownFile]:
        rows = self._connection.rows("SELECT path, size, mtime_ns FROM files")
        return {str(path): KnownFile(int(size), int(mtime)) for path, size, mtime in rows}

    def counts_of_files(self) -> dict[str, int]:
        rows = self._connection.rows(
            """SELECT path, count(*) FROM
               (SELECT path FROM articles UNION ALL SELECT path FROM places) found GROUP BY path"""
        )
        return {str(path): int(count) for path, count in rows}

    def drop_file(self, path: str) -> None:
        self._change("DELETE FROM files WHERE path = %s", path)

    def paths(self) -> list[str]:
        rows = self._connection.rows(
            """SELECT path FROM files UNION SELECT path FROM articles UNION SELECT path FROM places
               ORDER BY path"""
        )
        return [str(row[0]) for row in rows]

    def roots(self) -> list[str]:
        return [str(row[0]) for row in self._connection.rows("SELECT path FROM roots ORDER BY 1")]

    def add_root(self, path: str) -> None:
        self._change("INSERT INTO roots VALUES (%s) ON CONFLICT DO NOTHING", path)

    def drop_root(self, path: str) -> None:
        self._change("DELETE FROM roots WHERE path = %s", path)

    def _change(self, sql: str, path: str) -> None:
        with self._connection.transaction():
            self._connection.run(sql, (path,))
