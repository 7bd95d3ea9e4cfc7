"""Keeping the vector store in step with the catalog, whose shadow it is (law 2).

The store comes from a snapshot file, or from the catalog where the snapshot is lost, stale or
damaged, and is brought up to the present by what changed since. Only this file, the library
and the vector store know the files.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from embeddings.catalog import Catalog
from embeddings.durable import sweep_passing
from embeddings.errors import LibraryUnusable
from embeddings.schema import damaged
from embeddings.vectors import APPROXIMATE_FROM, DamagedSnapshot, VectorStore, discard

SNAPSHOTS = "vectors-*.faiss"
# A snapshot is written anew when replaying what came after it would cost more than this
# many rows, or a tenth of itself: so a few new articles never rewrite a large file.
_REPLAY_MOST = 2000


class Shadow:
    """The vectors of a library. Not safe for threads: the library locks.

    `model` is the model of the vectors in hand, `snapshot_revision` the revision of the
    snapshot they came from, None where it was the catalog.
    """

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder
        self._catalog = catalog
        self._store: VectorStore | None = None
        self._revision = 0
        self._replayed = 0
        self.model: str | None = None
        self.snapshot_revision: int | None = None

    def current(self) -> VectorStore | None:
        """The vectors at the catalog's revision; None where there is no model yet."""
        model = self._catalog.meta("model")
        if model is None:
            return None
        revision = self._catalog.revision()
        if self._store is None or self.model != model or self._revision < self._oldest():
            self._store, self._revision = self._load(model, revision)
            self.model = model
        self._replay(self._store, model, revision)
        return self._store

    def save_where_due(self) -> None:
        """Write a snapshot where there is none, or replaying costs too much by now."""
        store = self.current()
        if store is None or self.model is None:
            return
        due = self._replayed > max(_REPLAY_MOST, len(store) // 10)
        if self.snapshot_revision is not None and not due:
            return
        path = self._snapshot_path(self.model)
        # A snapshot that cannot be written costs time at the next opening, nothing else.
        with contextlib.suppress(OSError):
            store.save(path, revision=self._revision)
            self.snapshot_revision, self._replayed = self._revision, 0
            self._catalog.note_snapshot(self._revision, store.stamp)
            discard(other for other in self._folder.glob(SNAPSHOTS) if other != path)
            sweep_passing(self._folder, SNAPSHOTS)

    def _oldest(self) -> int:
        """Older vectors than of this revision lack removals, or are another making of them."""
        return max(
            int(self._catalog.meta("removals_from") or 0),
            int(self._catalog.meta("model_since") or 0),
        )

    def _load(self, model: str, revision: int) -> tuple[VectorStore, int]:
        dimension = int(self._catalog.meta("dimension") or 0)
        self.snapshot_revision, self._replayed = None, 0
        try:
            store, taken = VectorStore.load(
                self._snapshot_path(model), dimension=dimension, approximate_from=APPROXIMATE_FROM
            )
        except (DamagedSnapshot, OSError):
            return VectorStore(dimension, approximate_from=APPROXIMATE_FROM), 0
        # One that the catalog has not noted is of another history: of before it was restored by
        # hand from a copy, say, when other passages had these ids.
        if not self._oldest() <= taken <= revision or not self._catalog.notes(store.stamp):
            return VectorStore(dimension, approximate_from=APPROXIMATE_FROM), 0
        self.snapshot_revision = taken
        return store, taken

    def _replay(self, store: VectorStore, model: str, revision: int) -> None:
        if self._revision == revision:
            return
        gone = self._catalog.removals_since(self._revision) if len(store) else []
        store.remove(gone)
        ids: list[int] = []
        rows: list[npt.NDArray[np.float32]] = []
        for passage_id, packed in self._catalog.vectors_since(model, self._revision):
            if len(packed) != 4 * store.dimension:
                raise LibraryUnusable(damaged(self._catalog.path, "a vector"))
            ids.append(passage_id)
            rows.append(np.frombuffer(packed, dtype="<f4"))
        if ids:
            new = np.array(ids, dtype=np.int64)
            vectors = np.stack(rows)
            # What is no number is nearer to nothing than to anything, in no order at all.
            if not np.isfinite(vectors).all():
                raise LibraryUnusable(damaged(self._catalog.path, "a vector"))
            # A passage whose vector came late is replayed again: never hold it twice.
            store.remove(ids)
            store.add(new, vectors)
        self._replayed += len(ids) + len(gone)
        self._revision = revision

    def _snapshot_path(self, model: str) -> Path:
        return self._folder / f"vectors-{hashlib.sha256(model.encode()).hexdigest()[:12]}.faiss"
