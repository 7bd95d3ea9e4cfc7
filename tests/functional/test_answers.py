"""Answers from several articles: what agrees, what is copied, what differs, and when it was."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.rebuild import Rebuild
from embeddings.records import Filters
from qa import dates
from qa.engine import Engine
from qa.output import answer_json, answer_text

TODAY = datetime.date.today()
RECENT = (TODAY - datetime.timedelta(days=2)).isoformat()

FIRE = """---
title: Fire at the Vellin paper mill
date: 2019-06-02
source: Vellin Post
---

A fire destroyed the paper mill at Vellin on Saturday night.

The fire brigade said the blaze at the mill had killed 14 people.

“We heard a bang and then the roof was gone,” said Ida Brandt, a foreman. “Nobody inside had a \
chance to turn back.”
"""
# The same report under another roof, a line shorter.
COPY = FIRE.replace("Vellin Post", "Coast Wire").rsplit("\n\n", 1)[0]
LATER = """---
title: Inquiry into the Vellin mill fire opens
date: 2019-09-20
source: Northern Herald
---

An inquiry into the fire at the Vellin paper mill opened on Friday.

The fire brigade said the blaze at the mill had killed 17 people.

It began in a dryer that had not been inspected for six years.
"""
AGREEING = """---
title: A year without the mill
date: 2020-06-01
source: Lake Review
---

A year after the fire, the town of Vellin has no paper mill.

The fire began in a dryer that had not been inspected for six years, the inquiry found.

The mill had employed 340 people.
"""
RECENTLY = f"""---
title: Vellin council meets
date: {RECENT}
source: Vellin Post
---

The council of Vellin elected Marta Lund as mayor on a rainy evening.
"""
LONG_AGO = """---
title: Vellin elects a mayor
date: 2009-03-04
source: Vellin Post
---

The council of Vellin elected Peter Strand as mayor after a long night.
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Engine]:
    base = tmp_path_factory.mktemp("vellin")
    folder = base / "articles"
    folder.mkdir()
    texts = {
        "fire": FIRE,
        "copy": COPY,
        "later": LATER,
        "agreeing": AGREEING,
        "recently": RECENTLY,
        "long-ago": LONG_AGO,
    }
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    with Library(base / "library", create=True) as library:
        assert Rebuild(library, encoder).run([folder]).added == len(texts)
    opened = Engine(base / "library")
    yield opened
    opened.close()


def test_articles_that_differ_stand_side_by_side(engine: Engine) -> None:
    answer = engine.ask("How many people did the fire at the Vellin mill kill?", threshold=0.0)
    said = {c.short_answer.text for c in answer.citations if c.short_answer}
    assert {"14", "17"} <= {word for text in said for word in text.split()}
    assert len(answer.differing) == 2
    assert "Your articles differ: " in answer_text(answer)
    for number in answer.differing:
        citation = answer.citations[number - 1]
        assert f"{citation.published}: {citation.text}" in answer_text(answer)


def test_a_copied_article_counts_once(engine: Engine) -> None:
    answer = engine.ask("How many people did the fire at the Vellin mill kill?", threshold=0.0)
    sources = [c.source for c in answer.citations]
    assert not {"Vellin Post", "Coast Wire"} <= set(sources)


def test_articles_that_agree_are_cited_beside_the_sentence(engine: Engine) -> None:
    answer = engine.ask("How did the Vellin mill fire begin?", threshold=0.0)
    first = answer.citations[0]
    also = answer.agreeing(first.number)
    assert also, [c.text for c in answer.citations]
    other = answer.citations[also[0] - 1]
    assert {first.source, other.source} == {"Northern Herald", "Lake Review"}
    assert f"[{first.number}] (also in [{other.number}])" in answer_text(answer)
    assert other.text not in answer.text


def test_a_question_about_these_days_is_asked_of_recent_articles_alone(engine: Engine) -> None:
    answer = engine.ask("Who was elected mayor of Vellin in the past week?", threshold=0.0)
    assert [c.published for c in answer.citations] == [RECENT]
    assert answer.scope is not None
    assert "past week" in answer.scope


