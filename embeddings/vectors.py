"""Passage vectors in FAISS: search now, and a snapshot file that may be lost at any time.

The snapshot is a cache of what SQLite holds: FAISS's own file, which is mapped into memory and not
copied, and behind it the revision it was taken at and a checksum of all. Whatever is wrong with
it, the library loads the vectors from SQLite instead.
"""

from __future__ import annotations

import contextlib
import math
import os
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.durable import write_atomically

# From so many vectors on, comparing with each takes longer than a question's search may
# (benchmarks/scale.py).
APPROXIMATE_FROM = 100_000
# How many of the lists that vectors are sorted into are looked through, and from how many
# vectors for each they are learned.
_LISTS_SEARCHED = 256
_LEARNED_FROM = 50
# Lists are learned anew once there are so many times the vectors that they were learned from.
_OUTGROWN = 3
_LISTS_IN_PARALLEL = 1
# Unseen by type checkers, as much of faiss.
_DIRECT_MAP: Any = faiss.DirectMap  # type: ignore[attr-defined]
_MAGIC = b"DLF2"
# At the end of the file: revision, bytes before this, crc32 of all before itself, magic.
_STAMP = struct.Struct("<qQ")
_TRAILER = struct.Struct("<qQI4s")


class DamagedSnapshot(Exception):
    """The snapshot is torn, altered or not ours; the caller loads from SQLite instead."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage id and the cosine of its vector with the question's, -1 to 1."""

    passage_id: int
    similarity: float


