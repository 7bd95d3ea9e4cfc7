"""A damaged database's own list of its tables, written anew so that SQLite reads them.

SQLite finds a table by that list, which begins in the first page; a bit of it turned, and nothing
is read of a database whose other pages are sound. Tables and columns are known from the
migrations. Where a table begins is told by what is left of the list, or else it is tried where it
begins in a library made today, and taken if what lies there is such a table's.
"""

from __future__ import annotations

import contextlib
import mmap
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

PAGE = 4096
# What Python's module raises of a damaged database; the second where SQLite's words are damaged.
REFUSED = (sqlite3.Error, UnicodeDecodeError)
# The kinds of pages: leaves, and those above them; of tables by rowid, and of those without.
_LEAVES, _ABOVE = {True: 13, False: 10}, {True: 5, False: 2}
_DEEPEST = 20
_INTEGER, _TEXT, _BLOB = "INTEGER", "TEXT", "BLOB"


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: str
    is_needed: bool
    key: int
    """Its place in the primary key, from 1; 0 where it is no part of it."""


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: tuple[_Column, ...]
    has_rowid: bool

    @property
    def sql(self) -> str:
        """As little as SQLite needs to read its rows: no index, which could be damaged too."""
        named = [f"{c.name} {c.kind}" for c in self.columns]
        keys = [c.name for c in sorted(self.columns, key=lambda c: c.key) if c.key]
        end = "" if self.has_rowid else " WITHOUT ROWID"
        return f"CREATE TABLE {self.name}({','.join(named)},PRIMARY KEY({','.join(keys)})){end}"

    @property
    def stored(self) -> list[_Column]:
        """The columns in the order in which a row has them: without rowids, its key is first."""
        return (
            sorted(self.columns, key=lambda c: c.key or 99)
            if not self.has_rowid
            else [*self.columns]
        )


def write_anew(copy: Path, like: sqlite3.Connection, names: Sequence[str]) -> list[str]:
    """Write a list of the tables of those names into the copy of a database, if it needs one.

    `like` is a library made today, for the tables' columns. Returns the tables that were not
    found; what was in the copy's log is in the copy itself then.
    """
    if _can_be_read(copy, names):
        return []
    tables = [_table(like, name) for name in names]
    today = _roots(like)
    with closing(sqlite3.connect(copy, isolation_level=None)) as database:
        told = _roots(database)
    # Closing it has written its log into it.
    for end in ("-wal", "-shm"):
        copy.with_name(copy.name + end).unlink(missing_ok=True)
    with copy.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        roots = _begin(content, tables, told, today)
        pages = len(content) // PAGE
    first = _first_page(copy.with_name("tables.db"), tables, roots, pages)
    with copy.open("r+b") as mended:
        mended.write(first)
    return [name for name in names if name not in roots]


def _begin(
    content: mmap.mmap,
    tables: Sequence[_Table],
    told: Mapping[str, int],
    today: Mapping[str, int],
) -> dict[str, int]:
    """The page where each table begins: where it is told to, if such a table is there."""
    roots: dict[str, int] = {}
    for table in tables:
        # A name that is nobody's is a damaged one.
        others = {page for name, page in told.items() if name in today and name != table.name}
        tried = [told[table.name]] if table.name in told else []
        tried += [today[table.name]] if today[table.name] not in others else []
        fitting = [page for page in tried if _is_of(content, page, table)]
        # With its first page damaged, some of it may still be read.
        if found := fitting or tried[: table.name in told]:
            roots[table.name] = found[0]
    return roots


