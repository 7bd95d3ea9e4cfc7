"""Figures for how well questions were answered, each with its interval; no engine, no files.

``dateline --eval`` and the benchmarks count with these, so that both mean the same by a name.
numpy is imported where it is needed: what compares texts does without.
"""

from __future__ import annotations

import math
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers: TypeAlias = Sequence[float] | npt.NDArray[np.float64]
    Drawn: TypeAlias = npt.NDArray[np.int64]
    Measure: TypeAlias = Callable[[Drawn], float]

SEED = 7
DRAWS = 1000
BINS = 10
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over `questions` questions, and its bootstrap 95 % interval, `low` to `high`.

    All three are not a number where nothing can be told, as a share of no questions.
    """

    value: float
    low: float
    high: float
    questions: int


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions whose confidence is from `low` to `high`: how many, and the means of both.

    Were confidence calibrated, `confidence` and `outcome`, both 0 to 1, would be the same.
    """

    low: float
    high: float
    questions: int
    confidence: float
    outcome: float


# --- texts


def normalise(text: str) -> str:
    """The text as SQuAD compares answers: lower case, no punctuation, no a, an or the, one space.

    After Rajpurkar et al., 2016, whose script takes away ASCII's punctuation; here that of
    every script goes, since articles have curly quotes.
    """
    bare = "".join(
        character
        for character in text.lower()
        if character not in string.punctuation and unicodedata.category(character)[0] != "P"
    )
    return same_spaces(_ARTICLES.sub(" ", bare))


def exact_match(prediction: str | None, golds: Iterable[str]) -> float:
    """1 where the prediction is a gold answer, both normalised; else, or where there is none, 0."""
    if prediction is None:
        return 0.0
    said = normalise(prediction)
    return float(any(said == normalise(gold) for gold in golds))


def token_f1(prediction: str | None, golds: Iterable[str]) -> float:
    """The best F1, 0 to 1, of the prediction's words and a gold answer's, both normalised.

    As SQuAD counts it: words as often as they stand there, in any order. 0 for no prediction.
    """
    if prediction is None:
        return 0.0
    said = normalise(prediction).split()
    return max((_word_f1(said, normalise(gold).split()) for gold in golds), default=0.0)


def _word_f1(said: Sequence[str], gold: Sequence[str]) -> float:
    if not said or not gold:
        return float(said == gold)
    shared = (Counter(said) & Counter(gold)).total()
    return 2 * shared / (len(said) + len(gold))


def holds_answer(text: str, golds: Iterable[str]) -> bool:
    """Whether a gold answer stands in the text as whole words, case and white space apart.

    Stricter than a substring, which lets "45" be found in "1945". Blank golds are passed over.
    """
    flat = same_spaces(text).casefold()
    answers = (same_spaces(gold).casefold() for gold in golds)
    return any(
        re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", flat) for answer in answers if answer
    )


def holds_sentence(text: str, gold: str) -> bool:
    """Whether the text is the gold sentence or has it whole: the same words in the same order."""
    said, wanted = (" ".join(re.findall(r"\w+", words.casefold())) for words in (text, gold))
    return bool(wanted) and f" {wanted} " in f" {said} "


def same_spaces(text: str) -> str:
    """The text with each run of white space made one space, and none at its ends."""
    return " ".join(text.split())


# --- intervals


def interval(count: int, measure: Measure) -> Figure:
    """The measure over questions 0 to `count` - 1, with its bootstrap 95 % interval.

    `measure` is given the numbers of the questions drawn, of shape (count,), and gives a
    number, or NaN where the drawn ones tell nothing; such draws are passed over. Percentile
    bootstrap over `DRAWS` draws (Efron, 1979), seeded: the same questions, the same interval.
    """
    return _bootstrap([count], measure)


def _bootstrap(counts: Sequence[int], measure: Callable[..., float]) -> Figure:
    """As `interval`, for kinds of questions, each drawn from alone, so that their mix is kept."""
    import numpy as np

    if not all(counts):
        return Figure(math.nan, math.nan, math.nan, sum(counts))
    generator = np.random.default_rng(SEED)
    draws = np.array(
        [measure(*(generator.integers(0, count, count) for count in counts)) for _ in range(DRAWS)]
    )
    value = float(measure(*(np.arange(count) for count in counts)))
    told = draws[~np.isnan(draws)]
    if not len(told) or math.isnan(value):
        return Figure(math.nan, math.nan, math.nan, sum(counts))
    low, high = np.percentile(told, [2.5, 97.5])
    return Figure(value, float(low), float(high), sum(counts))


def mean_figure(values: Numbers) -> Figure:
    """The mean of a value a question, shape (questions,), in the values' own unit."""
    import numpy as np

    each = np.asarray(values, dtype=np.float64)
    return interval(len(each), lambda drawn: float(each[drawn].mean()))


def percentile_figure(values: Numbers, percent: float) -> Figure:
    """That percentile (50: the median) of a value a question, shape (questions,)."""
    import numpy as np

    each = np.asarray(values, dtype=np.float64)
    return interval(len(each), lambda drawn: float(np.percentile(each[drawn], percent)))


