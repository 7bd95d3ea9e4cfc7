"""The database's tables, how it is opened, and what to tell a person when it will not open.

Kept beside `catalog` and `sessions`, which alone query it: numbered migrations run in order
at opening, all in one transaction, and `user_version` says how far a library has come. A library
that migrations change is kept beside them as it was, until the next ones.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from embeddings import durable
from embeddings.dbcopy import copy_into
from embeddings.errors import LibraryUnusable
from embeddings.unspaced import spaced

# How long a connection that only reads waits for whoever writes.
TIMEOUT_S = 30.0
# The share of a database's pages that is given back.
_MUCH_FREE = 0.25

MIGRATIONS = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE roots (path TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE files (
        path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE articles (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL,
        title TEXT NOT NULL, text TEXT NOT NULL, published TEXT, published_from TEXT,
        source TEXT, author TEXT, url TEXT, language TEXT, sha256 TEXT NOT NULL,
        sentences BLOB NOT NULL
    );
    CREATE INDEX articles_by_path ON articles (path);
    CREATE INDEX articles_by_date ON articles (published);
    CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        article INTEGER NOT NULL REFERENCES articles (number) ON DELETE CASCADE,
        first INTEGER NOT NULL, last INTEGER NOT NULL,
        start INTEGER NOT NULL, stop INTEGER NOT NULL,
        body TEXT NOT NULL, digest BLOB NOT NULL, revision INTEGER NOT NULL
    );
    CREATE INDEX passages_by_article ON passages (article);
    CREATE INDEX passages_by_digest ON passages (digest);
    CREATE INDEX passages_by_revision ON passages (revision);
    CREATE TABLE vectors (
        model TEXT NOT NULL, digest BLOB NOT NULL, vector BLOB NOT NULL,
        PRIMARY KEY (model, digest)
    ) WITHOUT ROWID;
    CREATE TABLE removals (passage INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
    CREATE INDEX removals_by_revision ON removals (revision);
    CREATE VIEW passage_words AS
        SELECT p.id AS id, a.title AS title, p.body AS body
        FROM passages p JOIN articles a ON a.number = p.article;
    CREATE VIRTUAL TABLE words USING fts5 (
        title, body, content='passage_words', content_rowid='id',
        tokenize="porter unicode61 remove_diacritics 2"
    );
    """,
    # Sessions: nothing a search sees, so they take no revision. `body` is qa's own JSON.
    """
    CREATE TABLE sessions (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL, started_at TEXT NOT NULL
    );
    CREATE TABLE turns (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        session INTEGER NOT NULL REFERENCES sessions (number) ON DELETE CASCADE,
        number INTEGER NOT NULL, asked_at TEXT NOT NULL, body TEXT NOT NULL,
        UNIQUE (session, number)
    );
    """,
    # Where articles come from: pages, the same text elsewhere, near copies, a person's own
    # corrections, and what is needed to fetch and read again.
    """
    ALTER TABLE articles ADD COLUMN pages BLOB;
    ALTER TABLE articles ADD COLUMN text_digest BLOB;
    ALTER TABLE articles ADD COLUMN newer TEXT;
    UPDATE articles SET text_digest = text_digest_of(text);
    CREATE INDEX articles_by_text ON articles (text_digest);
    CREATE INDEX articles_by_newer ON articles (newer) WHERE newer IS NOT NULL;
    CREATE TABLE places (
        id TEXT PRIMARY KEY, article TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX places_by_article ON places (article);
    CREATE INDEX places_by_path ON places (path);
    CREATE TABLE sketches (
        band BLOB NOT NULL, article TEXT NOT NULL, PRIMARY KEY (band, article)
    ) WITHOUT ROWID;
    CREATE INDEX sketches_by_article ON sketches (article);
    CREATE TABLE corrections (
        article TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (article, field)
    ) WITHOUT ROWID;
    CREATE TABLE fetched (
        url TEXT PRIMARY KEY, etag TEXT, modified TEXT, fetched_at TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE columns (
        path TEXT NOT NULL, field TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (path, field)
    ) WITHOUT ROWID;
    """,
    # Scripts without spaces are indexed letter by letter; all else stays as it was indexed.
    """
    DROP VIEW passage_words;
    CREATE VIEW passage_words AS
        SELECT p.id AS id, spaced(a.title) AS title, spaced(p.body) AS body
        FROM passages p JOIN articles a ON a.number = p.article;
    INSERT INTO words(words) SELECT 'rebuild' WHERE EXISTS (
        SELECT 1 FROM passages p JOIN articles a ON a.number = p.article
        WHERE spaced(p.body) <> p.body OR spaced(a.title) <> a.title
    );
    """,
    # All that a file said, where that is more than the story.
    "ALTER TABLE articles ADD COLUMN whole BLOB;",
    # A filter by source read every article's text on its way to the source behind it.
    # Versions could come to answer for each other, and none of them was found any more.
    """
    CREATE INDEX articles_by_source ON articles (source, published);
    UPDATE articles SET newer = NULL
        WHERE newer IN (SELECT id FROM articles WHERE newer IS NOT NULL);
    """,
    # Without rowids a row of more than 1,002 bytes takes a page of its own beside its place: 4.7 kB
    # for a vector of 1.5, three quarters of a library. So two share a page.
    """
    CREATE TABLE vectors_by_number (
        number INTEGER PRIMARY KEY, model TEXT NOT NULL, digest BLOB NOT NULL, vector BLOB NOT NULL
    );
    INSERT INTO vectors_by_number (model, digest, vector)
        SELECT model, digest, vector FROM vectors;
    DROP TABLE vectors;
    ALTER TABLE vectors_by_number RENAME TO vectors;
    CREATE UNIQUE INDEX vectors_by_digest ON vectors (digest, model);
    """,
)
"""Migration n takes a library from version n to n + 1. Never edited once released."""