def test_an_answer_from_a_part_of_the_articles_says_so(engine: Engine) -> None:
    question = "Who was elected mayor of Vellin in the past week?"
    narrowed = Filters(since="2013-01-01", source="Post")
    answer = engine.ask(question, threshold=0.0, filters=narrowed)
    assert answer.scope is not None
    assert answer.scope.startswith("only articles since 2013-01-01 from “Post”; ")
    refused = engine.ask("Who is the king of Spain?", threshold=1.0, filters=Filters(until="2030"))
    assert not refused.answered
    assert refused.scope == "only articles until 2030"
    assert "(only articles until 2030)" in answer_text(refused)
    assert engine.ask("Who is the king of Spain?", threshold=1.0).scope is None


def test_a_question_without_its_mark_is_answered_as_with_it(engine: Engine) -> None:
    with_it = engine.ask("How many people did the fire at the Vellin mill kill?")
    without = engine.ask("How many people did the fire at the Vellin mill kill")
    assert without.citations == with_it.citations
    assert without.confidence == with_it.confidence
    assert without.asked_as == "How many people did the fire at the Vellin mill kill"


def test_now_puts_the_newest_first(engine: Engine) -> None:
    answer = engine.ask("Who is the mayor of Vellin now?", threshold=0.0)
    assert answer.citations[0].published == RECENT
    assert answer.scope is None


def test_words_about_a_time_without_articles_do_not_empty_the_search(engine: Engine) -> None:
    answer = engine.ask(
        "Who was elected mayor of Vellin in articles published in 2013?", threshold=0.0
    )
    assert answer.citations
    assert answer.scope is not None
    assert answer.scope.startswith("no article is from ")


def test_every_slice_in_the_json_is_verbatim(engine: Engine) -> None:
    for question in (
        "How many people did the fire at the Vellin mill kill?",
        "Did anybody inside the mill have a chance to turn back?",
        "Who is the mayor of Vellin now?",
    ):
        answer = answer_json(engine.ask(question, threshold=0.0))
        for citation in answer["citations"]:
            text = engine.article(citation["article_id"]).text
            for piece in (citation, citation["short_answer"], citation["speaker"]):
                if piece:
                    assert text[piece["start"] : piece["end"]] == piece["text"]


def test_speech_shows_its_speaker_from_the_sentence_before_and_no_short_answer_to_yes_or_no(
    engine: Engine,
) -> None:
    answer = engine.ask("Did anybody inside have a chance to turn back?", threshold=0.0)
    said = next(c for c in answer.citations if c.text.startswith("“Nobody inside had"))
    assert said.speaker is not None
    assert said.speaker.text == "Ida Brandt, a foreman"
    assert f"{said.text} — Ida Brandt, a foreman [{said.number}]" in answer_text(answer)
    assert answer.short_answer is None


def test_a_slip_of_the_pen_is_refused_with_the_question_that_may_be_meant(engine: Engine) -> None:
    answer = engine.ask("what began in the dreyr?", threshold=1.0)
    assert not answer.answered
    assert answer.refusal is not None
    assert "did you mean “dryer”?" in answer.refusal.reason
    assert [choice.question for choice in answer.choices] == ["what began in the dryer?"]
    assert answer.refusal.nearest
    text = answer_text(answer)
    assert "Did you mean to ask:\n\n  1. what began in the dryer?\n" in text
    assert "Nearest sentences" in text


def test_a_time_that_only_the_articles_date_tells_is_not_missing(engine: Engine) -> None:
    undated = engine.ask("Who was elected mayor of Vellin?")
    for asked in ("in March 2009", "on 4 March 2009", "in 2009"):
        answer = engine.ask(f"Who was elected mayor of Vellin {asked}?")
        assert answer.answered, asked
        assert "Peter Strand" in answer.citations[0].text, asked
        assert answer.question == f"Who was elected mayor of Vellin {asked}?"
    other = engine.ask("Who was elected mayor of Vellin in March 2014?")
    assert other.confidence < undated.confidence - 0.1
    assert not other.answered


def test_what_is_asked_of_an_article_of_the_time_leaves_out_its_words(engine: Engine) -> None:
    def asked(question: str) -> set[str]:
        dated = dates.look(engine.library, question, Filters())
        ids = [article.id for article in engine.articles()]
        return set(dated.undated(engine.library, question, ids).values())

    assert asked("Who won in Vellin in September 2019?") == {"Who won in Vellin?"}
    assert asked("In 2009, who was elected mayor?") == {"who was elected mayor?"}
    assert asked("What happened in September 2019?") == set()  # Nothing would be left to ask.
    assert asked("Who was elected mayor in 2014?") == set()
    assert asked("Who was elected mayor?") == set()
