"""Finding passages: meaning and words, fused by rank.

Each search misses what the other finds (on squad's questions dense search alone has the
gold passage among its first five for 81 %, words alone for 91 %, both fused for 94 %).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from embeddings.library import Library
from embeddings.records import Filters, Hit

SEARCH_DEPTH = 100
# Reciprocal rank fusion's constant; 5 beat 10 and the customary 60: gold passage among squad's
# first five .938 to .922 and .915, gold article among realtimeqa_gold's .892 to .880 and .861.
FUSION_CONSTANT = 5
# What a place in the searches by the conversation so far is worth beside one in the question's
# own, by meaning and by words; benchmarks/conversation.py: words at 1 instead of 1.5 found two
# fewer of quac's follow-ups, at 2 no more, and as many or fewer of mtrag's.
CONTEXT_NEAR, CONTEXT_WORDED = 0.5, 1.5
# By meaning, only the newest of it is searched: with all of it nothing more was found, and its
# vector took two to four times as long.
_CONTEXT_CHARACTERS = 250


def newest(context: str) -> str:
    """The part of what was said before whose vector is searched; it comes newest first."""
    if len(context) <= _CONTEXT_CHARACTERS:
        return context
    return context[:_CONTEXT_CHARACTERS].rsplit(" ", 1)[0]


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
    alone; `model` names the model it is of. `context` is what was said before, searched beside the
    question, and `context_vector` that of its `newest` part. Cormack, Clarke and Büttcher,
    "Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009.
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
        ranked = [(1.0, list(dense)), (1.0, list(words))]
        if context_vector is not None:
            found = library.search_vectors(
                context_vector, limit=SEARCH_DEPTH, filters=filters, model=model
            )
            ranked.append((CONTEXT_NEAR, [hit.passage_id for hit in found]))
        if context:
            said = library.search_words(context, limit=SEARCH_DEPTH, filters=filters)
            ranked.append((CONTEXT_WORDED, [passage_id for passage_id, _ in said]))
        fused: dict[int, float] = {}
        for weight, ids in ranked:
            for rank, passage_id in enumerate(ids, 1):
                fused[passage_id] = fused.get(passage_id, 0.0) + weight / (FUSION_CONSTANT + rank)
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
