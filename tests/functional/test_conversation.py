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


def test_a_wrong_guess_is_put_right_in_a_word(engine: Engine) -> None:
    talk = Conversation(engine)
    talk.ask("When was New Horizons launched?")
    assert talk.ask("how far away is it?").asked_as.startswith("how far away is New Horizons")
    assert talk.ask("no, Pluto").asked_as == "how far away is Pluto?"


def test_the_same_pronoun_goes_on_meaning_the_same(engine: Engine) -> None:
    talk = Conversation(engine)
    talk.ask("When was the Webb telescope launched?")
    assert "Kourou" in talk.ask("from where?").text
    assert "Ariane" in talk.ask("with which rocket?").text
    cost = talk.ask("how much did it cost?")
    assert cost.asked_as == "how much did the Webb telescope cost?"
    assert "$10 billion" in cost.citations[0].text
    assert talk.ask("who built it?").asked_as == "who built the Webb telescope?"
    assert talk.ask("how heavy is it?").asked_as == "how heavy is the Webb telescope?"


def test_what_is_asked_of_one_is_asked_of_another(engine: Engine) -> None:
    talk = Conversation(engine)
    talk.ask("how much did the Panama Canal cost?")
    assert talk.ask("who built it?").asked_as == "who built the Panama Canal?"
    assert talk.ask("and the Suez Canal?").asked_as == "who built the Suez Canal?"


def test_what_an_article_under_discussion_tells_of_is_no_riddle(engine: Engine) -> None:
    talk = Conversation(engine)
    talk.ask("When did the Beirut explosion happen?")
    assert talk.ask("How old is the stadium?").choices
    first = talk.turns[0].answer.citations[0]
    assert "governor" in engine.article(first.article_id).text
    governor = talk.ask("Where does the governor live?")
    assert governor.refusal is None or "not clear" not in governor.refusal.reason


def test_choices_name_things_and_people_not_days_or_nationalities(engine: Engine) -> None:
    talk = Conversation(engine)
    for question in (
        "where will Russian forces remain?",
        "and when do they leave?",
        "who said so?",
        "what about the opposition?",
        "no, the Syrian one",
        "and in 2017?",
        "why?",
    ):
        talk.ask(question)
    assert talk.turns[4].answer.asked_as == "What is said about the Syrian opposition?"
    choices = [choice.label for choice in talk.ask("him?").choices]
    assert "Putin" in " ".join(choices)
    assert not {"Syrian", "Russian", "Tuesday", "March"} & set(choices)


def test_as_written_nothing_is_called_unclear(engine: Engine) -> None:
    answer = Conversation(engine).ask("Does this animal have antlers?", as_written=True)
    assert not answer.answered
    assert not answer.choices
    assert answer.refusal is not None
    assert answer.refusal.nearest
