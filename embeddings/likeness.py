"""Whether two articles are the same story with small changes: syndicated, or brought up to date.

Texts are compared by the runs of five words that they share. MinHash sketches, cut into bands,
find the few that may be alike among any number; those are then compared exactly. Two stories of
one kind (two days' markets, two seasons' figures) share their phrases and differ in their
numbers, so numbers count by themselves.
"""

from __future__ import annotations

import functools
import hashlib

import numpy as np
import numpy.typing as npt

from embeddings.runs import LEAST_WORDS, run_hashes, runs_of, words_of
from embeddings.words import content_words

LEAST_ALIKE = 0.7
LEAST_NUMBERS_ALIKE = 0.75
# A story that was added to shares less, and has nearly all that it had.
LEAST_ALIKE_OF_MORE = 0.5
LEAST_HELD = 0.8
# A page that could not be read leaves the same notice under every headline: texts of fewer words
# are one only where their titles may be, which of two headlines share this much.
_TELLING_WORDS = 300
_TITLE_WORDS = 3
_LEAST_OF_TITLES = 0.2
# Of pairs that share .7 of their runs, 998 in 1,000 meet in a band, and 788 of those that share .5;
# of those that share .2, 38.
_BANDS, _ROWS = 24, 4


def sketch(text: str, packed: bytes | None = None) -> tuple[bytes, ...]:
    """The bands of the text's sketch, eight bytes each; none where it is too short to compare.

    `packed` are its runs' hashes, where they are made already (`runs.run_hashes`).
    """
    hashes = np.frombuffer(run_hashes(text) if packed is None else packed, "<u8")
    if not len(hashes):
        return ()
    multipliers, shifts = _permutations()
    least = np.full(_BANDS * _ROWS, np.iinfo(np.uint64).max, dtype=np.uint64)
    for at in range(0, len(hashes), 256):  # As many products as stay near the processor.
        products = multipliers[:, None] * hashes[at : at + 256]
        products += shifts[:, None]
        np.minimum(least, products.min(axis=1), out=least)
    least >>= np.uint64(32)  # A product's upper half is as good as a new hash.
    return tuple(
        hashlib.blake2b(bytes([band]) + rows.tobytes(), digest_size=8).digest()
        for band, rows in enumerate(least.reshape(_BANDS, _ROWS))
    )


def may_be_one(title: str, other_title: str, text: str) -> bool:
    """Whether articles with about that text may be one, as far as their titles say.

    Any may whose text is long; of short ones those may not whose headlines are of other things. A
    title of a word or two, such as a file's name, says nothing.
    """
    titles = [set(content_words(each)) for each in (title, other_title)]
    if min(map(len, titles)) < _TITLE_WORDS or _share(*titles) >= _LEAST_OF_TITLES:
        return True
    return len(words_of(text)) >= _TELLING_WORDS


def are_versions(one: str, other: str) -> bool:
    """Whether the texts are alike enough to be one story's versions."""
    words, others = words_of(one), words_of(other)
    if min(len(words), len(others)) < LEAST_WORDS:
        return False
    if _share(runs_of(words), runs_of(others)) < LEAST_ALIKE:
        return False
    # An update may add figures; it does not change them all.
    numbers, other_numbers = _numbers(words), _numbers(others)
    return _held(*sorted((numbers, other_numbers), key=len)) >= LEAST_NUMBERS_ALIKE


def holds(newer: str, older: str) -> bool:
    """Whether the newer text says nearly all that the older does, and not very much more."""
    words, others = words_of(newer), words_of(older)
    if min(len(words), len(others)) < LEAST_WORDS:
        return False
    runs, other_runs = runs_of(words), runs_of(others)
    return (
        _held(other_runs, runs) >= LEAST_HELD
        and _share(runs, other_runs) >= LEAST_ALIKE_OF_MORE
        and _held(_numbers(others), _numbers(words)) >= LEAST_NUMBERS_ALIKE
    )


def share_of_runs(one: str, other: str) -> float:
    """The share, 0 to 1, of the two texts' runs of words that both have."""
    runs, others = runs_of(words_of(one)), runs_of(words_of(other))
    return _share(runs, others) if runs or others else 0.0


def _numbers(words: list[str]) -> set[str]:
    return {word for word in words if word[0].isdecimal()}


def _held(few: set[str], many: set[str]) -> float:
    """The share of the few that are among the many."""
    return len(few & many) / len(few) if few else 1.0


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


@functools.cache
def _permutations() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    chance = np.random.default_rng(20_181_112)
    count = _BANDS * _ROWS
    return (
        chance.integers(1, (1 << 64) - 1, count, dtype=np.uint64) | np.uint64(1),
        chance.integers(0, (1 << 64) - 1, count, dtype=np.uint64),
    )
