"""A library of articles: the one door to SQLite (the truth) and FAISS (its shadow).

Law 2 lives here. The catalog holds everything in one transaction an article; the vector
store is loaded from a snapshot, or from the catalog where the snapshot is lost, stale or
damaged, then brought up to the present by what changed since. Safe to use from several
threads: one lock is held for each operation.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.catalog import Catalog, NewPassage
from embeddings.errors import NotFound
from embeddings.files import Files
from embeddings.kinship import Link
from embeddings.likeness import are_versions, sketch
from embeddings.records import (
    Article,
    ArticleSummary,
    Draft,
    Filters,
    KnownFile,
    Passage,
    Sentence,
)
from embeddings.remembered import Remembered
from embeddings.sessions import KeptSessions
from embeddings.shadow import Shadow
from embeddings.vectors import INDEX_KIND, Neighbour
from embeddings.words import match_any

DATABASE = "library.db"
# Compared whole with a new article, of those whose sketches meet its own.
_MOST_KIN = 8


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """What ``--status`` tells. `waiting` counts passages that have no vector yet;
    `rebuilt_at` is the end of the last whole rebuild, ISO 8601 in UTC."""

    folder: str
    articles: int
    passages: int
    vectors: int
    waiting: int
    model: str | None
    index: str
    bytes_on_disk: int
    revision: int
    snapshot_revision: int | None
    rebuilt_at: str | None
    read_only: bool


def database_path(folder: Path) -> Path:
    """Where a library's database lies in its folder."""
    return folder / DATABASE


