"""Conversations with the real engine over real articles: five turns each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.conversation import Conversation
from qa.engine import Engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(Path(tmp_path_factory.mktemp("none")) / "library")
    yield engine
    engine.close()


def test_five_turns_about_one_article(engine: Engine) -> None:
    talk = Conversation(engine)
    first = talk.ask("where will Russian forces remain?")
    assert "Latakia" in first.text
    when = talk.ask("and when do they leave?")
    assert when.asked_as == "when do Russian forces leave?"
    assert "Tuesday, March 15" in when.text
    who = talk.ask("who said so?")
    assert who.answered
    assert "Putin" in who.text
    other = talk.ask("what about the opposition?")
    assert other.answered
    assert "baffled" in other.text
    assert {citation.article_id for citation in other.citations} == {first.citations[0].article_id}
    unclear = talk.ask("and?")
    assert not unclear.answered
    assert unclear.choices
    assert all(choice.question.endswith("?") for choice in unclear.choices)
    assert [turn.number for turn in talk.turns] == [1, 2, 3, 4, 5]


def test_five_turns_over_several_articles(engine: Engine) -> None:
    talk = Conversation(engine)
    blast = talk.ask("When did the Beirut explosion happen?")
    assert "Aug. 4" in blast.text
    dead = talk.ask("how many died?")
    assert "more than 150" in dead.citations[0].text
    assert dead.citations[0].article_id == blast.citations[0].article_id
    moved_on = talk.ask("When was New Horizons launched?")
    assert moved_on.asked_as == "When was New Horizons launched?"
    assert "2006" in moved_on.text
    where = talk.ask("from where?")
    assert where.answered
    assert "Cape Canaveral" in where.text
    webb = talk.ask("what about the James Webb telescope?")
    assert "James Webb" in webb.asked_as
    shown = webb.citations or (webb.refusal.nearest if webb.refusal else ())
    assert "Webb" in " ".join(citation.title + citation.text for citation in shown)


def test_asked_as_written_nothing_is_added(engine: Engine) -> None:
    talk = Conversation(engine)
    talk.ask("where will Russian forces remain?")
    assert talk.ask("when do they leave?", as_written=True).asked_as == "when do they leave?"


def test_another_article_is_reached_though_one_is_under_discussion(engine: Engine) -> None:
    talk = Conversation(engine)
    talk.ask("where will Russian forces remain?")
    answer = talk.ask("How many people were killed by the Beirut explosion?")
    assert answer.asked_as == "How many people were killed by the Beirut explosion?"
    assert "150" in answer.citations[0].text


def test_a_question_that_names_nothing_is_not_guessed_at(engine: Engine) -> None:
    answer = Conversation(engine).ask("Does this animal have antlers?")
    assert not answer.answered
    assert answer.refusal is not None
    assert "which “animal”" in answer.refusal.reason
