"""Passages embedded on a GPU, by Sentence Transformers itself: on Ray's workers alone.

Importing torch takes seconds, so that nothing which answers a question may come here (law 3).
The weights are those that the int8 graph was made from, in float32. Its vectors differ from the
graph's about as much as the graph's do from batch to batch, so both are kept under one name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from embeddings.errors import ModelUnavailable
from embeddings.models import ExportedModel, weights_of

# Texts in one run: on an H200 more were no faster.
BATCH_TEXTS = 256


def is_here() -> bool:
    """Whether torch sees a GPU on this machine that it can use."""
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())


class GpuEncoder:
    """One model on one device. Not safe for threads."""

    def __init__(self, model: ExportedModel, *, device: str = "cuda") -> None:
        """Load the model's own weights. Raises `ModelUnavailable`."""
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(
                weights_of(model.name),
                device=device,
                model_kwargs={"use_safetensors": True},
                trust_remote_code=False,
            )
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelUnavailable(f"{model.name} cannot be loaded on {device}: {error}") from error
        self._model.max_seq_length = model.max_tokens
        self._prompt = model.document_prompt

    def encode_passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors of shape (len(texts), dimension), float32, in the texts' order."""
        return np.asarray(
            self._model.encode(
                list(texts),
                prompt=self._prompt,
                batch_size=BATCH_TEXTS,
                normalize_embeddings=True,
                show_progress_bar=False,
            ),
            dtype=np.float32,
        )
