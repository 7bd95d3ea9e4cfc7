"""The reader: our own small network that reads a question and a passage together, once.

From one pass come the score of each sentence, the best short answer inside it, and whether
the passage answers at all; a sentence is judged among its neighbours, under its article's
title. Scores are trained to compare across passages, and with nought, which stands for "not
here". How it was trained: training/; what it can and cannot do: docs/reader.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from embeddings.graphs import open_graph, run_in_batches, share_tokenizer
from embeddings.modelfiles import READER_GRAPH, READER_TOKENIZER
from embeddings.records import Passage
from qa.spans import asked_stems, best_span, mark

MOST_TOKENS = 256
# Small, because a first run pays for every page of memory it touches.
BATCH_TOKENS = 768
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_START, _END, _EVIDENCE = range(3)
_RELEVANCE, _ANSWERS = range(2)
_NOWHERE = -30.0
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """What the reader makes of one sentence. Scores are logits beside nought for "not here".

    `evidence` says how well the sentence answers; `answer` is the best short answer's span in
    the article's text, and `answer_score` its start's and end's scores together, None and very
    low where the sentence was not read.
    """

    evidence: float
    answer_score: float
    answer: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one passage: its relevance, whether it answers, its sentences.

    `relevance` is on the scale of the cross-encoder that the reader grew from (about -11 to 11).
    """

    relevance: float
    answers: float
    sentences: tuple[SentenceReading, ...]


class Reader:
    """The trained graph, shipped with the package. Thread-safe."""

    def __init__(self) -> None:
        """Open the model. Raises `ModelUnavailable`."""
        # Of a pair too long, the longer text is cut: the passage, but for a question like a page.
        self._tokenizer = share_tokenizer(READER_TOKENIZER.checked(), most_tokens=MOST_TOKENS)
        self._session = open_graph(READER_GRAPH.checked(), digest=READER_GRAPH.sha256)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """A reading of each passage, in order."""
        heads = [f"{passage.title}. " if passage.title else "" for passage in passages]
        encodings = self._tokenizer.encode_batch(
            [(question, head + passage.text) for head, passage in zip(heads, passages, strict=True)]
        )
        readings: list[Reading | None] = [None] * len(passages)
        asked = asked_stems(question)
        for rows, outputs in run_in_batches(
            self._session, encodings, inputs=_INPUTS, batch_tokens=BATCH_TOKENS, pad_id=0
        ):
            tokens, whole = outputs
            for row, at in enumerate(rows):
                encoding = encodings[at]
                begun = len(heads[at])
                offsets = np.array(encoding.offsets, dtype=np.int64) - begun
                # The second text's own tokens, after the title.
                inside = (
                    (np.array(encoding.type_ids) == 1)
                    & (np.array(encoding.special_tokens_mask) == 0)
                    & (offsets[:, 0] >= 0)
                )
                readings[at] = Reading(
                    relevance=float(whole[row, _RELEVANCE]),
                    answers=float(whole[row, _ANSWERS]),
                    sentences=_sentences(
                        passages[at],
                        tokens[row, : len(offsets)][inside],
                        offsets[inside],
                        np.array(encoding.word_ids, dtype=np.float64)[inside].astype(np.int64),
                        asked,
                    ),
                )
        return [reading for reading in readings if reading is not None]


def _sentences(
    passage: Passage,
    scores: Floats,
    offsets: npt.NDArray[np.int64],
    words: npt.NDArray[np.int64],
    asked: frozenset[str],
) -> tuple[SentenceReading, ...]:
    """`scores` is (tokens, 3), `offsets` (tokens, 2), of the passage's tokens in order.

    `words` is (tokens,): which word of the passage a token is of, growing. `asked` are the
    question's words' beginnings.
    """
    texts = [passage.text[begin:end] for begin, end in offsets.tolist()]
    marks = mark(texts, words, asked)
    found = []
    for sentence in passage.sentences:
        first, last = sentence.start - passage.start, sentence.end - passage.start
        begin, end = np.searchsorted(offsets[:, 0], (first, last))
        if begin == end:
            found.append(SentenceReading(_NOWHERE, _NOWHERE, None))
            continue
        some = scores[begin:end]
        start_at, end_at, score = best_span(
            some[:, _START], some[:, _END], marks.part(int(begin), int(end))
        )
        found.append(
            SentenceReading(
                evidence=float(some[:, _EVIDENCE].mean()),
                answer_score=score,
                answer=(
                    passage.start + int(offsets[begin + start_at, 0]),
                    passage.start + min(last, int(offsets[begin + end_at, 1])),
                ),
            )
        )
    return tuple(found)
