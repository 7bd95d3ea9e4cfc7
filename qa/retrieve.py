"""Finding passages: meaning and words, fused by rank.

Each search misses what the other finds (on squad's questions dense search alone has the
gold passage among its first five for 81 %, words alone for 91 %, both fused for 94 %).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from embeddings.library import Library
from embeddings.records import Filters, Hit
from embeddings.words import content_words

SEARCH_DEPTH = 100
# Reciprocal rank fusion's constant; 5 beat 10 and the customary 60: gold passage among squad's
# first five .938 to .922 and .915, gold article among realtimeqa_gold's .892 to .880 and .861.
FUSION_CONSTANT = 5
# What a place in a search by the conversation so far is worth beside one in the question's own:
# by meaning, by words with the question, and by words without it. Chosen on half of quac's
# dialogues; docs/conversation.md has what else was tried.
SAID_NEAR, SAID_WORDED, SAID_ALONE = 0.75, 0.75, 0.75
# By meaning, only the newest of it is searched: with all of it nothing more was found, and its
# vector took two to four times as long.
_SAID_CHARACTERS = 250
# By words, too, what is newest decides.
_SAID_WORDS = 24


def with_newest(question: str, context: str) -> str:
    """The question and the newest of what was said before, whose vector is searched."""
    both = f"{question} {context}"
    if len(both) <= _SAID_CHARACTERS:
        return both
    return both[:_SAID_CHARACTERS].rsplit(" ", 1)[0]


def retrieve(
    library: Library,
    question: str,
    vector: npt.NDArray[np.float32] | None,
    *,
    limit: int,
    filters: Filters = Filters(),
    model: str | None = None,
    context: str = "",
    context_vector: npt.NDArray[np.float32] | None = None,
) -> list[Hit]:
    """Up to `limit` passages, best first, by reciprocal rank fusion of both searches.

    `vector` is the question's unit vector of shape (dimension,), or None to search words
    alone; `model` names the model it is of. `context` is what was said before, newest
    first, searched beside the question, and `context_vector` that of `with_newest`. Cormack,
    Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual rank
    learning methods", SIGIR 2009.
    """
    with library.one_state():
        near = (
            []
            if vector is None
            else library.search_vectors(vector, limit=SEARCH_DEPTH, filters=filters, model=model)
        )
        worded = library.search_words(question, limit=SEARCH_DEPTH, filters=filters)
        dense = {hit.passage_id: (rank, hit.similarity) for rank, hit in enumerate(near, 1)}
        words = {passage_id: (rank, score) for rank, (passage_id, score) in enumerate(worded, 1)}
        fused: dict[int, float] = {}
        for ids in (dense, words):
            for rank, passage_id in enumerate(ids, 1):
                fused[passage_id] = fused.get(passage_id, 0.0) + 1.0 / (FUSION_CONSTANT + rank)
        said: list[tuple[float, list[tuple[int, float]]]] = []
        if context_vector is not None:
            beside = library.search_vectors(
                context_vector, limit=SEARCH_DEPTH, filters=filters, model=model
            )
            said.append((SAID_NEAR, [(hit.passage_id, hit.similarity) for hit in beside]))
        if context:
            for weight, text in ((SAID_WORDED, f"{question} {context}"), (SAID_ALONE, context)):
                newest = " ".join(content_words(text)[:_SAID_WORDS])
                found = library.search_words(newest or text, limit=SEARCH_DEPTH, filters=filters)
                said.append((weight, found))
        for weight, scored in said:
            for passage_id, worth in _standing_out(scored):
                fused[passage_id] = fused.get(passage_id, 0.0) + weight * worth
        best = sorted(fused, key=lambda passage_id: (-fused[passage_id], passage_id))[:limit]
        passages = library.passages(best)
    hits = []
    for passage_id in best:
        if passage_id not in passages:
            continue
        dense_rank, similarity = dense.get(passage_id, (None, None))
        word_rank, bm25 = words.get(passage_id, (None, None))
        hits.append(Hit(passages[passage_id], similarity, dense_rank, bm25, word_rank))
    return hits


def _standing_out(scored: Sequence[tuple[int, float]]) -> Iterator[tuple[int, float]]:
    """What each passage's place is worth: its share in rank fusion, less as its score is less.

    By rank alone, a search that finds nothing in particular counts as much as one that has
    found the article talked about.
    """
    if not scored:
        return
    most, least = scored[0][1], scored[-1][1] if len(scored) == SEARCH_DEPTH else 0.0
    for rank, (passage_id, score) in enumerate(scored, 1):
        share = max(0.0, score - least) / (most - least) if most > least else 1.0
        yield passage_id, share / (FUSION_CONSTANT + rank)