# What Python says of a function of ours in which Ctrl-C was pressed.
_INTERRUPTED = "user-defined function raised exception"


def connect(path: Path, *, create: bool, timeout_s: float) -> tuple[sqlite3.Connection, bool]:
    """A connection to the database, brought up to this version's tables; whether it only reads.

    Raises `LibraryUnusable` with what to do next. A library on a read-only disk is opened
    for reading alone.
    """
    if path.parent.exists() and not path.parent.is_dir():
        raise LibraryUnusable(f"{path.parent} is not a folder; name the library's folder")
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not path.exists():
                # Articles and sessions are the person's own; SQLite's other files follow this one.
                path.touch(mode=0o600)
        elif not path.is_file():
            raise LibraryUnusable(f"there is no library in {path.parent}; make one with --rebuild")
        database = _open(path, "rwc" if create else "rw", timeout_s)
        # With a log left beside it, SQLite opens even what it can only read.
        return database, not os.access(path, os.W_OK)
    except OSError as error:
        raise LibraryUnusable(
            f"the library folder {path.parent} cannot be used: {error.strerror}; "
            "name another with --library"
        ) from error
    except UnicodeDecodeError as error:
        raise LibraryUnusable(explain(path, error)) from error
    except sqlite3.Error as error:
        if create and path.is_file() and not os.access(path, os.W_OK):
            raise LibraryUnusable(_only_read(path)) from error
        # Only where writing is what failed: a busy or damaged library is another matter.
        if create or not _name(error).startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            raise LibraryUnusable(explain(path, error)) from error
        return _open_read_only(path, timeout_s), True


def _open(path: Path, mode: str, timeout_s: float) -> sqlite3.Connection:
    """A connection for writing, once whoever is making the library has made it."""
    patience = time.monotonic() + timeout_s
    while True:
        try:
            return _open_now(path, mode, timeout_s)
        except sqlite3.OperationalError as error:
            # Turning a new database to WAL is refused at once while another process does it.
            if not _name(error).startswith("SQLITE_BUSY") or time.monotonic() > patience:
                raise
            time.sleep(0.02)


