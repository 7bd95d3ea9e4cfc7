"""What points at a citation is told from what asks something of the articles."""

from __future__ import annotations

import pytest

from qa.answer import Choice, Citation
from qa.pointing import pointing
from qa.which_one import chosen


def cited(number: int, article: str, source: str, published: str | None) -> Citation:
    return Citation(
        number,
        article,
        f"Of {article}",
        published,
        source,
        f"/news/{article}.md",
        None,
        0,
        3,
        "Yes",
        0.5,
    )


SHOWN = (
    cited(1, "canal", "Seed News", "2016-03-14"),
    cited(2, "locks", "Reuters", "2017-01-02"),
    cited(3, "locks", "Reuters", "2017-01-02"),
)


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("2", 2),
        ("[2]", 2),
        ("the first one", 1),
        ("and the last one?", 3),
        ("what does [2] say?", 2),
        ("read me the second one, please", 2),
        ("tell me more about the first one", 1),
        ("can you show me the third article?", 3),
        ("the one from Reuters", 2),
        ("the Reuters article", 2),
        ("the one from March 2016", 1),
        ("the older article", 1),
        ("what about the second?", 2),
        ("[9]", 9),
    ],
)
def test_one_of_the_sentences_shown_is_read_on_in(question: str, number: int) -> None:
    found = pointing(question, SHOWN)
    assert found is not None
    assert (found.what, found.number) == ("read", number)


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("show me the source", "source"),
        ("where does it say that?", "source"),
        ("what article is that?", "source"),
        ("Which article is that from?", "source"),
        ("how do you know that?", "source"),
        ("source?", "source"),
        ("says who?", "source"),
        ("are you sure?", "source"),
        ("show me where it says so", "source"),
        ("what date is that article?", "date"),
        ("when was that published?", "date"),
        ("when was [2] published?", "date"),
        ("how old is that article?", "date"),
        ("who wrote that article?", "author"),
        ("summarise it", "summary"),
        ("give me a summary of the second one", "summary"),
        ("what is the article about?", "summary"),
        ("tl;dr", "summary"),
    ],
)
def test_what_is_asked_of_what_was_cited(question: str, what: str) -> None:
    found = pointing(question, SHOWN)
    assert found is not None
    assert found.what == what


@pytest.mark.parametrize(
    "question",
    [
        "what is the source of the Nile?",
        "who was the last one out?",
        "what date was the canal opened?",
        "when was the first lock built?",
        "who wrote the Iliad?",
        "what did the report say about the locks?",
        "how old is the canal?",
        "the Panama one",
        "summarise the debate on the locks",
        "who said so?",
        "which ship was first?",
    ],
)
def test_a_question_of_the_articles_points_at_nothing(question: str) -> None:
    assert pointing(question, SHOWN) is None


def test_a_single_sentence_is_not_chosen_by_counting() -> None:
    assert pointing("the second", SHOWN[:1]) is None
    for question in ("the second one", "read me the second one"):
        found = pointing(question, SHOWN[:1])
        assert found is not None
        assert found.number == 2
    assert pointing("2", SHOWN[:1]) is None
    assert pointing("[1]", SHOWN[:1]) is not None


def test_what_the_question_before_told_apart_by_place_is_no_citation() -> None:
    assert pointing("the second one", SHOWN, "when was the first lock built?") is None
    assert pointing("the second article", SHOWN, "when was the first lock built?") is not None


def test_when_a_book_was_published_is_asked_of_the_articles() -> None:
    assert pointing("when was it published?", SHOWN, "who wrote the book?") is None
    assert pointing("when was that article published?", SHOWN, "who wrote the book?") is not None


def test_who_said_so_is_asked_of_what_was_only_read_on() -> None:
    found = pointing("who said so?", SHOWN, goes_on=True)
    assert found is not None
    assert found.what == "speaker"


CHOICES = (
    Choice("Staffan de Mistura", "What is said about Staffan de Mistura?"),
    Choice("Bashar al-Assad", "What is said about Bashar al-Assad?"),
)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("2", 1),
        ("[1]", 0),
        ("the second one", 1),
        ("the last", 1),
        ("number 2", 1),
        ("Assad", 1),
        ("the first", 0),
        ("I meant de Mistura", 0),
        ("Bashar al-Assad", 1),
    ],
)
def test_a_choice_is_taken_by_its_number_or_its_name(typed: str, at: int) -> None:
    assert chosen(typed, CHOICES) is CHOICES[at]


@pytest.mark.parametrize("typed", ["3", "Putin", "why?", "yes", "who is Assad?"])
def test_what_is_none_of_the_choices_takes_none(typed: str) -> None:
    assert chosen(typed, CHOICES) is None


def test_yes_takes_the_only_choice() -> None:
    assert chosen("yes please", CHOICES[:1]) is CHOICES[0]
