"""A database that SQLite cannot read to its end, into a new one of all that can be read of it.

Table by table and, where a page is damaged, row by row around it. The old files are kept in the
library's quarantine, as they were. What others can be made from is not looked for: the word
index, the snapshot, indexes.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from embeddings import durable, schema, tablelist
from embeddings.errors import LibraryUnusable
from embeddings.quarantine import as_json, free
from embeddings.quarantine import aside as set_aside
from embeddings.tablelist import PAGE, REFUSED

# How the first page of a database that we made begins: its name, pages of 4096 bytes, WAL.
_HEAD = b"SQLite format 3\x00\x10\x00\x02\x02\x00\x40\x20\x20"
# A file may have been so many times as long as what is left of it, if its first page says so.
_MOST_MISSING = 64
# Between two damaged places, no more rows than this are tried one by one.
_MOST_TRIED = 100_000
# In this order: what is referred to comes first.
_TABLES = (
    *("meta", "roots", "files", "articles", "passages", "vectors", "removals"),
    *("sessions", "turns", "places", "sketches", "corrections", "fetched", "columns"),
)
_MADE_AGAIN = frozenset(("passages", "vectors", "removals", "sketches", "files"))
"""What the next rebuild brings back from the articles and their files."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Whether all that cannot be made again was read."""

    is_whole: bool


def is_damage(error: BaseException | None) -> bool:
    """Whether that is what SQLite says of a damaged database."""
    if isinstance(error, UnicodeDecodeError):
        return True
    name = str(getattr(error, "sqlite_errorname", ""))
    if isinstance(error, sqlite3.Error) and name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return True
    # A damaged word of its own tables: "no such table", "malformed database schema".
    return isinstance(error, sqlite3.Error) and name in ("SQLITE_ERROR", "SQLITE_IOERR_SHORT_READ")


def salvage(path: Path, say: Callable[[str], None]) -> Salvaged:
    """Put a database of all that can be read in place of the damaged one.

    Raises `LibraryUnusable` where nothing can be, and leaves it as it is then; and OSError.
    """
    _refuse_in_use(path)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".salvaging-") as work:
        old = _copied(path, Path(work))
        with durable.passing(path) as passing:
            passing.unlink()
            target, _ = schema.connect(passing, create=True, timeout_s=schema.TIMEOUT_S)
            with closing(target), schema.explaining(path):
                lost = tablelist.write_anew(old, target, _TABLES)
                with closing(_opened(old)) as source:
                    is_whole = _take_all(source, target, path, say, lost)
                target.execute("PRAGMA journal_mode = DELETE")
            _keep_old(path, say)
            # SQLite would take what was last written to the old one for the new one's own.
            for left in _companions(path):
                left.unlink(missing_ok=True)
    return Salvaged(is_whole)


def _refuse_in_use(path: Path) -> None:
    """Raises `LibraryUnusable` where another process has the database open."""
    with closing(sqlite3.connect(path, timeout=2.0, isolation_level=None)) as database:
        try:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
        except REFUSED as error:
            if str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_BUSY"):
                raise LibraryUnusable(
                    f"another Dateline has {path.parent} open; close it, then repair"
                ) from error


def _companions(path: Path) -> list[Path]:
    return [path.with_name(path.name + end) for end in ("-wal", "-shm")]


def _copied(path: Path, work: Path) -> Path:
    """The database and what was last written to it, where reading it changes nothing."""
    copy = work / path.name
    shutil.copyfile(path, copy)
    wal = _companions(path)[0]
    if wal.exists():
        shutil.copyfile(wal, _companions(copy)[0])
    with copy.open("r+b") as file:
        head = file.read(PAGE)
        if head[: len(_HEAD)] != _HEAD:
            file.seek(0)
            file.write(_HEAD)
        # Of a file that was cut short SQLite reads nothing; with zeros at its end, the rest.
        pages = int.from_bytes(head[28:32], "big")
        size = path.stat().st_size
        if size < pages * PAGE <= max(_MOST_MISSING * size, 1 << 30):
            file.truncate(pages * PAGE)
    return copy


def _opened(copy: Path) -> sqlite3.Connection:
    source = sqlite3.connect(copy, isolation_level=None)
    source.text_factory = bytes
    return source


def _keep_old(path: Path, say: Callable[[str], None]) -> None:
    kept = free(path.parent, path.name)
    for file, name in ((path, kept), (_companions(path)[0], _companions(kept)[0])):
        if file.exists():
            with durable.passing(name) as passing:
                shutil.copyfile(file, passing)
    say(f"the old database is kept as {kept}")


