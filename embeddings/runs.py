"""A text's runs of five words, by which near copies are known, and their hashes.

Without numpy: whoever reads files makes the hashes where it has the time (`parsing`).
"""

from __future__ import annotations

import hashlib
import re

RUN_WORDS = 5
# Shorter texts are alike by chance.
LEAST_WORDS = 60
# A book is compared by its beginning, and only that is taken apart.
_MOST_WORDS = 20_000
_MOST_CHARS = 40 * _MOST_WORDS
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """The text's words, in lower case."""
    return _WORD.findall(text[:_MOST_CHARS].casefold())[:_MOST_WORDS]


def runs_of(words: list[str]) -> set[str]:
    """The different runs of five neighbouring words."""
    return {" ".join(words[at : at + RUN_WORDS]) for at in range(len(words) - RUN_WORDS + 1)}


def run_hashes(text: str) -> bytes:
    """Eight bytes for each run of the text, in no order; none where it is too short to compare."""
    words = words_of(text)
    if len(words) < LEAST_WORDS:
        return b""
    hash_of = hashlib.blake2b
    return b"".join([hash_of(run.encode(), digest_size=8).digest() for run in runs_of(words)])
