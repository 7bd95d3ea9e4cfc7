"""A library of articles: the one door to what keeps it, a folder or a PostgreSQL server.

Law 2 lives here: everything of an article is in one transaction, and what is searched follows
the truth. In a folder that is SQLite with FAISS as its shadow (`embedded`), on a server it is
PostgreSQL with pgvector (`postgres`). Safe to use from several threads: one lock is held for
each operation.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from embeddings.embedded import database_path
from embeddings.encoded import cut_passages, digest_of, encoded_text, packed, texts_of
from embeddings.errors import NotFound
from embeddings.kinship import Link
from embeddings.opening import is_there, open_parts
from embeddings.places import Place
from embeddings.records import (
    Article,
    ArticleSummary,
    Draft,
    Filters,
    KnownFile,
    Passage,
    Sentence,
)
from embeddings.status import LibraryStatus
from embeddings.vectors import Neighbour

__all__ = ["Library", "LibraryStatus", "database_path", "digest_of", "encoded_text", "is_there"]


class Library:
    """An open library. `create` makes it where there is none; else `LibraryUnusable`.

    `folder` is its place, a folder or a server.
    """

    def __init__(self, folder: Place, *, create: bool = False) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        parts = open_parts(folder, create=create, lock=self._lock)
        self._catalog = parts.truth
        self._files = parts.files
        self._searching = parts.searching
        self.sessions = parts.sessions
        self.remembered = parts.remembered
        self.whole = parts.whole

    def close(self) -> None:
        with self._lock:
            self._catalog.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- what is in it

    @property
    def model(self) -> str | None:
        """The id of the model whose vectors answer; None before the first article."""
        with self._lock:
            return self._catalog.meta("model")

    @property
    def model_name(self) -> str | None:
        """The name or folder by which that model is found again."""
        with self._lock:
            return self._catalog.meta("model_name")

    @property
    def model_precision(self) -> str | None:
        with self._lock:
            return self._catalog.meta("model_precision")

    @property
    def dimension(self) -> int:
        """How long that model's vectors are; 0 before the first article."""
        with self._lock:
            return int(self._catalog.meta("dimension") or 0)

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written to it, as on a read-only disk."""
        return self._catalog.read_only

    @property
    def revision(self) -> int:
        with self._lock:
            return self._catalog.revision()

    def article(self, article_id: str) -> Article:
        """The stored article. Raises `NotFound`."""
        with self._lock:
            found = self._catalog.article(article_id)
        if found is None:
            raise NotFound(f"there is no article {article_id!r} in the library; see --list")
        return found

    def full_text(self, article_id: str) -> str:
        """All that the article's file said; its text, where that is all. Raises `NotFound`."""
        with self._lock:
            return self._catalog.full_text(article_id) or self.article(article_id).text

    def sentences(self, article_id: str) -> list[Sentence]:
        """The article's sentences in order, as it was split when it was read."""
        with self._lock:
            return self._catalog.sentences(article_id)

    def published(self, article_ids: Sequence[str]) -> dict[str, str | None]:
        """The dates (ISO, or None) of those of the articles that are there, by id."""
        with self._lock:
            return self._catalog.published(article_ids)

    def articles(self) -> list[ArticleSummary]:
        """Every article, newest first."""
        with self._lock:
            return self._catalog.summaries()

    def count(self) -> int:
        """The number of articles."""
        with self._lock:
            return self._catalog.counts()[0]

    def count_undated(self) -> int:
        """The number of articles without a date, which no filter by date lets through."""
        with self._lock:
            return self._catalog.count_undated()

    def status(self) -> LibraryStatus:
        with self._lock:
            articles, passages = self._catalog.counts()
            model = self._catalog.meta("model")
            waiting = self._catalog.count_without_vector(model) if model else passages
            found = self._searching.state()
            return LibraryStatus(
                folder=str(self.folder),
                articles=articles,
                passages=passages,
                vectors=found.vectors,
                waiting=waiting,
                model=model,
                index=found.index,
                bytes_on_disk=found.bytes_on_disk,
                revision=self._catalog.revision(),
                snapshot_revision=found.snapshot_revision,
                rebuilt_at=self._catalog.meta("rebuilt_at"),
                read_only=self._catalog.read_only,
            )

    # --- search

    def allowed(self, filters: Filters) -> npt.NDArray[np.int64]:
        """Ids of the passages whose article passes the filters, ascending."""
        with self._lock:
            return self._catalog.allowed_passages(filters)

    def search_vectors(
        self,
        query: npt.NDArray[np.float32],
        *,
        limit: int,
        filters: Filters = Filters(),
        model: str | None = None,
    ) -> list[Neighbour]:
        """The passages nearest to a unit vector of the library's model, best first.

        Where `model` is named and is not the library's (any more), none: vectors of two
        models cannot be compared.
        """
        with self._lock:
            return self._searching.near(query, limit=limit, filters=filters, model=model)

    def search_words(
        self, text: str, *, limit: int, filters: Filters = Filters()
    ) -> list[tuple[int, float]]:
        """(passage id, BM25) of passages with any of the text's words, best first."""
        with self._lock:
            return self._searching.words(text, limit=limit, filters=filters)

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """The passages of those ids that are still there."""
        with self._lock:
            return self._catalog.passages(ids)

    @contextlib.contextmanager
    def one_state(self) -> Iterator[None]:
        """Several searches and reads that see one state of the library, whoever writes."""
        with self._lock, self._catalog.reading():
            yield

    # --- changes

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What this thread writes within is one transaction, where it is a folder's library.

        Others write and this process's threads read after it: nothing slow belongs in it.
        """
        with self._lock, self._catalog.together():
            yield

    def set_model(self, model: str, *, name: str, precision: str, dimension: int) -> None:
        """Say which model's vectors answer from now on; every passage must have one."""
        with self._lock:
            self._searching.prepare(model)
            self._catalog.switch_model(model, name=name, precision=precision, dimension=dimension)

    def put_article(
        self,
        article_id: str,
        draft: Draft,
        *,
        path: str,
        sha256: str,
        sentences: Sequence[Sentence],
        windows: Sequence[tuple[int, int]],
        vectors: dict[bytes, npt.NDArray[np.float32]],
        model: str,
        link: Link = Link(),
    ) -> dict[bytes, str]:
        """Store the article, its passages and what vectors there are, in one transaction.

        `windows` are first and last sentence of each passage; `vectors` may have one for
        each passage's `digest_of`, and `put_vectors` brings those that follow. `link` says
        which articles are its versions. What is embedded of each passage comes back, by digest.
        """
        spans = np.array([(s.start, s.end) for s in sentences], dtype=np.int32).reshape(-1, 2)
        passages = cut_passages(draft.title, draft.text, sentences, windows)
        wanted = {passage.digest for passage in passages}
        with self._lock:
            self._catalog.put_article(
                article_id,
                draft,
                path=path,
                sha256=sha256,
                sentences=spans,
                passages=passages,
                vectors=((d, packed(v)) for d, v in vectors.items() if d in wanted),
                model=model,
                link=link,
            )
        return texts_of(draft.title, passages)

    def put_passages(
        self, article: Article, windows: Sequence[tuple[int, int]]
    ) -> dict[bytes, str]:
        """Give a stored article its passages again, as `put_article` does."""
        with self._lock:
            sentences = self._catalog.sentences(article.id)
            passages = cut_passages(article.title, article.text, sentences, windows)
            self._catalog.put_passages(article.id, passages)
        return texts_of(article.title, passages)

    def bare(self) -> list[str]:
        """The ids of the articles that should answer and have no passages."""
        with self._lock:
            return self._catalog.kinship.bare()

    def same_as(self, draft: Draft, *, but: str) -> str | None:
        """The id of another article than `but` that is the draft, word for word; else None.

        Short texts under headlines of other things are not: what a page says instead of its story.
        """
        from embeddings import versions  # Whoever only asks compares no texts.

        with self._lock:
            return versions.same_as(self._catalog.kinship, draft, but=but)

    def put_place(self, place_id: str, article_id: str, *, path: str, sha256: str) -> None:
        """Remember that the file holds the text of an article that is there, and nothing else."""
        with self._lock:
            self._catalog.put_place(place_id, article_id, path, sha256)

    def link_of(self, article_id: str, draft: Draft, bands: Sequence[bytes] | None = None) -> Link:
        """Which stored articles the draft is a version of, and which of them is the newest.

        See `versions.link_of`.
        """
        from embeddings import versions

        with self._lock:
            return versions.link_of(self._catalog.kinship, article_id, draft, bands)

    def correct(self, article_id: str, fields: Mapping[str, str | None]) -> None:
        """Say otherwise what is said of an article, now and whenever it is read again.

        Raises `NotFound`. A new title leaves the article's passages waiting for vectors.
        """
        with self._lock:
            self.article(article_id)
            self.remembered.correct(article_id, fields)
            found: dict[str, str | None] = dict(fields)
            if "published" in fields:
                found["published_from"] = "hand"
            self._catalog.update_fields(article_id, found, digest_of)

    def complete(self, article_id: str, draft: Draft) -> None:
        """Give the article what the draft, its text in another file, says and is not known of it.

        What a person said of it stays. Nothing where the article has just been removed.
        """
        with self._lock:
            article = self._catalog.article(article_id)
            if article is None:
                return
            said = self.remembered.corrections(article_id)
            fields: dict[str, str | None] = {
                name: getattr(draft, name)
                for name in ("published", "source", "author", "url", "language")
                if name not in said and not getattr(article, name) and getattr(draft, name)
            }
            if "published" in fields:
                fields["published_from"] = draft.published_from
            if fields:
                self._catalog.update_fields(article_id, fields, digest_of)

    def remove(self, article_ids: Sequence[str], *, wholly: bool = False) -> int:
        """Remove the articles, all or none; how many there were.

        One whose text another file has as well stays, as that file's, unless `wholly`.
        """
        with self._lock:
            return self._catalog.drop_articles(article_ids, wholly=wholly)

    def files_digests(self, path: str) -> dict[str, str]:
        """Article id to content digest, of the articles that came from one file."""
        with self._lock:
            return self._catalog.digests_of_file(path)

    def file(self, path: str) -> KnownFile | None:
        with self._lock:
            return self._files.file(path)

    def put_file(self, path: str, known: KnownFile) -> None:
        with self._lock:
            self._files.put_file(path, known)

    def put_files(self, files: Sequence[tuple[str, KnownFile]]) -> None:
        with self._lock:
            self._files.put_files(files)

    def files(self) -> dict[str, KnownFile]:
        """What every known file was like when it was taken in."""
        with self._lock:
            return self._files.files()

    def counts_of_files(self) -> dict[str, int]:
        """How many articles each file has."""
        with self._lock:
            return self._files.counts_of_files()

    def forget_file(self, path: str) -> None:
        with self._lock:
            self._files.drop_file(path)

    def paths(self) -> list[str]:
        """Every file an article came from, and those known to hold none."""
        with self._lock:
            return self._files.paths()

    def roots(self) -> list[str]:
        """The files and folders that were given to ``--rebuild``."""
        with self._lock:
            return self._files.roots()

    def add_root(self, path: str) -> None:
        with self._lock:
            self._files.add_root(path)

    def drop_root(self, path: str) -> None:
        with self._lock:
            self._files.drop_root(path)

    def without_vectors(self, model: str, digests: Sequence[bytes]) -> set[bytes]:
        """Those of the digests that have no vector of the model yet."""
        with self._lock:
            return set(digests) - self._catalog.known_digests(model, digests)

    def waiting(self, model: str) -> int:
        """How many different passage texts have no vector of the model yet."""
        with self._lock:
            return self._catalog.count_without_vector(model)

    def waiting_passages(
        self, model: str, limit: int, *, after: bytes = b""
    ) -> list[tuple[bytes, str, str]]:
        """(digest, title, text) of up to `limit` passages without a vector of the model, in the
        order of their digests, of those `after` one."""
        with self._lock:
            return self._catalog.passages_without_vector(model, limit, after=after)

    def put_vectors(self, model: str, vectors: dict[bytes, npt.NDArray[np.float32]]) -> None:
        """Store vectors of shape (dimension,) by digest, in one transaction."""
        with self._lock:
            self._catalog.put_vectors(model, ((d, packed(v)) for d, v in vectors.items()))

    def note_rebuild(self, when: str) -> None:
        """Remember when everything was last brought in step (ISO 8601, UTC)."""
        with self._lock:
            self._catalog.set_meta("rebuilt_at", when)

    def tidy(self) -> None:
        """Let go of vectors without a passage, and write a snapshot where one is due."""
        with self._lock:
            self._catalog.sweep()
            self._searching.tidy()

    # --- whether index and truth agree

    def check(self) -> list[str]:
        """What is wrong, a line each; empty where everything agrees.

        Compares every passage's vector in the index with the one in the database.
        """
        with self._lock:
            faults = self._catalog.check()
        with self._lock, self._catalog.reading():
            return faults + self._searching.faults()
