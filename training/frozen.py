"""The reader with its first layers frozen, and what they say of a text kept on disk.

Where only the last layers learn, the first ones say the same of a pair in every epoch. Here the
base's own int8 graph says it once, and training costs the last layers alone: what makes runs that
are compared with each other affordable on a processor (learning_curve.py).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from training.base import BASE_GRAPH
from training.batching import SEP, Ints
from training.model import ReaderNetwork

WIDTH = 384
A_BATCH = 32
NOWHERE = -1e4


class States:
    """The states after the first `layers` layers, of shape (tokens, 384), in float16.

    They are appended to a file in `folder`; a run that was cut off goes on where it stopped.
    """

    def __init__(self, folder: Path, layers: int) -> None:
        self.layers = layers
        folder.mkdir(parents=True, exist_ok=True)
        self._index = folder / f"states-{layers}.jsonl"
        self._file = (folder / f"states-{layers}.f16").open("a+b", buffering=0)
        self._places: dict[str, tuple[int, int]] = {}
        self._session: Any = None
        if self._index.exists():
            for line in self._index.read_text("ascii").splitlines():
                key, begun, length = json.loads(line)
                self._places[key] = begun, length
        self._end = max((b + n for b, n in self._places.values()), default=0)
        self._file.truncate(self._end * WIDTH * 2)

    def take(self, pairs: Iterable[Ints]) -> None:
        """Read those of the pairs that were not read yet, the longest first."""
        wanted = {_key(ids): ids for ids in pairs}
        missing = sorted(
            (ids for key, ids in wanted.items() if key not in self._places),
            key=lambda ids: -len(ids),
        )
        since = time.perf_counter()
        for begin in range(0, len(missing), A_BATCH):
            self._read(missing[begin : begin + A_BATCH])
            if begin // A_BATCH % 20 == 0:
                spent = time.perf_counter() - since
                print(f"{spent:6.0f} s  {begin} of {len(missing)} pairs read", flush=True)

    def of(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The padded pairs' states, (pairs, tokens, 384) in float32; every pair was taken."""
        found = np.zeros((*ids.shape, WIDTH), dtype=np.float32)
        lengths = mask.sum(1).tolist()
        for row, length in enumerate(lengths):
            begun, kept = self._places[_key(ids[row, :length].numpy())]
            self._file.seek(begun * WIDTH * 2)
            raw = self._file.read(kept * WIDTH * 2)
            found[row, :kept] = np.frombuffer(raw, dtype=np.float16).reshape(kept, WIDTH)
        return torch.from_numpy(found)

    def _read(self, pairs: list[Ints]) -> None:
        if self._session is None:
            self._session = _session(self.layers)
        ids = np.zeros((len(pairs), max(map(len, pairs))), dtype=np.int64)
        kinds, mask = np.zeros_like(ids), np.zeros_like(ids)
        for row, pair in enumerate(pairs):
            ids[row, : len(pair)] = pair
            mask[row, : len(pair)] = 1
            kinds[row, int(np.argmax(pair == SEP)) + 1 : len(pair)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}
        said: npt.NDArray[np.float32] = self._session.run(None, given)[0]
        lines = []
        for row, pair in enumerate(pairs):
            self._file.write(said[row, : len(pair)].astype(np.float16).tobytes())
            self._places[_key(pair)] = self._end, len(pair)
            lines.append(json.dumps([_key(pair), self._end, len(pair)]) + "\n")
            self._end += len(pair)
        with self._index.open("a", encoding="ascii") as file:
            file.write("".join(lines))


def _key(ids: Ints) -> str:
    return hashlib.blake2b(np.ascontiguousarray(ids).tobytes(), digest_size=12).hexdigest()


def _session(layers: int) -> Any:
    """The base's int8 graph, cut after its first `layers` layers."""
    import onnx
    import onnxruntime

    model = onnx.load(BASE_GRAPH.checked())
    end = f"/bert/encoder/layer.{layers - 1}/output/LayerNorm/Add_1_output_0"
    del model.graph.output[:]
    model.graph.output.append(
        onnx.helper.make_tensor_value_info(end, onnx.TensorProto.FLOAT, ["batch", "tokens", WIDTH])
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


class FrozenReader(ReaderNetwork):
    """A `ReaderNetwork` whose first layers are `States`; nothing is dropped out.

    `bfloat16` computes the others so: twice as fast on a processor that has it, else slower.
    """

    def __init__(self, base: Any, states: States, *, bfloat16: bool) -> None:
        super().__init__(base)
        self.states = states
        self.in_bfloat16 = bfloat16
        self.bert.config._attn_implementation = "sdpa"
        for module in self.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As `ReaderNetwork`; the states know of the kinds already."""
        del token_type_ids
        hidden = self.states.of(input_ids, attention_mask)
        nowhere = (1.0 - attention_mask[:, None, None, :].float()) * NOWHERE
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.in_bfloat16):
            for layer in self.bert.encoder.layer[self.states.layers :]:
                hidden = layer(hidden, nowhere)
            relevance = self.relevance(self.bert.pooler(hidden))
            answers = self.answers(hidden[:, 0])
            return self.tokens(hidden), torch.cat([relevance, answers], dim=-1)


class FrozenBase(nn.Module):
    """The base over the same states: what the relevance is held near."""

    def __init__(self, reader: FrozenReader) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, **given: torch.Tensor) -> SimpleNamespace:
        return SimpleNamespace(logits=self.reader(**given)[1][:, :1])
