"""Train the trees that say which words of a conversation a follow-up needs.

    python training/train_followups.py --data DIR --out qa/weights/followups.json

Gradient-boosted trees (scikit-learn's, which Sentence Transformers brings) over the features of
qa/history.py; a word is right where the person who wrote the question out in full put it in.
Every turn is seen a second time without titles, since not every article has one that says
anything. Takes half a minute.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from qa.history import NAMES, asked, content_stems, features, names_newer, terms_of
from training.conversations import Rewritten, turns

SETTINGS = {
    "max_iter": 120,
    "learning_rate": 0.08,
    "max_leaf_nodes": 12,
    "min_samples_leaf": 30,
    "l2_regularization": 1.0,
    "random_state": 1,
}
# There are four times as many of the one set's turns as of the other's.
MTRAG_WEIGHT = 3.0


def untitled(turn: Rewritten) -> Rewritten:
    return replace(turn, past=tuple(replace(past, titles=()) for past in turn.past))


def table(some: Sequence[Rewritten]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features (terms, len(NAMES)), whether the person took the term, and its weight."""
    rows, right, weights = [], [], []
    for turn in some:
        terms = terms_of(turn.past)
        question = asked(turn.question, turn.past, terms)
        newer = names_newer(terms)
        wanted = set(content_stems(turn.rewrite)) - question.stems
        for term in terms.values():
            if term.word not in question.stems:
                rows.append(features(term, question, newer))
                right.append(term.word in wanted)
                weights.append(MTRAG_WEIGHT if turn.source == "mtrag" else 1.0)
    return np.array(rows), np.array(right), np.array(weights)


def exported(model: HistGradientBoostingClassifier) -> dict[str, object]:
    """The trees as lists of nodes: feature, threshold, left, right; or a leaf's value alone."""
    trees = []
    for (predictor,) in model._predictors:
        nodes: list[list[float]] = []
        for node in predictor.nodes:
            if node["is_leaf"]:
                nodes.append([round(float(node["value"]), 5)])
            else:
                nodes.append(
                    [
                        int(node["feature_idx"]),
                        round(float(node["num_threshold"]), 5),
                        int(node["left"]),
                        int(node["right"]),
                    ]
                )
        trees.append(nodes)
    base = float(np.ravel(model._baseline_prediction)[0])
    return {"features": list(NAMES), "base": base, "trees": trees}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    learned = [turn for turn in turns(given.data) if turn.learned and turn.past]
    both = learned + [untitled(turn) for turn in learned if turn.source == "canard"]
    rows, right, weights = table(both)
    model = HistGradientBoostingClassifier(**SETTINGS).fit(rows, right, sample_weight=weights)
    given.out.write_text(json.dumps(exported(model), separators=(",", ":")) + "\n", "utf-8")
    print(f"{len(both)} turns, {len(rows)} words, {right.mean():.3f} of them taken")


if __name__ == "__main__":
    main()
