"""The library's SQL: articles, passages, vectors and words in one SQLite database.

SQLite is the truth (WAL, one transaction an article). `sessions`, `kinship`, `files` and
`remembered` share the connection and have SQL of their own beside this package.
"""

from __future__ import annotations

import sqlite3

from embeddings.catalog.articles import Articles, NewPassage
from embeddings.catalog.connection import BUSY_TIMEOUT_S
from embeddings.catalog.search import Search

__all__ = ["BUSY_TIMEOUT_S", "Catalog", "NewPassage"]


class Catalog(Articles, Search):
    """One connection to a library's database. Not safe for threads: the library locks."""

    def check(self) -> list[str]:
        """What SQLite and FTS5 find wrong with themselves, and what cannot be true of an article;
        empty where all is well."""
        from embeddings import soundness

        faults = [str(row[0]) for row in self.all_rows("PRAGMA integrity_check") if row[0] != "ok"]
        with self.reading():
            faults += [fault.told for fault in soundness.faults(self._database)]
        if self.read_only:
            return faults
        try:
            self._database.execute("INSERT INTO words(words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.Error as error:
            faults.append(f"the word index disagrees with the passages: {error}")
        return faults
