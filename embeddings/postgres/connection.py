"""One connection to a server: its transactions, and coming back when it was lost.

A read that finds the connection gone connects anew and is done again; where the address names
several hosts, that finds the one that took over. A writing transaction is never repeated by
itself: it failed whole, and whoever began it is told.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import psycopg
from pgvector.psycopg import register_vector
from psycopg.abc import Buffer
from psycopg.types.string import StrDumper

from embeddings.errors import LibraryUnusable
from embeddings.places import Server
from embeddings.postgres.faults import explain, explaining, versions_fault, was_cut

SCHEMA = "dateline"
CONNECT_TIMEOUT_S = 10
# How long somebody else may write before one is told so.
LOCK_TIMEOUT_S = 30
# How long a server that was there may take to come back, or another to take over.
RETURN_WITHIN_S = 20.0
_Found = TypeVar("_Found")
Row = tuple[Any, ...]


class _CleanStr(StrDumper):
    """PostgreSQL's text holds no NUL; what stands in for it is one character, too (law 1)."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)


class Connection:
    """A connection that comes back. Not safe for threads: the library locks."""

    def __init__(self, server: Server) -> None:
        """Raises `LibraryUnusable` with what to do next."""
        self.server = server
        with explaining(server):
            self._raw = self._connect()
        self._depth = 0

    def close(self) -> None:
        self._raw.close()

    def _connect(self) -> psycopg.Connection[Row]:
        given = psycopg.conninfo.conninfo_to_dict(self.server.address)
        defaults: dict[str, Any] = {
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "dateline",
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "tcp_user_timeout": 30_000,
        }
        raw = psycopg.connect(
            self.server.address,
            autocommit=True,
            # A plan made once for any values would ignore what is set for one search, and a
            # pooler between here and the server may know nothing of it.
            prepare_threshold=None,
            **{name: value for name, value in defaults.items() if name not in given},
        )
        try:
            if fault := versions_fault(raw.info.server_version, None):
                raise LibraryUnusable(f"{self.server}: {fault}")
            raw.adapters.register_dumper(str, _CleanStr)
            raw.execute(f"SET lock_timeout = '{LOCK_TIMEOUT_S}s'".encode())
            raw.execute(b"SET client_min_messages = error")
            # Compiling takes longer than any of these searches.
            raw.execute(b"SET jit = off")
            self._find_vector(raw)
        except BaseException:
            raw.close()
            raise
        return raw

    def _find_vector(self, raw: psycopg.Connection[Row]) -> None:
        """Make pgvector's types known, wherever its extension was put."""
        row = raw.execute(
            b"""SELECT n.nspname, e.extversion FROM pg_extension e
                JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'"""
        ).fetchone()
        path = [SCHEMA, "public"] if row is None else [SCHEMA, str(row[0]), "public"]
        raw.execute(
            b"SELECT set_config('search_path', %s, false)", (", ".join(map(_quoted, path)),)
        )
        if row is not None:
            if fault := versions_fault(raw.info.server_version, str(row[1])):
                raise LibraryUnusable(f"{self.server}: {fault}")
            register_vector(raw)

    def find_vector(self) -> None:
        """As at connecting, once the extension is there."""
        with explaining(self.server):
            self._find_vector(self._raw)

    # --- statements

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """All rows that the statement gives; vectors in them are `pgvector.Vector`."""

        def ask() -> list[Row]:
            with self._raw.cursor(binary=True) as cursor:
                cursor.execute(sql.encode(), values)
                return cursor.fetchall() if cursor.description else []

        return self._again_where_lost(ask)

    def row(self, sql: str, values: Sequence[object] = ()) -> Row | None:
        found = self.rows(sql, values)
        return found[0] if found else None

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Do it; how many rows it touched. Within a transaction alone."""
        with explaining(self.server):
            return self._raw.execute(sql.encode(), values).rowcount

    def run_many(self, sql: str, values: Sequence[Sequence[object]]) -> None:
        """As `run`, once for each values, sent together."""
        if values:
            with explaining(self.server), self._raw.cursor() as cursor:
                cursor.executemany(sql.encode(), values)

    # --- transactions

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Whole or not at all. Begins anew where the connection was lost before it."""
        self._begin("BEGIN")
        try:
            yield
        except BaseException:
            self._rollback()
            raise
        with explaining(self.server):
            self._raw.execute(b"COMMIT")

    @contextlib.contextmanager
    def reading(self) -> Iterator[bool]:
        """Several reads that see one state; yields whether this is the outermost."""
        if self._depth:
            yield False
            return
        self._begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._depth = 1
        try:
            yield True
        finally:
            self._depth = 0
            self._rollback()

    def _begin(self, begin: str) -> None:
        self._again_where_lost(lambda: self._raw.execute(begin.encode()) and None)

    def _rollback(self) -> None:
        # Where the connection is gone, so is the transaction.
        with contextlib.suppress(psycopg.Error):
            self._raw.execute(b"ROLLBACK")

    def _again_where_lost(self, ask: Callable[[], _Found]) -> _Found:
        within = self._depth or self._raw.info.transaction_status in _WITHIN
        with explaining(self.server):
            try:
                return ask()
            except psycopg.Error as error:
                if within or not (self._raw.closed or was_cut(error)):
                    raise
            self._come_back()
            return ask()

    def _come_back(self) -> None:
        self._raw.close()
        patience = time.monotonic() + RETURN_WITHIN_S
        while True:
            try:
                self._raw = self._connect()
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > patience:
                    raise LibraryUnusable(f"{self.server}: {explain(self.server, error)}") from None
                time.sleep(0.25)


_WITHIN = (
    psycopg.pq.TransactionStatus.INTRANS,
    psycopg.pq.TransactionStatus.INERROR,
)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
