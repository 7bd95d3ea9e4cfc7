"""When to answer and when to refuse: fits the probabilities of qa/decide.py and its threshold.

    python benchmarks/calibrate.py --data DIR [--questions N] [--json FILE] [--library-cache DIR]

Asks what quality.py asks, of the same libraries: squad's answerable and unanswerable questions,
realtimeqa's questions of its own library, and either set's questions of the other's library. A
logistic regression (plain numpy) tells answerable from not; every figure is from questions of
squad articles that it was not fitted on (five folds by article; realtimeqa's questions are
dealt to the folds singly). The numbers printed last, fitted on everything, go into
qa/decide.py.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import quality
from embeddings.cross_encoder import CrossEncoder
from qa import decide
from qa.engine import DEFAULT_TOP

FOLDS = 5
# Ridge on standardised features: next to nothing, only there so that the fit exists.
PENALTY = 1e-2
BINS = 10
# What a person loses by a refusal is shown for each of these shares of answerables refused.
SILENT_SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions of one kind: their features, whether they have an answer, and their groups."""

    name: str
    answerable: bool
    weight: float
    features: Matrix
    groups: list[str]

    @property
    def labels(self) -> Matrix:
        return np.full(len(self.groups), float(self.answerable))

    @property
    def weights(self) -> Matrix:
        return np.full(len(self.groups), self.weight / max(1, len(self.groups)))


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


def probabilities(fitted: Matrix, features: Matrix) -> Matrix:
    return logistic(features @ fitted[:-1] + fitted[-1])


def fold_of(groups: Sequence[str]) -> npt.NDArray[np.int64]:
    """A fold for each question: one for a whole squad article, any for a single other question."""
    articles = sorted({group for group in groups if group.startswith("squad:")})
    random.Random(quality.SEED).shuffle(articles)
    of_article = {article: number % FOLDS for number, article in enumerate(articles)}
    return np.array([of_article.get(g, at % FOLDS) for at, g in enumerate(groups)])


def held_out(kinds: Sequence[Asked]) -> tuple[list[Matrix], list[float]]:
    """Confidences of each kind's questions, by fits that saw nothing of their fold, and the
    threshold of equal precision and recall, chosen for each fold on the fold before it."""
    folds = fold_of([group for kind in kinds for group in kind.groups])
    features = np.concatenate([kind.features for kind in kinds])
    labels = np.concatenate([kind.labels for kind in kinds])
    weights = np.concatenate([kind.weights for kind in kinds])
    confident = np.zeros(len(labels))
    thresholds = []
    near = np.concatenate([np.full(len(kind.groups), kind.name in NEAR) for kind in kinds])
    for fold in range(FOLDS):
        chosen_on = (fold - 1) % FOLDS
        train = (folds != fold) & (folds != chosen_on)
        fitted = fit(features[train], labels[train], weights[train])
        confident[folds == fold] = probabilities(fitted, features[folds == fold])
        validating = (folds == chosen_on) & near
        thresholds.append(
            equal_threshold(
                probabilities(fitted, features[validating & (labels == 1)]),
                probabilities(fitted, features[validating & (labels == 0)]),
            )
        )
    ends = np.cumsum([len(kind.groups) for kind in kinds])[:-1]
    return np.split(confident, ends), thresholds


NEAR = ("squad, answerable", "squad, unanswerable")
FAR = ("realtimeqa asked of squad", "squad asked of realtimeqa")
# The threshold is the lowest at which so many of another subject's questions are refused.
FAR_REFUSED = 0.98


def equal_threshold(answerable: Matrix, other: Matrix) -> float:
    """Where refusals' precision equals their recall on an even mix.

    There, as large a share of answerables is refused as of the others is answered.
    """
    places = np.unique(np.concatenate([answerable, other]))
    gaps = [abs((answerable < place).mean() - (other >= place).mean()) for place in places]
    return float(places[int(np.argmin(gaps))])


def far_threshold(by_name: dict[str, Matrix]) -> float:
    """The lowest threshold that refuses enough of the questions about something else."""
    last = [
        np.sort(by_name[name])[int(np.ceil(FAR_REFUSED * len(by_name[name]))) - 1] for name in FAR
    ]
    return float(np.nextafter(max(last), 1))


