"""What SQLite gave, as the type it was stored as; anything else is damage, and said so."""

from __future__ import annotations

import numpy as np

from embeddings.errors import LibraryUnusable
from embeddings.records import Sentence


def sentences_from(blob: bytes) -> list[Sentence]:
    if len(blob) % 8:
        raise _damaged()
    spans = np.frombuffer(blob, dtype="<i4").reshape(-1, 2).tolist()
    return [Sentence(start, end) for start, end in spans]


def as_int(value: object) -> int:
    if not isinstance(value, int):
        raise _damaged()
    return value


def as_float(value: object) -> float:
    if not isinstance(value, float):
        raise _damaged()
    return value


def as_bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise _damaged()
    return value


def _damaged() -> LibraryUnusable:
    return LibraryUnusable(
        "the library holds something that is not what was stored; see dateline --doctor, and mend "
        "it with --repair"
    )
