"""A library in a folder: SQLite is the truth, FAISS its shadow, and these are its parts."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.catalog import Catalog
from embeddings.errors import LibraryUnusable
from embeddings.files import Files
from embeddings.parts import Parts, SearchState
from embeddings.records import Filters
from embeddings.remembered import Remembered
from embeddings.sessions import KeptSessions
from embeddings.shadow import Shadow
from embeddings.vectors import Neighbour, VectorStore
from embeddings.whole import Whole
from embeddings.wordsearch import WordSearch

DATABASE = "library.db"
# The least cosine of a vector with itself kept in a byte a number; measured: .999 and more.
_ALIKE = 0.99
# Of so many filters the ids let through are kept: eight bytes a passage each.
_FILTERS_KEPT = 4


def database_path(folder: Path) -> Path:
    """Where a library's database lies in its folder."""
    return folder / DATABASE


def open_parts(folder: Path, *, create: bool, lock: AbstractContextManager[object]) -> Parts:
    """The parts of the library in the folder. Raises `LibraryUnusable`."""
    catalog = Catalog(database_path(folder), create=create)
    return Parts(
        truth=catalog,
        files=Files(catalog),
        searching=EmbeddedSearch(folder, catalog),
        sessions=KeptSessions(catalog, lock),
        remembered=Remembered(catalog, lock),
        whole=Whole(catalog.all_rows, "?", partial(_vectors_of, catalog)),
    )


def _vectors_of(
    catalog: Catalog, model: str, article_id: str
) -> dict[bytes, npt.NDArray[np.float32]]:
    stored = catalog.vectors_of_article(model, article_id)
    return {digest: np.frombuffer(vector, dtype="<f4") for digest, vector in stored.items()}


class EmbeddedSearch:
    """Searches the shadow by meaning and FTS5 by words. Not safe for threads."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder
        self._catalog = catalog
        self._shadow = Shadow(folder, catalog)
        self._words = WordSearch(catalog)
        self._allowed: dict[Filters, npt.NDArray[np.int64]] = {}
        self._allowed_at = -1

    def near(
        self,
        query: npt.NDArray[np.float32],
        *,
        limit: int,
        filters: Filters,
        model: str | None,
    ) -> list[Neighbour]:
        store = self._shadow.current()
        if store is None or (model is not None and model != self._shadow.model):
            return []
        allowed = None if filters.empty else self._allowed_by(filters)
        found = store.search(query, limit=limit, allowed=allowed)
        return found if store.is_exact else self._exactly(query, found)

    def _exactly(
        self, query: npt.NDArray[np.float32], found: Sequence[Neighbour]
    ) -> list[Neighbour]:
        """The same passages, by their whole vectors: what an approximate index left out of them."""
        model = self._shadow.model
        assert model is not None
        whole = self._catalog.vectors_of(model, [hit.passage_id for hit in found])
        exact = [
            Neighbour(hit.passage_id, float(np.frombuffer(packed, dtype="<f4") @ query))
            for hit in found
            if (packed := whole.get(hit.passage_id)) is not None
        ]
        return sorted(exact, key=lambda hit: (-hit.similarity, hit.passage_id))

    def _allowed_by(self, filters: Filters) -> npt.NDArray[np.int64]:
        """The ids that the filters let through, found once while the library stays as it is."""
        revision = self._catalog.revision()
        if revision != self._allowed_at or len(self._allowed) > _FILTERS_KEPT:
            self._allowed, self._allowed_at = {}, revision
        if filters not in self._allowed:
            self._allowed[filters] = self._catalog.allowed_passages(filters)
        return self._allowed[filters]

    def words(self, text: str, *, limit: int, filters: Filters) -> list[tuple[int, float]]:
        allowed = None if filters.empty else self._allowed_by(filters)
        return self._words.find(text, limit=limit, allowed=allowed)

    def state(self) -> SearchState:
        store = self._shadow.current()
        return SearchState(
            vectors=0 if store is None else len(store),
            index=VectorStore(1).kind if store is None else store.kind,
            snapshot_revision=self._shadow.snapshot_revision,
            bytes_on_disk=_size_of(self._folder),
        )

    def prepare(self, model: str) -> None:
        """Nothing: the shadow follows by itself."""

    def tidy(self) -> None:
        """Write a snapshot where one is due."""
        if not self._catalog.read_only:
            self._shadow.save_where_due()

    def faults(self) -> list[str]:
        """Compares every passage's vector in the index with the one in the database."""
        faults: list[str] = []
        try:
            store = self._shadow.current()
        except LibraryUnusable as error:
            return [str(error)]
        model = self._catalog.meta("model")
        if store is None or model is None:
            return faults
        indexed = store.ids()
        once = np.unique(indexed)
        if len(once) != len(indexed):
            faults.append("the index holds a passage more than once")
        seen: list[int] = []
        missing = wrong = 0
        # One at a time: of a million passages all at once would be gigabytes.
        for passage_id, packed in self._catalog.vectors_since(model, 0):
            seen.append(passage_id)
            try:
                held = store.vector(passage_id)
            except KeyError:
                missing += 1
                continue
            if len(packed) != held.nbytes:
                wrong += 1
                continue
            truth = np.frombuffer(packed, dtype="<f4")
            same = (
                np.array_equal(held, truth)
                if store.is_whole(passage_id)
                else float(held @ truth) > _ALIKE
            )
            wrong += not same
        if missing:
            faults.append(f"{missing} passages are missing in the index")
        if strange := len(np.setdiff1d(once, np.array(seen, dtype=np.int64))):
            faults.append(f"{strange} passages in the index are not in the library")
        if wrong:
            faults.append(f"{wrong} vectors in the index differ from the library's")
        return faults


def _size_of(folder: Path) -> int:
    total = 0
    for file in folder.iterdir():
        # SQLite's and our own passing files may be gone by now.
        with contextlib.suppress(FileNotFoundError):
            total += file.stat().st_size
    return total
