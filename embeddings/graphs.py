"""Running ONNX graphs, and opening them fast.

onnxruntime fuses a graph's nodes each time it opens it, which took 0.1 s of a one-shot
question for the cross-encoder. The fused graph is kept in the cache, under the digest of
what it was made from and onnxruntime's version, and opened as it is: 0.04 s, same scores.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from embeddings import children
from embeddings.errors import ModelUnavailable
from embeddings.places import cache_folder, make_private

children.keep_to_ourselves()
import onnxruntime as ort  # noqa: E402

if TYPE_CHECKING:
    from tokenizers import Encoding


def usable_cores() -> int:
    """The cores this process may use, where the platform tells; else all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_graph(graph: Path, *, digest: str, threads: int | None = None) -> ort.InferenceSession:
    """A session on every core, or so many threads, for the graph whose content `digest` names.

    Raises `ModelUnavailable` where the graph cannot be loaded.
    """
    fused = cache_folder() / "graphs" / f"{digest[:24]}-{ort.__version__}.ort"
    if fused.is_file():
        # A damaged copy is made again from the graph itself.
        with contextlib.suppress(ModelUnavailable):
            return _open(fused, _options(ort.GraphOptimizationLevel.ORT_DISABLE_ALL, threads))
    # Not "all": that level may write what only this processor can run.
    options = _options(ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED, threads)
    try:
        make_private(fused.parent)
        handle, name = tempfile.mkstemp(dir=fused.parent, suffix=".ort")
        os.close(handle)
    except OSError:
        return _open(graph, options)  # Without a cache it is only slower.
    try:
        # onnxruntime's own format: opened in two thirds of the time that ONNX's takes.
        options.add_session_config_entry("session.save_model_format", "ORT")
        options.optimized_model_filepath = name
        session = _open(graph, options)
        with contextlib.suppress(OSError):
            Path(name).replace(fused)
        return session
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink()


def _options(level: ort.GraphOptimizationLevel, threads: int | None) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or usable_cores()
    options.graph_optimization_level = level
    options.log_severity_level = 3
    # Threads that spin while they wait take the cores from whoever else needs them: beside one
    # busy process on two cores, ten passages took 291 ms with spinning and 165 without.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _open(graph: Path, options: ort.SessionOptions) -> ort.InferenceSession:
    try:
        return ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    # onnxruntime's errors are made in C++ and have no common public root.
    except Exception as error:
        raise ModelUnavailable(
            f"the model graph {graph} cannot be loaded; delete it and run again"
        ) from error


def open_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer in the file, neither padding nor cutting. Raises `ModelUnavailable`."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    # tokenizers raises bare Exception for every fault of the file.
    except Exception as error:
        raise ModelUnavailable(
            f"the tokenizer {path} cannot be loaded; delete it and run again"
        ) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def run_in_batches(
    session: ort.InferenceSession,
    encodings: list[Encoding],
    *,
    inputs: tuple[str, ...],
    batch_tokens: int,
    pad_id: int,
) -> list[tuple[list[int], list[npt.NDArray[np.float32]]]]:
    """The graph's outputs for batches of encodings of like length.

    Each batch comes as (rows, outputs): which encodings it held, and arrays whose first
    axis is theirs. Longest first, so that little of a batch is padding.
    """
    order = sorted(range(len(encodings)), key=lambda at: -len(encodings[at].ids))
    done = []
    begin = 0
    while begin < len(order):
        width = max(1, len(encodings[order[begin]].ids))
        rows = order[begin : begin + max(1, batch_tokens // width)]
        ids = np.full((len(rows), width), pad_id, dtype=np.int64)
        kinds, mask = np.zeros_like(ids), np.zeros_like(ids)
        for row, at in enumerate(rows):
            length = len(encodings[at].ids)
            ids[row, :length] = encodings[at].ids
            kinds[row, :length] = encodings[at].type_ids
            mask[row, :length] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}
        outputs = session.run(None, {name: feed[name] for name in inputs})
        done.append((rows, [np.asarray(output, dtype=np.float32) for output in outputs]))
        begin += len(rows)
    return done
