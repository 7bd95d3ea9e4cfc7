"""Turning a Sentence Transformers model into a graph that answers without torch.

Run as ``python -m embeddings.export MODEL FOLDER``, in a process of its own: importing
torch and Sentence Transformers takes seconds and half a gigabyte, which whoever asks a
question must never pay (law 3).

The folder gets `model.onnx` (token ids in, unit sentence vectors out: the model's own
pooling and normalisation are inside the graph), `tokenizer.json` and `card.json`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PRECISIONS = ("int8", "fp32")
# Raised with any change to what is written, so that old exports and vectors are made again.
EXPORT_FORMAT = 1
_OPSET = 17
_DOCUMENT_PROMPTS = ("document", "passage", "corpus")


def export(name: str, folder: Path, *, precision: str) -> None:
    """Load the model by name or path and write its graph, tokenizer and card into `folder`.

    Raises whatever Sentence Transformers raises where the model cannot be loaded.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    # A pickle is a program. Some modules of a model fall back to one where it has no safetensors.
    torch.load = _refuse_pickle
    model = SentenceTransformer(
        name,
        device="cpu",
        # "eager" attention traces to the pattern onnxruntime fuses: a third faster than sdpa's.
        model_kwargs={"attn_implementation": "eager", "use_safetensors": True},
        trust_remote_code=False,
    ).eval()

    class Graph(torch.nn.Module):
        """The whole pipeline, its inputs in a fixed order."""

        def __init__(self, inputs: Sequence[str]) -> None:
            super().__init__()
            self.model = model
            self.inputs = inputs

        def forward(self, *tensors: Any) -> Any:
            features = dict(zip(self.inputs, tensors, strict=True))
            return torch.nn.functional.normalize(self.model(features)["sentence_embedding"], dim=-1)

    query_prompt, document_prompt = _prompts_of(model)
    tokenizer = _tokenizer_of(model)
    if (query_prompt or document_prompt) and _leaves_prompts_out(model):
        raise ValueError("it leaves its prompts out of the vectors, which Dateline cannot")
    sample = model.preprocess(
        ["One sentence.", "Another sentence, a little longer than the first."]
    )
    inputs = [
        str(key) for key in ("input_ids", "attention_mask", "token_type_ids") if key in sample
    ]
    dynamic: dict[str, dict[int, str]] = {key: {0: "batch", 1: "sequence"} for key in inputs}
    dynamic["sentence_embedding"] = {0: "batch"}
    # In a folder of its own: weights of more than 2 GB are written to files beside the graph.
    exact = folder / "fp32"
    exact.mkdir()
    plain = exact / "model.onnx"
    with torch.no_grad():
        torch.onnx.export(
            Graph(inputs),
            tuple(sample[key] for key in inputs),
            str(plain),
            input_names=inputs,
            output_names=["sentence_embedding"],
            dynamic_axes=dynamic,
            opset_version=_OPSET,
            dynamo=False,
        )
    dimension, most_tokens = model.get_embedding_dimension(), model.max_seq_length
    if precision == "int8":
        from onnxruntime.quantization import QuantType, quantize_dynamic

        del model, Graph  # Gigabytes, with some models.
        # By channel: with one scale a matrix, the cosine to the exact vectors of 60 news
        # passages fell from .993 to .953.
        quantize_dynamic(
            plain, folder / "model.onnx", weight_type=QuantType.QInt8, per_channel=True
        )
    else:
        for file in exact.iterdir():
            file.replace(folder / file.name)
    shutil.rmtree(exact)

    _save_tokenizer(tokenizer, Path(name), folder / "tokenizer.json")
    card = {
        "format": EXPORT_FORMAT,
        "model": name,
        "precision": precision,
        "dimension": int(dimension or 0),
        "max_tokens": int(most_tokens or 512),
        "inputs": inputs,
        "query_prompt": query_prompt,
        "document_prompt": document_prompt,
    }
    (folder / "card.json").write_text(json.dumps(card, indent=1), "utf-8")


def _prompts_of(model: Any) -> tuple[str, str]:
    """What the model is to see before a question, and before a passage.

    A saved model always has a "document" prompt, which may be an empty one that nobody wrote: the
    one that says something counts. One by default is for both, unless its name tells otherwise.
    """
    prompts = {name: text or "" for name, text in model.prompts.items()}
    default = model.default_prompt_name or ""
    query = prompts.get("query", "")
    document = next(filter(None, map(prompts.get, _DOCUMENT_PROMPTS)), "")
    if not query and not document and default not in ("query", *_DOCUMENT_PROMPTS):
        query = document = prompts.get(default, "")
    return query, document


def _save_tokenizer(tokenizer: Any, source: Path, saved: Path) -> None:
    """Write it; where it does what the model's own file says, as that file, byte for byte.

    So who opens both, as the reader's is the default model's, opens one.
    """
    tokenizer.save(str(saved))
    own = source / "tokenizer.json"
    if own.is_file() and _without_lengths(own) == _without_lengths(saved):
        shutil.copyfile(own, saved)


def _without_lengths(path: Path) -> str:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return str(tokenizer.to_str())


def _tokenizer_of(model: Any) -> Any:
    """Its tokenizer as the library that reads it here knows it."""
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None or any(hasattr(part, "sub_modules") for part in model):
        raise ValueError("it is not one transformer with a fast tokenizer, the kind Dateline runs")
    return tokenizer


def _leaves_prompts_out(model: Any) -> bool:
    return any(not getattr(part, "include_prompt", True) for part in model)


def _refuse_pickle(*_: object, **__: object) -> Any:
    raise ValueError("some of its weights are pickled, and only safetensors are loaded")


def main(arguments: list[str]) -> int:
    """``MODEL FOLDER PRECISION``; what went wrong in one line on stderr, and 1."""
    name, folder, precision = arguments
    warnings.simplefilter("ignore")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TQDM_DISABLE", "1")
    try:
        export(name, Path(folder), precision=precision)
    # The edge of a process of its own: whatever a model's files make the libraries raise
    # becomes the one line that the parent shows.
    except Exception as error:  # noqa: BLE001
        lines = str(error).strip().splitlines() or [type(error).__name__]
        sys.stderr.write(lines[0][:300] + "\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
