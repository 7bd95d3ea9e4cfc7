"""Sentences turned round into questions: which, into what, and which are left alone."""

from __future__ import annotations

import pytest

from tui.turning import turned

TURNED = {
    "The dam was completed in 2019 after eight years.": "When was the dam completed?",
    "A pier was built on 3 May 1901.": "When was the pier built?",
    "The crane is due to be delivered in October 2025.": "When is the crane due to be delivered?",
    "The comet will pass Earth on 17 March.": "When will the comet pass Earth?",
    "The library opened on Sundays for the first time on 11 February 2024.": (
        "When did the library open on Sundays for the first time?"
    ),
    "The crane, built by Halvorsen of Bergen, will cost €11.4 million.": (
        "How much will the crane cost?"
    ),
    "A single ticket now costs 2.40 pounds.": "How much does a single ticket cost?",
    "The port employs 412 people.": "How many people does the port employ?",
    "Engineers closed the old ferry the same evening.": "Who closed the old ferry?",
    "The senator will not seek a third term in 2026.": None,
    "The airstrike that killed 18 people was denied.": None,
    "The war has killed 250,000 people.": None,
    "The storm killed at least 31 sheep and two dogs.": None,
    "The blast injured more than 6,000 people on Tuesday.": "How many people did the blast injure?",
    "Yuki Tanabe, a librarian in Sapporo, discovered the comet C/2021 S7.": (
        "Who discovered the comet C/2021 S7?"
    ),
    "The goblet was made in 1612 by the goldsmith Isaak Wolf.": "Who made the goblet in 1612?",
    "The Kestrels of Marden won the cup on Saturday, beating Harwick 7-6.": None,
    "Ada Marden won the national cup on Saturday, beating Harwick 7-6.": (
        "Who won the national cup?"
    ),
    "Ada Quill opened the Kelby bridge two months early on Friday.": (
        "Who opened the Kelby bridge two months early?"
    ),
    "Ada Quill opened the Kelby bridge early on Friday.": "Who opened the Kelby bridge?",
    "The treaty was signed in Geneva.": "Where was the treaty signed?",
    "Glaciologist Hanna Voss, who led the survey, flew home.": "Who is Hanna Voss?",
    "He was born in 1974.": None,
    "In March the port opened.": None,
    "A comet that will pass Earth in March 2022 is bright.": None,
    "“We won the cup,” said the captain.": None,
    "南河大桥于1965年10月15日建成通车。": "南河大桥是什么时候建成通车的？",
    "新馆由陈若兰设计。": "新馆是由谁设计的？",
    "馆内藏书三百二十万册。": None,
    "": None,
    "x" * 20_000: None,
    "The " + "very " * 5_000 + "old dam was built in 1900.": None,
    "A" + " a" * 20_000: None,
}


@pytest.mark.parametrize("sentence", TURNED)
def test_a_sentence_is_turned_round(sentence: str) -> None:
    found = next(turned(sentence), None)
    assert (found and found.question) == TURNED[sentence]


def test_what_answers_is_known_and_whether_the_question_says_of_what() -> None:
    (told,) = turned("Yuki Tanabe discovered the comet C/2021 S7.")
    assert (told.kind, told.so, told.is_told) == ("who", "Yuki Tanabe", True)
    (bare,) = turned("The dam was completed in 2019.")
    assert (bare.kind, bare.so, bare.is_told) == ("when", "2019", False)
