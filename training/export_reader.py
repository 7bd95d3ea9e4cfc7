"""The trained checkpoint as the int8 graph that the package ships.

    python training/export_reader.py --checkpoint CHECKPOINTS/reader.pt --out qa/weights/reader.onnx

Prints the digest to pin in embeddings/modelfiles.py, and how far the int8 scores are from the
float ones on a few passages. `--precision fp32` writes the float graph, to compare.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings.graphs import open_tokenizer
from training.base import BASE_TOKENIZER, base_model
from training.model import ReaderNetwork

_OPSET = 17
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_SAMPLES = (
    ("Where does the Rhine rise?", "The Rhine rises in Switzerland. It flows to the North Sea."),
    ("How old is the bridge?", "The mayor opened the new market on Monday. It rained."),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--precision", choices=("int8", "fp32"), default="int8")
    given = parser.parse_args()
    # "eager" attention traces to the pattern onnxruntime fuses.
    network = ReaderNetwork(base_model())
    network.load_state_dict(torch.load(given.checkpoint, weights_only=True)["network"])
    network.bert.config._attn_implementation = "eager"
    network.eval()
    sample = torch.ones((2, 9), dtype=torch.long)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "fp32.onnx"
        axes = {name: {0: "batch", 1: "sequence"} for name in (*_INPUTS, "tokens")}
        with torch.no_grad():
            torch.onnx.export(
                network,
                (sample, sample, torch.zeros_like(sample)),
                str(plain),
                input_names=list(_INPUTS),
                output_names=["tokens", "pair"],
                dynamic_axes={**axes, "pair": {0: "batch"}},
                opset_version=_OPSET,
                dynamo=False,
            )
        if given.precision == "int8":
            from onnxruntime.quantization import QuantType, quantize_dynamic

            quantize_dynamic(plain, given.out, weight_type=QuantType.QInt8, per_channel=True)
        else:
            given.out.write_bytes(plain.read_bytes())
    compare(network, given.out)
    size = given.out.stat().st_size
    print(f"{size / 1e6:.1f} MB  sha256 {hashlib.sha256(given.out.read_bytes()).hexdigest()}")


def compare(network: ReaderNetwork, graph: Path) -> None:
    """Print how far the graph's scores are from the network's on a few passages."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    tokenizer = open_tokenizer(BASE_TOKENIZER.checked())
    apart = []
    for question, text in _SAMPLES:
        encoding = tokenizer.encode(question, text)
        rows = [[encoding.ids], [encoding.attention_mask], [encoding.type_ids]]
        with torch.no_grad():
            tokens, pair = network(*(torch.tensor(row) for row in rows))
        feed = {
            name: np.array(row, dtype=np.int64) for name, row in zip(_INPUTS, rows, strict=True)
        }
        ours = session.run(None, feed)
        apart.append(float(np.abs(tokens.numpy() - ours[0]).max()))
        apart.append(float(np.abs(pair.numpy() - ours[1]).max()))
    print("furthest from the float scores:", np.round(apart, 3).tolist())


if __name__ == "__main__":
    main()
