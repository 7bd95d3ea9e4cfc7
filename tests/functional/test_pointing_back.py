"""What was cited is pointed at: chosen, read on, asked for its source and its date; real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.rebuild import Rebuild
from qa.conversation import Conversation
from qa.engine import Engine
from qa.output import answer_text
from qa.sessions import open_conversation

BRIDGE = (
    "Elster Bridge was closed to all traffic on Thursday after engineers found a crack in its "
    "eastern pier. Mayor Ellen Harrow said the bridge would reopen in September. The town council "
    "said repairs would cost 4.2 million pounds. A temporary ferry will run from Monday."
)
DELAY = (
    "Elster Bridge will not reopen before December. Mayor Ellen Harrow blamed the price of steel. "
    "Repairs will now cost 6 million pounds. Shops on Dock Street have lost a third of their trade."
)
ARTICLES = {
    "closed": ("Elster Bridge closes after crack found", "2024-06-06", "Elster Post", BRIDGE),
    "late": ("Bridge repair delayed to winter", None, "Tarn Herald", DELAY),
}


def build(folder: Path, encoder: Encoder, names: list[str]) -> Path:
    (articles := folder / "articles").mkdir()
    for name in names:
        title, date, source, text = ARTICLES[name]
        dated = f"date: {date}\nauthor: Jan Brandt\n" if date else ""
        head = f"---\ntitle: {title}\nsource: {source}\n{dated}---\n\n"
        (articles / f"{name}.md").write_text(f"{head}{text}\n", "utf-8")
    with Library(folder / "library", create=True) as library:
        assert Rebuild(library, encoder).run([articles]).added == len(names)
    return folder / "library"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Engine]:
    engine = Engine(build(tmp_path_factory.mktemp("elster"), encoder, ["closed", "late"]))
    yield engine
    engine.close()


@pytest.fixture
def talk(engine: Engine) -> Conversation:
    """A conversation whose first answer cites both articles."""
    talk = Conversation(engine)
    first = talk.ask("How much will the repairs of Elster Bridge cost?")
    assert len({citation.article_id for citation in first.citations}) == 2
    return talk


def test_the_second_is_read_on_in_from_its_sentence(talk: Conversation) -> None:
    second = talk.turns[0].answer.citations[1]
    answer = talk.ask("what does the second one say?")
    assert answer.answered
    assert answer.citations[0].text == second.text
    assert {citation.article_id for citation in answer.citations} == {second.article_id}
    starts = [citation.start for citation in answer.citations]
    assert starts == sorted(starts)
    assert len(starts) > 1


def test_an_article_is_chosen_by_who_published_it(talk: Conversation) -> None:
    answer = talk.ask("the one from the Tarn Herald")
    assert {citation.source for citation in answer.citations} == {"Tarn Herald"}


def test_a_number_that_was_not_shown_is_said_to_be_none(talk: Conversation) -> None:
    answer = talk.ask("what does [8] say?")
    assert answer.refusal is not None
    assert "no [8]" in answer.refusal.reason


def test_the_source_is_the_citations_again_with_how_to_see_them_whole(talk: Conversation) -> None:
    first = talk.turns[0].answer
    for question in ("show me the source", "where does it say that?", "what article is that?"):
        answer = talk.ask(question)
        assert [c.text for c in answer.citations] == [c.text for c in first.citations]
        shown = answer_text(answer)
        assert f"dateline --show {first.citations[0].article_id}" in shown
        assert "Elster Bridge closes after crack found, Elster Post, 2024-06-06" in shown


def test_the_date_is_told_and_where_it_was_found(talk: Conversation) -> None:
    answer = talk.ask(
        "when was [1] published?" if _dated_first(talk) else "when was [2] published?"
    )
    assert answer.answered
    assert answer.scope == "published 2024-06-06 (from: front matter)"
    assert "When was “Elster Bridge closes after crack found” published?" in answer.asked_as


def _dated_first(talk: Conversation) -> bool:
    return talk.turns[0].answer.citations[0].published is not None


def test_of_several_articles_each_ones_date_is_told(talk: Conversation) -> None:
    scope = talk.ask("when was that published?").scope or ""
    assert "2024-06-06" in scope
    assert "without a date" in scope


def test_a_date_that_nobody_knows_is_not_made_up(talk: Conversation) -> None:
    talk.ask("the one from the Tarn Herald")
    answer = talk.ask("what's the date of that article?")
    assert answer.refusal is not None
    assert "no date is known" in answer.refusal.reason
    assert "--set" in answer.refusal.reason


def test_who_wrote_it_is_told_where_it_is_known(talk: Conversation) -> None:
    talk.ask("the one from the Elster Post")
    assert talk.ask("who wrote that?").scope == "by Jan Brandt"


def test_a_summary_is_the_first_sentences_and_says_so(talk: Conversation) -> None:
    talk.ask("the one from the Elster Post")
    answer = talk.ask("summarise it")
    assert answer.citations[0].text.startswith("Elster Bridge was closed to all traffic")
    assert "writes no summary" in (answer.scope or "")


def test_a_byline_is_no_part_of_a_summary(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "articles").mkdir()
    head = "Jan Brandt of the Tarn Herald\n\nMay 7, 2026 Updated May 8, 2026, 8:41 a.m. ET\n\n"
    (tmp_path / "articles" / "late.txt").write_text(head + DELAY, "utf-8")
    with Library(tmp_path / "library", create=True) as library:
        Rebuild(library, encoder).run([tmp_path / "articles"])
    engine = Engine(tmp_path / "library")
    try:
        first = Conversation(engine).ask("summarise the article").citations[0]
        assert first.text == "Elster Bridge will not reopen before December."
    finally:
        engine.close()


def test_what_is_talked_about_goes_on_after_pointing_back(talk: Conversation) -> None:
    asked = talk.turns[0].answer.asked_as
    talk.ask("show me the source")
    assert talk.ask("why?").asked_as.casefold().startswith("why will the repairs")
    assert asked.startswith("How much")


def test_who_said_so_after_more_names_whoever_is_quoted(engine: Engine) -> None:
    talk = Conversation(engine)
    talk.ask("Why was Elster Bridge closed?")
    more = talk.ask("tell me more")
    assert any("Harrow said" in citation.text for citation in more.citations)
    answer = talk.ask("who said so?")
    assert answer.answered
    assert all(" said " in citation.text for citation in answer.citations)


def test_a_choice_is_taken_by_its_number(engine: Engine) -> None:
    talk = Conversation(engine)
    talk.ask("Who is the mayor?")
    unclear = talk.ask("and?")
    assert unclear.is_unclear
    assert talk.ask("the ninth").asked_as == "the ninth"
    again = talk.ask("and?")
    taken = talk.ask("1")
    assert taken.asked_as == again.choices[0].question
    assert taken.question == "1"


def test_nothing_cited_yet_is_nothing_to_point_at(engine: Engine) -> None:
    answer = Conversation(engine).ask("what article is that?")
    assert answer.refusal is not None
    assert "nothing was cited yet" in answer.refusal.reason


def test_the_only_article_is_what_a_first_question_means(tmp_path: Path, encoder: Encoder) -> None:
    engine = Engine(build(tmp_path, encoder, ["late"]))
    try:
        answer = Conversation(engine).ask("what is this article about?")
        assert answer.answered
        assert answer.citations[0].text == "Elster Bridge will not reopen before December."
    finally:
        engine.close()


def test_a_session_that_pointed_back_is_gone_on_with(tmp_path: Path, encoder: Encoder) -> None:
    home = build(tmp_path, encoder, ["closed", "late"])
    engine = Engine(home)
    try:
        talk = open_conversation(engine)
        talk.ask("Why was Elster Bridge closed?")
        talk.ask("when was that published?")
    finally:
        engine.close()
    engine = Engine(home)
    try:
        talk = open_conversation(engine, resume=talk.session_id)
        assert talk.turns[1].answer.scope is not None
        assert talk.ask("when will it reopen?").asked_as == "when will Elster Bridge reopen?"
    finally:
        engine.close()


def test_an_article_removed_since_is_not_cited_again(tmp_path: Path, encoder: Encoder) -> None:
    home = build(tmp_path, encoder, ["closed"])
    engine = Engine(home)
    try:
        talk = Conversation(engine)
        first = talk.ask("Why was Elster Bridge closed?")
        with Library(home) as library:
            assert library.remove([first.citations[0].article_id]) == 1
        answer = talk.ask("show me the source")
        assert answer.refusal is not None
        assert "removed or changed" in answer.refusal.reason
    finally:
        engine.close()


POINTING_BACK = (
    "show me the source",
    "where does it say that?",
    "what does [1] say?",
    "when was that published?",
    "who wrote that article?",
    "what is [1] about?",
    "are you sure?",
)


def test_of_what_was_refused_nothing_was_cited_and_nothing_is(talk: Conversation) -> None:
    refused = talk.ask("What is the capital of Mongolia?")
    assert refused.refusal is not None
    assert refused.refusal.nearest
    for question in POINTING_BACK:
        answer = talk.ask(question)
        assert answer.refusal is not None, question
        assert not answer.citations
        assert "was not answered, so nothing was cited" in answer.refusal.reason
        assert answer.refusal.nearest


def test_after_a_refusal_more_and_a_summary_are_of_what_was_answered(engine: Engine) -> None:
    talk = Conversation(engine)
    first = talk.ask("Why was Elster Bridge closed?")
    assert talk.ask("What is the capital of Mongolia?").refusal is not None
    assert talk.ask("show me the source").refusal is not None
    cited = {citation.article_id for citation in first.citations}
    for question in ("tell me more", "summarise it"):
        answer = talk.ask(question)
        assert answer.answered, question
        assert {citation.article_id for citation in answer.citations} <= cited


def test_where_nothing_was_ever_answered_there_is_nothing_to_sum_up(engine: Engine) -> None:
    talk = Conversation(engine)
    assert talk.ask("What is the capital of Mongolia?").refusal is not None
    for question in ("summarise it", "tell me more", "show me the source"):
        assert talk.ask(question).refusal is not None, question


def test_what_pointed_at_nothing_is_no_topic(talk: Conversation) -> None:
    talk.ask("What is the capital of Mongolia?")
    talk.ask("show me the source")
    assert "source" not in talk.ask("why?").asked_as


def test_an_article_removed_since_is_said_to_be_removed(tmp_path: Path, encoder: Encoder) -> None:
    home = build(tmp_path, encoder, ["closed", "late"])
    engine = Engine(home)
    try:
        talk = Conversation(engine)
        first = talk.ask("Why was Elster Bridge closed to all traffic on Thursday?")
        removed = {citation.article_id for citation in first.citations}
        with Library(home) as library:
            library.remove(sorted(removed))
        talk.ask("What is the capital of Mongolia?")
        for question in ("show me the source", "tell me more", "summarise it"):
            answer = talk.ask(question)
            assert answer.refusal is not None, question
            assert not answer.citations
        assert answer.refusal is not None
        assert "removed" in answer.refusal.reason
        more = talk.turns[-2].answer
        assert more.refusal is not None
        assert "“Elster Bridge closes after crack found”" in more.refusal.reason
        assert "removed since" in more.refusal.reason
    finally:
        engine.close()
