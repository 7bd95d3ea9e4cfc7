"""What the learning curve's points hold, and how it goes on from them."""

from typing import Any

import pytest

from training.learning_curve import ALL_OF_SQUAD, article_of, chosen, short, slope
from training.train_reader import Schedule


def record(title: str, text: str) -> dict[str, Any]:
    answers = [[0, 3]] if text == "yes" else []
    return {"title": title, "text": text, "sentences": [[0, 3]], "gold": [], "answers": answers}


def groups() -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for title in "ABCDEF":
        for number in range(8):
            asked = f"{title}{number}"
            made += [
                {
                    "kind": "squad",
                    "question": asked,
                    "right": [record(title, "untold"), record(title, "yes")],
                    "wrong": [record("X", "other")] * 5,
                },
                {
                    "kind": "no",
                    "question": f"{asked}, nearly",
                    "right": [],
                    "wrong": [record(title, "near")] * 3 + [record("X", "other")] * 3,
                    "own": 3,
                },
            ]
    return made


def test_more_articles_hold_all_that_fewer_do() -> None:
    asked = [{g["question"] for g in chosen(groups(), n, 0.5, seed=4)} for n in (1, 2, 4, 6)]
    assert [len(questions) for questions in asked] == [8, 16, 32, 48]
    assert asked[0] < asked[1] < asked[2] < asked[3]


def test_each_article_gives_its_share_of_each_kind() -> None:
    some = chosen(groups(), 3, 0.25, seed=4)
    told = sorted((article_of(group), group["kind"]) for group in some)
    assert len({article for article, _ in told}) == 3
    assert all(told.count(pair) == 2 for pair in told)


def test_a_group_keeps_one_passage_that_answers_and_two_that_do_not() -> None:
    answered, nearly = map(short, groups()[:2])
    assert [r["text"] for r in answered["right"]] == ["yes"]
    assert [r["text"] for r in answered["wrong"]] == ["other", "other"]
    assert [r["text"] for r in nearly["wrong"]] == ["near", "other"]
    assert nearly["own"] == 1


def test_what_a_doubling_brings_is_told_of_a_straight_line() -> None:
    rows = [{"questions": 100 * 2**n, "first": 0.5 + 0.02 * n} for n in range(4)]
    each, line, level = slope(rows, "first")
    assert each == pytest.approx(0.02)
    assert 0.56 < level < line < 1
    assert rows[-1]["questions"] < ALL_OF_SQUAD


def test_a_schedule_shows_its_defaults_to_the_command_line() -> None:
    assert (Schedule.frozen, Schedule.groups_a_step) == (Schedule().frozen, 24)
