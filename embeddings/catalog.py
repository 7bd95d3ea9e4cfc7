"""The library's SQL: articles, passages, vectors and words in one SQLite database.

SQLite is the truth (WAL, one transaction an article). Every writing transaction takes the
next `revision`; a passage remembers the revision it came with, and a removed one leaves a
row in `removals`, so that whoever holds an older picture (a FAISS snapshot, a running
chat) can catch up by what came after it instead of starting again. `sessions`, `kinship`,
`files` and `remembered` share the connection and have SQL of their own beside this file.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings import schema
from embeddings.errors import LibraryUnusable
from embeddings.fulltext import pack_full, unpack_full
from embeddings.kinship import Kinship, Link
from embeddings.records import (
    Article,
    ArticleSummary,
    Draft,
    Filters,
    Passage,
    Sentence,
)

BUSY_TIMEOUT_S = 30.0
_CORRECTABLE = frozenset(
    ("title", "published", "published_from", "author", "source", "url", "language")
)
_ARTICLE = (
    "a.id, a.title, a.text, a.published, a.source, a.author, a.path, a.url, a.language, a.sha256,"
    " a.published_from, a.newer, a.pages"
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


class Catalog:
    """One connection to a library's database. Not safe for threads: the library locks."""

    def __init__(self, path: Path, *, create: bool) -> None:
        """Open, or with `create` make, the database. Raises `LibraryUnusable`."""
        self.path = path
        self._database, self.read_only = schema.connect(
            path, create=create, timeout_s=BUSY_TIMEOUT_S
        )
        self._kinship = Kinship(self._database)
        self._among = b""
        self._database.create_function("let_through", 1, self._let_through)

    def close(self) -> None:
        self._database.close()

    @property
    def kinship(self) -> Kinship:
        """Which articles are one. Reading alone is allowed from outside."""
        return self._kinship

    @property
    def database(self) -> sqlite3.Connection:
        """The connection, for what keeps its own tables in the same file."""
        return self._database

    @contextlib.contextmanager
    def writing(self) -> Iterator[int]:
        """A transaction that takes the next revision, whole or not at all."""
        with self._errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                revision = self.revision() + 1
                self._set_meta("revision", str(revision))
                yield revision
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads that see one state of the library."""
        with self._errors():
            self._database.execute("BEGIN")
            try:
                yield
            finally:
                self._database.execute("ROLLBACK")

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        with schema.explaining(self.path):
            yield

    def all_rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with self._errors():
            return self._database.execute(sql, values).fetchall()

    def one_row(self, sql: str, values: Sequence[object] = ()) -> tuple[object, ...] | None:
        rows = self.all_rows(sql, values)
        return rows[0] if rows else None

    # --- what the library says of itself

    def revision(self) -> int:
        return int(self.meta("revision") or 0)

    def meta(self, key: str) -> str | None:
        row = self.one_row("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        with self.writing():
            self._set_meta(key, value)

    def _set_meta(self, key: str, value: str) -> None:
        self._database.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def counts(self) -> tuple[int, int]:
        """Numbers of articles and of passages."""
        row = self.one_row(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)"
        )
        assert row is not None
        return _int(row[0]), _int(row[1])

    def count_undated(self) -> int:
        """The number of articles without a date."""
        row = self.one_row("SELECT count(*) FROM articles WHERE published IS NULL")
        assert row is not None
        return _int(row[0])

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

    # --- articles

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
                pages=tuple(np.frombuffer(_bytes(packed or b""), dtype="<i4").tolist()),
                places=self._kinship.places(article_id),
                newer=None if newer is None else str(newer),
                older=self._kinship.versions(article_id),
            )

    def full_text(self, article_id: str) -> str | None:
        """All that the article's file said, where that is more than its text; else None."""
        row = self.one_row("SELECT whole FROM articles WHERE id = ?", (article_id,))
        return None if row is None or row[0] is None else unpack_full(_bytes(row[0]))

    def sentences(self, article_id: str) -> list[Sentence]:
        """The article's sentences in order; none where it is not there."""
        row = self.one_row("SELECT sentences FROM articles WHERE id = ?", (article_id,))
        return [] if row is None else _sentences(_bytes(row[0]))

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
            self._put_passages(_int(number), draft.title, passages, revision)
            for older in link.retires:
                self._drop_passages(older, revision)
            self._kinship.link(article_id, link)

    def put_passages(self, article_id: str, passages: Sequence[NewPassage]) -> None:
        """Give a stored article its passages, in place of any it has."""
        with self.writing() as revision:
            row = self.one_row("SELECT number, title FROM articles WHERE id = ?", (article_id,))
            if row is not None:
                self._drop_passages(article_id, revision)
                self._put_passages(_int(row[0]), str(row[1]), passages, revision)

    def _put_passages(
        self, number: int, title: str, passages: Sequence[NewPassage], revision: int
    ) -> None:
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
                "INSERT INTO words(rowid, title, body) VALUES (?, spaced(?), spaced(?))",
                (rowid, title, passage.text),
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
                        _int(first), _int(last), _int(start), _int(stop), str(body),
                        digest_of(title, str(body)),
                    )
                    for first, last, start, stop, body in rows
                ]  # fmt: skip
                self._drop_passages(article_id, revision)
            for field in fields.keys() & _CORRECTABLE:
                self._database.execute(
                    f"UPDATE articles SET {field} = ? WHERE id = ?", (fields[field], article_id)
                )
            self._put_passages(_int(row[0]), title, passages, revision)

    # --- vectors

    def known_digests(self, model: str, digests: Sequence[bytes]) -> set[bytes]:
        """Which of the digests have a vector of that model already."""
        known: set[bytes] = set()
        for at in range(0, len(digests), 500):
            some = digests[at : at + 500]
            marks = ",".join("?" * len(some))
            rows = self.all_rows(
                f"SELECT digest FROM vectors WHERE model = ? AND digest IN ({marks})",
                (model, *some),
            )
            known.update(_bytes(row[0]) for row in rows)
        return known

    def passages_without_vector(self, model: str, limit: int) -> list[tuple[bytes, str, str]]:
        """(digest, title, text) of up to `limit` passages the model has not embedded yet."""
        rows = self.all_rows(
            """SELECT p.digest, a.title, p.body
               FROM passages p JOIN articles a ON a.number = p.article
               WHERE NOT EXISTS (SELECT 1 FROM vectors v WHERE v.model = ? AND v.digest = p.digest)
               GROUP BY p.digest LIMIT ?""",
            (model, limit),
        )
        return [(_bytes(digest), str(title), str(body)) for digest, title, body in rows]

    def count_without_vector(self, model: str) -> int:
        row = self.one_row(
            """SELECT count(DISTINCT p.digest) FROM passages p WHERE NOT EXISTS
               (SELECT 1 FROM vectors v WHERE v.model = ? AND v.digest = p.digest)""",
            (model,),
        )
        assert row is not None
        return _int(row[0])

    def put_vectors(self, model: str, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        """Store (digest, float32 bytes) pairs in one transaction.

        Where the model is the one that answers, the passages count as changed, so that
        whoever holds an older picture takes their vectors in.
        """
        pairs = list(vectors)
        with self.writing() as revision:
            self._put_vectors(model, pairs)
            if self.meta("model") == model:
                self._database.executemany(
                    "UPDATE passages SET revision = ? WHERE digest = ?",
                    ((revision, digest) for digest, _ in pairs),
                )

    def _put_vectors(self, model: str, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        self._database.executemany(
            "INSERT OR IGNORE INTO vectors (model, digest, vector) VALUES (?, ?, ?)",
            ((model, digest, vector) for digest, vector in vectors),
        )

    def switch_model(self, model: str, *, name: str, precision: str, dimension: int) -> None:
        """Make `model` the one that answers, and let every other model's vectors go."""
        with self.writing() as revision:
            self._set_meta("model", model)
            self._set_meta("model_name", name)
            self._set_meta("model_precision", precision)
            self._set_meta("dimension", str(dimension))
            self._set_meta("model_since", str(revision))
            self._database.execute("DELETE FROM vectors WHERE model <> ?", (model,))

    def note_snapshot(self, revision: int, stamp: bytes) -> None:
        """Note the snapshot of that stamp, and drop the record of removals it has caught up with.

        Not where another has noted a later one meanwhile, which lacks what this one would replay.
        """
        with self.writing():
            if revision >= int(self.meta("removals_from") or 0):
                self._set_meta("removals_from", str(revision))
                self._set_meta("snapshot", stamp.hex())
                self._database.execute("DELETE FROM removals WHERE revision <= ?", (revision,))

    def notes(self, stamp: bytes) -> bool:
        """Whether a snapshot of that stamp is the noted one, or none has been noted yet."""
        return self.meta("snapshot") in (None, stamp.hex())

    def sweep(self) -> None:
        """Let go of vectors that no passage has any more."""
        with self.writing():
            self._database.execute(
                "DELETE FROM vectors WHERE digest NOT IN (SELECT digest FROM passages)"
            )

    def vectors_since(self, model: str, revision: int) -> Iterator[tuple[int, bytes]]:
        """(passage id, float32 bytes) of the passages that came after the revision."""
        # In the order of the table where all of it is wanted; else by the index of revisions.
        order = "+p.id" if revision else "p.id"
        with self._errors():
            cursor = self._database.execute(
                f"""SELECT p.id, v.vector FROM passages p CROSS JOIN vectors v
                   WHERE p.revision > ? AND v.model = ? AND v.digest = p.digest
                   ORDER BY {order}""",
                (revision, model),
            )
            for passage_id, vector in cursor:
                yield int(passage_id), bytes(vector)

    def vectors_of(self, model: str, passage_ids: Sequence[int]) -> dict[int, bytes]:
        """The float32 bytes of those of up to some hundred passages that have a vector, by id."""
        marks = ",".join("?" * len(passage_ids))
        # CROSS JOIN: SQLite else goes through all vectors of the model.
        rows = self.all_rows(
            f"""SELECT p.id, v.vector FROM passages p CROSS JOIN vectors v
                WHERE p.id IN ({marks}) AND v.model = ? AND v.digest = p.digest""",
            (*passage_ids, model),
        )
        return {_int(passage_id): _bytes(vector) for passage_id, vector in rows}

    def removals_since(self, revision: int) -> list[int]:
        rows = self.all_rows("SELECT passage FROM removals WHERE revision > ?", (revision,))
        return [_int(row[0]) for row in rows]

    def passage_ids(self) -> set[int]:
        return {_int(row[0]) for row in self.all_rows("SELECT id FROM passages")}

    # --- search

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """The passages that are still there, by id."""
        found: dict[int, Passage] = {}
        for at in range(0, len(ids), 500):
            some = ids[at : at + 500]
            marks = ",".join("?" * len(some))
            rows = self.all_rows(
                f"""SELECT p.id, a.id, p.start, p.stop, p.body, a.title,
                           substr(a.sentences, p.first * 8 + 1, (p.last - p.first + 1) * 8)
                    FROM passages p JOIN articles a ON a.number = p.article
                    WHERE p.id IN ({marks})""",
                some,
            )
            for passage_id, article_id, start, end, body, title, blob in rows:
                found[_int(passage_id)] = Passage(
                    id=_int(passage_id),
                    article_id=str(article_id),
                    start=_int(start),
                    end=_int(end),
                    text=str(body),
                    title=str(title),
                    sentences=tuple(_sentences(_bytes(blob))),
                )
        return found

    def highest_passage(self) -> int:
        """The highest id of a passage, 0 where there is none: there are no more than that."""
        row = self.one_row("SELECT max(id) FROM passages")
        return 0 if row is None or row[0] is None else _int(row[0])

    def count_words(self, expression: str, *, most: int) -> int:
        """The number of passages that match an FTS5 expression, counted up to `most`."""
        row = self.one_row(
            "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)",
            (expression, most),
        )
        assert row is not None
        return _int(row[0])

    def search_words(
        self,
        expression: str,
        *,
        limit: int,
        among: bytes | None = None,
        newest: int | None = None,
    ) -> list[tuple[int, float]]:
        """(passage id, bm25 with more being better) for an FTS5 expression, best first.

        With `among`, only ids whose byte there is not 0; with `newest`, only so many of the
        matching passages, those with the highest ids. A word in the title counts four times one
        in the text: it says what the whole article is about (news articles found among the
        first five, by words and vectors: .880 to .849).
        """
        where, values = "words MATCH ?", [expression]
        if among is not None:
            self._among = among
            where += " AND let_through(rowid)"
        within: list[object] = [*values]
        every = where
        if newest is not None:
            every += f""" AND rowid >= (SELECT min(rowid) FROM (
                SELECT rowid FROM words WHERE {where} ORDER BY rowid DESC LIMIT ?))"""
            within += [*values, newest]
        rows = self.all_rows(
            f"""SELECT rowid, -bm25(words, 4.0, 1.0) AS score FROM words
                WHERE {every} ORDER BY score DESC, rowid LIMIT ?""",
            (*within, limit),
        )
        return [(_int(passage_id), _float(score)) for passage_id, score in rows]

    def _let_through(self, passage_id: int) -> int:
        return self._among[passage_id] if passage_id < len(self._among) else 0

    def allowed_passages(self, filters: Filters) -> npt.NDArray[np.int64]:
        """Ids of the passages whose article passes the filters, ascending."""
        where, values = _filter_sql(filters)
        # An article's passages come in one transaction, so their ids follow one another: a row
        # for each article instead of each passage.
        rows = np.array(
            self.all_rows(
                f"""SELECT min(id), max(id), count(*) FROM passages
                    WHERE article IN (SELECT a.number FROM articles a WHERE 1 {where})
                    GROUP BY article""",
                values,
            ),
            dtype=np.int64,
        ).reshape(-1, 3)
        first, last, count = rows[np.argsort(rows[:, 0])].T
        if (last - first + 1 != count).any():
            found = self.all_rows(
                f"""SELECT p.id FROM passages p JOIN articles a ON a.number = p.article
                    WHERE 1 {where} ORDER BY p.id""",
                values,
            )
            return np.array(found, dtype=np.int64).reshape(-1)
        begins = np.repeat(first - np.cumsum(count) + count, count)
        return begins + np.arange(len(begins), dtype=np.int64)


def _sentences(blob: bytes) -> list[Sentence]:
    if len(blob) % 8:
        raise _damaged()
    spans = np.frombuffer(blob, dtype="<i4").reshape(-1, 2).tolist()
    return [Sentence(start, end) for start, end in spans]


def _filter_sql(filters: Filters) -> tuple[str, list[object]]:
    clauses: list[str] = []
    values: list[object] = []
    if filters.since is not None:
        clauses.append("AND a.published >= ?")
        values.append(filters.since)
    if filters.until is not None:
        clauses.append("AND a.published <= ?")
        values.append(filters.until)
    if filters.source is not None:
        # Each source once: there are few, and folding is Python's.
        clauses.append(
            "AND a.source IN (SELECT source FROM (SELECT DISTINCT source FROM articles)"
            " WHERE instr(fold(source), ?) > 0)"
        )
        values.append(filters.source.casefold())
    return " ".join(clauses), values


def _int(value: object) -> int:
    if not isinstance(value, int):
        raise _damaged()
    return value


def _float(value: object) -> float:
    if not isinstance(value, float):
        raise _damaged()
    return value


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise _damaged()
    return value


def _damaged() -> LibraryUnusable:
    return LibraryUnusable(
        "the library holds something that is not what was stored; see dateline --doctor, and mend "
        "it with --repair"
    )
