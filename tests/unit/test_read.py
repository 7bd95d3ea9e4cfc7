"""Reading: which sentences are read, in which order, and what their shares are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from embeddings.cross_encoder import CrossEncoder
from embeddings.records import Hit, Passage, Sentence
from embeddings.sentences import split_sentences
from qa import read

RUSSIA = (
    "The departure will not be total. Russian forces will remain at two places on the Syrian "
    "coast, a seaport and an airbase in Latakia province. A truce had sharply cut the violence."
)
CANAL = "The original canal opened on Aug. 15, 1914. It was built by the United States."


@pytest.fixture(scope="module")
def cross_encoder() -> CrossEncoder:
    return CrossEncoder()


def hit(number: int, text: str, *, article: str = "", title: str = "A title", at: int = 0) -> Hit:
    """A passage of a whole text that begins at character `at` of its article."""
    spans = tuple(Sentence(s.start + at, s.end + at) for s in split_sentences(text))
    return Hit(Passage(number, article or f"a{number}", at, at + len(text), text, title, spans))


def candidate(
    text: str, logit: float, *, passage_logit: float = 0.0, start: int = 0
) -> read.Candidate:
    span = Sentence(start, start + len(text))
    return read.Candidate("a", span, text, "A title", logit, passage_logit)


def test_reranking_puts_the_passage_that_answers_first(cross_encoder: CrossEncoder) -> None:
    ranked = read.rerank(cross_encoder, "When did the canal open?", [hit(1, RUSSIA), hit(2, CANAL)])
    assert [found.hit.passage.id for found in ranked] == [2, 1]
    assert ranked[0].logit > ranked[1].logit


def test_the_sentence_that_answers_comes_first_and_is_its_slice_of_the_article(
    cross_encoder: CrossEncoder,
) -> None:
    article = "Some words that stand before the passage. " + RUSSIA
    found = hit(1, RUSSIA, at=article.index(RUSSIA))
    ranked = read.rerank(cross_encoder, "Where will Russian forces remain?", [found])
    candidates = read.read(cross_encoder, "Where will Russian forces remain?", ranked)
    best = candidates[0]
    assert best.text == article[best.span.start : best.span.end]
    assert best.text.startswith("Russian forces will remain at two places")
    assert {c.text for c in candidates} == {
        RUSSIA[s.start : s.end] for s in split_sentences(RUSSIA)
    }


def test_a_sentence_in_two_passages_is_read_once_with_the_better_passages_logit(
    cross_encoder: CrossEncoder,
) -> None:
    first, second = split_sentences(CANAL)
    shared = CANAL[second.start : second.end]
    whole = hit(1, CANAL, article="canal")
    part = Hit(Passage(2, "canal", second.start, second.end, shared, "A title", (second,)))
    ranked = [read.Ranked(whole, 3.0), read.Ranked(part, 1.0)]
    candidates = read.read(cross_encoder, "Who built the canal?", ranked)
    assert {(c.span, c.passage_logit) for c in candidates} == {(first, 3.0), (second, 3.0)}
    assert len(candidates) == 2


def test_only_passages_near_the_best_are_read(cross_encoder: CrossEncoder) -> None:
    near, far = hit(1, RUSSIA), hit(2, CANAL)
    for behind, articles in (
        (read.READ_WITHIN - 0.1, {"a1", "a2"}),
        (read.READ_WITHIN + 0.1, {"a1"}),
    ):
        ranked = [read.Ranked(near, 5.0), read.Ranked(far, 5.0 - behind)]
        candidates = read.read(cross_encoder, "Where will forces remain?", ranked)
        assert {c.article_id for c in candidates} == articles


def test_scraps_are_read_only_where_there_is_nothing_else(cross_encoder: CrossEncoder) -> None:
    with_scrap = read.Ranked(hit(1, "Markets fell.\n\nShares lost a tenth of their worth."), 1.0)
    assert [c.text for c in read.read(cross_encoder, "What fell?", [with_scrap])] == [
        "Shares lost a tenth of their worth."
    ]
    scrap_alone = read.Ranked(hit(1, "Markets fell."), 1.0)
    assert [c.text for c in read.read(cross_encoder, "What fell?", [scrap_alone])] == [
        "Markets fell."
    ]


def test_a_sentence_that_repeats_the_question_comes_after_the_one_that_answers_it(
    cross_encoder: CrossEncoder,
) -> None:
    question = "Which French stadium will host the final of the Rugby World Cup?"
    answer = "The last match will be played at the Stade de France in Saint-Denis."
    ranked = read.rerank(cross_encoder, question, [hit(1, f"{question} {answer}")])
    first, second = read.read(cross_encoder, question, ranked)
    assert second.logit > first.logit, "else this does not try what it is here to try"
    assert (first.text, second.text) == (answer, question)


def test_worth_is_both_logits_less_the_cost_of_asking() -> None:
    assert candidate("It opened in 1914.", 2.0, passage_logit=1.5).worth == 3.5
    for question in ("Did it open?", "“Did it open?”", "(Did it open?)", "Did it open? "):
        asking = candidate(question, 2.0, passage_logit=1.5)
        assert asking.worth == 3.5 - read.ASKING_COST


def test_candidates_are_ordered_by_worth_and_a_repeated_text_keeps_its_best_place() -> None:
    # Hand-ordered: the caption said twice leads by its better copy, 5, not by its worse, 1.
    twice_best, other = candidate("A caption here.", 5.0), candidate("Another one.", 3.0)
    twice_worst = candidate("A  caption\nhere.", 1.0, start=50)
    ordered = read.in_order([twice_worst, other, twice_best])
    assert [(c.text, c.logit) for c in ordered] == [("A caption here.", 5.0), ("Another one.", 3.0)]


def test_shares_are_a_softmax_of_worth() -> None:
    ordered = read.in_order(
        [candidate("One.", 4.0), candidate("Two.", 2.0), candidate("Three.", 0.0)]
    )
    # exp(0), exp(-1) and exp(-2) at the temperature 2, by hand: 1, 0.36788, 0.13534 of 1.50321.
    assert read.SHARE_SCALE == 2.0
    assert [c.share for c in ordered] == pytest.approx([0.66524, 0.24473, 0.09003], abs=1e-5)
    assert read.in_order([replace(ordered[1], share=0.5)])[0].share == 1.0
    assert read.in_order([]) == []
