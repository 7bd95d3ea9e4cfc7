"""What is only polite, and what points at one of several where there are none, is no topic."""

from __future__ import annotations

import pytest

from qa.followups import standalone
from qa.past import Past
from qa.polite import only_polite, without_politeness

ECLIPSE = Past(
    "When is the solar eclipse?",
    "When is the solar eclipse?",
    "April 8",
    ("The total solar eclipse will happen on April 8, from Texas to Maine.",),
    article_ids=("ab12",),
)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("sorry, when is it", "when is it"),
        ("Thanks! And who won?", "And who won?"),
        ("ok so why did it close?", "so why did it close?"),
        ("hi, please: is it over?", "is it over?"),
        ("great, where was it held?", "where was it held?"),
    ],
)
def test_what_is_polite_ahead_of_a_question_is_no_part_of_it(typed: str, asked: str) -> None:
    assert without_politeness(typed) == asked
    assert "sorry" not in standalone(typed, ()).text.casefold()


@pytest.mark.parametrize(
    "question",
    [
        "sorry, the Webb telescope",
        "Sorry was sung by whom?",
        "right whales live where?",
        "no, Iraq",
    ],
)
def test_what_asks_nothing_without_it_is_left_alone(question: str) -> None:
    assert without_politeness(question) == question


def test_an_apology_ahead_of_a_question_is_no_correction() -> None:
    assert standalone("sorry, when is it", [ECLIPSE]).text == "when is the solar eclipse?"


@pytest.mark.parametrize("said", ["thanks", "Thank you very much!", "ok", "hello", "great, thanks"])
@pytest.mark.parametrize("past", [(), (ECLIPSE,)])
def test_what_is_only_polite_is_answered_in_a_line_without_a_menu(
    said: str, past: tuple[Past, ...]
) -> None:
    whole = standalone(said, past)
    assert whole.unclear is not None
    assert "asks nothing" in whole.unclear
    assert not whole.choices


def test_what_goes_on_to_ask_is_not_only_polite() -> None:
    assert only_polite("thanks, and the next one?") is None


@pytest.mark.parametrize(
    "question",
    ["no, the other one", "the second one", "and the oldest?", "he he he she they it there why?"],
)
def test_one_of_several_is_unclear_where_nothing_was_said(question: str) -> None:
    assert standalone(question, ()).unclear is not None


def test_words_that_all_stand_for_others_ask_nothing() -> None:
    assert standalone("he he he she they it there then why?", [ECLIPSE]).unclear is not None
