"""Places and versions on a server: what `embeddings.kinship` does, in PostgreSQL's SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from embeddings.kinship import Kin, Link
from embeddings.postgres.connection import Connection


def text_digest(text: str) -> bytes:
    """What finds an article with the same text; the text itself decides."""
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16]


class Kinship:
    """The tables of places, sketches and versions. Not safe for threads: the library locks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- reading

    def with_text(self, text: str, *, but: str) -> list[tuple[str, str]]:
        rows = self._connection.rows(
            """SELECT id, title FROM articles
               WHERE text_digest = %s AND text = %s AND id <> %s ORDER BY number""",
            (text_digest(text), text, but),
        )
        return [(str(article_id), str(title)) for article_id, title in rows]

    def candidates(self, bands: Sequence[bytes], *, but: str, limit: int) -> list[Kin]:
        rows = self._connection.rows(
            """SELECT a.id, a.title, a.text, a.published, a.newer FROM articles a JOIN (
                   SELECT article, count(*) AS shared FROM sketches
                   WHERE band = ANY(%s) AND article <> %s GROUP BY article
               ) s ON s.article = a.id ORDER BY s.shared DESC, a.number LIMIT %s""",
            (list(bands), but, limit),
        )
        return [Kin(*row) for row in rows]

    def article(self, article_id: str) -> Kin | None:
        row = self._connection.row(
            "SELECT id, title, text, published, newer FROM articles WHERE id = %s", (article_id,)
        )
        return None if row is None else Kin(*row)

    def places(self, article_id: str) -> tuple[str, ...]:
        rows = self._connection.rows(
            "SELECT path FROM places WHERE article = %s ORDER BY path", (article_id,)
        )
        return tuple(str(row[0]) for row in rows)

    def versions(self, article_id: str) -> tuple[str, ...]:
        rows = self._connection.rows(
            """SELECT id FROM articles WHERE newer = %s
               ORDER BY published IS NULL, published DESC, number DESC""",
            (article_id,),
        )
        return tuple(str(row[0]) for row in rows)

    def bare(self) -> list[str]:
        rows = self._connection.rows(
            """SELECT id FROM articles a WHERE newer IS NULL
               AND NOT EXISTS (SELECT 1 FROM passages p WHERE p.article = a.number)
               ORDER BY number"""
        )
        return [str(row[0]) for row in rows]

    # --- inside a writing transaction

    def add_place(self, place_id: str, article_id: str, path: str, sha256: str) -> None:
        self._connection.run(
            """INSERT INTO places (id, article, path, sha256) VALUES (%s, %s, %s, %s)
               ON CONFLICT (id) DO UPDATE SET
                   article = excluded.article, path = excluded.path, sha256 = excluded.sha256""",
            (place_id, article_id, path, sha256),
        )

    def drop_place(self, place_id: str) -> int:
        return self._connection.run("DELETE FROM places WHERE id = %s", (place_id,))

    def move_to_next_place(self, article_id: str) -> bool:
        row = self._connection.row(
            "SELECT id, path, sha256 FROM places WHERE article = %s ORDER BY path LIMIT 1",
            (article_id,),
        )
        if row is None:
            return False
        new_id = row[0]
        self.drop_place(new_id)
        self._connection.run(
            "UPDATE articles SET id = %s, path = %s, sha256 = %s WHERE id = %s", (*row, article_id)
        )
        for table, column in (
            ("places", "article"),
            ("sketches", "article"),
            ("articles", "newer"),
        ):
            self._connection.run(
                f"UPDATE {table} SET {column} = %s WHERE {column} = %s", (new_id, article_id)
            )
        self._connection.run(
            """UPDATE corrections c SET article = %s WHERE article = %s AND NOT EXISTS
               (SELECT 1 FROM corrections o WHERE o.article = %s AND o.field = c.field)""",
            (new_id, article_id, new_id),
        )
        return True

    def forget(self, article_id: str) -> None:
        self._connection.run("DELETE FROM places WHERE article = %s", (article_id,))
        self._connection.run("DELETE FROM sketches WHERE article = %s", (article_id,))
        older = self.versions(article_id)
        if older:
            self._connection.run("UPDATE articles SET newer = NULL WHERE id = %s", (older[0],))
            self._connection.run(
                "UPDATE articles SET newer = %s WHERE newer = %s", (older[0], article_id)
            )

    def link(self, article_id: str, link: Link) -> None:
        self._connection.run(
            "INSERT INTO sketches (band, article) SELECT band, %s FROM unnest(%s::bytea[]) band"
            " ON CONFLICT DO NOTHING",
            (article_id, list(link.bands)),
        )
        self._connection.run(
            "UPDATE articles SET newer = %s WHERE id = %s", (link.newer, article_id)
        )
        if link.newer is not None:
            # Whoever this article answered for, the newer one among them, is answered for by that.
            self._connection.run(
                "UPDATE articles SET newer = NULLIF(%s, id) WHERE newer = %s OR id = %s",
                (link.newer, article_id, link.newer),
            )
        for older in link.retires:
            self._connection.run(
                "UPDATE articles SET newer = %s WHERE id = %s OR newer = %s",
                (article_id, older, older),
            )
