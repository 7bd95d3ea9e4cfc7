"""From passages to the sentences that answer.

The cross-encoder scores each passage, then each sentence of the best ones under its
article's title; a sentence is worth both together, because a sentence that reads like an
answer in the wrong passage is not one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from embeddings.cross_encoder import CrossEncoder
from embeddings.records import Hit, Passage, Sentence
from qa.retrieve import FUSION_CONSTANT

# benchmarks/candidates.py shows what each number costs and brings.
RERANKED = 15
READ = 3
# What a passage's place in the fused list adds to its logit: this over the constant and its rank,
# 5 for the first, 3 for the fifth. The cross-encoder knows less of which article is meant than the
# title's words do: with it, the gold passage or article is among the first five for .972 of
# squad's questions (.968 without) and .880 of the news questions (.867).
PLACE_WORTH = 30.0
# A passage this far below the best is not read: its sentences never came first on either set,
# and reading them took a tenth of squad's time.
READ_WITHIN = 4.0
MOST_SENTENCES = 24
# The softmax's temperature that makes shares of worths: 2 told best which sentences hold an
# answer, of 1, 1.5, 2 and 3.
SHARE_SCALE = 2.0
# What a sentence loses for being a question. News asks what readers ask (quizzes, headings),
# and the cross-encoder takes the question itself for the best answer: so it was for 9 of
# realtimeqa_gold's 130 questions, of which this mended 4, and for none of squad's.
ASKING_COST = 8.0
_CLOSERS = " \t\n\"'”’)]»"
_SHORTEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage with the cross-encoder's logit for it."""

    hit: Hit
    logit: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: its own logit, and that of the best passage it stands in.

    `share`, 0 to 1, is its part of all that was read: near 1 where nothing else comes close.
    """

    article_id: str
    span: Sentence
    text: str
    title: str
    logit: float
    passage_logit: float
    share: float = 0.0

    @property
    def worth(self) -> float:
        """What sentences are ordered by: on squad's questions, the sum beat either alone.

        Words shared, their rarity, the neighbours' words and the kind of answer asked for,
        added to it, gained half a point on squad at most and lost one to eight on news.
        """
        asks = self.text.rstrip(_CLOSERS).endswith("?")
        return self.logit + self.passage_logit - (ASKING_COST if asks else 0.0)


def rerank(cross_encoder: CrossEncoder, question: str, hits: Sequence[Hit]) -> list[Ranked]:
    """The hits by the cross-encoder's score of their text and by their place, best first."""
    logits = cross_encoder.score(question, [hit.passage.text for hit in hits])
    ranked = [Ranked(hit, float(logit)) for hit, logit in zip(hits, logits, strict=True)]
    worths = [
        found.logit + PLACE_WORTH / (FUSION_CONSTANT + rank) for rank, found in enumerate(ranked, 1)
    ]
    order = sorted(range(len(ranked)), key=lambda at: -worths[at])
    return [ranked[at] for at in order]


def read(cross_encoder: CrossEncoder, question: str, ranked: Sequence[Ranked]) -> list[Candidate]:
    """The sentences of the best passages, most worthy first, the same text only once."""
    places: dict[tuple[str, int], tuple[Passage, Sentence, float]] = {}
    best = max((found.logit for found in ranked), default=0.0)
    for found in ranked[:READ]:
        if found.logit < best - READ_WITHIN and found is not ranked[0]:
            continue
        passage = found.hit.passage
        for span in passage.sentences:
            # Overlapping passages share sentences: the first, best passage counts.
            places.setdefault((passage.article_id, span.start), (passage, span, found.logit))
    chosen = [
        (passage, span, logit, _text(passage, span)) for passage, span, logit in places.values()
    ]
    told = [place for place in chosen if len(place[3].split()) >= _SHORTEST_WORDS]
    chosen = (told or chosen)[:MOST_SENTENCES]
    logits: npt.NDArray[np.float32] = cross_encoder.score(
        question, [f"{passage.title}. {text}" for passage, _, _, text in chosen]
    )
    candidates = [
        Candidate(passage.article_id, span, text, passage.title, float(logit), passage_logit)
        for (passage, span, passage_logit, text), logit in zip(chosen, logits, strict=True)
    ]
    return in_order(candidates)


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Most worthy first, the same text only once, each with its share."""
    once: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda candidate: -candidate.worth):
        once.setdefault(" ".join(candidate.text.split()), candidate)
    best = max((candidate.worth for candidate in once.values()), default=0.0)
    parts = [math.exp((candidate.worth - best) / SHARE_SCALE) for candidate in once.values()]
    return [
        replace(candidate, share=part / sum(parts))
        for candidate, part in zip(once.values(), parts, strict=True)
    ]


def _text(passage: Passage, span: Sentence) -> str:
    return passage.text[span.start - passage.start : span.end - passage.start]