class VectorStore:
    """Unit vectors of shape (n, dimension), float32, found by passage id.

    Exact while there are fewer than `approximate_from`: each is compared. From there on
    `settle` sorts them into lists of neighbours, a byte a number, of which a search looks through
    those nearest to the question (FAISS ``IVF,SQ8``); what comes after that is kept as it is
    and compared one by one, and what is removed is passed over, until it settles again. So
    one article more costs the same in a library of any size.
    """

    def __init__(self, dimension: int, *, approximate_from: int = APPROXIMATE_FROM) -> None:
        self.dimension = dimension
        # The end of the snapshot last saved or loaded, which tells it from any other.
        self.stamp = b""
        self._approximate_from = approximate_from
        self._recent = self._empty()
        # The index that is the snapshot's file itself, which nothing may be added to.
        self._mapped: Any = None
        self._recent_ids: set[int] = set()
        self._settled: Any = None
        # Whether an id is settled and not removed, by id; and how many settled ones are removed.
        self._live: npt.NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self._gone: list[int] = []

    def _empty(self) -> Any:
        return faiss.IndexIDMap2(faiss.IndexFlatIP(self.dimension))

    def __len__(self) -> int:
        return len(self._recent_ids) + self._live_count()

    @property
    def is_exact(self) -> bool:
        """Whether every vector is kept as it is and compared with the question."""
        return self._settled is None

    @property
    def kind(self) -> str:
        """What the index is and why, for a person."""
        if self.is_exact:
            return f"Flat (exact: fewer than {self._approximate_from:,} vectors)"
        lists = self._settled.nlist
        return (
            f"IVF{lists},SQ8 (approximate: {self._approximate_from:,} vectors or more; looks "
            f"through {self._lists_searched(1.0)} of {lists} lists)"
        )

    def add(self, ids: npt.NDArray[np.int64], vectors: npt.NDArray[np.float32]) -> None:
        """Add unit vectors of shape (n, dimension) under ids of shape (n,), none known yet.

        Raises ValueError where the shapes do not fit.
        """
        if vectors.shape != (len(ids), self.dimension):
            raise ValueError(f"vectors of shape {vectors.shape} for {len(ids)} ids")
        if len(ids):
            self._recent = self._owned(self._recent)
            self._recent.add_with_ids(
                np.ascontiguousarray(vectors, dtype=np.float32),
                np.ascontiguousarray(ids, dtype=np.int64),
            )
            self._recent_ids.update(ids.tolist())

    def remove(self, ids: Iterable[int]) -> int:
        """Remove the ids that are there; how many there were."""
        asked = set(ids)
        recent = asked & self._recent_ids
        if recent:
            self._recent = self._owned(self._recent)
            selected = faiss.IDSelectorBatch(np.fromiter(recent, dtype=np.int64))
            self._recent.remove_ids(selected)
            self._recent_ids -= recent
        settled = [passage_id for passage_id in asked if self._is_live(passage_id)]
        self._live[settled] = False
        self._gone += settled
        return len(recent) + len(settled)

    def ids(self) -> npt.NDArray[np.int64]:
        """Every id: the settled in ascending order, then the others in the order of storage."""
        recent: npt.NDArray[np.int64] = faiss.vector_to_array(self._recent.id_map)
        return np.concatenate([np.flatnonzero(self._live), recent])

    def vector(self, passage_id: int) -> npt.NDArray[np.float32]:
        """The vector of shape (dimension,) kept under the id. Raises KeyError.

        A settled one is off by up to what a byte a number leaves out.
        """
        if passage_id in self._recent_ids:
            index = self._recent
        elif self._is_live(passage_id):
            index = self._settled
            index.set_direct_map_type(_DIRECT_MAP.Hashtable)
        else:
            raise KeyError(passage_id)
        return np.asarray(index.reconstruct(int(passage_id)), dtype=np.float32)

    def is_whole(self, passage_id: int) -> bool:
        """Whether that passage's vector is kept as it is, to the last bit."""
        return passage_id in self._recent_ids

    def search(
        self,
        query: npt.NDArray[np.float32],
        *,
        limit: int,
        allowed: npt.NDArray[np.int64] | None = None,
    ) -> list[Neighbour]:
        """The `limit` nearest to a unit vector of shape (dimension,), best first.

        With `allowed`, only among those ids. Fewer come back only where fewer there are. Where
        the store is not `is_exact`, a few of the nearest may be missed, and similarities are off
        by what a byte a number leaves out.
        """
        limit = min(limit, len(self) if allowed is None else len(allowed))
        if limit <= 0:
            return []
        row = np.ascontiguousarray(query.reshape(1, -1), dtype=np.float32)
        found = self._among_recent(row, limit, allowed)
        if not self.is_exact:
            found = [*found, *self._among_settled(row, limit, allowed)]
            found.sort(key=lambda hit: (-hit.similarity, hit.passage_id))
        return found[:limit]

    def settle(self) -> None:
        """Sort what came since into the lists, which are made first where they are due.

        Takes minutes for a million vectors: not while anybody waits for an answer.
        """
        if len(self) < self._approximate_from:
            return
        if self._settled is None or len(self) > _OUTGROWN * self._learned_from():
            self._settled = self._learned()
        elif self._gone:
            self._settled = self._owned(self._settled)
            self._settled.set_direct_map_type(_DIRECT_MAP.NoMap)
            self._settled.remove_ids(faiss.IDSelectorBatch(np.array(self._gone, dtype=np.int64)))
        self._settled = self._owned(self._settled)
        self._settled.add_with_ids(*self._all_recent())
        self._take_settled(self._settled)
        self._recent = self._empty()
        self._recent_ids.clear()

    # --- the two parts

    def _owned(self, index: Any) -> Any:
        """The index in memory of its own, where it can be changed."""
        if index is not self._mapped:
            return index
        self._mapped = None
        return faiss.deserialize_index(faiss.serialize_index(index))

    def _is_live(self, passage_id: int) -> bool:
        return 0 <= passage_id < len(self._live) and bool(self._live[passage_id])

    def _live_count(self) -> int:
        return 0 if self.is_exact else int(self._settled.ntotal) - len(self._gone)

    def _among_recent(
        self, row: npt.NDArray[np.float32], limit: int, allowed: npt.NDArray[np.int64] | None
    ) -> list[Neighbour]:
        if not self._recent_ids:
            return []
        parameters: Any = None
        if allowed is not None:
            # faiss makes its keyword constructors at run time, unseen by type checkers.
            make: Any = faiss.SearchParameters
            parameters = make(sel=_chosen(_marked(allowed)))
        return _neighbours(self._recent, row, min(limit, len(self._recent_ids)), parameters)

    def _among_settled(
        self, row: npt.NDArray[np.float32], limit: int, allowed: npt.NDArray[np.int64] | None
    ) -> list[Neighbour]:
        selector: Any = None
        wanted, share = self._live_count(), 1.0
        if allowed is not None:
            marked = _marked(allowed)[: len(self._live)]
            marked &= self._live[: len(marked)]
            wanted = int(np.count_nonzero(marked))
            share = wanted / int(self._settled.ntotal)
            selector = _chosen(marked)
        elif self._gone:
            selector = _chosen(self._live)
        if not wanted:
            return []
        make: Any = faiss.SearchParametersIVF
        limit = min(limit, wanted)
        for lists in (self._lists_searched(share), self._settled.nlist):
            found = _neighbours(self._settled, row, limit, make(sel=selector, nprobe=lists))
            if len(found) == limit:
                break
        return found

    def _lists_searched(self, share: float) -> int:
        """More, the fewer of the vectors may be found: few are then all looked at."""
        return min(int(self._settled.nlist), math.ceil(_LISTS_SEARCHED / max(share, 1e-9)))

    def _learned(self) -> Any:
        """New lists, learned from some of all vectors, that hold the settled ones already."""
        count = max(1, round(4 * math.sqrt(len(self))))
        index = faiss.index_factory(self.dimension, f"IVF{count},SQ8", faiss.METRIC_INNER_PRODUCT)
        rows, _ = self._all_recent()
        if self._settled is not None:
            old = np.flatnonzero(self._live)
            self._settled.set_direct_map_type(_DIRECT_MAP.Hashtable)
            kept = self._settled.reconstruct_batch(old)
            rows = np.concatenate([kept, rows])
        most = _LEARNED_FROM * count
        some = np.random.default_rng(0).permutation(len(rows))[:most]
        index.train(rows[np.sort(some)])
        if self._settled is not None:
            index.add_with_ids(kept, old)
        return index

    def _learned_from(self) -> float:
        return (float(self._settled.nlist) / 4) ** 2

    def _all_recent(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        ids: npt.NDArray[np.int64] = faiss.vector_to_array(self._recent.id_map)
        rows = self._recent.index.reconstruct_n(0, len(ids)) if len(ids) else None
        if rows is None:
            rows = np.empty((0, self.dimension), dtype=np.float32)
        return rows, ids

    def _take_settled(self, index: Any) -> None:
        self._settled, self._gone = index, []
        # One question's lists are shared out among the cores, not the questions.
        index.parallel_mode = _LISTS_IN_PARALLEL
        lists = index.invlists
        ids = [
            faiss.rev_swig_ptr(lists.get_ids(number), lists.list_size(number)).copy()
            for number in range(index.nlist)
            if lists.list_size(number)
        ]
        self._live = _marked(np.concatenate(ids)) if ids else np.zeros(0, dtype=np.bool_)

    # --- the snapshot

    def save(self, path: Path, *, revision: int) -> None:
        """Settle, and write the whole snapshot, stamped with the revision, or none of it.

        Raises OSError.
        """
        self.settle()
        whole: Any = self._recent if self.is_exact else self._settled
        if not self.is_exact:
            whole.set_direct_map_type(_DIRECT_MAP.NoMap)
        body = faiss.serialize_index(whole).data
        crc = zlib.crc32(_STAMP.pack(revision, len(body)), zlib.crc32(body))
        self.stamp = _TRAILER.pack(revision, len(body), crc, _MAGIC)
        write_atomically(path, body, self.stamp)

    @classmethod
    def load(
        cls, path: Path, *, dimension: int, approximate_from: int = APPROXIMATE_FROM
    ) -> tuple[VectorStore, int]:
        """The store and its revision. Raises `DamagedSnapshot` or OSError."""
        with path.open("rb") as file:
            opened = os.fstat(file.fileno())
            if opened.st_size < _TRAILER.size:
                raise DamagedSnapshot(f"{path} is cut short")
            content = np.memmap(file, dtype=np.uint8, mode="r")
        body = content[: -_TRAILER.size]
        revision, length, crc, magic = _TRAILER.unpack(content[len(body) :].tobytes())
        found = zlib.crc32(_STAMP.pack(revision, length), zlib.crc32(body.data))
        if magic != _MAGIC or length != len(body) or crc != found:
            raise DamagedSnapshot(f"{path} is not what was written")
        try:
            index: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except (RuntimeError, TypeError, UnicodeError) as error:
            raise DamagedSnapshot(f"{path} cannot be read: {error}") from error
        if not os.path.samestat(opened, path.stat()):
            raise DamagedSnapshot(f"{path} was written anew meanwhile")
        store = cls(dimension, approximate_from=approximate_from)
        store._mapped = index
        store.stamp = content[len(body) :].tobytes()
        if index.d != dimension:
            raise DamagedSnapshot(f"{path} holds vectors of another length")
        if isinstance(index, faiss.IndexIDMap2):
            store._recent = index
            store._recent_ids = set(faiss.vector_to_array(index.id_map).tolist())
        elif isinstance(index, faiss.IndexIVFScalarQuantizer):
            store._take_settled(index)
        else:
            raise DamagedSnapshot(f"{path} holds another kind of index")
        return store, int(revision)


def _neighbours(
    index: Any, row: npt.NDArray[np.float32], limit: int, parameters: Any
) -> list[Neighbour]:
    scores, found = index.search(row, limit, params=parameters)
    return [
        Neighbour(int(passage_id), float(score))
        for passage_id, score in zip(found[0], scores[0], strict=True)
        if passage_id >= 0
    ]


def _marked(ids: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether an id is among them, by id."""
    marked = np.zeros(int(ids.max()) + 1, dtype=np.bool_)
    marked[ids] = True
    return marked


def _chosen(marked: npt.NDArray[np.bool_]) -> Any:
    """What lets a search find only the marked ids: a bit for each, however many they are."""
    make: Any = faiss.IDSelectorBitmap
    return make(np.packbits(marked, bitorder="little"))


def discard(paths: Iterable[Path]) -> None:
    """Delete files that are no longer needed; one that will not go costs only its room."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()
