"""Storing articles: each with its passages, words and vectors in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embeddings.catalog.reading import Reading
from embeddings.catalog.values import as_int
from embeddings.catalog.vectors import Vectors
from embeddings.fulltext import pack_full
from embeddings.kinship import Link
from embeddings.records import Draft
from embeddings.unspaced import spaced

_CORRECTABLE = frozenset(
    ("title", "published", "published_from", "author", "source", "url", "language")
)


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage to be stored; `first` and `last` number its sentences, `digest` its vector."""

    first: int
    last: int
    start: int
    end: int
    text: str
    digest: bytes


class Articles(Reading, Vectors):
    """Articles put in, changed and dropped."""

    def put_article(
        self,
        article_id: str,
        draft: Draft,
        *,
        path: str,
        sha256: str,
        sentences: npt.NDArray[np.int32],
        passages: Sequence[NewPassage],
        vectors: Iterable[tuple[bytes, bytes]],
        model: str,
        link: Link,
    ) -> None:
        """Store the article in place of any with its id, in one transaction.

        `sentences` is (n, 2) spans; `vectors` are (digest, float32 bytes) not yet stored.
        """
        with self.writing() as revision:
            self._kinship.drop_place(article_id)
            if self.one_row(
                "SELECT 1 FROM articles WHERE id = ? AND text = ?", (article_id, draft.text)
            ):
                # Only what is said of it is new: whatever is one with the text stays so.
                self._delete_article(article_id, revision)
            else:
                self._drop_article(article_id, revision)
            number = self._database.execute(
                """INSERT INTO articles (id, path, title, text, published, published_from, source,
                       author, url, language, sha256, sentences, pages, whole,
                       text_digest)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, text_digest_of(?))""",
                (
                    article_id,
                    path,
                    draft.title,
                    draft.text,
                    draft.published,
                    draft.published_from,
                    draft.source,
                    draft.author,
                    draft.url,
                    draft.language,
                    sha256,
                    sentences.astype("<i4").tobytes(),
                    np.array(draft.pages, dtype="<i4").tobytes() or None,
                    pack_full(draft),
                    draft.text,
                ),
            ).lastrowid
            self._put_vectors(model, vectors)
            self._put_passages(as_int(number), draft.title, passages, revision)
            for older in link.retires:
                self._drop_passages(older, revision)
            self._kinship.link(article_id, link)

    def put_passages(self, article_id: str, passages: Sequence[NewPassage]) -> None:
        """Give a stored article its passages, in place of any it has."""
        with self.writing() as revision:
            row = self.one_row("SELECT number, title FROM articles WHERE id = ?", (article_id,))
            if row is not None:
                self._drop_passages(article_id, revision)
                self._put_passages(as_int(row[0]), str(row[1]), passages, revision)

    def _put_passages(
        self, number: int, title: str, passages: Sequence[NewPassage], revision: int
    ) -> None:
        words = spaced(title)
        for passage in passages:
            rowid = self._database.execute(
                """INSERT INTO passages
                       (article, first, last, start, stop, body, digest, revision)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    number,
                    passage.first,
                    passage.last,
                    passage.start,
                    passage.end,
                    passage.text,
                    passage.digest,
                    revision,
                ),
            ).lastrowid
            self._database.execute(
                "INSERT INTO words(rowid, title, body) VALUES (?, ?, ?)",
                (rowid, words, spaced(passage.text)),
            )

    def put_place(self, place_id: str, article_id: str, path: str, sha256: str) -> None:
        """Remember that another file holds just that article's text."""
        with self.writing() as revision:
            self._drop_article(place_id, revision)
            self._kinship.add_place(place_id, article_id, path, sha256)

    def drop_articles(self, article_ids: Iterable[str], *, wholly: bool = False) -> int:
        """Remove the articles, all or none; how many there were.

        An article with another place stays, as that place's, unless it is to go `wholly`.
        """
        with self.writing() as revision:
            return sum(
                self._drop_article(article_id, revision, wholly=wholly)
                for article_id in article_ids
            )

    def _drop_article(self, article_id: str, revision: int, *, wholly: bool = False) -> int:
        if self._kinship.drop_place(article_id):
            return 1
        if not wholly and self._kinship.move_to_next_place(article_id):
            return 1
        self._kinship.forget(article_id)
        return self._delete_article(article_id, revision)

    def _delete_article(self, article_id: str, revision: int) -> int:
        self._drop_passages(article_id, revision)
        return self._database.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount

    def _drop_passages(self, article_id: str, revision: int) -> None:
        found = self.one_row("SELECT number FROM articles WHERE id = ?", (article_id,))
        if found is None:
            return
        # FTS5 with outside content must be told the old words before they go.
        self._database.execute(
            """INSERT INTO words(words, rowid, title, body)
               SELECT 'delete', p.id, spaced(a.title), spaced(p.body)
               FROM passages p JOIN articles a ON a.number = p.article WHERE a.number = ?""",
            found,
        )
        self._database.execute(
            "INSERT INTO removals SELECT id, ? FROM passages WHERE article = ?",
            (revision, found[0]),
        )
        self._database.execute("DELETE FROM passages WHERE article = ?", found)
        self._leave_unswept()

    def update_fields(
        self,
        article_id: str,
        fields: Mapping[str, str | None],
        digest_of: Callable[[str, str], bytes],
    ) -> None:
        """Say otherwise what is said of an article; `digest_of` is of a title and a passage.

        A new title is part of what is searched: its words are indexed anew, and its passages
        wait for vectors that know it.
        """
        with self.writing() as revision:
            row = self.one_row("SELECT number, title FROM articles WHERE id = ?", (article_id,))
            if row is None:
                return
            passages: list[NewPassage] = []
            title = str(fields.get("title") or row[1])
            if title != row[1]:
                rows = self.all_rows(
                    "SELECT first, last, start, stop, body FROM passages WHERE article = ?",
                    (row[0],),
                )
                passages = [
                    NewPassage(
                        as_int(first), as_int(last), as_int(start), as_int(stop), str(body),
                        digest_of(title, str(body)),
                    )
                    for first, last, start, stop, body in rows
                ]  # fmt: skip
                self._drop_passages(article_id, revision)
            for field in fields.keys() & _CORRECTABLE:
                self._database.execute(
                    f"UPDATE articles SET {field} = ? WHERE id = ?", (fields[field], article_id)
                )
            self._put_passages(as_int(row[0]), title, passages, revision)
