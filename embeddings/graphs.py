"""Running ONNX graphs, and opening them fast.

onnxruntime fuses a graph's nodes each time it opens it, which took 0.1 s of a one-shot
question for the cross-encoder. The fused graph is kept in the cache, under the digest of
what it was made from and onnxruntime's version, and opened as it is: 0.04 s, same scores.
Its weights lie in a file beside it, which is mapped and not read: in a file of its own, each
of the reader's was copied twice, 102 MB of memory touched for 34 MB of weights, and opening
took 108 ms of processor time in place of 48.

A process opens a graph and a tokenizer once, and all who want them share them. Opened anew with
every library that was opened again, their memory was given back to the allocator and by it not to
the system: over 60 times a process grew from 181 MB to 376; now it has 207 after 16 and after 100,
and opening a library again takes 2 ms in place of 130.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from embeddings import children
from embeddings.durable import name_folder
from embeddings.errors import ModelUnavailable
from embeddings.places import cache_folder, make_private

children.keep_to_ourselves()
import onnxruntime as ort  # noqa: E402

if TYPE_CHECKING:
    from tokenizers import Encoding

# The reader's, that of a library's vectors, and of another's or of the model it is changed to.
MOST_KEPT = 3
_FUSED = "graph.onnx"
# Graphs being opened or open, by what tells graphs apart: digest, threads, cache folder.
_kept: OrderedDict[tuple[str, int, Path], Future[ort.InferenceSession]] = OrderedDict()
_keeping = threading.Lock()
# Tokenizers that are open, by the digest of their file and how many tokens they leave.
_tokenizers: OrderedDict[tuple[bytes, int], Tokenizer] = OrderedDict()
_opening_tokenizers = threading.Lock()


def usable_cores() -> int:
    """The cores this process may use, where the platform tells; else all there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def open_graph(graph: Path, *, digest: str, threads: int | None = None) -> ort.InferenceSession:
    """A session on every core, or so many threads, for the graph whose content `digest` names.

    Whoever asks for it again gets the same session, which is thread-safe; the `MOST_KEPT` asked
    for last are kept, others for as long as somebody has them. Raises `ModelUnavailable` where the
    graph cannot be loaded, and tries again the next time.
    """
    key = (digest, threads or usable_cores(), cache_folder())
    with _keeping:
        # Those who come while it is still being opened wait for it, and open no other.
        opened = _kept.get(key)
        if first := opened is None:
            opened = Future()
        _kept[key] = opened
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    if first:
        try:
            opened.set_result(_open_anew(graph, digest, threads))
        except BaseException as error:  # noqa: BLE001 - told to all who wait for it.
            with _keeping:
                if _kept.get(key) is opened:
                    del _kept[key]
            opened.set_exception(error)
    return opened.result()


def _open_anew(graph: Path, digest: str, threads: int | None) -> ort.InferenceSession:
    kept = cache_folder() / "graphs" / f"{digest[:24]}-{ort.__version__}"
    if kept.is_dir():
        # A damaged copy is made again from the graph itself.
        with contextlib.suppress(ModelUnavailable):
            as_it_is = _options(ort.GraphOptimizationLevel.ORT_DISABLE_ALL, threads)
            return _open(kept / _FUSED, as_it_is)
    # Not "all": that level may write what only this processor can run.
    options = _options(ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED, threads)
    try:
        make_private(kept.parent)
        making = Path(tempfile.mkdtemp(dir=kept.parent, prefix=f".{kept.name}."))
    except OSError:
        return _open(graph, options)  # Without a cache it is only slower.
    try:
        options.optimized_model_filepath = str(making / _FUSED)
        weights = "session.optimized_model_external_initializers"
        options.add_session_config_entry(f"{weights}_file_name", f"{_FUSED}.data")
        options.add_session_config_entry(f"{weights}_min_size_in_bytes", "1024")
        session = _open(graph, options)
        with contextlib.suppress(OSError):
            shutil.rmtree(kept, ignore_errors=True)
            name_folder(making, kept)
        return session
    finally:
        shutil.rmtree(making, ignore_errors=True)


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


def share_tokenizer(path: Path, *, most_tokens: int) -> Tokenizer:
    """The tokenizer in the file, which cuts what is longer: of two texts, first the longer.

    Whoever asks for one of the same content again gets the same, as with graphs, and leaves it as
    it is: the reader's is the encoder's, and is opened once. Raises `ModelUnavailable`.
    """
    try:
        key = (hashlib.sha256(path.read_bytes()).digest(), most_tokens)
    except OSError:
        return open_tokenizer(path)  # It says what is wrong.
    with _opening_tokenizers:
        if key not in _tokenizers:
            tokenizer = open_tokenizer(path)
            tokenizer.enable_truncation(most_tokens, strategy="longest_first")
            _tokenizers[key] = tokenizer
        _tokenizers.move_to_end(key)
        while len(_tokenizers) > MOST_KEPT:
            _tokenizers.popitem(last=False)
        return _tokenizers[key]


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
