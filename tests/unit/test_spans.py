"""Which words of a sentence are its short answer, by scores made up for the purpose."""

from __future__ import annotations

import re

import numpy as np

from qa.spans import BROKEN_COST, SAID_COST, asked_stems, best_span, mark

ARCHBISHOP = "Edward made Robert of Jumièges archbishop of Canterbury ."
QUESTION = "Who did Edward make archbishop of Canterbury?"


def cut(
    text: str, question: str, starts: dict[str, float], ends: dict[str, float]
) -> tuple[str, float]:
    """The short answer and its score, a token a word; words not named score -10."""
    tokens = text.split()
    scores = [np.full(len(tokens), -10.0, dtype=np.float32) for _ in range(2)]
    for side, named in zip(scores, (starts, ends), strict=True):
        for word, score in named.items():
            side[tokens.index(word)] = score
    marks = mark(tokens, np.arange(len(tokens)), asked_stems(question))
    first, last, score = best_span(scores[0], scores[1], marks)
    return " ".join(tokens[first : last + 1]), score


def test_an_answer_does_not_say_the_question_again() -> None:
    ends = {"Jumièges": 3.0, "Canterbury": 3.5}
    assert cut(ARCHBISHOP, QUESTION, {"Robert": 4.0}, ends)[0] == "Robert of Jumièges"
    other = "Whom did he make that?"
    assert cut(ARCHBISHOP, other, {"Robert": 4.0}, ends)[0].endswith("Canterbury")


def test_it_does_where_the_reader_is_much_surer_of_it() -> None:
    ends = {"Jumièges": 3.0, "Canterbury": 3.1 + 2 * SAID_COST}
    assert cut(ARCHBISHOP, QUESTION, {"Robert": 4.0}, ends)[0].endswith("archbishop of Canterbury")


def test_its_score_is_that_of_the_best_span_whatever_it_costs() -> None:
    ends = {"Jumièges": 3.0, "Canterbury": 3.5}
    assert cut(ARCHBISHOP, QUESTION, {"Robert": 4.0}, ends)[1] == 7.5


def test_brackets_and_quotations_stay_whole() -> None:
    for opened, closed in ("()", "“”", "[]", '""'):
        text = f"It met the World Bank {opened} the lender of last resort {closed} in May ."
        starts, ends = {"World": 4.0}, {"Bank": 2.5, "resort": 2.6}
        # `tokens.index` finds the first of two alike, the opening one; the end is after it.
        answer, _ = cut(text, "Whom?", starts, ends)
        assert answer == "World Bank"
    assert BROKEN_COST > 0.1


def test_other_forms_of_the_questions_words_are_known_and_stop_words_are_none_of_them() -> None:
    assert asked_stems("Who was withdrawn from the islands?") == {"withd", "islan"}
    said = mark(re.findall(r"\w+", "the withdrawal of it"), np.arange(4), asked_stems("withdrawn"))
    assert said.said.tolist() == [0, 1, 0, 0]
