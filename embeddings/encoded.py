"""What of a passage is encoded, and the digest that its vector is kept under."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embeddings.catalog import NewPassage
from embeddings.records import Sentence


def encoded_text(title: str, text: str) -> str:
    """A passage as the encoder reads it: under its article's title."""
    return f"{title}\n{text}" if title else text


def digest_of(title: str, text: str) -> bytes:
    """What a passage's vector is kept under: a digest of exactly what is encoded."""
    return hashlib.sha256(encoded_text(title, text).encode()).digest()[:16]


def cut_passages(
    title: str, text: str, sentences: Sequence[Sentence], windows: Sequence[tuple[int, int]]
) -> list[NewPassage]:
    """The passages of an article, whose `windows` are first and last sentence of each."""
    found = []
    for first, last in windows:
        start, end = sentences[first].start, sentences[last].end
        body = text[start:end]
        found.append(NewPassage(first, last, start, end, body, digest_of(title, body)))
    return found


def texts_of(title: str, passages: Sequence[NewPassage]) -> dict[bytes, str]:
    """What is encoded of each passage, by the digest that its vector is kept under."""
    return {passage.digest: encoded_text(title, passage.text) for passage in passages}


def packed(vector: npt.NDArray[np.float32]) -> bytes:
    """A vector as it is stored: little-endian float32."""
    return vector.astype("<f4").tobytes()
