"""Passage vectors in FAISS: search now, and a snapshot file that may be lost at any time.

The snapshot is a cache of what SQLite holds. Its name carries the model and the revision it
was taken at, its digest is kept beside it in the same file, and whatever is wrong with it,
the library loads the vectors from SQLite instead.
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.modelfiles import write_atomically

INDEX_KIND = "Flat (exact inner product)"
_MAGIC = b"DLFV"
_HEADER = struct.Struct("<4sIqQ")  # magic, crc32 of the rest, revision, bytes of the rest


class DamagedSnapshot(Exception):
    """The snapshot is torn, altered or not ours; the caller loads from SQLite instead."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A passage id and the cosine of its vector with the question's, -1 to 1."""

    passage_id: int
    similarity: float


class VectorStore:
    """Unit vectors of shape (n, dimension), float32, found by passage id.

    Exact: while a library has fewer than a few hundred thousand passages, comparing with
    every vector costs less than a question's other parts.
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, ids: npt.NDArray[np.int64], vectors: npt.NDArray[np.float32]) -> None:
        """Add unit vectors of shape (n, dimension) under ids of shape (n,), none known yet.

        Raises ValueError where the shapes do not fit.
        """
        if vectors.shape != (len(ids), self.dimension):
            raise ValueError(f"vectors of shape {vectors.shape} for {len(ids)} ids")
        if len(ids):
            self._index.add_with_ids(
                np.ascontiguousarray(vectors, dtype=np.float32),
                np.ascontiguousarray(ids, dtype=np.int64),
            )

    def remove(self, ids: Iterable[int]) -> int:
        """Remove the ids that are there; how many there were."""
        gone = np.fromiter(ids, dtype=np.int64)
        if not len(gone) or not len(self):
            return 0
        return int(self._index.remove_ids(faiss.IDSelectorBatch(gone)))

    def ids(self) -> npt.NDArray[np.int64]:
        """Every id, in the order of storage."""
        found: npt.NDArray[np.int64] = faiss.vector_to_array(self._index.id_map)
        return found

    def vector(self, passage_id: int) -> npt.NDArray[np.float32]:
        """The vector of shape (dimension,) kept under the id. Raises KeyError."""
        try:
            found = np.asarray(self._index.reconstruct(int(passage_id)), dtype=np.float32)
        except RuntimeError as error:
            raise KeyError(passage_id) from error
        return found

    def search(
        self,
        query: npt.NDArray[np.float32],
        *,
        limit: int,
        allowed: npt.NDArray[np.int64] | None = None,
    ) -> list[Neighbour]:
        """The `limit` nearest to a unit vector of shape (dimension,), best first.

        With `allowed`, only among those ids. Fewer come back only where fewer there are.
        """
        limit = min(limit, len(self) if allowed is None else len(allowed))
        if limit <= 0:
            return []
        parameters: Any = None
        if allowed is not None:
            # faiss makes its keyword constructors at run time, unseen by type checkers.
            make: Any = faiss.SearchParameters
            parameters = make(sel=faiss.IDSelectorBatch(allowed))
        scores, found = self._index.search(
            np.ascontiguousarray(query.reshape(1, -1), dtype=np.float32), limit, params=parameters
        )
        return [
            Neighbour(int(passage_id), float(score))
            for passage_id, score in zip(found[0], scores[0], strict=True)
            if passage_id >= 0
        ]

    # --- the snapshot

    def save(self, path: Path, *, revision: int) -> None:
        """Write the whole snapshot, stamped with the revision, or none of it. Raises OSError."""
        body = faiss.serialize_index(self._index).tobytes()
        stamp = struct.pack("<qQ", revision, len(body))
        crc = zlib.crc32(body, zlib.crc32(stamp))
        write_atomically(path, _HEADER.pack(_MAGIC, crc, revision, len(body)) + body)

    @classmethod
    def load(cls, path: Path, *, dimension: int) -> tuple[VectorStore, int]:
        """The store and its revision. Raises `DamagedSnapshot` or OSError."""
        content = path.read_bytes()
        if len(content) < _HEADER.size:
            raise DamagedSnapshot(f"{path} is cut short")
        magic, crc, revision, length = _HEADER.unpack_from(content)
        body = memoryview(content)[_HEADER.size :]
        stamp = struct.pack("<qQ", revision, length)
        if magic != _MAGIC or length != len(body) or crc != zlib.crc32(body, zlib.crc32(stamp)):
            raise DamagedSnapshot(f"{path} is not what was written")
        try:
            index = faiss.deserialize_index(np.frombuffer(body, dtype=np.uint8))
        except RuntimeError as error:
            raise DamagedSnapshot(f"{path} cannot be read: {error}") from error
        if not isinstance(index, faiss.IndexIDMap2) or index.d != dimension:
            raise DamagedSnapshot(f"{path} holds another kind of index")
        store = cls(dimension)
        store._index = index
        return store, revision


def discard(paths: Iterable[Path]) -> None:
    """Delete files that are no longer needed; one that will not go costs only its room."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()
