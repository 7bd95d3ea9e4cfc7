"""A shipped int8 graph as a checkpoint again, so that training can go on from it.

    python training/unpack_reader.py --graph qa/weights/reader.onnx --out BEFORE/reader.pt

Within the rounding of int8: weight = (integer - zero point) * scale, by channel. Prints how far the
unpacked network's scores are from the graph's on a few passages.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from training.base import base_model
from training.export_reader import compare
from training.model import ReaderNetwork


def weights_of(graph_file: Path, shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """The network's weights by name, as float arrays of the shapes given."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(graph_file).graph
    arrays = {item.name: numpy_helper.to_array(item) for item in graph.initializer}

    def unpacked(stem: str) -> Any:
        whole = arrays[f"{stem}_quantized"].astype(np.float32)
        return (whole - arrays[f"{stem}_zero_point"].astype(np.float32)) * arrays[f"{stem}_scale"]

    found: dict[str, Any] = {}
    for name in shapes:
        if name in arrays:
            found[name] = arrays[name]
        elif f"{name}_quantized" in arrays:
            found[name] = unpacked(name)
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            # "/bert/pooler/dense/MatMul_quant" -> "bert.pooler.dense"
            module = ".".join(node.name.strip("/").split("/")[:-1])
            if f"{module}.weight" in shapes:
                found[f"{module}.weight"] = unpacked(node.input[1].removesuffix("_quantized")).T
    # A quantised Gemm keeps its matrix the other way round.
    return {
        name: array if array.shape == shapes[name] else array.T for name, array in found.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--graph", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    network = ReaderNetwork(base_model())
    shapes = {name: tuple(values.shape) for name, values in network.state_dict().items()}
    found = weights_of(given.graph, shapes)
    network.load_state_dict({name: torch.from_numpy(np.array(a)) for name, a in found.items()})
    network.bert.config._attn_implementation = "eager"
    network.eval()
    compare(network, given.graph)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"network": network.state_dict()}, given.out)


if __name__ == "__main__":
    main()
