"""A pronoun is never taken for what it cannot mean: persons, groups, places and things apart."""

from __future__ import annotations

import pytest

from qa.kinds import agrees, kind_of, untitled
from qa.nouns import nouns, subject_of

SAID = (
    "Mayor Lena Brook said the Merry Lark would sail again in Port Elster.",
    "Hartwell will pick her own deputy, said Curator Priya Nunn.",
    "Dorn, 61, blamed the price of steel.",
    "Captain Ivo Falk left the Merry Lark on Monday.",
    "Ida Lund, the chief executive of Brightwell Morrow, met Nicholas Zeppos.",
    "Ostland opened its ports.",
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Lena Brook", "she"),
        ("Mayor Harrow", "person"),
        ("Samuel Obi", "he"),
        ("Priya Nunn", "she"),
        ("Hartwell", "she"),
        ("Dorn", "person"),
        ("Falk", "person"),
        ("Port Elster", "place"),
        ("the Merry Lark", "thing"),
        ("Elster Bridge", "place"),
        ("the town council", "group"),
        ("Dalton & Sons", "group"),
        ("NASA", "group"),
        ("the captain", "person"),
        ("the brooch", "thing"),
        ("the fire at Elster Hall", "thing"),
        ("Zorb", ""),
        ("Elster District Attorney Bo Tarr", "person"),
        ("Provost Tarr", "person"),
        ("Elster Attorney General's Office", "group"),
        ("Merry Pictures Entertainment", "group"),
        ("Brightwell Morrow", "group"),
        ("Zeppos", "he"),
        ("Ostland", "thing"),
    ],
)
def test_what_is_said_of_a_name_tells_what_it_is(text: str, kind: str) -> None:
    assert kind_of(text, SAID) == kind


@pytest.mark.parametrize(
    ("pronoun", "may", "may_not"),
    [
        ("he", ["Samuel Obi", "Dorn", "Zorb"], ["Priya Nunn", "the Merry Lark", "Elster Bridge"]),
        ("she", ["Priya Nunn", "Hartwell", "Dorn"], ["Samuel Obi", "Port Elster", "NASA"]),
        ("it", ["the brooch", "the Merry Lark", "NASA"], ["Samuel Obi", "Dorn", "the captain"]),
        ("they", ["Russian forces", "NASA", "the town council"], ["Dorn", "the brooch"]),
        ("there", ["Port Elster", "Elster Bridge"], ["Dorn", "the brooch", "NASA"]),
    ],
)
def test_a_pronoun_agrees_with_what_it_may_mean(
    pronoun: str, may: list[str], may_not: list[str]
) -> None:
    assert [text for text in may if not agrees(pronoun, text, kind_of(text, SAID))] == []
    assert [text for text in may_not if agrees(pronoun, text, kind_of(text, SAID))] == []


def test_a_name_is_said_without_what_its_bearer_is() -> None:
    assert untitled("Curator Priya Nunn") == "Priya Nunn"
    assert untitled("President Obi") == "President Obi"
    assert untitled("Elster District Attorney Bo Tarr") == "Bo Tarr"
    assert untitled("Elster President Park Hotel") == "Elster President Park Hotel"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Which ship hit the bridge?", [("the ship", "asked"), ("the bridge", "object")]),
        ("Who saw the fire at the hall?", [("the fire", "object"), ("the hall", "beside")]),
        ("what colour is the brooch?", [("the brooch", "subject"), ("the colour", "asked")]),
        ("How many miners were rescued?", [("the miners", "asked")]),
        ("Was the ferry free?", [("the ferry", "subject")]),
        ("did anyone die?", []),
        ("why?", []),
        ("how many were sold?", []),
        ("was the Elster shooting random?", [("the Elster shooting", "subject")]),
    ],
)
def test_a_question_names_its_nouns(question: str, found: list[tuple[str, str]]) -> None:
    assert [(noun.text, noun.role) for noun in nouns(question)] == found


def test_two_words_belong_together_where_the_articles_have_them_so() -> None:
    question = "was the harbour police abolished?"
    assert subject_of(question) == "the harbour"
    assert subject_of(question, ["The harbour police is no more."]) == "the harbour police"
    assert subject_of("where was the last outbreak?") == "the last outbreak"
    assert subject_of("When is ABBA's new album released?") == "ABBA's new album"
