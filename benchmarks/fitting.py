"""The two fits behind the engine's constants; numpy alone, so that training can watch by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Matrix: TypeAlias = npt.NDArray[np.float64]
# Ridge on standardised features: next to nothing, only there so that the fit exists.
PENALTY = 1e-2


def logistic(values: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))


def fit(features: Matrix, labels: Matrix, weights: Matrix) -> Matrix:
    """Weights and, last, the bias of a logistic regression, by Newton's method."""
    middle, spread = features.mean(0), features.std(0) + 1e-9
    design = np.column_stack([(features - middle) / spread, np.ones(len(features))])
    weights = weights / weights.mean()
    penalty = PENALTY * np.diag([1.0] * features.shape[1] + [0.0])
    found = np.zeros(design.shape[1])
    for _ in range(100):
        probable = logistic(design @ found)
        slope = design.T @ (weights * (probable - labels)) + penalty @ found
        curve = (design * (weights * probable * (1 - probable))[:, None]).T @ design + penalty
        step = np.linalg.solve(curve, slope)
        found -= step
        if np.abs(step).max() < 1e-8:
            break
    scaled = found[:-1] / spread
    return np.append(scaled, found[-1] - scaled @ middle)


def conditional_logit(groups: Sequence[tuple[Matrix, npt.NDArray[np.bool_]]]) -> Matrix:
    """Weights that put what is right first: one group a question, its features and what is right.

    Features are of shape (sentences, features); each group has something right and something not.
    """
    whole = np.concatenate([features for features, _ in groups])
    spread = whole.std(0) + 1e-9
    weights = np.zeros(whole.shape[1])
    rate = 0.5
    for _ in range(400):
        slope = PENALTY * weights
        for features, right in groups:
            scores = (features / spread) @ weights
            scores = np.exp(scores - scores.max())
            all_of_them = scores / scores.sum()
            good = scores * right / (scores * right).sum()
            slope -= (good - all_of_them) @ (features / spread) / len(groups)
        weights -= rate * slope
    return np.asarray(weights / spread)
