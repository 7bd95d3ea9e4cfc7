"""What the reader's scores are worth, when to answer, when to refuse: fits the constants of
qa/read.py and qa/decide.py.

    python benchmarks/calibrate.py --data DIR [--library-cache DIR] [--readings FILE] [--json FILE]

Everything is fitted on squad's `calibrate` articles, which the reader did not learn from
(training/splits.py), and on questions put to the other library; nothing on what quality.py
reports. `--readings` keeps what the reader said, so that a second run takes seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import readings, sets
from benchmarks.fitting import Matrix, conditional_logit, fit, logistic
from benchmarks.readings import Asker, Read
from benchmarks.sets import Question
from qa import decide, read
from qa.reader import Reader

# What each kind of question counts for in the confidence: half have an answer.
KINDS = {
    "squad": (True, 0.5),
    "squad, nearly": (False, 0.22),
    "squad, swapped": (False, 0.08),
    "squad, of news": (False, 0.10),
    "news, of squad": (False, 0.10),
}
CANDIDATES_SCORED = 8


def gathered(data: Path, cache: Path, file: Path | None) -> dict[str, list[Read]]:
    """The readings of every kind of question that is fitted on."""
    found = readings.kept(file)
    reader = Reader()
    squad = Asker(sets.built(data, "squad", cache), reader)
    news = Asker(sets.built(data, "realtimeqa_gold", cache), reader)
    wanted: dict[str, tuple[Asker, Callable[[], list[Question]]]] = {
        "squad": (squad, lambda: sets.squad_answerable(data, "calibrate")),
        "squad, nearly": (squad, lambda: sets.squad_unanswerable(data, "calibrate")),
        "squad, swapped": (squad, lambda: sets.squad_swapped(data, "calibrate")),
        "squad, of news": (
            news,
            lambda: sets.sampled(sets.squad_answerable(data, "calibrate"), 120),
        ),
        "news, of squad": (squad, lambda: sets.realtimeqa(data)[:80]),
    }
    for name, (asker, questions) in wanted.items():
        if name not in found:
            found[name] = asker.read_all(questions(), name)
            readings.keep(file, found)
    return found


def is_right(candidate: read.Candidate, question: Question) -> bool:
    """Whether the annotated sentence was chosen, or one that says the answer beside it."""
    return sets.is_gold_sentence(candidate.text, question)


def fit_worth(asked: Sequence[Read]) -> Matrix:
    """Weights of `Candidate.features` that put the right sentence first (conditional logit)."""
    groups: list[tuple[Matrix, npt.NDArray[np.bool_]]] = []
    for one in asked:
        candidates = one.candidates()
        right = np.array([is_right(c, one.question) for c in candidates])
        if right.any() and not right.all():
            groups.append((np.array([c.features for c in candidates]), right))
    return conditional_logit(groups)


def confidence_features(asked: Sequence[Read]) -> Matrix:
    return np.array([decide.features(r.question.text, r.candidates()[0]) for r in asked])


def fit_kinds(rows: dict[str, Matrix], names: Sequence[str]) -> Matrix:
    """A regression that tells the answerable kinds from the others, each kind by its weight.

    `rows` has each kind's features, of shape (questions, features).
    """
    labels = [np.full(len(rows[name]), float(KINDS[name][0])) for name in names]
    # Half of it answerable, whatever is left out.
    halves = {
        side: sum(KINDS[n][1] for n in names if KINDS[n][0] is side) for side in (True, False)
    }
    weights = [
        np.full(len(rows[name]), KINDS[name][1] / halves[KINDS[name][0]] / len(rows[name]))
        for name in names
    ]
    features = np.concatenate([rows[name] for name in names])
    return fit(features, np.concatenate(labels), np.concatenate(weights))


def fit_confidence(found: dict[str, list[Read]]) -> dict[str, Any]:
    """The constants of `decide.confidence`, by name."""
    says = {name: confidence_features(found[name]) for name in KINDS}
    relevance = decide.RELEVANCE
    about = {name: rows[:, relevance : relevance + 1] for name, rows in says.items()}
    about_fit = np.round(fit_kinds(about, ("squad", "squad, of news", "news, of squad")), 4)
    says_fit = np.round(fit_kinds(says, ("squad", "squad, nearly", "squad, swapped")), 4)
    odds = {}
    for name in KINDS:
        both = probabilities(about_fit, about[name]) * probabilities(says_fit, says[name])
        odds[name] = np.log(both / (1 - both))[:, None]
    scale, offset = np.round(fit_kinds(odds, tuple(KINDS)), 4)
    return {
        "decide.ABOUT": about_fit.tolist(),
        "decide.WEIGHTS": says_fit[:-1].tolist(),
        "decide.BIAS": float(says_fit[-1]),
        "decide.SCALE": float(scale),
        "decide.OFFSET": float(offset),
    }


def probabilities(fitted: Matrix, features: Matrix) -> Matrix:
    return logistic(features @ fitted[:-1] + fitted[-1])


def fit_sentences(asked: Sequence[Read]) -> Matrix:
    rows, labels = [], []
    for one in asked:
        for candidate in one.candidates()[:CANDIDATES_SCORED]:
            rows.append((candidate.evidence, candidate.share))
            labels.append(float(sets.holds_answer(candidate.text, one.question.answers)))
    return fit(np.array(rows), np.array(labels), np.ones(len(rows)))


def equal_threshold(answerable: Matrix, other: Matrix) -> float:
    """Where as many answerable questions are refused as others are answered, mixed evenly."""
    places = np.unique(np.concatenate([answerable, other]))
    gaps = [abs((answerable < at).mean() - (other >= at).mean()) for at in places]
    return float(places[int(np.argmin(gaps))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder of public data")
    parser.add_argument("--library-cache", type=Path, help="keep the libraries here")
    parser.add_argument("--readings", type=Path, help="keep what the reader said here")
    parser.add_argument("--json", type=Path, help="also write the numbers here")
    given = parser.parse_args()
    with sets.libraries_in(given.library_cache) as cache:
        found = gathered(given.data, cache, given.readings)
    report: dict[str, Any] = {}
    before = first_right(found["squad"])
    worth = fit_worth(found["squad"])
    report["read.WEIGHTS"] = np.round(worth, 4).tolist()
    read.WEIGHTS = tuple(report["read.WEIGHTS"])
    after = first_right(found["squad"])
    print(f"first sentence right, squad's calibrate articles: {before:.3f}, fitted {after:.3f}")
    report |= fit_confidence(found)
    for name, value in report.items():
        setattr(decide if name.startswith("decide") else read, name.partition(".")[2], value)
    sentence = fit_sentences(found["squad"])
    report["decide.SENTENCE_WEIGHTS"] = np.round(sentence[:-1], 4).tolist()
    report["decide.SENTENCE_BIAS"] = round(float(sentence[-1]), 4)
    confident = {
        name: np.array([decide.confidence(r.question.text, r.candidates()[0]) for r in found[name]])
        for name in KINDS
    }
    report["equal precision and recall, squad's nearly"] = equal_threshold(
        confident["squad"], confident["squad, nearly"]
    )
    for name, value in report.items():
        print(f"{name} = {value}")
    for name in KINDS:
        shares = [round(float((confident[name] < at / 10).mean()), 3) for at in range(1, 10)]
        print(f"{name:18} below .1 to .9: {shares}")
    curve(found["squad"])
    for name in ("squad", "squad, nearly"):
        steps(name, found[name])
    if given.json:
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def first_right(asked: Sequence[Read], passages: int = read.MOST_PASSAGES) -> float:
    return float(
        np.mean(
            [sets.holds_answer(r.candidates(passages)[0].text, r.question.answers) for r in asked]
        )
    )


def curve(asked: Sequence[Read]) -> None:
    """What reading more passages brings."""
    for passages in (1, 2, 3, 4, 5, 6, 8, 10, 12, 16):
        print(
            f"passages read {passages:3}: first sentence right {first_right(asked, passages):.3f}"
        )


def steps(name: str, asked: Sequence[Read]) -> None:
    """What stopping early saves and costs: how many are read, and how often the first is right."""
    for sure in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.01):
        passages, right = [], []
        for one in asked:
            for most in read.STEPS[1:]:
                best = one.candidates(most)[0]
                if decide.confidence(one.question.text, best) >= sure:
                    break
            passages.append(most)
            right.append(sets.holds_answer(best.text, one.question.answers))
        print(
            f"{name}: sure from {sure}: passages read {np.mean(passages):.1f} (median "
            f"{np.median(passages):.0f}), first sentence right {np.mean(right):.3f}"
        )


if __name__ == "__main__":
    main()
