"""The articles and passages of a library on a server: what `embeddings.catalog` does, in its SQL.

Whoever changes articles takes the row of the library's revision first and keeps it to the end
of the transaction: one writer at a time, each seeing what the one before left, while readers
wait for nobody. Storing vectors changes no article and waits for nobody either.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from embeddings.catalog import NewPassage
from embeddings.errors import LibraryUnusable
from embeddings.fulltext import pack_full, unpack_full
from embeddings.kinship import Link
from embeddings.postgres import checking, words
from embeddings.postgres.connection import Connection
from embeddings.postgres.filtering import filter_sql
from embeddings.postgres.kinship import Kinship, text_digest
from embeddings.postgres.vectors import Vectors
from embeddings.records import Article, ArticleSummary, Draft, Filters, Passage, Sentence

_ARTICLE = (
    "id, title, text, published, source, author, path, url, language, sha256,"
    " published_from, newer, pages"
)
_CORRECTABLE = frozenset(
    ("title", "published", "published_from", "author", "source", "url", "language")
)
# A new article has this before its id until it stands in the place of the one before.
_COMING = "\x01"


class Truth:
    """Everything that is stored but sessions and files. Not safe for threads: the library locks."""

    def __init__(self, connection: Connection, *, read_only: bool) -> None:
        self._connection = connection
        self._vectors = Vectors(connection)
        self._kinship = Kinship(connection)
        self.read_only = read_only

    def close(self) -> None:
        self._connection.close()

    @property
    def kinship(self) -> Kinship:
        return self._kinship

    @contextlib.contextmanager
    def writing(self) -> Iterator[int]:
        """A transaction that takes the next revision, whole or not at all."""
        if self.read_only:
            raise LibraryUnusable(
                f"the library at {self._connection.server} can only be read; "
                "name a host, or a user, that may write"
            )
        with self._connection.transaction():
            row = self._connection.rows(
                """UPDATE meta SET value = (value::bigint + 1)::text WHERE key = 'revision'
                   RETURNING value"""
            )
            yield int(row[0][0])

    def together(self) -> contextlib.AbstractContextManager[None]:
        """Nothing: many write to a server at once, and none waits for more than an article."""
        return contextlib.nullcontext()

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads that see one state, whose model keeps its vectors until they end."""
        with self._connection.reading() as is_outermost:
            if is_outermost and (answering := self._vectors.answering()):
                self._connection.rows(f"LOCK TABLE {answering.table} IN ACCESS SHARE MODE")
            yield

    # --- what the library says of itself

    def revision(self) -> int:
        return int(self.meta("revision") or 0)

    def meta(self, key: str) -> str | None:
        row = self._connection.row("SELECT value FROM meta WHERE key = %s", (key,))
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        with self.writing():
            self._set_meta(key, value)

    def _set_meta(self, key: str, value: str) -> None:
        self._connection.run(
            "INSERT INTO meta VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def counts(self) -> tuple[int, int]:
        row = self._connection.rows(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)"
        )[0]
        return int(row[0]), int(row[1])

    def count_undated(self) -> int:
        found = self._connection.rows("SELECT count(*) FROM articles WHERE published IS NULL")
        return int(found[0][0])

    def check(self) -> list[str]:
        """Where passages, their words and their articles disagree; empty where all is well."""
        with self.reading():
            return checking.faults(self._connection)

    # --- articles

    def article(self, article_id: str) -> Article | None:
        with self._connection.reading():
            row = self._connection.row(
                f"SELECT {_ARTICLE} FROM articles WHERE id = %s", (article_id,)
            )
            if row is None:
                return None
            *found, published_from, newer, packed = row
            return Article(  # type: ignore[misc]
                *found,
                published_from=published_from,
                pages=tuple(np.frombuffer(packed or b"", dtype="<i4").tolist()),
                places=self._kinship.places(article_id),
                newer=newer,
                older=self._kinship.versions(article_id),
            )

    def full_text(self, article_id: str) -> str | None:
        row = self._connection.row("SELECT whole FROM articles WHERE id = %s", (article_id,))
        return None if row is None else unpack_full(row[0])

    def sentences(self, article_id: str) -> list[Sentence]:
        row = self._connection.row("SELECT sentences FROM articles WHERE id = %s", (article_id,))
        return [] if row is None else _sentences(row[0])

    def published(self, article_ids: Sequence[str]) -> dict[str, str | None]:
        rows = self._connection.rows(
            "SELECT id, published FROM articles WHERE id = ANY(%s)", (list(article_ids),)
        )
        return {str(article): None if day is None else str(day) for article, day in rows}

    def summaries(self) -> list[ArticleSummary]:
        rows = self._connection.rows(
            """SELECT a.id, a.title, a.published, a.source, a.author, a.path, a.url,
                      (SELECT count(*) FROM passages p WHERE p.article = a.number)
               FROM articles a ORDER BY a.published IS NULL, a.published DESC, a.title, a.id"""
        )
        return [ArticleSummary(*row) for row in rows]

    def digests_of_file(self, path: str) -> dict[str, str]:
        rows = self._connection.rows(
            """SELECT id, sha256 FROM articles WHERE path = %s
               UNION ALL SELECT id, sha256 FROM places WHERE path = %s""",
            (path, path),
        )
        return {str(article_id): str(sha256) for article_id, sha256 in rows}

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
        with self.writing():
            self._kinship.drop_place(article_id)
            is_same_text = self._connection.row(
                "SELECT 1 FROM articles WHERE id = %s AND text = %s", (article_id, draft.text)
            )
            number = self._connection.rows(
                """INSERT INTO articles (id, path, title, text, published, published_from, source,
                       source_folded, author, url, language, sha256, sentences, pages, whole,
                       text_digest)
                   VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
                   RETURNING number""",
                (
                    _COMING + article_id,
                    path,
                    draft.title,
                    draft.text,
                    draft.published,
                    draft.published_from,
                    draft.source,
                    _folded(draft.source),
                    draft.author,
                    draft.url,
                    draft.language,
                    sha256,
                    sentences.astype("<i4").tobytes(),
                    np.array(draft.pages, dtype="<i4").tobytes() or None,
                    pack_full(draft),
                    text_digest(draft.text),
                ),
            )[0][0]
            # Before the old ones go, whose vectors may be just those of the new.
            self._put_passages(number, draft.title, passages)
            self._vectors.put(model, vectors)
            if is_same_text:
                # Only what is said of it is new: whatever is one with the text stays so.
                self._delete_article(article_id)
            else:
                self._drop_article(article_id)
            self._connection.run(
                "UPDATE articles SET id = %s WHERE number = %s", (article_id, number)
            )
            for older in link.retires:
                self._drop_passages(older)
            self._kinship.link(article_id, link)

    def put_passages(self, article_id: str, passages: Sequence[NewPassage]) -> None:
        with self.writing():
            row = self._connection.row(
                "SELECT number, title FROM articles WHERE id = %s", (article_id,)
            )
            if row is not None:
                self._drop_passages(article_id)
                self._put_passages(row[0], row[1], passages)

    def _put_passages(self, number: int, title: str, passages: Sequence[NewPassage]) -> None:
        if not passages:
            return
        title_words = words.folded(title)
        bodies = [words.folded(passage.text) for passage in passages]
        lengths = [words.length(title_words, body) for body in bodies]
        indexed = words.WORDS_SQL.replace("%s", "%s::text", 1).replace("%s)", "u.folded)", 1)
        rows = self._connection.rows(
            f"""INSERT INTO passages (article, first, last, start, stop, body, digest, length,
                                      words, repeated, counts)
                SELECT %s, u.first, u.last, u.start, u.stop, u.body, u.digest, u.length,
                       indexed.words, counted.repeated, counted.counts
                FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::text[], %s::bytea[],
                            %s::int[], %s::text[]) WITH ORDINALITY
                    AS u (first, last, start, stop, body, digest, length, folded, number)
                CROSS JOIN LATERAL (SELECT {indexed} AS words) AS indexed
                CROSS JOIN LATERAL ({words.COUNTS_SQL}) AS counted
                ORDER BY u.number RETURNING id""",
            (
                number,
                [passage.first for passage in passages],
                [passage.last for passage in passages],
                [passage.start for passage in passages],
                [passage.end for passage in passages],
                [passage.text for passage in passages],
                [passage.digest for passage in passages],
                lengths,
                bodies,
                title_words,
            ),
        )
        self._count_words(len(passages), sum(lengths))
        self._vectors.carry_over([row[0] for row in rows])

    def _count_words(self, passages: int, count: int) -> None:
        self._connection.run(
            "UPDATE words_total SET passages = passages + %s, words = words + %s",
            (passages, count),
        )

    def put_place(self, place_id: str, article_id: str, path: str, sha256: str) -> None:
        with self.writing():
            self._drop_article(place_id)
            self._kinship.add_place(place_id, article_id, path, sha256)

    def drop_articles(self, article_ids: Iterable[str], *, wholly: bool = False) -> int:
        with self.writing():
            return sum(self._drop_article(article_id, wholly=wholly) for article_id in article_ids)

    def _drop_article(self, article_id: str, *, wholly: bool = False) -> int:
        if self._kinship.drop_place(article_id):
            return 1
        if not wholly and self._kinship.move_to_next_place(article_id):
            return 1
        self._kinship.forget(article_id)
        return self._delete_article(article_id)

    def _delete_article(self, article_id: str) -> int:
        self._drop_passages(article_id)
        return self._connection.run("DELETE FROM articles WHERE id = %s", (article_id,))

    def _drop_passages(self, article_id: str) -> None:
        # Their words and their vectors go with them.
        row = self._connection.rows(
            """WITH gone AS (
                   DELETE FROM passages
                   WHERE article = (SELECT number FROM articles WHERE id = %s) RETURNING length
               ) SELECT count(*), coalesce(sum(length), 0)::bigint FROM gone""",
            (article_id,),
        )[0]
        if row[0]:
            self._count_words(-row[0], -row[1])

    def update_fields(
        self,
        article_id: str,
        fields: Mapping[str, str | None],
        digest_of: Callable[[str, str], bytes],
    ) -> None:
        with self.writing():
            row = self._connection.row(
                "SELECT number, title FROM articles WHERE id = %s", (article_id,)
            )
            if row is None:
                return
            number, old_title = row
            title = str(fields.get("title") or old_title)
            passages: list[NewPassage] = []
            if title != old_title:
                rows = self._connection.rows(
                    """SELECT first, last, start, stop, body FROM passages
                       WHERE article = %s ORDER BY id""",
                    (number,),
                )
                passages = [
                    NewPassage(first, last, start, stop, body, digest_of(title, body))
                    for first, last, start, stop, body in rows
                ]
                self._drop_passages(article_id)
            for field in sorted(fields.keys() & _CORRECTABLE):
                self._connection.run(
                    f"UPDATE articles SET {field} = %s WHERE number = %s", (fields[field], number)
                )
            if "source" in fields:
                self._connection.run(
                    "UPDATE articles SET source_folded = %s WHERE number = %s",
                    (_folded(fields["source"]), number),
                )
            self._put_passages(number, title, passages)

    # --- vectors

    def known_digests(self, model: str, digests: Sequence[bytes]) -> set[bytes]:
        return self._vectors.known(model, digests)

    def passages_without_vector(
        self, model: str, limit: int, *, after: bytes = b""
    ) -> list[tuple[bytes, str, str]]:
        return self._vectors.waiting(model, limit, after)

    def count_without_vector(self, model: str) -> int:
        return self._vectors.count_waiting(model)

    def put_vectors(self, model: str, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        with self._connection.transaction():
            self._vectors.put(model, vectors)

    def switch_model(self, model: str, *, name: str, precision: str, dimension: int) -> None:
        with self.writing() as revision:
            self._vectors.make_table(model, dimension)
            for key, value in {
                "model": model,
                "model_name": name,
                "model_precision": precision,
                "dimension": str(dimension),
                "model_since": str(revision),
            }.items():
                self._set_meta(key, value)
            self._vectors.drop_others(model)

    def sweep(self) -> None:
        """Nothing: vectors go with their passages."""

    # --- search

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        rows = self._connection.rows(
            """SELECT p.id, a.id, p.start, p.stop, p.body, a.title,
                      substr(a.sentences, p.first * 8 + 1, (p.last - p.first + 1) * 8)
               FROM passages p JOIN articles a ON a.number = p.article WHERE p.id = ANY(%s)""",
            (list(ids),),
        )
        return {
            passage_id: Passage(
                passage_id, article_id, start, end, body, title, tuple(_sentences(packed))
            )
            for passage_id, article_id, start, end, body, title, packed in rows
        }

    def allowed_passages(self, filters: Filters) -> npt.NDArray[np.int64]:
        where, values = filter_sql(filters)
        rows = self._connection.rows(
            f"""SELECT p.id FROM passages p JOIN articles a ON a.number = p.article
                WHERE true {where} ORDER BY p.id""",
            values,
        )
        return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))


def _sentences(packed: bytes) -> list[Sentence]:
    spans = np.frombuffer(packed, dtype="<i4").reshape(-1, 2).tolist()
    return [Sentence(start, end) for start, end in spans]


def _folded(source: str | None) -> str | None:
    return None if source is None else source.casefold()
