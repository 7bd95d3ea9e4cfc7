"""Deciding: probabilities, what is cited beside the best, and what a refusal says."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from embeddings.records import Hit, Passage, Sentence
from qa import decide
from qa.read import Candidate, Ranked


def candidate(logit: float, *, passage_logit: float = 0.0, share: float = 1.0) -> Candidate:
    return Candidate("a", Sentence(0, 3), "It.", "A title", logit, passage_logit, share)


def passage(title: str, text: str) -> Ranked:
    return Ranked(Hit(Passage(1, "a", 0, len(text), text, title, ())), 1.0)


def test_confidence_is_the_regression_of_both_logits() -> None:
    own, passages = decide.WEIGHTS
    expected = 1 / (1 + math.exp(-(decide.BIAS + 3 * own - 2 * passages)))
    assert decide.confidence(candidate(3.0, passage_logit=-2.0)) == pytest.approx(expected)


def test_confidence_rises_with_either_logit_and_stays_a_probability() -> None:
    middle = decide.confidence(candidate(0.0))
    assert middle < decide.confidence(candidate(1.0))
    assert middle < decide.confidence(candidate(0.0, passage_logit=1.0))
    assert 0 <= decide.confidence(candidate(-1e9)) < decide.THRESHOLD
    assert decide.THRESHOLD < decide.confidence(candidate(1e9)) <= 1


def test_the_threshold_lies_between_what_answers_and_what_is_about_something_else() -> None:
    # Logits as the cross-encoder gives them: a plain answer near 8, another subject near -10.
    assert decide.confidence(candidate(8.0, passage_logit=8.0)) > 0.8
    assert decide.confidence(candidate(-10.0, passage_logit=-10.0)) < 0.05


def test_a_sentence_scores_higher_where_nothing_else_comes_close() -> None:
    alone, contested = candidate(5.0, share=0.95), candidate(5.0, share=0.4)
    assert decide.sentence_score(contested) < decide.sentence_score(alone) <= 1


def test_a_further_sentence_is_cited_only_where_it_is_likely_enough_beside_the_best() -> None:
    best = candidate(6.0, share=0.5)
    scores = [decide.sentence_score(best) * decide.FURTHER_SHARE * part for part in (1.05, 0.95)]
    own, share = decide.SENTENCE_WEIGHTS
    just_enough, too_little = (
        # The share at which a candidate of this logit has that score: the logistic turned round.
        candidate(
            5.0,
            share=(math.log(score / (1 - score)) - decide.SENTENCE_BIAS - own * 5.0) / share,
        )
        for score in scores
    )
    assert decide.enough([best, just_enough, too_little], most=3) == [best, just_enough]
    assert decide.enough([best, too_little], most=3) == [best]


def test_no_more_are_cited_than_asked_for_and_the_best_always() -> None:
    equals = [replace(candidate(5.0, share=0.25), title=title) for title in "abcd"]
    assert decide.enough(equals, most=3) == equals[:3]
    assert decide.enough(equals, most=1) == equals[:1]
    hopeless = [candidate(-11.0, share=0.5), candidate(-11.0, share=0.5)]
    assert decide.enough(hopeless, most=1) == hopeless[:1]


def test_missing_words_keep_the_questions_order_and_no_other_form_of_them_is_there() -> None:
    question = "Who ordered the Swedish battalions to withdraw from opened borders?"
    text = "Battalion after battalion left; the withdrawal kept the borders open for a week."
    assert decide.missing_words(question, text) == ["ordered", "Swedish"]
    assert decide.missing_words("When did it open?", "It opened in 1914.") == []
    assert decide.missing_words("Who left?", text) == []


def test_a_refusal_names_what_the_nearest_passage_lacks_three_words_at_most() -> None:
    near = passage("Canal", "The canal opened in 1914.")
    assert decide.why_refused("When did the canal open in Sweden?", [near]) == (
        "the nearest passage says nothing of “Sweden”"
    )
    assert decide.why_refused("Do wolves steal green Swedish apples?", [near]) == (
        "the nearest passage says nothing of “wolves”, “steal”, “green”"
    )
    assert decide.why_refused("Who opened the canal?", [near]) == (
        "the words are there, but no sentence that answers"
    )
