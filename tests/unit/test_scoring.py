"""Figures against values counted by hand, and against slower ways to the same number."""

from __future__ import annotations

import itertools
import math
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qa import scoring

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Suez  Canal.", "suez canal"),
        ("an Apple a day", "apple day"),
        ("“We did it,” he said", "we did it he said"),
        ("$84.5 million", "845 million"),
        ("Anthem, theatre", "anthem theatre"),
        ("1914–1918", "19141918"),
        ("the", ""),
        ("", ""),
    ],
)
def test_a_text_is_normalised_as_squad_does(text: str, normal: str) -> None:
    assert scoring.normalise(text) == normal


@pytest.mark.parametrize(
    ("prediction", "golds", "exact", "f1"),
    [
        ("the Suez Canal", ["Suez canal."], 1.0, 1.0),
        ("in the Suez Canal", ["Suez Canal"], 0.0, 4 / 5),
        ("six days", ["a week", "about six days"], 0.0, 4 / 5),
        ("one one two", ["one two two"], 0.0, 2 / 3),
        ("Oslo", ["Bergen"], 0.0, 0.0),
        (None, ["Bergen"], 0.0, 0.0),
        ("Oslo", [], 0.0, 0.0),
        ("the", ["a"], 1.0, 1.0),
        ("the", ["Bergen"], 0.0, 0.0),
    ],
)
def test_short_answers_are_counted_by_their_best_gold(
    prediction: str | None, golds: list[str], exact: float, f1: float
) -> None:
    assert scoring.exact_match(prediction, golds) == exact
    assert scoring.token_f1(prediction, golds) == pytest.approx(f1)


@pytest.mark.parametrize(
    ("text", "golds", "holds"),
    [
        ("It cost $84.5 million.", ["$84.5 million"], True),
        ("It began in 1945.", ["45"], False),
        ("He saw ALICE\n  Grant there.", ["alice grant"], True),
        ("A unicorn.", ["corn", "uni"], False),
        ("Nothing.", ["", " "], False),
        ("Nothing.", [], False),
        ("One (or two).", ["(or two)"], True),
    ],
)
def test_an_answer_is_held_as_whole_words(text: str, golds: list[str], holds: bool) -> None:
    assert scoring.holds_answer(text, golds) is holds


def test_a_sentence_is_held_whole_whatever_its_quotes_and_spaces() -> None:
    gold = '"We did it," said the mayor.'
    assert scoring.holds_sentence("“We did it,”  said\nthe mayor.", gold)
    assert scoring.holds_sentence("Then: “We did it,” said the mayor. All left.", gold)
    assert not scoring.holds_sentence("“We did it,” said the mayoress.", gold)
    assert not scoring.holds_sentence("We did it", gold)
    assert not scoring.holds_sentence("anything", " … ")


def test_a_mean_has_the_interval_of_the_binomial_it_is_drawn_from() -> None:
    figure = scoring.mean_figure([1.0] * 60 + [0.0] * 40)
    spread = 1.96 * math.sqrt(0.6 * 0.4 / 100)
    assert (figure.value, figure.questions) == (0.6, 100)
    assert figure.low == pytest.approx(0.6 - spread, abs=0.02)
    assert figure.high == pytest.approx(0.6 + spread, abs=0.02)


def test_an_interval_is_the_same_each_time_and_that_of_every_possible_draw() -> None:
    values = [0.0, 1.0, 5.0]
    assert scoring.mean_figure(values) == scoring.mean_figure(values)
    every = [sum(drawn) / 3 for drawn in itertools.product(values, repeat=3)]
    low, high = np.percentile(every, [2.5, 97.5], method="inverted_cdf")
    assert scoring.mean_figure(values) == scoring.Figure(2.0, low, high, 3)


def test_the_measure_is_given_the_numbers_of_the_questions_drawn() -> None:
    seen = []

    def measure(drawn: np.ndarray) -> float:
        seen.append(drawn)
        return float(drawn.max())

    assert scoring.interval(4, measure).value == 3.0
    assert len(seen) == scoring.DRAWS + 1
    assert all(drawn.shape == (4,) and set(drawn.tolist()) <= {0, 1, 2, 3} for drawn in seen)


def test_no_question_gives_no_number_and_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    for figure in (
        scoring.mean_figure([]),
        scoring.percentile_figure([], 50),
        scoring.calibration_figure([], []),
        scoring.auroc_figure([0.5], []),
        scoring.refused_figures([], [True])["precision"],
    ):
        assert math.isnan(figure.value) and math.isnan(figure.low) and math.isnan(figure.high)
    assert math.isnan(scoring.auroc([], [0.5]))
    assert math.isnan(scoring.calibration_error([], []))
    assert scoring.reliability([], []) == []
    assert not recwarn.list


