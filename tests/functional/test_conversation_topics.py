"""Whom and what a follow-up is about, over articles of a small town, with the real engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.rebuild import Rebuild
from embeddings.records import Filters
from qa.answer import Answer, Choice, Refusal
from qa.conversation import Conversation
from qa.engine import Engine

ARTICLES = {
    "bridge": (
        "Elster Bridge closes after crack found",
        "Elster Bridge was closed to all traffic on Thursday after engineers found a crack in its "
        "eastern pier. Mayor Ellen Harrow said the bridge would reopen in September. The town "
        "council said repairs would cost 4.2 million pounds.\n\nA temporary ferry will run between "
        "Dock Street and Elster Quay from Monday. The ferry carries 60 passengers.",
    ),
    "election": (
        "Harrow loses election to Samuel Obi",
        "Samuel Obi was elected mayor of Elster on Thursday, defeating Ellen Harrow by 312 votes. "
        "Turnout was 41 percent, the lowest since 1974. Obi promised to scrap the ferry fare "
        "within a month. Harrow said she would not ask for a recount.",
    ),
    "brooch": (
        "Stolen Viking brooch returned to Elster Museum",
        "A Viking brooch stolen from Elster Museum in 1998 was returned by post on Tuesday. The "
        "parcel carried no sender's address. Curator Priya Nunn said the brooch was undamaged. "
        "Police said they would not pursue the case.",
    ),
    "flood": (
        "River Tarn floods 200 homes",
        "The River Tarn burst its banks on Monday night and flooded about 200 homes in Lower "
        "Elster. Two people were rescued from a car by firefighters. No one was killed. Jan "
        "Brandt, a hydrologist, said the river had peaked at 5.3 metres.",
    ),
    "fire": (
        "Forty die in hotel fire in Port Arden",
        "Forty people died when a fire swept through the Arden Palace hotel on Sunday. The dead "
        "were guests on the upper floors. A kitchen worker died trying to warn them.",
    ),
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Engine]:
    base = tmp_path_factory.mktemp("town")
    folder = base / "articles"
    folder.mkdir()
    for name, (title, text) in ARTICLES.items():
        (folder / f"{name}.md").write_text(f"---\ntitle: {title}\n---\n\n{text}\n", "utf-8")
    with Library(base / "library", create=True) as library:
        assert Rebuild(library, encoder).run([folder]).added == len(ARTICLES)
    engine = Engine(base / "library")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(tmp_path_factory.mktemp("none") / "library")
    yield engine
    engine.close()


def asked(engine: Engine, *questions: str) -> list[str]:
    """What was searched for each question of one conversation."""
    talk = Conversation(engine)
    return [talk.ask(question).asked_as for question in questions]


def test_it_is_the_thing_of_a_refused_question_and_never_a_person(town: Engine) -> None:
    talk = Conversation(town)
    talk.ask("who won the mayoral election?")
    assert not talk.ask("what colour is the brooch?").answered
    stolen = talk.ask("when was it stolen?")
    assert stolen.asked_as == "when was the brooch stolen?"
    assert "1998" in stolen.citations[0].text


def test_she_is_a_woman_of_the_answer_and_never_a_bridge_or_a_man(town: Engine) -> None:
    bridge = asked(
        town, "why was Elster Bridge closed?", "when will it reopen?", "what did she say?"
    )
    assert bridge[1] == "when will Elster Bridge reopen?"
    assert bridge[2].startswith("what did Ellen Harrow say")
    voted = asked(town, "who was elected mayor of Elster?", "did she ask for a recount?")
    assert voted[1] == "did Ellen Harrow ask for a recount?"


def test_where_nothing_agrees_nothing_is_put_in(town: Engine) -> None:
    talk = Conversation(town)
    talk.ask("how high did the River Tarn get?")
    talk.ask("what was stolen from Elster Museum?")
    assert talk.ask("did they catch him?").asked_as == "did they catch him?"


def test_a_new_topic_leaves_the_old_one_behind(town: Engine) -> None:
    questions = ("what was stolen from Elster Museum?", "when was it returned?")
    more = ("who was elected mayor of Elster?", "by how many votes did he win?")
    found = asked(town, *questions, *more)
    assert found[1] == "when was the Viking brooch returned?"
    assert found[3] == "by how many votes did Samuel Obi win?"


def test_did_anyone_die_is_asked_of_what_is_talked_about(town: Engine, seeds: Engine) -> None:
    talk = Conversation(town)
    talk.ask("how high did the river get?")
    died = talk.ask("did anyone die?")
    assert died.asked_as == "did anyone die (the river)?"
    assert died.citations[0].text == "No one was killed."
    talk = Conversation(seeds)
    cathedral = talk.ask("When did Notre-Dame reopen?").citations[0].article_id
    died = talk.ask("did anyone die?")
    assert "Notre-Dame" in died.asked_as
    shown = died.citations or (died.refusal.nearest if died.refusal else ())
    assert shown[0].article_id == cathedral


def test_it_is_the_ship_that_was_asked_for_not_the_canal(seeds: Engine) -> None:
    found = asked(
        seeds, "Which ship blocked the Suez Canal?", "how long was it stuck?", "who owns it?"
    )
    assert found[1:] == ["how long was the ship stuck?", "who owns the ship?"]


def test_there_is_a_place(seeds: Engine) -> None:
    assert asked(seeds, "What caused the fire at Notre-Dame?", "who was there?")[1] == (
        "who was at Notre-Dame?"
    )


def test_when_after_who_asks_of_what_was_done(seeds: Engine) -> None:
    assert asked(seeds, "who freed the Ever Given?", "when?")[1] == "when was the Ever Given freed?"
    assert asked(seeds, "did the Pope come to Notre-Dame?", "why not?")[1] == (
        "why did the Pope not come to Notre-Dame?"
    )


@pytest.mark.parametrize("more", ["tell me more", "go on", "anything else?", "what else?", "more"])
def test_more_is_what_was_not_cited_yet_until_nothing_is_left(town: Engine, more: str) -> None:
    talk = Conversation(town)
    first = talk.ask("how many passengers does the ferry carry?").citations
    cited = [(c.article_id, c.start, c.end) for c in first]
    article = town.article(first[0].article_id)
    while (answer := talk.ask(more)).answered:
        assert answer.asked_as.startswith("What else is said about ")
        for citation in answer.citations:
            span = (citation.article_id, citation.start, citation.end)
            assert span not in cited
            assert citation.text == town.article(span[0]).text[citation.start : citation.end]
            cited.append(span)
        assert len(cited) < 40
    own = [(s.start, s.end) for s in town.library.sentences(article.id)]
    assert {(start, end) for i, start, end in cited if i == article.id} == set(own)
    assert answer.refusal is not None
    assert article.title in answer.refusal.reason
    assert answer.refusal.reason.endswith("has been cited")


def test_more_of_nothing_is_asked_about(town: Engine) -> None:
    talk = Conversation(town)
    assert "nothing was answered yet" in (
        refusal.reason if (refusal := talk.ask("go on").refusal) else ""
    )
    talk.ask("who owns the moon?")
    assert not talk.ask("tell me more").answered


def test_more_keeps_to_the_dates_asked_for(town: Engine) -> None:
    talk = Conversation(town)
    talk.ask("how many passengers does the ferry carry?")
    answer = talk.ask("go on", filters=Filters(since="2020-01-01"))
    assert not answer.answered  # None of these articles has a date.


def test_what_about_a_thing_is_whatever_names_it(town: Engine) -> None:
    talk = Conversation(town)
    bridge = talk.ask("why was Elster Bridge closed?").citations[0].article_id
    ferry = talk.ask("and the ferry?")
    assert ferry.asked_as == "What is said about the ferry?"
    assert ferry.answered
    assert all("ferry" in citation.text for citation in ferry.citations)
    assert ferry.citations[0].article_id == bridge
    assert not talk.ask("and the helicopter?").answered


def test_the_other_of_two_is_asked_at_once(town: Engine) -> None:
    talk = Conversation(town)
    talk.ask("who was elected mayor of Elster?")
    talk.ask("what did he promise?")
    other = talk.ask("no, the other one")
    assert other.asked_as == "what did Ellen Harrow promise?"
    assert not other.choices
    assert all(choice.question.count("?") == 1 for choice in other.choices)


def test_a_refusal_tells_only_what_the_articles_lack(town: Engine) -> None:
    talk = Conversation(town)
    for question, lacks in (
        ("how many others say something else about the brooch's colour?", "“colour”"),
        ("how much is the brooch worth?", "“worth”"),
    ):
        refusal = talk.ask(question).refusal
        assert refusal is not None
        assert refusal.reason == f"the nearest passage says nothing of {lacks}"


def test_a_he_that_nobody_is_and_nothing_answers_is_offered_of_whom_it_may_mean(
    town: Engine,
) -> None:
    talk = Conversation(town)
    assert "Priya Nunn" in talk.ask("Who said the brooch was undamaged?").text
    refused = talk.ask("how old is he?")
    assert not refused.answered
    assert refused.refusal is not None
    assert refused.refusal.nearest
    assert [choice.question for choice in refused.choices] == ["how old is Priya Nunn?"]
    assert talk.ask("1").asked_as == "how old is Priya Nunn?"


def test_one_of_several_first_is_not_searched_and_is_no_topic(town: Engine) -> None:
    for opener in ("no, the other one", "the second one", "thanks"):
        talk = Conversation(town)
        unclear = talk.ask(opener)
        assert unclear.refusal is not None
        assert not unclear.refusal.nearest
        after = talk.ask("why?")
        assert after.refusal is not None
        assert after.asked_as == "why?", opener


def test_what_is_offered_is_never_what_was_asked(
    town: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "When is the glasses sale?"
    refused = Answer(
        question,
        question,
        (),
        0.1,
        refusal=Refusal("no"),
        choices=(Choice("glasses", "when is the glasses sale"), Choice("grass", "the grass sale?")),
    )
    monkeypatch.setattr(town, "ask", lambda *given, **more: refused)
    answer = Conversation(town).ask(question)
    assert [choice.label for choice in answer.choices] == ["grass"]
