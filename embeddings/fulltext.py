"""All that a file said, beside the story that is searched and cited.

Newsletter calls, share bars, lists of other stories and captions said twice leave an article's
text, and citations' offsets count in that. What a reader was given in whole is kept beside it,
compressed, where it says more.
"""

from __future__ import annotations

import zlib

from embeddings.records import Draft

# A page of one word a million times unpacks to no more than this.
MOST_CHARACTERS = 16 * 1024 * 1024


def pack_full(draft: Draft) -> bytes | None:
    """What is stored of a draft's whole text; None where its story is all of it."""
    full = draft.full
    if full is None or full == draft.text:
        return None
    return zlib.compress(full[:MOST_CHARACTERS].encode("utf-8", "replace"), 6)


def unpack_full(packed: bytes | None) -> str | None:
    """The whole text that was stored; None where nothing was."""
    return None if packed is None else zlib.decompress(packed).decode()
