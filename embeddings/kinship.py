"""Articles that are one: the same text in several files, and near copies of one story.

A text is stored once. A second file with it is a *place* of the article, and takes the article
over when the first file goes. Of near copies the newest has passages and answers; the others
are *versions* of it, stored whole and without passages, so that an answer counts a story once.
Works on the catalog's connection, inside its transactions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kin:
    """An article that may be a version of another: enough to say which is the newer."""

    id: str
    title: str
    text: str
    published: str | None
    newer: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """What is stored of an article beside itself: its sketch's bands, the version that answers
    in its stead, and those in whose stead it answers from now on."""

    bands: Sequence[bytes] = ()
    newer: str | None = None
    retires: Sequence[str] = ()


class Kinship:
    """The tables of places, sketches and versions."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    # --- reading

    def with_text(self, text: str, *, but: str) -> list[tuple[str, str]]:
        """(id, title) of the other articles with just that text, in the order they came."""
        # The digest finds them; the text itself decides.
        rows = self._database.execute(
            """SELECT id, title FROM articles
               WHERE text_digest = text_digest_of(?) AND text = ? AND id <> ? ORDER BY number""",
            (text, text, but),
        )
        return [(str(article_id), str(title)) for article_id, title in rows]

    def candidates(self, bands: Sequence[bytes], *, but: str, limit: int) -> list[Kin]:
        """Articles that share a band, those that share most first."""
        marks = ",".join("?" * len(bands))
        rows = self._database.execute(
            f"""SELECT a.id, a.title, a.text, a.published, a.newer FROM sketches s
                JOIN articles a ON a.id = s.article
                WHERE s.band IN ({marks}) AND a.id <> ?
                GROUP BY a.id ORDER BY count(*) DESC, a.number LIMIT ?""",
            (*bands, but, limit),
        )
        return [Kin(*row) for row in rows]

    def article(self, article_id: str) -> Kin | None:
        row = self._database.execute(
            "SELECT id, title, text, published, newer FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        return None if row is None else Kin(*row)

    def places(self, article_id: str) -> tuple[str, ...]:
        """The other files with the article's text."""
        rows = self._database.execute(
            "SELECT path FROM places WHERE article = ? ORDER BY path", (article_id,)
        )
        return tuple(str(row[0]) for row in rows)

    def versions(self, article_id: str) -> tuple[str, ...]:
        """The ids of the article's older versions, newest first."""
        rows = self._database.execute(
            """SELECT id FROM articles WHERE newer = ?
               ORDER BY published IS NULL, published DESC, number DESC""",
            (article_id,),
        )
        return tuple(str(row[0]) for row in rows)

    # --- inside a writing transaction

    def add_place(self, place_id: str, article_id: str, path: str, sha256: str) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO places (id, article, path, sha256) VALUES (?, ?, ?, ?)",
            (place_id, article_id, path, sha256),
        )

    def drop_place(self, place_id: str) -> int:
        """Forget a place of another article; how many it was, one or none."""
        return self._database.execute("DELETE FROM places WHERE id = ?", (place_id,)).rowcount

    def move_to_next_place(self, article_id: str) -> bool:
        """Give the article to another file that has its text; whether there was one."""
        row = self._database.execute(
            "SELECT id, path, sha256 FROM places WHERE article = ? ORDER BY path LIMIT 1",
            (article_id,),
        ).fetchone()
        if row is None:
            return False
        new_id = row[0]
        self.drop_place(new_id)
        self._database.execute(
            "UPDATE articles SET id = ?, path = ?, sha256 = ? WHERE id = ?", (*row, article_id)
        )
        for table, column in (
            ("places", "article"),
            ("sketches", "article"),
            ("articles", "newer"),
        ):
            self._database.execute(
                f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new_id, article_id)
            )
        self._database.execute(
            "UPDATE OR IGNORE corrections SET article = ? WHERE article = ?", (new_id, article_id)
        )
        return True

    def forget(self, article_id: str) -> None:
        """Of an article that goes: its places and sketch, and the versions it answered for.

        The newest of those answers from then on, once it has passages again.
        """
        self._database.execute("DELETE FROM places WHERE article = ?", (article_id,))
        self._database.execute("DELETE FROM sketches WHERE article = ?", (article_id,))
        older = self.versions(article_id)
        if older:
            self._database.execute("UPDATE articles SET newer = NULL WHERE id = ?", (older[0],))
            self._database.execute(
                "UPDATE articles SET newer = ? WHERE newer = ?", (older[0], article_id)
            )

    def link(self, article_id: str, link: Link) -> None:
        """Remember the article's sketch, and which version answers for which."""
        self._database.executemany(
            "INSERT OR IGNORE INTO sketches (band, article) VALUES (?, ?)",
            ((band, article_id) for band in link.bands),
        )
        self._database.execute(
            "UPDATE articles SET newer = ? WHERE id = ?", (link.newer, article_id)
        )
        if link.newer is not None:
            # Whoever this article answered for, the newer one among them, is answered for by that.
            self._database.execute(
                "UPDATE articles SET newer = nullif(?, id) WHERE newer = ? OR id = ?",
                (link.newer, article_id, link.newer),
            )
        for older in link.retires:
            self._database.execute(
                "UPDATE articles SET newer = ? WHERE id = ? OR newer = ?",
                (article_id, older, older),
            )

    def bare(self) -> list[str]:
        """The ids of the articles that should answer and have no passages."""
        rows = self._database.execute(
            """SELECT id FROM articles a WHERE newer IS NULL
               AND NOT EXISTS (SELECT 1 FROM passages p WHERE p.article = a.number)"""
        )
        return [str(row[0]) for row in rows]
