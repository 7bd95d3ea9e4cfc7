"""A first question that plainly leans on nothing is searched as it is, without a closer look."""

from __future__ import annotations

import pytest

from qa.followups import standalone
from qa.glance import stands_alone
from qa.pointing import pointing
from qa.standalone import Standalone

PLAIN = (
    "where will Russian forces remain?",
    "How much did the bridge cost?",
    "who was elected mayor of Tamford in 2019?",
    "In what year did the harbour freeze?",
    "did anyone drown in the flood of 1953?",
    "what did Kovacs’s lawyer call the ruling?",
)
NOT_AT_A_GLANCE = (
    "and?",
    "why?",
    "tell me more",
    "when was it built?",
    "who is she married to?",
    "what does this animal eat?",
    "when was that article published?",
    "show me the source of that",
    "what is the source?",
    "who wrote the second one?",
    "the bridge opened when?",
    "how many of them died?",
    "what about the other ferry line?",
    "can you summarise the article for me?",
    "what happened there in 2017?",
)


@pytest.mark.parametrize("question", PLAIN)
def test_a_plain_first_question_is_taken_as_a_closer_look_would_take_it(question: str) -> None:
    assert stands_alone(question)
    assert standalone(question, []) == Standalone(question)
    assert pointing(question, (), "", goes_on=False) is None


@pytest.mark.parametrize("question", NOT_AT_A_GLANCE)
def test_what_may_lean_on_something_gets_a_closer_look(question: str) -> None:
    assert not stands_alone(question)