# --- refusals and confidence


def auroc(positive: Numbers, negative: Numbers) -> float:
    """The chance, 0 to 1, that of a pair the positive has the greater value; a tie is half.

    The area under the ROC curve, as Mann and Whitney's U over the pairs (Hanley and McNeil,
    1982). Shapes (positives,) and (negatives,); NaN where either is empty.
    """
    import numpy as np

    above, below = np.asarray(positive, np.float64), np.sort(np.asarray(negative, np.float64))
    if not len(above) or not len(below):
        return math.nan
    less = np.searchsorted(below, above, "left")
    no_more = np.searchsorted(below, above, "right")
    return float((less + no_more).mean() / (2 * len(below)))


def auroc_figure(positive: Numbers, negative: Numbers) -> Figure:
    """`auroc` with its interval, positives and negatives drawn apart."""
    import numpy as np

    above, below = np.asarray(positive, np.float64), np.asarray(negative, np.float64)
    return _bootstrap(
        [len(above), len(below)], lambda drawn, other: auroc(above[drawn], below[other])
    )


def refusal_figures(
    confidences_answerable: Numbers, confidences_unanswerable: Numbers, threshold: float
) -> dict[str, Figure]:
    """``precision``, ``recall``, ``f1`` of refusing below the threshold, and ``auroc``.

    Confidences are 0 to 1, of shapes (answerable,) and (unanswerable,). A refusal is what is
    to be found, so precision depends on the mix of the two; `auroc` does not, and is the
    chance that of a pair the answerable question has the greater confidence.
    """
    refused = (
        [each < threshold for each in confidences_answerable],
        [each < threshold for each in confidences_unanswerable],
    )
    return {
        **refused_figures(*refused),
        "auroc": auroc_figure(confidences_answerable, confidences_unanswerable),
    }


def refused_figures(
    refused_answerable: Sequence[bool], refused_unanswerable: Sequence[bool]
) -> dict[str, Figure]:
    """``precision``, ``recall`` and ``f1`` of refusals, from which questions were refused.

    Shapes (answerable,) and (unanswerable,), drawn apart. Precision is NaN where none was.
    """
    import numpy as np

    wrong, right = np.array(refused_answerable, dtype=bool), np.array(refused_unanswerable, bool)
    counts = [len(wrong), len(right)]

    def precision(drawn: Drawn, other: Drawn) -> float:
        refused = int(wrong[drawn].sum()) + int(right[other].sum())
        return int(right[other].sum()) / refused if refused else math.nan

    def f1(drawn: Drawn, other: Drawn) -> float:
        refused = int(wrong[drawn].sum()) + int(right[other].sum())
        return 2 * int(right[other].sum()) / (refused + len(other))

    return {
        "precision": _bootstrap(counts, precision),
        "recall": mean_figure(right.astype(np.float64)),
        "f1": _bootstrap(counts, f1),
    }


def calibration_error(confidences: Numbers, outcomes: Numbers, bins: int = BINS) -> float:
    """How far confidence is from what came, 0 to 1: expected calibration error.

    The mean over questions of the distance between the mean confidence and the mean outcome
    (0 or 1) of the question's bin, of `bins` equally wide ones (Naeini et al., 2015). Both of
    shape (questions,); NaN where there are none.
    """
    import numpy as np

    sure, came = np.asarray(confidences, np.float64), np.asarray(outcomes, np.float64)
    if not len(sure):
        return math.nan
    apart = np.bincount(_bin_of(sure, bins), weights=sure - came, minlength=bins)
    return float(np.abs(apart).sum() / len(sure))


def calibration_figure(confidences: Numbers, outcomes: Numbers, bins: int = BINS) -> Figure:
    """`calibration_error` with its interval; few questions make it great by themselves."""
    import numpy as np

    sure, came = np.asarray(confidences, np.float64), np.asarray(outcomes, np.float64)
    return interval(len(sure), lambda drawn: calibration_error(sure[drawn], came[drawn], bins))


def reliability(confidences: Numbers, outcomes: Numbers, bins: int = BINS) -> list[Bin]:
    """The bins of `calibration_error` that have a question, lowest first; both (questions,)."""
    import numpy as np

    sure, came = np.asarray(confidences, np.float64), np.asarray(outcomes, np.float64)
    at = _bin_of(sure, bins)
    return [
        Bin(
            low=int(number) / bins,
            high=(int(number) + 1) / bins,
            questions=int((at == number).sum()),
            confidence=float(sure[at == number].mean()),
            outcome=float(came[at == number].mean()),
        )
        for number in np.unique(at)
    ]


def _bin_of(confidences: npt.NDArray[np.float64], bins: int) -> Drawn:
    """Each confidence's bin, from 0; a bin has its lower end, and the last one 1 as well."""
    import numpy as np

    return np.minimum((confidences * bins).astype(np.int64), bins - 1)
