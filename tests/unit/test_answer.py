"""Law 1: a citation is a slice of its article, or it cannot be made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.records import Article
from qa.answer import Answer, NotVerbatim, Refusal, cite


def article(text: str) -> Article:
    return Article("a1", "Title", text, "2020-01-02", "Source", None, "/p", None, None, "0")


@given(st.text(min_size=1), st.data())
def test_a_citation_of_any_unicode_text_is_exactly_its_slice(text: str, data) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    made = cite(article(text), start, end, number=1, score=0.5)
    assert made.text == text[start:end] == article(text).text[made.start : made.end]


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (0, 0), (2, 1), (0, 6), (5, 6)])
def test_a_span_that_is_not_in_the_text_cannot_be_cited(start: int, end: int) -> None:
    with pytest.raises(NotVerbatim):
        cite(article("12345"), start, end, number=1, score=0.5)


def test_the_answer_marks_each_sentence_with_its_number() -> None:
    source = article("One stays.\nTwo\n goes.")
    answer = Answer(
        question="q",
        asked_as="q",
        citations=(
            cite(source, 0, 10, number=1, score=0.9),
            cite(source, 11, 21, number=2, score=0.8),
        ),
        confidence=0.9,
    )
    assert answer.answered
    assert answer.text == "One stays. [1] Two goes. [2]"


def test_a_refusal_is_an_answer_that_answers_nothing() -> None:
    answer = Answer("q", "q", (), 0.1, refusal=Refusal("nothing"))
    assert not answer.answered
    assert answer.text == ""
