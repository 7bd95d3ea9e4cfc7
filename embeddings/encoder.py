"""Text to unit vectors, by onnxruntime and tokenizers alone (law 3)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from embeddings.graphs import open_graph, run_in_batches, share_tokenizer
from embeddings.models import ExportedModel

if TYPE_CHECKING:
    from embeddings.token_counts import TokenCounts

# Padded tokens in one run of the graph: larger batches hold more memory and are no faster.
BATCH_TOKENS = 4096


class Encoder:
    """One exported model. Thread-safe: both onnxruntime and tokenizers are."""

    def __init__(self, model: ExportedModel, *, threads: int | None = None) -> None:
        """Open the model, to run on so many threads, or one a core. Raises `ModelUnavailable`."""
        self.model = model
        self._tokenizer = share_tokenizer(
            model.folder / "tokenizer.json", most_tokens=model.max_tokens
        )
        self._session = open_graph(
            model.folder / "model.onnx", digest=model.graph_digest, threads=threads
        )
        pads = map(self._tokenizer.token_to_id, ("[PAD]", "<pad>"))
        self._pad_id = next((pad for pad in pads if pad is not None), 0)

    @property
    def dimension(self) -> int:
        return self.model.dimension

    @property
    def max_tokens(self) -> int:
        """The longest passage the model reads, in its tokens, with its two marks."""
        return self.model.max_tokens - self.count_tokens([self.model.document_prompt])[0]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Each text's number of tokens, without the marks at its ends."""
        return self._counts.of(texts)

    @cached_property
    def _counts(self) -> TokenCounts:
        from embeddings.token_counts import TokenCounts  # Whoever only asks counts none.

        return TokenCounts(self._tokenizer)

    def encode_query(self, question: str) -> npt.NDArray[np.float32]:
        """A unit vector of shape (dimension,)."""
        vector: npt.NDArray[np.float32] = self._encode([self.model.query_prompt + question])[0]
        return vector

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors of shape (len(texts), dimension), float32, in the texts' order."""
        return self._encode([self.model.document_prompt + text for text in texts])

    def _encode(self, texts: list[str]) -> npt.NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for rows, outputs in run_in_batches(
            self._session,
            self._tokenizer.encode_batch(texts),
            inputs=self.model.inputs,
            batch_tokens=BATCH_TOKENS,
            pad_id=self._pad_id,
        ):
            vectors[rows] = outputs[0]
        return vectors
