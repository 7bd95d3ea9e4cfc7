"""Words in a library of any size: which passages are worth scoring, and the best of them.

FTS5 scores every passage that holds any of a question's words, a microsecond or two each: of a
million passages a third of a second and more. So in a large library the question's rare words
say which passages are scored, and all of its words how. Where all are common, the rarest of them
says it, beside any other. Where a filter lets few through, all of those are scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from embeddings.catalog import Catalog
from embeddings.words import quoted_words

# So many passages are scored at most. Searching 48,000 passages with 2,400 of them scored found
# the gold article among realtimeqa_gold's first five, by words and meaning, for .825 (all scored:
# .843), with 960 for .819; by its rare words alone .801 and .783.
MOST_SCORED = 25_000
# Where filters let through more than that and not all, so many times that number are gone through.
_GONE_THROUGH = 4
# Where all words are common, so many of them score: each is counted in the whole library.
_MOST_COMMON = 6


class WordSearch:
    """Searches a catalog's words. Not safe for threads."""

    def __init__(self, catalog: Catalog, *, most_scored: int = MOST_SCORED) -> None:
        self._catalog = catalog
        self._most_scored = most_scored

    def find(
        self, text: str, *, limit: int, allowed: npt.NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """(passage id, BM25) of up to `limit` passages with any of the text's words, best first.

        With `allowed`, of shape (n,), only among those ids. Every passage with any of the words
        is scored where no more than `most_scored` are there or are allowed.
        """
        words = quoted_words(text)
        if not words or (allowed is not None and not len(allowed)):
            return []
        highest = self._catalog.highest_passage()
        among = None if allowed is None else flags(allowed)
        open_to = highest if allowed is None else len(allowed)
        if min(highest, open_to) <= self._most_scored:
            return self._catalog.search_words(_any(words), limit=limit, among=among)
        most = int(self._most_scored * min(_GONE_THROUGH, highest / open_to))
        found: dict[int, float] = {}
        for expression, newest in self._expressions(words, most):
            wanted = limit - len(found)
            # Those found already may come again.
            again = self._catalog.search_words(
                expression, limit=wanted + len(found), among=among, newest=newest
            )
            for passage_id, score in again:
                if len(found) < limit:
                    found.setdefault(passage_id, score)
            if len(found) >= limit:
                break
        return list(found.items())

    def _expressions(self, words: list[str], most: int) -> Iterator[tuple[str, int | None]]:
        """FTS5 expressions, the more telling first, each with how many of the newest of its
        passages are scored (None: all)."""
        counts = {word: self._catalog.count_words(word, most=most + 1) for word in words}
        # Of two that more than `most` passages hold, the rarer has them farther apart.
        by_rarity = sorted(
            (word for word in words if counts[word][0]),
            key=lambda word: (counts[word][0], -counts[word][1]),
        )
        rare: list[str] = []
        left = most
        for word in by_rarity:
            left -= counts[word][0]
            if left < 0:
                break
            rare.append(word)
        if len(rare) == len(by_rarity):
            yield _any(words), None
            return
        if rare:
            yield f"({_any(rare)}) AND ({_any(words)})", None
        common = by_rarity[len(rare) :][:_MOST_COMMON]
        if len(common) > 1:
            yield f"{common[0]} AND ({_any(common[1:])})", self._most_scored
        yield _any(common), self._most_scored


def _any(words: Iterable[str]) -> str:
    return " OR ".join(words)


def flags(allowed: npt.NDArray[np.int64]) -> bytes:
    """A byte for each id up to the highest, one where it is allowed."""
    flags = np.zeros(int(allowed.max()) + 1, dtype=np.uint8)
    flags[allowed] = 1
    return flags.tobytes()
