"""What a pronoun is put in for is a whole phrase, and what is no person is no "he"."""

from __future__ import annotations

import pytest

from qa.followups import standalone
from qa.in_play import in_play
from qa.nouns import subject_of
from qa.past import Past
from qa.phrases import is_name, names_in


def past(question: str, short: str | None = None, *told: str, asked_as: str | None = None) -> Past:
    ids = ("ab12",) if told else ()
    return Past(question, asked_as or question, short, told, article_ids=ids)


LANDED = past(
    "when did pelosi land in Bosk?",
    "Tuesday",
    "WASHINGTON – House Speaker Nancy Pelosi landed in Bosk on Tuesday; she left on Friday.",
)
BEFORE = past(
    "who visited before her?",
    "Newt Gingrich",
    "House Speaker Newt Gingrich had visited before.",
    asked_as="who visited before Nancy Pelosi?",
)
STORE = past(
    "What happened at the Tops store?",
    None,
    "A gunman drove to the Tops Friendly Markets store and opened fire in a shooting on Saturday.",
)
KILLED = past("how many were killed?", "Ten", "Ten people were killed.")
PIPELINE = past(
    "How much will the Tarn pipeline cost?",
    "$1.2bn",
    "Go-ahead was given for the construction of a $1.2bn oil pipeline over the Tarn.",
)
ECLIPSE = past(
    "When was the last one?", "1300s", "The last time it was in the path, it was the 1300s."
)
SIZE = past("How big was the Bosk fire on July 11?", "40 acres", "It was 40 acres on July 11.")
ABOUT = past("What is said about Ada Quill?", None, "Ada Quill was born in 1984.")
DEAN = past("Who is Dean Quill?", "a congressman", "Dean Quill is a congressman.")
DOING = past("what is tarnmobil doing", "recalling cars", "Tarnmobil is recalling cars.")
MARRY = past("who did Ada Quill marry?", None, "Ada Quill married at noon.")


@pytest.mark.parametrize(
    ("before", "question", "whole"),
    [
        ([LANDED, BEFORE], "when was that?", "Newt Gingrich visited before Nancy Pelosi"),
        ([STORE], "who did it?", "who did the shooting?"),
        ([PIPELINE], "how long is it?", "how long is the Tarn pipeline?"),
        ([PIPELINE], "who will build it?", "who will build the Tarn pipeline?"),
        ([SIZE], "and on the 14th?", "How big was the Bosk fire on July 14?"),
        ([SIZE], "and on Friday?", "How big was the Bosk fire on Friday?"),
        ([ABOUT], "in which year?", "in which year: Ada Quill?"),
        ([DOING], "why?", "why is tarnmobil doing that?"),
        ([MARRY], "when?", "when did Ada Quill marry somebody?"),
    ],
)
def test_what_is_put_in_is_whole_and_newest(before: list[Past], question: str, whole: str) -> None:
    assert whole in standalone(question, before).text


@pytest.mark.parametrize(
    ("before", "question", "never"),
    [
        ([LANDED], "what did china say about it?", "WASHINGTON"),
        ([LANDED], "what did china say about it?", "Pelosi"),
        ([STORE, KILLED], "what did his school do?", "Ten"),
        ([STORE, KILLED], "what did his school do?", "Markets"),
        ([PIPELINE], "what did he say?", "Go"),
        ([ECLIPSE], "where can i buy them?", "1300s"),
        ([DEAN], "when?", "when is Dean Quill"),
        ([past("Who won Alabama?", "Alabama", "Quill won in Alabama.")], "is she old?", "Alabama"),
    ],
)
def test_what_it_cannot_mean_is_not_put_in(before: list[Past], question: str, never: str) -> None:
    assert never not in standalone(question, before).text


def test_a_title_alone_is_nobody() -> None:
    assert names_in("Then Republican Sen. Joni Ernst met Sgt. Daniel Bosk.") == [
        "Joni Ernst",
        "Daniel Bosk",
    ]
    told = past("Who came?", None, "Then Republican Sen. Joni Ernst met Sgt. Daniel Bosk.")
    assert in_play([told]) == ["Joni Ernst", "Daniel Bosk"]
    assert not is_name("Ten")


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("How long will the solar eclipse last?", "the solar eclipse"),
        ("When did Ada Quill's mother write that?", "Ada Quill's mother"),
        ("When will ABBA's new album come out?", "ABBA's new album"),
    ],
)
def test_a_subject_ends_where_what_was_done_begins(question: str, subject: str) -> None:
    assert subject_of(question) == subject


def test_an_initial_of_an_abbreviation_is_no_name_and_no_it() -> None:
    told = "U.S. Rep. Orla Brandt, who lives in the U.K., was outraged."
    assert "U" not in names_in(told)
    running = past("who is Orla Brandt running against?", "U.S. Rep. Tam Voss", told)
    assert " U" not in standalone("when did she announce it?", [running]).text
    assert names_in("They chose Plan B.") == ["Plan B"]


def test_the_weathers_it_is_nothing_that_was_said() -> None:
    assert standalone("is it raining on Mars?", [LANDED]).text == "is it raining on Mars?"
