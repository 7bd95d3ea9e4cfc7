"""Reading: which passages are read, how far, and in which order their sentences come out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from embeddings.graphs import share_tokenizer
from embeddings.modelfiles import READER_TOKENIZER
from embeddings.records import Hit, Passage, Sentence
from embeddings.sentences import split_sentences
from qa import read
from qa.reader import Reader
from qa.reader import _sentences as reading_of
from qa.spans import asked_stems

RUSSIA = (
    "The departure will not be total. Russian forces will remain at two places on the Syrian "
    "coast, a seaport and an airbase in Latakia province. A truce had sharply cut the violence."
)
CANAL = "The original canal opened on Aug. 15, 1914. It was built by the United States."


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def hit(number: int, text: str, *, article: str = "", title: str = "A title", at: int = 0) -> Hit:
    """A passage of a whole text that begins at character `at` of its article."""
    spans = tuple(Sentence(s.start + at, s.end + at) for s in split_sentences(text))
    return Hit(Passage(number, article or f"a{number}", at, at + len(text), text, title, spans))


def candidate(text: str, evidence: float, *, start: int = 0, bonus: float = 0.0) -> read.Candidate:
    passage = Passage(1, "a", start, start + len(text), text, "A title", ())
    return read.Candidate(
        passage=passage,
        span=Sentence(start, start + len(text)),
        text=text,
        evidence=evidence,
        answer_score=0.0,
        answer=None,
        passage_answers=0.0,
        relevance=0.0,
        place=0,
        bonus=bonus,
    )


def never(_: Sequence[read.Candidate]) -> bool:
    return False


def test_the_sentence_that_answers_comes_first_and_is_its_slice_of_the_article(
    reader: Reader,
) -> None:
    article = "Some words that stand before the passage. " + RUSSIA
    found = [hit(1, CANAL), hit(2, RUSSIA, at=article.index(RUSSIA))]
    best, *rest = read.read(reader, "Where will Russian forces remain?", found, sure=never)
    assert best.text == article[best.span.start : best.span.end]
    assert best.text.startswith("Russian forces will remain at two places")
    assert {c.text for c in [best, *rest]} == {
        text[s.start : s.end] for text in (RUSSIA, CANAL) for s in split_sentences(text)
    }


def test_the_short_answer_is_a_slice_of_its_sentence(reader: Reader) -> None:
    article = "Some words that stand before the passage. " + CANAL
    found = hit(1, CANAL, at=article.index(CANAL))
    best = read.read(reader, "When did the original canal open?", [found], sure=never)[0]
    assert best.answer is not None
    assert best.span.start <= best.answer[0] < best.answer[1] <= best.span.end
    assert article[slice(*best.answer)] == "Aug. 15, 1914"


def test_a_sentence_in_two_passages_comes_out_once(reader: Reader) -> None:
    first, second = split_sentences(CANAL)
    shared = CANAL[second.start : second.end]
    part = Hit(Passage(2, "canal", second.start, second.end, shared, "A title", (second,)))
    found = [hit(1, CANAL, article="canal"), part]
    candidates = read.read(reader, "Who built the canal?", found, sure=never)
    assert sorted(c.span.start for c in candidates) == [first.start, second.start]
    assert candidates[0].span == second


def test_reading_stops_at_the_first_step_that_is_sure_and_never_before(reader: Reader) -> None:
    found = [hit(number, CANAL if number % 2 else RUSSIA) for number in range(1, 17)]
    looked: list[int] = []

    def sure_of(steps: int) -> list[read.Candidate]:
        looked.clear()

        def sure(candidates: Sequence[read.Candidate]) -> bool:
            looked.append(max(c.place for c in candidates))
            return len(looked) >= steps

        return read.read(reader, "Who built the canal?", found, sure=sure)

    sure_of(1)
    assert len(looked) == 1
    sure_of(99)
    assert len(looked) == len(read.STEPS) - 1


def test_between_steps_it_may_be_told_to_stop(reader: Reader) -> None:
    class Stopped(Exception):
        pass

    def pause() -> None:
        raise Stopped

    found = [hit(number, CANAL) for number in range(6)]
    with pytest.raises(Stopped):
        read.read(reader, "Who built the canal?", found, sure=never, pause=pause)


def test_scraps_are_read_only_where_there_is_nothing_else(reader: Reader) -> None:
    with_scrap = hit(1, "Markets fell.\n\nShares lost a tenth of their worth.")
    assert [c.text for c in read.read(reader, "What fell?", [with_scrap], sure=never)] == [
        "Shares lost a tenth of their worth."
    ]
    alone = hit(1, "Markets fell.")
    assert [c.text for c in read.read(reader, "What fell?", [alone], sure=never)] == [
        "Markets fell."
    ]


@pytest.mark.parametrize("line", ["CNN —", "New York CNN Business —", "OMAHA, Neb. --"])
def test_where_a_story_was_written_is_no_sentence_of_it(reader: Reader, line: str) -> None:
    told = "The mayor of Omaha resigned on Monday."
    dated = hit(1, f"{line}\n\n{told}")
    assert [c.text for c in read.read(reader, "Who resigned?", [dated], sure=never)] == [told]


def test_a_sentence_that_is_broken_off_is_one(reader: Reader) -> None:
    broken = "“I was going to tell you who had painted the door of the old mill, but —"
    read_so = read.read(reader, "What?", [hit(1, f"{broken}\n\nHe left at once.")], sure=never)
    assert broken in [c.text for c in read_so]


def test_a_sentence_that_repeats_the_question_comes_after_the_one_that_answers_it(
    reader: Reader,
) -> None:
    question = "Which French stadium will host the final of the Rugby World Cup?"
    answer = "The last match will be played at the Stade de France in Saint-Denis."
    candidates = read.read(reader, question, [hit(1, f"{question} {answer}")], sure=never)
    assert [c.text for c in candidates] == [answer, question]


def test_a_question_is_worth_less_by_the_cost_of_asking() -> None:
    told = candidate("It opened in 1914.", 2.0).worth
    for question in ("Did it open?", "“Did it open?”", "(Did it open?)", "Did it open? "):
        assert candidate(question, 2.0).worth == pytest.approx(told - read.ASKING_COST)


def test_worth_is_the_weighed_sum_and_the_bonus() -> None:
    one = candidate("It opened in 1914.", 2.0, bonus=0.75)
    expected = sum(w * f for w, f in zip(read.WEIGHTS, one.features, strict=True)) + 0.75
    assert one.features == (2.0, 0.0, 0.0, 0.0, 1.0)
    assert one.worth == pytest.approx(expected)


def test_candidates_are_ordered_by_worth_and_a_repeated_text_keeps_its_best_place() -> None:
    # Hand-ordered: the caption said twice leads by its better copy, 5, not by its worse, 1.
    twice_best, other = candidate("A caption here.", 5.0), candidate("Another one.", 3.0)
    twice_worst = candidate("A  caption\nhere.", 1.0, start=50)
    ordered = read.in_order([twice_worst, other, twice_best])
    assert [(c.text, c.evidence) for c in ordered] == [
        ("A caption here.", 5.0),
        ("Another one.", 3.0),
    ]


def test_shares_are_parts_of_all_that_was_read() -> None:
    shares = [c.share for c in read.in_order([candidate("One.", 4.0), candidate("Two.", 2.0)])]
    assert sum(shares) == pytest.approx(1.0)
    assert shares[0] > shares[1] > 0
    assert [c.share for c in read.in_order([candidate("One.", -9.0)])] == [1.0]
    assert read.in_order([]) == []


def test_a_short_answer_is_made_of_whole_words() -> None:
    """Its ends may be scored highest in the middle of a word that has several tokens."""
    text = "The envoy is Staffan de Mistura."
    passage = Passage(1, "a", 0, len(text), text, "", (Sentence(0, len(text)),))
    encoding = share_tokenizer(READER_TOKENIZER.checked(), most_tokens=64).encode(
        text, add_special_tokens=False
    )
    assert encoding.tokens[4].startswith("##"), encoding.tokens
    scores = np.full((len(encoding.ids), 3), -5.0, dtype=np.float32)
    scores[4, 0] = 5.0  # a later part of "Staffan"
    of_name = [at for at, (start, _) in enumerate(encoding.offsets) if start >= text.index("Mist")]
    scores[of_name[0], 1] = 5.0  # the first part of "Mistura"
    [told] = reading_of(
        passage,
        scores,
        np.array(encoding.offsets, dtype=np.int64),
        np.array(encoding.word_ids, dtype=np.int64),
        asked_stems("Who is it?"),
    )
    assert told.answer is not None
    assert text[slice(*told.answer)] == "Staffan de Mistura"


@pytest.mark.parametrize("text", ["More:Mayor Quill resigns", "►Related: Mayor Quill resigns"])
def test_the_headline_of_another_article_comes_after_what_is_told(text: str) -> None:
    told = candidate("Mayor Quill said on Monday that she resigns.", 1.0)
    assert [c.text for c in read.in_order([candidate(text, 2.0), told])] == [told.text, text]
    assert candidate("More people than ever resign.", 2.0).worth > told.worth