def _take_all(
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    path: Path,
    say: Callable[[str], None],
    lost: Sequence[str],
) -> bool:
    is_whole, taken = True, 0
    target.execute("PRAGMA foreign_keys = OFF")
    target.execute("BEGIN IMMEDIATE")
    told: list[str] = []
    aside: list[tuple[str, bytes]] = []
    for table in _TABLES:
        info = target.execute(f"PRAGMA table_info({table})").fetchall()
        columns = [str(row[1]) for row in info]
        texts = [str(row[2]) == "TEXT" for row in info]
        count = refused = 0
        reading = _Reading(source, table, columns)
        for row in reading.rows():
            if _put(target, table, row, texts):
                count += 1
            else:
                refused += 1
                if table not in _MADE_AGAIN:
                    aside.append((table, as_json(dict(zip(columns, row, strict=True)))))
        taken += count if table in ("articles", "sessions") else 0
        if not reading.is_whole or refused or table in lost:
            made = "; dateline --rebuild makes the rest anew" if table in _MADE_AGAIN else ""
            told.append(f"{table}: {count} rows were read, and not all{made}")
            is_whole &= table in _MADE_AGAIN
    if not taken:
        target.execute("ROLLBACK")
        raise LibraryUnusable(
            f"nothing can be read of {path}, which is left as it is; restore a backup with "
            "--restore, or move it away and build a new library with --rebuild"
        )
    # What is lost, or older than its neighbours, is read again from its file, which must not
    # seem known.
    target.execute("DELETE FROM files")
    _finish(target)
    target.execute("COMMIT")
    for line in told:
        say(line)
    say(
        "dateline --rebuild reads every file again; what was removed by hand and lies there still "
        "comes back"
    )
    for table, content in aside:
        file = set_aside(path.parent, f"{table}-row.json", content)
        say(f"a row of {table} cannot be read: set aside as {file}")
    return is_whole


def _put(
    target: sqlite3.Connection, table: str, row: Sequence[object], texts: Sequence[bool]
) -> bool:
    """Store the row, its text as text; whether it could be."""
    try:
        values = [
            value.decode() if is_text and isinstance(value, bytes) else value
            for value, is_text in zip(row, texts, strict=True)
        ]
        target.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", values)
    except (UnicodeDecodeError, sqlite3.IntegrityError):
        # The same key twice, or nothing where something must be.
        return False
    return True


def _finish(target: sqlite3.Connection) -> None:
    """Begin another history: nobody's vectors of before may pass for these (see `backups`)."""
    found = target.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()
    following = 1
    with contextlib.suppress(TypeError, ValueError):
        following = int(found[0]) + 1
    highest = target.execute("SELECT max(revision) FROM passages").fetchone()[0]
    following = max(following, int(highest or 0) + 1)
    target.executemany(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        [("revision", str(following)), ("removals_from", str(following))],
    )
    # Vectors may have been lost, and passages whose vectors were not.
    target.execute("DELETE FROM meta WHERE key IN ('whole_until', 'swept')")
    # A library of before texts had digests.
    target.execute(
        """UPDATE articles SET text_digest = text_digest_of(text)
           WHERE NOT EXISTS (SELECT 1 FROM articles WHERE text_digest IS NOT NULL)"""
    )
    target.execute("INSERT INTO words(words) VALUES ('rebuild')")


class _Reading:
    """Reads a table from both ends, and between the damaged places row by row."""

    def __init__(self, source: sqlite3.Connection, table: str, columns: Sequence[str]) -> None:
        self._source = source
        self._table = table
        self.is_whole = True
        self._has_rowid = False
        self._keys: list[str] = []
        self._wanted: list[str] = []
        try:
            info = source.execute(f"PRAGMA table_info({table})").fetchall()
        except REFUSED:
            self.is_whole = False
            return
        there = {row[1].decode() for row in info}
        keys = sorted((row[5], row[1].decode()) for row in info if row[5])
        # SQLite's name for a key that is one integer.
        self._has_rowid = [row[2] for row in info if row[5]] == [b"INTEGER"]
        # An older library has not all tables and columns.
        self._keys = ["rowid"] if self._has_rowid else [name for _, name in keys]
        self._wanted = [name if name in there else "NULL" for name in columns] if there else []

    def rows(self) -> Iterator[tuple[object, ...]]:
        if not self._wanted:
            return
        skip = len(self._keys)
        low: tuple[object, ...] = ()
        for row in self._from_end("ASC"):
            low = row[:skip]
            yield row[skip:]
        if self.is_whole:
            return
        high: tuple[object, ...] = ()
        rest: list[tuple[object, ...]] = []
        for row in self._from_end("DESC"):
            if not _is_after(row[:skip], low):
                break
            high = row[:skip]
            rest.append(row[skip:])
        if self._has_rowid:
            yield from self._between(low, high)
        yield from reversed(rest)

    def _from_end(self, order: str) -> Iterator[tuple[object, ...]]:
        by = ", ".join(f"{key} {order}" for key in self._keys)
        try:
            yield from self._source.execute(
                f"SELECT {', '.join(self._keys + self._wanted)} FROM {self._table} NOT INDEXED "
                f"ORDER BY {by}"
            )
        except REFUSED:
            self.is_whole = False

    def _between(
        self, low: Sequence[object], high: Sequence[object]
    ) -> Iterator[tuple[object, ...]]:
        begin = low[0] + 1 if low and isinstance(low[0], int) else 1
        end = high[0] if high and isinstance(high[0], int) else begin + _MOST_TRIED
        for rowid in range(begin, min(end, begin + _MOST_TRIED)):
            with contextlib.suppress(*REFUSED):
                row = self._source.execute(
                    f"SELECT {', '.join(self._wanted)} FROM {self._table} NOT INDEXED "
                    "WHERE rowid = ?",
                    (rowid,),
                ).fetchone()
                if row is not None:
                    yield row


def _is_after(key: tuple[object, ...], other: tuple[object, ...]) -> bool:
    try:
        return key > other
    except TypeError:
        return False
