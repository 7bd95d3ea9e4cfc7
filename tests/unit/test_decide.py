"""Deciding: probabilities, what is cited beside the best, and what a refusal says."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from embeddings.records import Passage, Sentence
from qa import decide
from qa.read import Candidate


def candidate(
    evidence: float, *, share: float = 1.0, text: str = "It opened.", **more: float
) -> Candidate:
    passage = Passage(1, "a", 0, len(text), text, "A title", ())
    known = {"answer_score": 0.0, "passage_answers": 0.0, "relevance": 0.0, **more}
    return Candidate(
        passage=passage,
        span=Sentence(0, len(text)),
        text=text,
        evidence=evidence,
        answer=None,
        place=0,
        share=share,
        **known,
    )


def logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def passage(title: str, text: str) -> Passage:
    return Passage(1, "a", 0, len(text), text, title, ())


def test_a_refusal_calls_no_pleasantry_pronoun_or_other_form_of_a_word_missing() -> None:
    near = passage("The fire", "Its death toll rose after the blaze.")
    there = "the words are there, but no sentence that answers"
    for question in ("sorry, who died?", "Did the fire start by itself, thanks?", "Who called?"):
        assert decide.why_refused(question, [near]) == there, question
    assert "“Bulgaria”" in decide.why_refused("Who died in Bulgaria?", [near])


def test_confidence_is_both_regressions_together() -> None:
    best = candidate(3.0, passage_answers=-2.0, relevance=4.0, share=0.5)
    features = decide.features("When did Oslo open?", best)
    assert features == (3.0, 0.0, -2.0, 4.0, 1.0)
    says = decide.BIAS + sum(w * f for w, f in zip(decide.WEIGHTS, features, strict=True))
    about = decide.ABOUT[0] * 4.0 + decide.ABOUT[1]
    both = logistic(says) * logistic(about)
    expected = logistic(decide.SCALE * math.log(both / (1 - both)) + decide.OFFSET)
    assert decide.confidence("When did Oslo open?", best) == pytest.approx(expected)


def test_confidence_falls_where_the_passage_is_about_something_else() -> None:
    on_topic = decide.confidence("When?", candidate(3.0, passage_answers=2.0, relevance=7.0))
    off_topic = decide.confidence("When?", candidate(3.0, passage_answers=2.0, relevance=-8.0))
    assert off_topic < decide.THRESHOLD < on_topic


def test_confidence_rises_with_the_evidence_and_stays_a_probability() -> None:
    low, middle, high = (
        decide.confidence("When?", candidate(evidence, relevance=evidence))
        for evidence in (-1e9, 0.0, 1e9)
    )
    assert 0 <= low < decide.THRESHOLD
    assert low < middle < high <= 1
    assert high > decide.SURE


def test_a_name_or_number_that_the_passage_lacks_is_missed() -> None:
    text = "The canal in Panama opened in 1914."
    assert decide.missing_names("When did the canal in Panama open?", text) == []
    assert decide.missing_names("Did Sweden open a canal in 1915?", text) == ["Sweden", "1915"]
    assert decide.missing_names("Wolves opened it?", text) == []
    assert decide.missing_names("1815: who opened the canal?", text) == ["1815"]
    assert decide.missing_names("", text) == []


def test_a_sentence_scores_higher_where_nothing_else_comes_close() -> None:
    alone, contested = candidate(5.0, share=0.95), candidate(5.0, share=0.4)
    assert decide.sentence_score(contested) < decide.sentence_score(alone) <= 1


def test_a_further_sentence_is_cited_only_where_it_is_likely_enough_beside_the_best() -> None:
    best = candidate(6.0, share=0.5)
    scores = [decide.sentence_score(best) * decide.FURTHER_SHARE * part for part in (1.05, 0.95)]
    own, share = decide.SENTENCE_WEIGHTS
    just_enough, too_little = (
        # The share at which a candidate of this evidence has that score: the logistic turned round.
        candidate(
            5.0,
            share=(math.log(score / (1 - score)) - decide.SENTENCE_BIAS - own * 5.0) / share,
        )
        for score in scores
    )
    assert decide.enough([best, just_enough, too_little], most=3) == [best, just_enough]
    assert decide.enough([best, too_little], most=3) == [best]


def test_no_more_are_cited_than_asked_for_and_the_best_always() -> None:
    equals = [replace(candidate(5.0, share=0.25), text=text) for text in "abcd"]
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


def test_a_refusal_is_silent_of_little_words_and_of_what_another_of_the_nearest_has() -> None:
    near, other = passage("Canal", "The canal opened in 1914."), passage("Lock", "A green lock.")
    question = "Say, how many others got to open some green canal or anything else?"
    assert decide.why_refused(question, [near]) == "the nearest passage says nothing of “green”"
    assert decide.why_refused(question, [near, other]) == (
        "the words are there, but no sentence that answers"
    )
