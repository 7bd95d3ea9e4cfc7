"""What is stored of articles, as it was stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from embeddings import schema
from embeddings.catalog.connection import Connection
from embeddings.catalog.values import as_bytes, as_int, sentences_from
from embeddings.errors import LibraryUnusable
from embeddings.fulltext import unpack_full
from embeddings.kinship import Kinship
from embeddings.records import Article, ArticleSummary, Sentence

_ARTICLE = (
    "a.id, a.title, a.text, a.published, a.source, a.author, a.path, a.url, a.language, a.sha256,"
    " a.published_from, a.newer, a.pages"
)


class Reading(Connection):
    """Articles by their ids and files, and how many there are."""

    def __init__(self, path: Path, *, create: bool) -> None:
        super().__init__(path, create=create)
        self._kinship = Kinship(self._database)

    @property
    def kinship(self) -> Kinship:
        """Which articles are one. Reading alone is allowed from outside."""
        return self._kinship

    def counts(self) -> tuple[int, int]:
        """Numbers of articles and of passages."""
        row = self.one_row(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)"
        )
        assert row is not None
        return as_int(row[0]), as_int(row[1])

    def count_undated(self) -> int:
        """The number of articles without a date."""
        row = self.one_row("SELECT count(*) FROM articles WHERE published IS NULL")
        assert row is not None
        return as_int(row[0])

    def article(self, article_id: str) -> Article | None:
        row = self.one_row(
            f"SELECT {_ARTICLE}, a.text_digest FROM articles a WHERE a.id = ?", (article_id,)
        )
        if row is None:
            return None
        *found, published_from, newer, packed, digest = row
        if digest != schema.text_digest(str(found[2])):
            raise LibraryUnusable(schema.damaged(self.path, f"article {article_id}"))
        with self._errors():
            return Article(  # type: ignore[misc]
                *found,  # type: ignore[arg-type]
                published_from=None if published_from is None else str(published_from),
                pages=tuple(np.frombuffer(as_bytes(packed or b""), dtype="<i4").tolist()),
                places=self._kinship.places(article_id),
                newer=None if newer is None else str(newer),
                older=self._kinship.versions(article_id),
            )

    def full_text(self, article_id: str) -> str | None:
        """All that the article's file said, where that is more than its text; else None."""
        row = self.one_row("SELECT whole FROM articles WHERE id = ?", (article_id,))
        return None if row is None or row[0] is None else unpack_full(as_bytes(row[0]))

    def sentences(self, article_id: str) -> list[Sentence]:
        """The article's sentences in order; none where it is not there."""
        row = self.one_row("SELECT sentences FROM articles WHERE id = ?", (article_id,))
        return [] if row is None else sentences_from(as_bytes(row[0]))

    def published(self, article_ids: Sequence[str]) -> dict[str, str | None]:
        """The dates of those of up to some hundred articles that are there."""
        marks = ",".join("?" * len(article_ids))
        rows = self.all_rows(
            f"SELECT id, published FROM articles WHERE id IN ({marks})", tuple(article_ids)
        )
        return {str(article): None if day is None else str(day) for article, day in rows}

    def summaries(self) -> list[ArticleSummary]:
        """Every article, newest first, the undated last."""
        rows = self.all_rows(
            """SELECT a.id, a.title, a.published, a.source, a.author, a.path, a.url, count(p.id)
               FROM articles a LEFT JOIN passages p ON p.article = a.number
               GROUP BY a.number ORDER BY a.published IS NULL, a.published DESC, a.title, a.id"""
        )
        return [ArticleSummary(*row) for row in rows]  # type: ignore[arg-type]

    def digests_of_file(self, path: str) -> dict[str, str]:
        """Article id to content digest, of the articles of one file, and those it is a place of."""
        rows = self.all_rows(
            """SELECT id, sha256 FROM articles WHERE path = ?
               UNION ALL SELECT id, sha256 FROM places WHERE path = ?""",
            (path, path),
        )
        return {str(article_id): str(sha256) for article_id, sha256 in rows}
