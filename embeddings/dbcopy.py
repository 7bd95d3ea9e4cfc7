"""One SQLite database copied page by page into another, as it is at one moment.

Others may read and write the source meanwhile. What comes out is one file that needs no other
beside it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

# So many pages between two looks at whether a person has interrupted.
_PAGES_A_STEP = 2_000


def copy_pages(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """All of `source` in place of all of `target`, in one transaction. Raises `sqlite3.Error`."""
    # Held open: every step then sees one state, and a busy writer starts nothing over.
    source.execute("BEGIN")
    try:
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=_PAGES_A_STEP, progress=lambda *_: None)
    finally:
        source.execute("ROLLBACK")


def copy_into(source: sqlite3.Connection, file: Path) -> None:
    """All of `source` into a file of its own, not yet synced. Raises `sqlite3.Error`."""
    with closing(sqlite3.connect(file, isolation_level=None)) as target:
        # Whatever ends this ends the file: it needs no journal to go back by.
        target.execute("PRAGMA journal_mode = OFF")
        target.execute("PRAGMA synchronous = OFF")
        copy_pages(source, target)
        target.execute("PRAGMA journal_mode = DELETE")