def _open_now(path: Path, mode: str, timeout_s: float) -> sqlite3.Connection:
    # Autocommit: the catalog begins and ends its transactions itself.
    database = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=timeout_s,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _prepare(database)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        _migrate(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _open_read_only(path: Path, timeout_s: float) -> sqlite3.Connection:
    try:
        database = connect_to_read(path, timeout_s=timeout_s)
        if _version(database, path) < len(MIGRATIONS):
            raise LibraryUnusable(
                f"{path} is older than this Dateline and cannot be brought up "
                "to date on a read-only disk; copy it to a writable one"
            )
    except sqlite3.Error as error:
        raise LibraryUnusable(explain(path, error)) from error
    return database


def connect_to_read(path: Path, *, timeout_s: float = TIMEOUT_S) -> sqlite3.Connection:
    """A connection that changes nothing. Raises `sqlite3.Error`, and `LibraryUnusable` where
    what was written last cannot be read here."""
    for how in ("mode=ro", "mode=ro&immutable=1"):
        if "immutable" in how and _has_log(path):
            # SQLite would pass over it, and give an older state for the present one.
            raise LibraryUnusable(
                f"{path} was not closed, and what was written last cannot be read from a "
                "read-only disk; copy the folder to a writable one"
            )
        database = sqlite3.connect(
            f"{path.absolute().as_uri()}?{how}",
            uri=True,
            timeout=timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            _prepare(database)
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return database
        except sqlite3.OperationalError as error:
            database.close()
            # On a read-only disk SQLite cannot make the files it has beside a database.
            if not _name(error).startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
                raise
            refused = error
        except sqlite3.Error:
            database.close()
            raise
    raise refused


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA foreign_keys = ON")
    database.create_function(
        "text_digest_of",
        1,
        lambda text: text_digest(str(text)),
        deterministic=True,
    )
    database.create_function("spaced", 1, lambda text: spaced(str(text)), deterministic=True)
    # SQLite's own lower() knows ASCII alone.
    database.create_function(
        "fold", 1, lambda text: None if text is None else str(text).casefold(), deterministic=True
    )


def text_digest(text: str) -> bytes:
    """What an article's text is kept with, to find it and to know it by."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16]


def _version(database: sqlite3.Connection, path: Path) -> int:
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise LibraryUnusable(
            f"{path} was made by a newer Dateline (library version {version}, this one knows "
            f"{len(MIGRATIONS)}); upgrade with pip install -U, or name another with --library"
        )
    return version


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    if _version(database, path) == len(MIGRATIONS):
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have migrated while this one waited for the lock.
        version = _version(database, path)
        if 0 < version < len(MIGRATIONS):
            _keep_before(path)
        for script in MIGRATIONS[version:]:
            for statement in script.split(";\n"):
                if statement.strip():
                    database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
    _give_back(database)


def _give_back(database: sqlite3.Connection) -> None:
    """Give the disk what a migration left free, where that is much: a minute for gigabytes."""
    (free,) = database.execute("PRAGMA freelist_count").fetchone()
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    if free > _MUCH_FREE * pages:
        # It needs as much beside, and that nobody else writes; else what comes next fills it.
        with contextlib.suppress(sqlite3.Error):
            database.execute("VACUUM")


def _keep_before(path: Path) -> None:
    """Keep the library as it is before a migration, beside it, in place of any kept before.

    Nobody can write meanwhile: the caller's transaction has begun. Raises OSError.
    """
    kept = path.with_name(f"{path.name}.before-v{len(MIGRATIONS)}")
    with durable.passing(kept) as passing, closing(connect_to_read(path)) as source:
        copy_into(source, passing)
    # Of a migration that was ended: as large as the library.
    durable.sweep_passing(path.parent, path.name)
    for older in path.parent.glob(f"{path.name}.before-v*"):
        if older != kept:
            with contextlib.suppress(OSError):
                older.unlink()


@contextlib.contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Turns what SQLite raises within into `LibraryUnusable`, fit for a person."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise LibraryUnusable(explain(path, error)) from error


def explain(path: Path, error: sqlite3.Error | UnicodeDecodeError) -> str:
    """One line for a person: what happened to the library, and what to do next.

    Python's module raises a `UnicodeDecodeError` where SQLite's own words name what is damaged.
    Raises `KeyboardInterrupt` where that is what happened: while SQLite calls a function of ours,
    Python swallows it, and nothing else is raised by them.
    """
    if str(error) == _INTERRUPTED:
        raise KeyboardInterrupt from error
    name = "SQLITE_CORRUPT" if isinstance(error, UnicodeDecodeError) else _name(error)
    if name.startswith("SQLITE_BUSY"):
        return f"another Dateline has been writing to {path.parent} all this time; try again"
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return (
            f"{path} is damaged or not a Dateline library ({error}); try dateline --doctor "
            "--repair, or name another with --library"
        )
    if name.startswith("SQLITE_READONLY"):
        return _only_read(path)
    if name.startswith("SQLITE_FULL"):
        return f"the disk that holds {path.parent} is full; make room and run the same again"
    if name.startswith("SQLITE_IOERR"):  # So does a quota show, and a disk too full to begin on.
        return (
            f"the library in {path.parent} failed ({error}); check that its disk is sound and has "
            "room for you, and run the same again"
        )
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return f"{path} cannot be opened ({error}); check its permissions, or use --library"
    return f"the library in {path.parent} failed: {error}; see dateline --doctor"


def _only_read(path: Path) -> str:
    return f"the library in {path.parent} can only be read; make it writable, or copy it"


def damaged(path: Path, what: str) -> str:
    """One line for a person: something in the database is not what was stored."""
    return f"{what} in {path} is damaged; see dateline --doctor, and mend it with --repair"


def _name(error: sqlite3.Error) -> str:
    # Errors that Python's module raises itself have no code of SQLite's.
    return str(getattr(error, "sqlite_errorname", ""))