def reliability(
    probable: Matrix, right: Matrix, weights: Matrix
) -> tuple[list[tuple[int, float, float]], float]:
    """(number, mean probability, share right) of each filled bin; expected calibration error."""
    bins = np.minimum((probable * BINS).astype(int), BINS - 1)
    rows, error = [], 0.0
    for number in range(BINS):
        inside = bins == number
        if inside.any():
            said = float(np.average(probable[inside], weights=weights[inside]))
            true = float(np.average(right[inside], weights=weights[inside]))
            rows.append((int(inside.sum()), said, true))
            error += float(weights[inside].sum() / weights.sum()) * abs(said - true)
    return rows, error


def sentences(outcomes: Sequence[quality.Outcome]) -> tuple[Matrix, Matrix, list[str]]:
    """The first three candidates' features, whether they hold an answer, their groups."""
    rows = [
        (
            (candidate.logit, candidate.share),
            quality.holds_answer(candidate.text, outcome.question.answers),
            outcome.question.group,
        )
        for outcome in outcomes
        for candidate in outcome.candidates[:DEFAULT_TOP]
    ]
    features, right, groups = zip(*rows, strict=True)
    return np.array(features), np.array(right, dtype=float), list(groups)


def calibrate(data: Path, most: int, cache: Path) -> dict[str, Any]:
    answerable = quality.sampled(quality.squad_answerable(data), most)
    unanswerable = quality.sampled(quality.squad_unanswerable(data), most)
    quiz = quality.sampled(quality.realtimeqa(data), most)
    cross_encoder = CrossEncoder()
    squad = quality.Bench(quality.built(data, "squad", cache), cross_encoder)
    news = quality.Bench(quality.built(data, "realtimeqa_gold", cache), cross_encoder)
    asked = squad.ask_all(answerable, "squad")
    asked_news = news.ask_all([q for q in quiz if q.gold_has_answer], "realtimeqa")
    kinds = [
        _asked("squad, answerable", 1, 0.35, asked),
        _asked("realtimeqa, answerable", 1, 0.15, asked_news),
        _asked("squad, unanswerable", 0, 0.25, squad.ask_all(unanswerable, "unanswerable")),
        _asked("realtimeqa asked of squad", 0, 0.125, squad.ask_all(quiz, "realtimeqa of squad")),
        _asked(
            "squad asked of realtimeqa",
            0,
            0.125,
            news.ask_all(answerable[: len(quiz)], "squad of realtimeqa"),
        ),
    ]
    confident, thresholds = held_out(kinds)
    by_name = {kind.name: each for kind, each in zip(kinds, confident, strict=True)}
    good, bad = (by_name[name] for name in NEAR)
    count = min(len(good), len(bad))
    results: dict[str, Any] = {
        "refusing squad's unanswerable": {
            "questions": 2 * count,
            "auroc": quality.auroc(good, bad),
            "threshold of equal precision and recall, by fold": thresholds,
            "threshold that refuses enough of the other library's": far_threshold(by_name),
            "curve": _curve(by_name),
        }
    }
    _show_refusing(results["refusing squad's unanswerable"], by_name)

    features = np.concatenate([kind.features for kind in kinds])
    labels = np.concatenate([kind.labels for kind in kinds])
    weights = np.concatenate([kind.weights for kind in kinds])
    fitted = fit(features, labels, weights)
    results["confidence"] = _show_reliability(
        "confidence, on the mix that it is fitted to", np.concatenate(confident), labels, weights
    )
    even = np.concatenate([good[:count], bad[:count]])
    results["confidence, near"] = _show_reliability(
        "confidence, squad's answerable and unanswerable alone",
        even,
        np.repeat([1.0, 0.0], count),
        np.ones(2 * count),
    )
    sentence, sentence_held, sentence_right = _sentence_fit(asked + asked_news)
    results["sentence"] = _show_reliability(
        "a sentence's score, the first three of each question",
        sentence_held,
        sentence_right,
        np.ones(len(sentence_right)),
    )
    results["fitted"] = {
        "WEIGHTS": [round(float(each), 4) for each in fitted[:-1]],
        "BIAS": round(float(fitted[-1]), 4),
        "SENTENCE_WEIGHTS": [round(float(each), 4) for each in sentence[:-1]],
        "SENTENCE_BIAS": round(float(sentence[-1]), 4),
    }
    print("\nfitted on everything, for qa/decide.py")
    for name, value in results["fitted"].items():
        print(f"  {name} = {value}")
    return results


