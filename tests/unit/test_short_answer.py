"""A short answer is a slice of the first sentence, given only where there is no doubt."""

from __future__ import annotations

import pytest

from qa.answer import Citation
from qa.short_answer import find


def cited(text: str) -> Citation:
    return Citation(1, "a", "t", None, None, None, None, 0, len(text), text, 0.9)


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("When did the canal open?", "The canal opened on Aug. 15, 1914.", "Aug. 15, 1914"),
        ("When did the canal open?", "It opened on 15 August 1914, in rain.", "15 August 1914"),
        ("In what year did it open?", "It opened in 1914 after a delay.", "1914"),
        ("How many people died?", "The war has killed 250,000 people.", "250,000"),
        ("How much did it cost?", "The bridge cost $84.5 million.", "$84.5 million"),
        ("What percentage voted?", "Some 61.5% voted.", "61.5%"),
        ("How many tugs came?", "In 2021 eleven tugs came.", "eleven"),
    ],
)
def test_one_thing_of_the_kind_asked_for_is_the_answer(
    question: str, sentence: str, expected: str
) -> None:
    found = find(question, cited(sentence))
    assert found == expected
    assert found in sentence


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("When did it open?", "It opened in 1914 and was widened in 2016."),
        ("How many came?", "Between 40 and 60 people came."),
        ("How many of the 33 men came out?", "All 33 men came out."),
        ("Who opened the bridge?", "The mayor opened it in 1914."),
        ("When did it open?", "It opened before anyone knew."),
    ],
)
def test_where_there_is_doubt_nothing_is_given(question: str, sentence: str) -> None:
    assert find(question, cited(sentence)) is None
