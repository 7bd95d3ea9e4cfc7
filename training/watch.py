"""How a reader in training answers the calibration articles' questions.

Nearly what benchmarks/calibrate.py says of it, without building an engine: the passages found for
each question are read, sentences are ordered by the worth of qa/read.py with its weights fitted
anew, and what is told are the share of questions whose first sentence is right, the short answer's
F1, and how well answerable and nearly answered questions are told apart, each fitted by halves
of the articles and told of the other.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.fitting import Matrix, conditional_logit, fit
from qa.scoring import token_f1
from training.batching import Group, Tokens, composed
from training.model import ANSWERS, END, EVIDENCE, RELEVANCE, START

A_BATCH = 128
MOST_ANSWER_TOKENS = 24
PLACE_CONSTANT = 5


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence of one passage: its features, whether it is right, and its short answer."""

    features: tuple[float, ...]
    right: bool
    answer: str


def read_all(
    network: torch.nn.Module, ranked: Sequence[Group], tokens: Tokens, device: str
) -> list[list[Told]]:
    """Every sentence of the passages found, for each question."""
    network.eval()
    pairs = [
        (q, place) for q, group in enumerate(ranked) for place in range(len(group["passages"]))
    ]
    shown = {
        (q, place): tokens.shown(ranked[q]["question"], ranked[q]["passages"][place])
        for q, place in pairs
    }
    pairs.sort(key=lambda pair: -len(shown[pair].ids))
    found: dict[tuple[int, int], list[Told]] = {}
    for begin in range(0, len(pairs), A_BATCH):
        some = pairs[begin : begin + A_BATCH]
        batch = composed([(row, shown[pair]) for row, pair in enumerate(some)], [True] * len(some))
        ids, mask, kinds = (
            torch.from_numpy(array).to(device) for array in (batch.ids, batch.mask, batch.kinds)
        )
        with (
            torch.no_grad(),
            torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"),
        ):
            said, whole = network(ids, mask, kinds)
        scores, pair_scores = said.float().cpu().numpy(), whole.float().cpu().numpy()
        for row, (q, place) in enumerate(some):
            record = ranked[q]["passages"][place]
            one = shown[q, place]
            own = scores[row, one.first : one.first + len(one.sentence_of)]
            offsets = tokens.records[id(record)].offsets
            found[q, place] = _sentences(
                record, one.sentence_of, own, offsets, pair_scores[row], place
            )
    return [
        [told for place in range(len(group["passages"])) for told in found[q, place]]
        for q, group in enumerate(ranked)
    ]


def _sentences(
    record: dict[str, Any],
    sentence_of: npt.NDArray[np.int64],
    scores: npt.NDArray[np.float32],
    offsets: npt.NDArray[np.int64],
    pair: npt.NDArray[np.float32],
    place: int,
) -> list[Told]:
    told = []
    for number in np.unique(sentence_of[sentence_of >= 0]):
        where = np.flatnonzero(sentence_of == number)
        starts, ends = scores[where, START], scores[where, END]
        reach = np.arange(len(where))
        length = reach[None, :] - reach[:, None]
        sums = np.where(
            (length >= 0) & (length < MOST_ANSWER_TOKENS), starts[:, None] + ends[None, :], -np.inf
        )
        first, last = divmod(int(sums.argmax()), len(where))
        told.append(
            Told(
                features=(
                    float(scores[where, EVIDENCE].mean()),
                    float(sums.max()),
                    float(pair[ANSWERS]),
                    float(pair[RELEVANCE]),
                    PLACE_CONSTANT / (PLACE_CONSTANT + place),
                ),
                right=int(number) in record["gold"],
                answer=record["text"][offsets[where[first], 0] : offsets[where[last], 1]],
            )
        )
    return told


def figures(read: Sequence[Sequence[Told]], ranked: Sequence[Group]) -> dict[str, float]:
    """`first`, `f1`, `auroc`, `equal` (precision and recall of refusals where they are equal)."""
    articles = sorted({group["article"] for group in ranked})
    halves = (articles[::2], articles[1::2])
    first, shares, odds, answerable = [], [], [], []
    for fitted, told in (halves, halves[::-1]):
        learn = [at for at, group in enumerate(ranked) if group["article"] in fitted]
        say = [at for at, group in enumerate(ranked) if group["article"] in told]
        weights = _fit_worth([read[at] for at in learn if ranked[at]["kind"] == "squad"])
        best = {at: _best(read[at], weights) for at in learn + say}
        yes = np.array([ranked[at]["kind"] == "squad" for at in learn])
        share = np.where(yes, 0.5 / yes.sum(), 0.5 / (~yes).sum())
        says = fit(np.array([best[at].features[:4] for at in learn]), yes.astype(float), share)
        for at in say:
            answers = ranked[at]["answers"]
            if ranked[at]["kind"] == "squad":
                first.append(best[at].right)
                shares.append(token_f1(best[at].answer, answers))
            odds.append(float(np.dot(says[:-1], best[at].features[:4]) + says[-1]))
            answerable.append(ranked[at]["kind"] == "squad")
    order = np.argsort(odds)
    yes = np.array(answerable)[order]
    nearly, good = (~yes).sum(), yes.sum()
    auroc = float((np.cumsum(~yes) * yes).sum() / (nearly * good))
    recall = np.cumsum(~yes) / nearly
    false = np.cumsum(yes) / good
    precision = recall / np.maximum(recall + false, 1e-9)
    equal = int(np.abs(precision - recall)[10:].argmin()) + 10
    return {
        "first": round(float(np.mean(first)), 4),
        "f1": round(float(np.mean(shares)), 4),
        "auroc": round(auroc, 4),
        "equal": round(float(recall[equal]), 4),
    }


def _best(read: Sequence[Told], weights: Matrix) -> Told:
    return max(read, key=lambda told: float(np.dot(weights, told.features)))


def _fit_worth(questions: Sequence[Sequence[Told]]) -> Matrix:
    groups = []
    for read in questions:
        right = np.array([told.right for told in read])
        if right.any() and not right.all():
            groups.append((np.array([told.features for told in read]), right))
    return conditional_logit(groups)