def _asked(
    name: str, answerable: bool, weight: float, outcomes: Sequence[quality.Outcome]
) -> Asked:
    best = [outcome.candidates[0] for outcome in outcomes]
    return Asked(
        name,
        answerable,
        weight,
        np.array([(each.logit, each.passage_logit) for each in best], dtype=float),
        [outcome.question.group for outcome in outcomes],
    )


def _curve(by_name: dict[str, Matrix]) -> list[dict[str, float]]:
    """At each threshold the share refused of every kind, with refusals' precision and recall."""
    good, bad = (by_name[name] for name in NEAR)
    places = [float(np.quantile(good, each)) for each in SILENT_SHARES]
    places += [equal_threshold(good, bad), far_threshold(by_name), decide.THRESHOLD]
    rows = []
    for place in sorted(set(places)):
        wrongly, rightly = (good < place).mean(), (bad < place).mean()
        precision = rightly / max(1e-9, rightly + wrongly)
        rows.append(
            {
                "threshold": round(place, 4),
                "precision": float(precision),
                "recall": float(rightly),
                "f1": float(2 * precision * rightly / max(1e-9, precision + rightly)),
                **{name: float((each < place).mean()) for name, each in by_name.items()},
            }
        )
    return rows


def _sentence_fit(outcomes: Sequence[quality.Outcome]) -> tuple[Matrix, Matrix, Matrix]:
    """The sentence's regression, and its held-out probabilities with what was right."""
    features, right, groups = sentences(outcomes)
    folds = fold_of(groups)
    even = np.ones(len(right))
    held = np.zeros(len(right))
    for fold in range(FOLDS):
        inside = folds == fold
        held[inside] = probabilities(
            fit(features[~inside], right[~inside], even[~inside]), features[inside]
        )
    return fit(features, right, even), held, right


def _show_refusing(found: dict[str, Any], by_name: dict[str, Matrix]) -> None:
    print(f"\nrefusing squad's unanswerable, even mix, held out: AUROC {found['auroc']:.3f}")
    thresholds = found["threshold of equal precision and recall, by fold"]
    print("  equal precision and recall at", ", ".join(f"{each:.3f}" for each in thresholds))
    far = found["threshold that refuses enough of the other library's"]
    print(f"  {FAR_REFUSED:.0%} of either other library's questions refused from {far:.3f}")
    print(f"\n{'':42}share refused of")
    names = [name.replace(", ", "\n").replace(" asked of ", "\nof ") for name in by_name]
    tops, bottoms = zip(*(name.split("\n") for name in names), strict=True)
    print(f"{'':42}" + "".join(f"{top:>14}" for top in tops))
    print(
        f"{'threshold':>12}{'precision':>10}{'recall':>10}{'F1':>10}"
        + "".join(f"{bottom:>14}" for bottom in bottoms)
    )
    for row in found["curve"]:
        print(
            f"{row['threshold']:12.3f}{row['precision']:10.3f}{row['recall']:10.3f}"
            f"{row['f1']:10.3f}" + "".join(f"{row[name]:14.3f}" for name in by_name)
        )


def _show_reliability(
    what: str, probable: Matrix, right: Matrix, weights: Matrix
) -> dict[str, Any]:
    rows, error = reliability(probable, right, weights)
    print(f"\n{what}, held out: calibration error {error:.3f} over {len(probable)}")
    print(f"{'number':>12}{'said':>10}{'true':>10}")
    for count, mean, true in rows:
        print(f"{count:12}{mean:10.3f}{true:10.3f}")
    return {"calibration_error": error, "bins": rows, "number": len(probable)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--questions", type=int, default=500, help="of each set, at most")
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    parser.add_argument("--library-cache", type=Path, help="keep the libraries here")
    arguments = parser.parse_args()
    with quality.libraries_in(arguments.library_cache) as cache:
        results = calibrate(arguments.data, arguments.questions, cache)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