def _can_be_read(copy: Path, names: Sequence[str]) -> bool:
    """Whether SQLite reads the list; of tables it lacks, an older library has none."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as database:
        try:
            found = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
            for name in names:
                database.execute(f"PRAGMA table_info({name})").fetchall()
        except REFUSED:
            return False
    # Of the first version's tables none is ever lacking.
    return {"meta", "roots", "files", "articles", "passages", "vectors", "removals"} <= found


def _roots(database: sqlite3.Connection) -> dict[str, int]:
    """The page where each table begins, as far as its own list can be read."""
    found: dict[str, int] = {}
    # SQLite reads the list of tables even where it cannot make sense of it, told so.
    with contextlib.suppress(*REFUSED):
        database.execute("PRAGMA writable_schema = ON")
    for order in ("ASC", "DESC"):
        # The first statement is refused for the list's sake.
        for _ in range(2):
            with contextlib.suppress(*REFUSED):
                for name, page in database.execute(
                    "SELECT CAST(name AS BLOB), rootpage FROM sqlite_master "
                    f"WHERE CAST(type AS BLOB) = x'7461626c65' ORDER BY rowid {order}"
                ):
                    if isinstance(name, bytes) and isinstance(page, int) and page > 1:
                        found.setdefault(name.decode("ascii", "replace"), page)
    with contextlib.suppress(*REFUSED):
        database.execute("PRAGMA writable_schema = OFF")
    return found


def _table(like: sqlite3.Connection, name: str) -> _Table:
    columns = tuple(
        _Column(str(row[1]), str(row[2]), bool(row[3]), int(row[5]))
        for row in like.execute(f"PRAGMA table_info({name})")
    )
    sql = like.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
    return _Table(name, columns, "WITHOUT ROWID" not in str(sql))


def _first_page(
    made: Path, tables: Sequence[_Table], roots: Mapping[str, int], pages: int
) -> bytes:
    """The first page of a database of so many pages whose tables begin at those."""
    with closing(sqlite3.connect(made, isolation_level=None)) as database:
        database.execute(f"PRAGMA page_size = {PAGE}")
        database.execute("PRAGMA writable_schema = ON")
        for table in tables:
            if table.name in roots:
                database.execute(
                    "INSERT INTO sqlite_master VALUES ('table', ?, ?, ?, ?)",
                    (table.name, table.name, roots[table.name], table.sql),
                )
    first = bytearray(made.read_bytes()[:PAGE])
    first[28:32] = pages.to_bytes(4, "big")
    return bytes(first)


def _is_of(content: mmap.mmap, page: int, table: _Table) -> bool:
    """Whether a tree begins there whose first row could be the table's, or that has none."""
    above, leaf = _ABOVE[table.has_rowid], _LEAVES[table.has_rowid]
    try:
        for _ in range(_DEEPEST):
            at = (page - 1) * PAGE
            if page < 2 or content[at] not in (above, leaf):
                return False
            rows = int.from_bytes(content[at + 3 : at + 5], "big")
            if content[at] == leaf:
                if not rows:
                    return True
                cell = at + int.from_bytes(content[at + 8 : at + 10], "big")
                return _is_row(content[cell : at + PAGE], table)
            # The first child, or the only one.
            cell = at + int.from_bytes(content[at + 12 : at + 14], "big") if rows else at + 8
            page = int.from_bytes(content[cell : cell + 4], "big")
    except IndexError:
        pass
    return False


def _is_row(cell: bytes, table: _Table) -> bool:
    """Whether the row has values of the kinds that the table's columns hold."""
    _, at = _number(cell, 0)
    if table.has_rowid:
        _, at = _number(cell, at)
    size, next_at = _number(cell, at)
    kinds, end = [], at + size
    while next_at < end:
        kind, next_at = _number(cell, next_at)
        kinds.append(kind)
    stored = table.stored
    if len(kinds) > len(stored):
        return False
    # Columns that were added later, a row of before has not.
    kinds += [0] * (len(stored) - len(kinds))
    return all(_holds(column, kind, table) for column, kind in zip(stored, kinds, strict=True))


def _holds(column: _Column, kind: int, table: _Table) -> bool:
    if kind == 0:
        # A rowid is kept beside its row.
        return not column.is_needed and (not column.key or table.has_rowid)
    if column.kind == _INTEGER:
        return kind in (1, 2, 3, 4, 5, 6, 8, 9)
    return kind >= 12 and kind % 2 == (column.kind == _TEXT)


def _number(cell: bytes, at: int) -> tuple[int, int]:
    """SQLite's number of one to nine bytes, and where the next thing is."""
    value = 0
    for more in range(9):
        byte = cell[at + more]
        if more == 8:
            return (value << 8) | byte, at + 9
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, at + more + 1
    raise AssertionError