def test_draws_that_tell_nothing_are_passed_over() -> None:
    figure = scoring.interval(2, lambda drawn: math.nan if drawn[0] == drawn[1] else 0.5)
    assert figure == scoring.Figure(0.5, 0.5, 0.5, 2)


def test_a_percentile_is_numpys() -> None:
    took_ms = [30.0, 10.0, 20.0, 50.0, 40.0]
    assert scoring.percentile_figure(took_ms, 50).value == 30.0
    assert scoring.percentile_figure(took_ms, 95).value == pytest.approx(48.0)


@pytest.mark.parametrize(
    ("positive", "negative", "area"),
    [
        ([0.9, 0.8], [0.1, 0.2], 1.0),
        ([0.1], [0.9], 0.0),
        ([0.5, 0.5], [0.5], 0.5),
        ([0.9, 0.4], [0.4, 0.1], 3.5 / 4),
    ],
)
def test_auroc_is_as_counted_by_hand(
    positive: list[float], negative: list[float], area: float
) -> None:
    assert scoring.auroc(positive, negative) == pytest.approx(area)


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    generator = random.Random(3)
    for _ in range(50):
        # Of few values, so that many are tied.
        above = [generator.randrange(6) / 5 for _ in range(generator.randint(1, 12))]
        below = [generator.randrange(6) / 5 for _ in range(generator.randint(1, 12))]
        pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in above for b in below]
        assert scoring.auroc(above, below) == pytest.approx(sum(pairs) / len(pairs))


def test_refusals_are_counted_as_what_is_to_be_found() -> None:
    found = scoring.refusal_figures([0.9, 0.8, 0.2, 0.5], [0.1, 0.3, 0.7], 0.5)
    # Refused: one of four answerable ones, two of three others; 0.5 is not below 0.5.
    assert list(found) == ["precision", "recall", "f1", "auroc"]
    assert found["precision"].value == pytest.approx(2 / 3)
    assert found["recall"].value == pytest.approx(2 / 3)
    assert found["f1"].value == pytest.approx(2 / 3)
    assert found["auroc"].value == pytest.approx(9 / 12)
    assert {name: figure.questions for name, figure in found.items()} == {
        "precision": 7, "recall": 3, "f1": 7, "auroc": 7,
    }  # fmt: skip
    assert all(0 <= f.low <= f.value <= f.high <= 1 for f in found.values())


def test_f1_is_that_of_precision_and_recall() -> None:
    generator = random.Random(5)
    for _ in range(10):
        wrong = [generator.random() < 0.3 for _ in range(9)]
        right = [True] + [generator.random() < 0.6 for _ in range(6)]
        found = scoring.refused_figures(wrong, right)
        precision, recall = found["precision"].value, found["recall"].value
        assert found["f1"].value == pytest.approx(2 * precision * recall / (precision + recall))


def test_where_nothing_is_refused_there_is_no_precision_and_f1_is_nought() -> None:
    found = scoring.refused_figures([False, False], [False])
    assert math.isnan(found["precision"].value)
    assert (found["recall"].value, found["f1"].value) == (0.0, 0.0)


def test_calibration_error_is_as_counted_by_hand() -> None:
    confidences, outcomes = [0.95, 0.85, 0.81, 0.05], [1, 1, 0, 0]
    # Bins: 0.9 to 1 is off by 0.05; 0.8 to 0.9 by 0.33, for two; 0 to 0.1 by 0.05.
    error = (0.05 + 2 * 0.33 + 0.05) / 4
    assert scoring.calibration_error(confidences, outcomes) == pytest.approx(error)
    assert scoring.calibration_figure(confidences, outcomes).value == pytest.approx(error)
    low, middle, high = scoring.reliability(confidences, outcomes)
    assert low == scoring.Bin(0.0, 0.1, 1, 0.05, 0.0)
    assert middle == scoring.Bin(0.8, 0.9, 2, pytest.approx(0.83), 0.5)
    assert high == scoring.Bin(0.9, 1.0, 1, 0.95, 1.0)


def test_the_last_bin_has_certainty_and_a_bin_its_lower_end() -> None:
    bins = scoring.reliability([1.0, 0.5, 0.0], [True, True, False], bins=2)
    assert [(row.low, row.questions) for row in bins] == [(0.0, 1), (0.5, 2)]


def test_calibration_error_is_that_of_its_bins() -> None:
    generator = random.Random(11)
    for bins in (1, 4, 10):
        sure = [generator.random() for _ in range(80)]
        came = [generator.random() < each for each in sure]
        rows = scoring.reliability(sure, came, bins)
        assert sum(row.questions for row in rows) == 80
        apart = sum(row.questions * abs(row.confidence - row.outcome) for row in rows) / 80
        assert scoring.calibration_error(sure, came, bins) == pytest.approx(apart)


def test_comparing_texts_needs_no_numpy() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from qa import scoring; scoring.token_f1('a b', ['b']); "
            "scoring.holds_answer('b', ['b']); print('numpy' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "False"
