"""Where somebody who had read nothing went wrong, and what now becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from driving import (
    FERRY,
    FERRY_QUESTION,
    HERON,
    HERON_QUESTION,
    UNANSWERABLE,
    UNKEPT,
    ask,
    chat_of,
    flat,
    highlighted,
    settle,
    shown,
    two_citations,
)
from textual import events
from textual.app import App

from embeddings.library import Library
from embeddings.records import Filters
from qa.answer import Answer, Choice, Refusal
from qa.engine import Engine
from tui.app import DatelineApp
from tui.intake import Headway
from tui.pasted import names_places, paths_in
from tui.screens.article import ArticleScreen
from tui.screens.asking import Start
from tui.screens.library import LibraryScreen
from tui.settings import Settings
from tui.widgets.answer_text import AnswerText
from tui.widgets.article_list import ArticleList
from tui.widgets.article_text import ArticleText
from tui.widgets.citation_card import CitationCard
from tui.widgets.exchange import Exchange
from tui.widgets.failure_list import FailureList
from tui.widgets.offer import Offer
from tui.widgets.path_field import PathField
from tui.widgets.prompt import Prompt
from tui.widgets.question_text import QuestionText
from tui.widgets.refusal_text import RefusalText
from tui.widgets.session_list import SessionList
from tui.widgets.status_line import StatusLine


def said(app: App[Any]) -> str:
    return app.screen.query_one(StatusLine).said


# --- paths where questions are typed, and the other way round


@pytest.mark.parametrize("quoted", [False, True])
async def test_a_path_in_place_of_a_question_is_added(
    fresh: Path, articles: Path, quoted: bool
) -> None:
    app = DatelineApp(fresh, start=Start(save=False))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await ask(pilot, f"'{articles}'" if quoted else str(articles))
        assert isinstance(app.screen, LibraryScreen)
        assert said(app) == "3 added"
        assert not chat_of(app).query(Exchange)


async def test_a_path_that_is_not_there_is_given_back_to_be_mended(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "/no/such/folder")
        assert "there is no command and no file /no/such/folder" in said(app)
        assert chat_of(app).query_one(Prompt).text == "/no/such/folder"
        assert not chat_of(app).query(Exchange)


def test_a_question_is_no_path_and_a_path_no_question(tmp_path: Path) -> None:
    (tmp_path / "a b.md").touch()
    (tmp_path / "c.md").touch()
    for question in ("who?", "What is 24/7 care?", "/", "~nobody-at-all/x", "x/" * 5000, "", "..."):
        assert names_places(question) is (question == "/"), question
    for place in ("a b.md", "c.md", ""):
        assert names_places(f"{tmp_path}/{place}")
    assert names_places(f"'{tmp_path}/a b.md'\n{tmp_path}/c.md\n")
    assert not names_places(f"{tmp_path}/c.md\nwho?")
    assert names_places("https://example.org/story")
    assert not names_places("https://example.org/story says what?")
    assert paths_in("n" * 5000) == ["n" * 5000]


async def test_a_question_where_paths_are_typed_is_asked(app: DatelineApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await pilot.pause()
        app.screen.query_one(PathField).value = "How much will the crane cost?"
        await pilot.press("enter")
        await settle(pilot)
        chat = chat_of(app)
        assert app.screen is chat
        assert [e.question for e in chat.query(Exchange)] == ["How much will the crane cost?"]
        assert chat.query_one(Prompt).has_focus


async def test_what_is_no_path_where_paths_are_typed_is_one_line_of_failure(
    app: DatelineApp,
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await pilot.pause()
        app.screen.query_one(PathField).value = "the cost of the crane"
        await pilot.press("enter")
        await settle(pilot)
        listed = flat(app.screen.query_one(FailureList).content)
        assert listed.count("there is no such file or folder") == 1
        assert "the cost of the crane" in listed


async def test_after_add_the_next_question_is_typed_at_once(
    app: DatelineApp, tmp_path: Path
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        chat = chat_of(app)
        prompt = chat.query_one(Prompt)
        prompt.text = f"/add {tmp_path}/none.md"
        await pilot.press("enter")
        await pilot.pause()
        library = app.screen
        assert isinstance(library, LibraryScreen)
        assert "your next question typed at once" in said(app)
        await pilot.press(*"When?")
        await pilot.pause()
        assert (app.screen, prompt.text) == (chat, "When?")
        await settle(pilot)
        # From its own key it takes paths again.
        await pilot.press("f3")
        await pilot.pause()
        await pilot.press(*"ab")
        assert library.query_one(PathField).value == "ab"
        await pilot.press("escape")
        await pilot.pause()
        assert (app.screen, prompt.text) == (chat, "When?")


async def test_a_name_too_long_for_any_file_ends_in_a_line(app: DatelineApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await pilot.pause()
        field = app.screen.query_one(PathField)
        for name, why in (("n" * 900, "File name too long"), ("~nobody-at-all/x", "no such file")):
            field.post_message(events.Paste(f"{name}\n"))
            await pilot.pause()
            await pilot.press("enter")
            await settle(pilot)
            listed = flat(app.screen.query_one(FailureList).content)
            assert why in listed, said(app)


# --- typing faster than the screen follows


async def test_a_question_typed_straight_after_a_command_is_not_part_of_it(
    app: DatelineApp,
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        prompt = chat_of(app).query_one(Prompt)
        for key in [*"/since 2020", "enter", *"who met?", "enter"]:
            prompt.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)
        assert chat_of(app).within == Filters(since="2020-01-01")
        assert [e.question for e in chat_of(app).query(Exchange)] == ["who met?"]


@pytest.mark.parametrize("command", ["/since tomorrow", "/until 20x", "/theme no-such"])
async def test_a_command_with_a_slip_in_it_is_given_back(app: DatelineApp, command: str) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, command)
        assert said(app)
        assert chat_of(app).query_one(Prompt).text == command


# --- citations of earlier answers


async def test_a_digit_opens_a_citation_of_the_answer_that_one_has_gone_to(
    app: DatelineApp,
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        await ask(pilot, HERON_QUESTION)
        chat_of(app).query(CitationCard).first().focus()
        await pilot.press("1")
        await settle(pilot)
        assert isinstance(app.screen, ArticleScreen)
        assert highlighted(app.screen.query_one(ArticleText)) == FERRY
        await pilot.press("escape", "escape", "1")
        await settle(pilot)
        assert highlighted(app.screen.query_one(ArticleText)) == HERON


# --- refusals


async def test_what_to_do_about_a_refusal_stands_before_what_is_merely_near(
    library: Path,
) -> None:
    app = DatelineApp(library, start=Start(Filters(until="2020-12-31"), save=False))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        rows = flat(" ".join(shown(app.screen)))
        assert rows.index("ask every article") < rows.index("nearest, not answers:")
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert FERRY in flat(chat_of(app).query_one(AnswerText).content)


async def test_a_word_that_may_be_misspelt_is_offered_and_digits_still_open_citations(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Engine.ask

    def ask_(self: Engine, question: str, **how: Any) -> Answer:
        answer = real(self, question, **how)
        if answer.refusal is None:
            return answer
        refusal = Refusal("nothing near says “fery”; did you mean “ferry”?", answer.refusal.nearest)
        return replace(answer, refusal=refusal, choices=(Choice("ferry", FERRY_QUESTION),))

    monkeypatch.setattr(Engine, "ask", ask_)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, UNANSWERABLE)
        exchange = chat_of(app).query(Exchange).last()
        assert flat(exchange.query_one(RefusalText).content).endswith("did you mean “ferry”?")
        offered = [flat(offer.content) for offer in exchange.query(Offer)]
        assert offered[0] == f"→ did you mean: {FERRY_QUESTION}"
        await pilot.press("1")
        await settle(pilot)
        assert isinstance(app.screen, ArticleScreen)
        await pilot.press("escape", "tab", "enter")
        await settle(pilot)
        assert FERRY in flat(chat_of(app).query_one(AnswerText).content)


# --- the library and the sidebar


@pytest.mark.parametrize("key", ["enter", "down"])
async def test_from_the_words_that_find_an_article_one_goes_on_to_it(
    app: DatelineApp, key: str
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await settle(pilot)
        app.screen.query_one("#find").focus()
        await pilot.press(*"bench", key)
        articles = app.screen.query_one(ArticleList)
        assert articles.has_focus
        assert articles.chosen is not None
        assert articles.chosen.title == "Minutes of the bench committee"


async def test_the_sidebars_words_lead_to_its_lists(app: DatelineApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f2")
        await settle(pilot)
        await pilot.press(*"bench", "down")
        assert chat_of(app).query_one(ArticleList).has_focus


async def test_the_key_that_arranges_articles_is_told_while_they_are_listed(
    app: DatelineApp,
) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        assert "By date or source" not in "\n".join(shown(app.screen))
        await pilot.press("f2")
        await settle(pilot)
        assert "f4 By date or source" in "\n".join(shown(app.screen))


def test_when_every_article_is_read_no_time_is_promised() -> None:
    assert Headway(200, 200, 900, rate=40.0, left_s=1.0).told == "200 of 200 articles · finishing…"


# --- keys and what is said of them


@pytest.mark.parametrize("screen", [(), ("f3",), ("f3", "tab", "tab", "down"), ("1",)])
async def test_the_key_for_help_is_in_sight_on_every_screen_of_80_columns(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch, screen: Sequence[str]
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        await pilot.press(*screen)
        await settle(pilot)
        keys = shown(app.screen)[-1]
        assert "f1 Help" in keys
        assert ("⏎ Read" in keys) is ("down" in screen)


async def test_what_is_said_of_a_key_is_the_key_that_was_bound(library: Path) -> None:
    settings = Settings(keys={"revise": "ctrl+y", "help": "f9"})
    app = DatelineApp(library, start=Start(save=False), settings=settings)
    async with app.run_test() as pilot:
        await settle(pilot)
        assert "F9 help" in flat(" ".join(shown(app.screen)))
        await ask(pilot, FERRY_QUESTION)
        await ask(pilot, "How many passengers were aboard it?")
        last = chat_of(app).query(QuestionText).last()
        assert "(Ctrl+Y changes it)" in flat(last.content)


async def test_the_palette_has_what_the_keys_do_and_nothing_twice(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        titles = [entry.title for entry in app.get_system_commands(app.screen)]
        assert len(titles) == len(set(titles))
        assert {"Sidebar", "Copy", "Export", "Change the question as understood"} <= set(titles)
        await pilot.press("ctrl+p", *"sidebar")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert chat_of(app).query_one("Sidebar").display


async def test_the_palette_has_nothing_twice_with_a_citation_in_focus(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        await pilot.press("tab")
        await settle(pilot)
        assert isinstance(app.focused, CitationCard)
        titles = [entry.title for entry in app.get_system_commands(app.screen)]
        assert titles.count("Copy") == 1
        assert len(titles) == len(set(titles))


# --- another day


async def test_the_first_screen_offers_to_go_on_where_one_left_off(fresh: Path) -> None:
    first = DatelineApp(fresh)
    async with first.run_test() as pilot:
        await settle(pilot)
        assert not first.is_kept
        await ask(pilot, FERRY_QUESTION)
        assert first.is_kept
    second = DatelineApp(fresh)
    async with second.run_test() as pilot:
        await settle(pilot)
        (offer,) = (
            offer for offer in chat_of(second).query(Offer) if "go on with" in flat(offer.content)
        )
        assert flat(offer.content) == f"→ go on with “{FERRY_QUESTION}”"
        offer.focus()
        await pilot.press("enter")
        await settle(pilot)
        assert [e.question for e in chat_of(second).query(Exchange)] == [FERRY_QUESTION]
        await pilot.press("f2")
        await settle(pilot)
        sessions = chat_of(second).query_one(SessionList)
        assert sessions.current == sessions.sessions[0].id


# --- what is left to do


async def test_the_chat_tells_how_much_is_still_to_be_embedded_and_by_which_keys(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.asking.examples", lambda *given, **how: ())
    with Library(fresh) as library:
        bridge = next(a for a in library.articles() if "bridge" in a.title)
        library.correct(bridge.id, {"title": "The bridge and the ferry"})
        waiting = library.status().waiting
    assert waiting > 0
    app = DatelineApp(fresh, start=UNKEPT)
    async with app.run_test() as pilot:
        await settle(pilot)
        assert f"{waiting} passages are found by their words alone so far" in said(app)
        assert "F3, then F5, embeds them" in said(app)


async def test_of_the_failures_only_those_of_the_last_adding_are_listed(
    fresh: Path, tmp_path: Path
) -> None:
    app = DatelineApp(fresh, start=UNKEPT)
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await pilot.pause()
        library = app.screen
        assert isinstance(library, LibraryScreen)
        library.give(f"{tmp_path}/first.md")
        library.give(f"{tmp_path}/second.md")  # It waits for the first, and is told with it.
        await settle(pilot)
        listed = flat(library.query_one(FailureList).content)
        assert "first.md" in listed and "second.md" in listed
        library.give(f"{tmp_path}/third.md")
        await settle(pilot)
        listed = flat(library.query_one(FailureList).content)
        assert "third.md" in listed and "first.md" not in listed