class Library:
    """An open library. `create` makes it where there is none; else `LibraryUnusable`."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._catalog = Catalog(database_path(folder), create=create)
        self._files = Files(self._catalog)
        self._shadow = Shadow(folder, self._catalog)
        self.sessions = KeptSessions(self._catalog, self._lock)
        self.remembered = Remembered(self._catalog, self._lock)

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
            store = self._shadow.current()
            return LibraryStatus(
                folder=str(self.folder),
                articles=articles,
                passages=passages,
                vectors=0 if store is None else len(store),
                waiting=waiting,
                model=model,
                index=INDEX_KIND,
                bytes_on_disk=_size_of(self.folder),
                revision=self._catalog.revision(),
                snapshot_revision=self._shadow.snapshot_revision,
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
            store = self._shadow.current()
            if store is None or (model is not None and model != self._shadow.model):
                return []
            allowed = None if filters.empty else self._catalog.allowed_passages(filters)
            return store.search(query, limit=limit, allowed=allowed)

    def search_words(
        self, text: str, *, limit: int, filters: Filters = Filters()
    ) -> list[tuple[int, float]]:
        """(passage id, BM25) of passages with any of the text's words, best first."""
        expression = match_any(text)
        if expression is None:
            return []
        with self._lock:
            return self._catalog.search_words(expression, limit=limit, filters=filters)

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

    def set_model(self, model: str, *, name: str, precision: str, dimension: int) -> None:
        """Say which model's vectors answer from now on; every passage must have one."""
        with self._lock:
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
    ) -> None:
        """Store the article, its passages and what vectors there are, in one transaction.

        `windows` are first and last sentence of each passage; `vectors` may have one for
        each passage's `digest_of`, and `put_vectors` brings those that follow. `link` says
        which articles are its versions.
        """
        spans = np.array([(s.start, s.end) for s in sentences], dtype=np.int32).reshape(-1, 2)
        passages = _passages(draft.title, draft.text, sentences, windows)
        wanted = {passage.digest for passage in passages}
        with self._lock:
            self._catalog.put_article(
                article_id,
                draft,
                path=path,
                sha256=sha256,
                sentences=spans,
                passages=passages,
                vectors=((d, _packed(v)) for d, v in vectors.items() if d in wanted),
                model=model,
                link=link,
            )

    def put_passages(self, article: Article, windows: Sequence[tuple[int, int]]) -> None:
        """Give a stored article its passages again, as `put_article` does."""
        with self._lock:
            sentences = self._catalog.sentences(article.id)
            passages = _passages(article.title, article.text, sentences, windows)
            self._catalog.put_passages(article.id, passages)

    def bare(self) -> list[str]:
        """The ids of the articles that should answer and have no passages."""
        with self._lock:
            return self._catalog.kinship.bare()

    def same_text(self, text: str, *, but: str) -> str | None:
        """The id of another article than `but` with just that text; None where there is none."""
        with self._lock:
            return self._catalog.kinship.with_text(text, but=but)

    def put_place(self, place_id: str, article_id: str, *, path: str, sha256: str) -> None:
        """Remember that the file holds the text of an article that is there, and nothing else."""
        with self._lock:
            self._catalog.put_place(place_id, article_id, path, sha256)

    def link_of(self, article_id: str, draft: Draft) -> Link:
        """Which stored articles the draft is a version of, and which of them is the newest.

        The later date is the newer; of one day, or without days, the longer text.
        """
        bands = sketch(draft.text)
        if not bands:
            return Link()
        with self._lock:
            kinship = self._catalog.kinship
            for kin in kinship.candidates(bands, but=article_id, limit=_MOST_KIN):
                if not are_versions(draft.text, kin.text):
                    continue
                # What this very article answered for until now stands by itself.
                head = kin if kin.newer in (None, article_id) else kinship.article(kin.newer)
                if head is None:
                    continue
                mine = (draft.published or "", len(draft.text))
                if mine > (head.published or "", len(head.text)):
                    return Link(bands, retires=(head.id,))
                return Link(bands, newer=head.id)
        return Link(bands)

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

    def waiting_passages(self, model: str, limit: int) -> list[tuple[bytes, str, str]]:
        """(digest, title, text) of up to `limit` passages without a vector of the model."""
        with self._lock:
            return self._catalog.passages_without_vector(model, limit)

    def put_vectors(self, model: str, vectors: dict[bytes, npt.NDArray[np.float32]]) -> None:
        """Store vectors of shape (dimension,) by digest, in one transaction."""
        with self._lock:
            self._catalog.put_vectors(model, ((d, _packed(v)) for d, v in vectors.items()))

    def note_rebuild(self, when: str) -> None:
        """Remember when everything was last brought in step (ISO 8601, UTC)."""
        with self._lock:
            self._catalog.set_meta("rebuilt_at", when)

    def tidy(self) -> None:
        """Let go of vectors without a passage, and write a snapshot where one is due."""
        with self._lock:
            self._catalog.sweep()
            if not self._catalog.read_only:
                self._shadow.save_where_due()

    # --- whether index and truth agree

    def check(self) -> list[str]:
        """What is wrong, a line each; empty where everything agrees.

        Compares every passage's vector in the index with the one in the database.
        """
        with self._lock:
            faults = self._catalog.check()
        with self._lock, self._catalog.reading():
            store = self._shadow.current()
            model = self._catalog.meta("model")
            if store is None or model is None:
                return faults
            truth = {
                passage_id: np.frombuffer(packed, dtype="<f4")
                for passage_id, packed in self._catalog.vectors_since(model, 0)
            }
            indexed = set(store.ids().tolist())
            if len(indexed) != len(store):
                faults.append("the index holds a passage more than once")
            if missing := truth.keys() - indexed:
                faults.append(f"{len(missing)} passages are missing in the index")
            if strange := indexed - truth.keys():
                faults.append(f"{len(strange)} passages in the index are not in the library")
            wrong = sum(
                not np.array_equal(store.vector(passage_id), truth[passage_id])
                for passage_id in indexed & truth.keys()
            )
            if wrong:
                faults.append(f"{wrong} vectors in the index differ from the library's")
            return faults


def _passages(
    title: str, text: str, sentences: Sequence[Sentence], windows: Sequence[tuple[int, int]]
) -> list[NewPassage]:
    found = []
    for first, last in windows:
        start, end = sentences[first].start, sentences[last].end
        body = text[start:end]
        found.append(NewPassage(first, last, start, end, body, digest_of(title, body)))
    return found


def _size_of(folder: Path) -> int:
    total = 0
    for file in folder.iterdir():
        # SQLite's and our own passing files may be gone by now.
        with contextlib.suppress(FileNotFoundError):
            total += file.stat().st_size
    return total


def digest_of(title: str, text: str) -> bytes:
    """What a passage's vector is kept under: a digest of exactly what is encoded."""
    return hashlib.sha256(encoded_text(title, text).encode()).digest()[:16]


def encoded_text(title: str, text: str) -> str:
    """A passage as the encoder reads it: under its article's title."""
    return f"{title}\n{text}" if title else text


def _packed(vector: npt.NDArray[np.float32]) -> bytes:
    return vector.astype("<f4").tobytes()
