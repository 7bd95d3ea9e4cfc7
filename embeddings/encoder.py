"""Text to unit vectors, by onnxruntime and tokenizers alone (law 3)."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from tokenizers import Tokenizer

from embeddings.errors import ModelUnavailable
from embeddings.models import ExportedModel

# Padded tokens in one run of the graph: larger batches were no faster (benchmarks/encode.py)
# and hold more memory.
BATCH_TOKENS = 4096


def usable_cores() -> int:
    """The cores this process may use, where the platform tells; else all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_session(graph: str) -> ort.InferenceSession:
    """An inference session on every core. Raises `ModelUnavailable` where the graph is bad."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = usable_cores()
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # onnxruntime raises classes of its own, made in C++ under no common public root.
        raise ModelUnavailable(
            f"the model graph {graph} cannot be loaded; delete its folder and run again"
        ) from error


class Encoder:
    """One exported model. Thread-safe: both onnxruntime and tokenizers are."""

    def __init__(self, model: ExportedModel) -> None:
        self.model = model
        self._tokenizer = Tokenizer.from_file(str(model.folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(model.max_tokens)
        self._counter = Tokenizer.from_file(str(model.folder / "tokenizer.json"))
        self._counter.no_padding()
        self._counter.no_truncation()
        self._session = open_session(str(model.folder / "model.onnx"))
        self._pad_id = self._tokenizer.token_to_id("[PAD]") or 0

    @property
    def dimension(self) -> int:
        return self.model.dimension

    @property
    def max_tokens(self) -> int:
        """The longest text the model reads, in its tokens, with its two marks."""
        return self.model.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Each text's number of tokens, without the marks at its ends."""
        return [
            len(encoding.ids)
            for encoding in self._counter.encode_batch(list(texts), add_special_tokens=False)
        ]

    def encode_query(self, question: str) -> npt.NDArray[np.float32]:
        """A unit vector of shape (dimension,)."""
        vector: npt.NDArray[np.float32] = self._encode([self.model.query_prompt + question])[0]
        return vector

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors of shape (len(texts), dimension), float32, in the texts' order."""
        return self._encode([self.model.document_prompt + text for text in texts])

    def _encode(self, texts: list[str]) -> npt.NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        encodings = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        # Longest first: texts of a length go together, so little of a batch is padding.
        order = sorted(range(len(texts)), key=lambda at: -len(encodings[at]))
        begin = 0
        while begin < len(order):
            width = max(1, len(encodings[order[begin]]))
            rows = order[begin : begin + max(1, BATCH_TOKENS // width)]
            vectors[rows] = self._run([encodings[row] for row in rows], width)
            begin += len(rows)
        return vectors

    def _run(self, rows: list[list[int]], width: int) -> npt.NDArray[np.float32]:
        ids = np.full((len(rows), width), self._pad_id, dtype=np.int64)
        mask = np.zeros((len(rows), width), dtype=np.int64)
        for row, tokens in enumerate(rows):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        output = self._session.run(None, {name: feed[name] for name in self.model.inputs})[0]
        result: npt.NDArray[np.float32] = np.asarray(output, dtype=np.float32)
        return result
