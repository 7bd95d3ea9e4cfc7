"""A slip of the pen is offered, never put right."""

from __future__ import annotations

import pytest

from qa.spelling import Respelt, is_one_slip, respelt


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("captian", "Captain"),  # Two neighbours swapped.
        ("goverment", "government"),  # One missing.
        ("harrbour", "harbour"),  # One too many.
        ("feryr", "ferry"),
        ("brigde", "bridge"),
        ("minestry", "ministry"),  # One for another.
        ("lobstr", "lobster"),
        ("reportd", "reported"),
    ],
)
def test_one_slip_away(written: str, word: str) -> None:
    assert is_one_slip(written, word)


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("leave", "leaves"),  # Another form.
        ("leaves", "leave"),
        ("captain", "captain"),
        ("harbour", "arbour"),  # Another first letter.
        ("captian", "capital"),  # Two slips.
        ("ferry", "berry"),
        ("ferry", "fury"),
        ("killer", "killed"),  # Another form, too.
        ("owned", "owner"),
        ("safety", "safely"),
        ("begin", "began"),
        ("", "a"),
    ],
)
def test_no_slip(written: str, word: str) -> None:
    assert not is_one_slip(written, word)


def test_the_word_that_the_passages_have_most_is_offered_as_the_question_writes_it() -> None:
    texts = ["Captain Solberg sailed.", "The captain slept. Captian was his boat's name."]
    found = respelt("who is captian of the Aurelia?", ["captian"], texts[:1] * 2)
    assert found == Respelt("captian", "captain", "who is captain of the Aurelia?")
    assert respelt("Who is Captian Solberg?", ["Captian"], texts[:1]) == Respelt(
        "Captian", "Captain", "Who is Captain Solberg?"
    )


def test_short_words_and_numbers_are_left_alone() -> None:
    assert respelt("who is Bob in 20155?", ["Bob", "20155"], ["Rob came in 20156. Bib."]) is None
    assert respelt("who sang?", [], ["sing"]) is None


def test_a_stop_word_is_never_what_was_meant() -> None:
    assert respelt("who won the world cup?", ["world"], ["They would not say. They would."]) is None


def test_what_the_passages_or_the_articles_have_is_no_slip() -> None:
    texts = ["Kristen Welker spoke.", "Kirsten Dunst was there."]
    assert respelt("who is Kirsten?", ["Kirsten"], texts) is None
    assert respelt("who is Kirsten?", ["Kirsten"], texts[:1], known=lambda word: True) is None
    assert respelt("who is Kirsten?", ["Kirsten"], texts[:1]) is not None
