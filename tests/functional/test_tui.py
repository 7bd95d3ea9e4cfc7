"""The chat, driven by Textual's Pilot over the real engine and a small real library."""

from __future__ import annotations

import threading
from collections.abc import Callable
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
    Gate,
    ask,
    cards,
    chat_of,
    flat,
    highlighted,
    settle,
    shown,
    two_citations,
    typed,
)
from textual import events
from textual.pilot import Pilot

from embeddings.errors import LibraryUnusable
from embeddings.records import Article
from qa.answer import Answer
from qa.engine import Engine
from tui.app import DatelineApp
from tui.screens.article import ArticleScreen
from tui.screens.help import HelpScreen
from tui.widgets.answer_text import AnswerText
from tui.widgets.article_head import ArticleHead
from tui.widgets.article_text import ArticleText
from tui.widgets.citation_card import CitationCard
from tui.widgets.example_question import ExampleQuestion
from tui.widgets.exchange import Exchange
from tui.widgets.nearest_heading import NearestHeading
from tui.widgets.notice_line import NoticeLine
from tui.widgets.prompt import Prompt
from tui.widgets.question_text import QuestionText
from tui.widgets.refusal_text import RefusalText
from tui.widgets.status_line import StatusLine
from tui.widgets.timings_line import TimingsLine
from tui.widgets.transcript import Transcript

# --- asking


async def test_asking_shows_the_cited_sentence_and_where_it_stands(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        chat = chat_of(app)
        assert flat(chat.query_one(QuestionText).content) == f"❯ {FERRY_QUESTION}"
        assert flat(chat.query(AnswerText).first().content).startswith(f"{FERRY} [1]")
        first = f"[1] A bridge replaces the ferry Tamber Courier · 2021-05-04 {FERRY}"
        assert cards(chat)[0] == first
        assert not chat.query(RefusalText)


async def test_a_question_can_be_typed_and_sent_before_the_library_is_open(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, may_open = Engine.__init__, threading.Event()

    def slow(self: Engine, *given: Any, **how: Any) -> None:
        assert may_open.wait(60)
        real(self, *given, **how)

    monkeypatch.setattr(Engine, "__init__", slow)
    async with app.run_test() as pilot:
        await pilot.press(*typed(FERRY_QUESTION), "enter")
        await pilot.pause()
        assert len(chat_of(app).query(Exchange)) == 1
        assert not chat_of(app).query(AnswerText)
        may_open.set()
        await settle(pilot)
        assert FERRY in flat(chat_of(app).query_one(AnswerText).content)


async def test_a_refusal_says_why_and_calls_the_nearest_no_answers(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, UNANSWERABLE)
        chat = chat_of(app)
        said = flat(chat.query_one(RefusalText).content)
        assert said.startswith("Not in your articles: ")
        assert said.endswith(".")
        assert flat(chat.query_one(NearestHeading).content) == "nearest, not answers:"
        assert not chat.query(AnswerText)
        assert chat.query(CitationCard)
        assert all(card.has_class("-nearest") for card in chat.query(CitationCard))


async def test_typing_goes_on_while_a_question_runs_and_the_next_waits_its_turn(
    app: DatelineApp, gate: Gate
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press(*typed(FERRY_QUESTION), "enter")
        await pilot.pause()
        assert gate.asked.acquire(timeout=60)
        await pilot.press(*typed("who"))
        assert chat_of(app).query_one(Prompt).text == "who"
        await pilot.press(*typed(" met?"), "enter")
        await pilot.pause()
        assert gate.questions == [FERRY_QUESTION]
        assert [e.running for e in chat_of(app).query(Exchange)] == [True, False]
        gate.opened.set()
        await settle(pilot)
        assert gate.questions == [FERRY_QUESTION, "who met?"]
        assert FERRY in flat(chat_of(app).query(AnswerText).first().content)


async def test_escape_cancels_and_the_engine_is_told(app: DatelineApp, gate: Gate) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press(*typed(FERRY_QUESTION), "enter")
        await pilot.pause()
        assert gate.asked.acquire(timeout=60)
        await pilot.press("escape")
        chat = chat_of(app)
        assert [flat(line.content) for line in chat.query(NoticeLine)] == ["cancelled"]
        gate.opened.set()
        await settle(pilot)
        assert not chat.query(AnswerText)
        assert [flat(line.content) for line in chat.query(NoticeLine)] == ["cancelled"]


async def test_an_answer_that_comes_after_escape_is_dropped(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, gate = Engine.ask, Gate()

    def deaf(self: Engine, question: str, **how: Any) -> Answer:
        gate.asked.release()
        assert gate.opened.wait(60)
        return real(self, question, **{**how, "cancelled": lambda: False})

    monkeypatch.setattr(Engine, "ask", deaf)
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press(*typed(FERRY_QUESTION), "enter")
        await pilot.pause()
        assert gate.asked.acquire(timeout=60)
        await pilot.press("escape")
        gate.opened.set()
        await settle(pilot)
        assert not chat_of(app).query(AnswerText)
        await ask(pilot, FERRY_QUESTION)
        assert len(chat_of(app).query(AnswerText)) == 1


async def test_escape_cancels_a_question_that_waits_for_the_library(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, may_open = Engine.__init__, threading.Event()

    def slow(self: Engine, *given: Any, **how: Any) -> None:
        assert may_open.wait(60)
        real(self, *given, **how)

    monkeypatch.setattr(Engine, "__init__", slow)
    async with app.run_test() as pilot:
        await pilot.press(*typed("who?"), "enter")
        await pilot.pause()
        await pilot.press("escape")
        may_open.set()
        await settle(pilot)
        assert [flat(n.content) for n in chat_of(app).query(NoticeLine)] == ["cancelled"]


# --- what goes wrong


async def test_a_library_that_cannot_be_opened_is_one_kind_line(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_bytes(b"this is no database, and never was one" * 40)
    app = DatelineApp(tmp_path, start=UNKEPT)
    async with app.run_test() as pilot:
        await settle(pilot)
        line = chat_of(app).query_one(NoticeLine)
        assert line.has_class("-failed")
        assert "Traceback" not in str(line.content)
        await ask(pilot, "who?")
        assert app.is_running
        assert all(n.has_class("-failed") for n in chat_of(app).query(NoticeLine))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LibraryUnusable("the disk is full; make room"), "the disk is full; make room"),
        (ZeroDivisionError("7 / 0"), "something unforeseen went wrong (7 / 0)"),
    ],
)
async def test_a_question_that_fails_shows_a_line_and_the_next_is_answered(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    real = Engine.ask

    def failing(self: Engine, question: str, **how: Any) -> Answer:
        if question == "fail":
            raise error
        return real(self, question, **how)

    monkeypatch.setattr(Engine, "ask", failing)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "fail")
        assert flat(chat_of(app).query_one(NoticeLine).content).startswith(said)
        await ask(pilot, FERRY_QUESTION)
        assert FERRY in flat(chat_of(app).query_one(AnswerText).content)


# --- the prompt


async def test_up_recalls_earlier_questions_and_down_brings_the_draft_back(
    app: DatelineApp,
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        await ask(pilot, "who met?")
        prompt = chat_of(app).query_one(Prompt)
        await pilot.press(*typed("a draft"))
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            seen.append(prompt.text)
        earlier = [FERRY_QUESTION, "who met?"]
        assert seen == [*reversed(earlier), earlier[0], earlier[1], "a draft", "a draft"]


@pytest.mark.parametrize("key", ["ctrl+j", "shift+enter", "alt+enter"])
async def test_a_new_line_can_be_typed(app: DatelineApp, key: str) -> None:
    async with app.run_test() as pilot:
        await pilot.press("a", key, "b")
        prompt = chat_of(app).query_one(Prompt)
        assert prompt.text == "a\nb"
        assert prompt.content_size.height == 2
        await pilot.press("up", "x")
        assert prompt.text == "ax\nb"


async def test_keys_act_in_the_order_typed_however_fast(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        chat = chat_of(app)
        prompt = chat.query_one(Prompt)
        for key in [*"who?x", "backspace", "enter", *"next"]:
            prompt.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)
        assert [e.question for e in chat.query(Exchange)] == ["who?"]
        assert prompt.text == "next"


async def test_an_empty_question_is_not_sent(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await pilot.press("space", "enter", "ctrl+j", "enter")
        assert not chat_of(app).query(Exchange)


async def test_a_question_may_begin_with_a_digit(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        await pilot.press(*"2021")
        assert app.screen is chat_of(app)
        assert chat_of(app).query_one(Prompt).text == "2021"


async def test_what_is_pasted_holds_no_escapes_and_is_not_endless(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        prompt = chat_of(app).query_one(Prompt)
        prompt.post_message(events.Paste("one\r\ntwo\x1b[2J\u202e"))
        await pilot.pause()
        assert prompt.text == "one\ntwo\ufffd[2J"
        prompt.clear()
        prompt.post_message(events.Paste("long " * 100_000))
        await pilot.pause()
        assert len(prompt.text) == 8000
        assert "only the first 8,000 characters" in chat_of(app).query_one(StatusLine).said


# --- reading


async def test_the_article_opens_at_the_cited_sentence_highlighted_and_in_view(
    app: DatelineApp,
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, HERON_QUESTION)
        await pilot.press("alt+1")
        await settle(pilot)
        assert isinstance(app.screen, ArticleScreen)
        head = flat(app.screen.query_one(ArticleHead).content)
        assert head.startswith("Minutes of the bench committee Parish Record · 2020-01-31")
        assert "https://example.org/minutes" in head
        view = app.screen.query_one(ArticleText)
        assert highlighted(view) == HERON
        assert view.scroll_offset.y > 1000
        await pilot.press("escape")
        assert app.screen is chat_of(app)


async def test_the_sentence_stays_in_view_when_the_terminal_is_resized(app: DatelineApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await settle(pilot)
        await ask(pilot, HERON_QUESTION)
        await pilot.press("alt+1")
        await settle(pilot)
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert highlighted(app.screen.query_one(ArticleText)) == HERON


async def test_n_and_p_go_through_the_citations_of_the_answer(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        await pilot.press("tab", "2")
        await settle(pilot)
        seen = [highlighted(app.screen.query_one(ArticleText))]
        for key in ("n", "p", "p"):
            await pilot.press(key)
            await settle(pilot)
            seen.append(highlighted(app.screen.query_one(ArticleText)))
        assert seen == [HERON, HERON, FERRY, FERRY]


OPENERS: dict[str, Callable[[Pilot[Any]], Any]] = {
    "alt and a digit": lambda pilot: pilot.press("alt+1"),
    "what Option and a digit types": lambda pilot: pilot.press("inverted_exclamation_mark"),
    "a digit away from the prompt": lambda pilot: pilot.press("tab", "1"),
    "escape and a digit": lambda pilot: pilot.press("escape", "1"),
    "enter on a card": lambda pilot: pilot.press("tab", "enter"),
    "a click on a card": lambda pilot: pilot.click(CitationCard),
}


@pytest.mark.parametrize("how", OPENERS)
async def test_a_citation_opens_by(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        await OPENERS[how](pilot)
        await settle(pilot)
        assert isinstance(app.screen, ArticleScreen)
        assert highlighted(app.screen.query_one(ArticleText)) == FERRY


async def test_an_article_changed_since_is_shown_without_a_false_highlight(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        real = Engine.article

        def changed(self: Engine, article_id: str) -> Article:
            article = real(self, article_id)
            named = {name: getattr(article, name) for name in Article.__slots__}
            return Article(**{**named, "text": "New. " + article.text})

        monkeypatch.setattr(Engine, "article", changed)
        await pilot.press("alt+1")
        await settle(pilot)
        assert highlighted(app.screen.query_one(ArticleText)) == ""
        assert "changed after it was cited" in app.screen.query_one(StatusLine).said


# --- the transcript


async def test_a_reader_who_has_scrolled_up_is_left_there_and_told(
    app: DatelineApp, gate: Gate
) -> None:
    async with app.run_test(size=(80, 16)) as pilot:
        await settle(pilot)
        gate.opened.set()
        for _ in range(3):
            await ask(pilot, FERRY_QUESTION)
        gate.opened.clear()
        await pilot.press(*typed(HERON_QUESTION), "enter")
        await pilot.pause()
        await pilot.press("ctrl+home")
        await pilot.pause()
        transcript = chat_of(app).query_one(Transcript)
        assert transcript.scroll_y == 0
        gate.opened.set()
        await settle(pilot)
        assert transcript.scroll_y == 0
        assert "the answer is below" in chat_of(app).query_one(StatusLine).said
        await pilot.press("ctrl+end")
        await pilot.pause()
        assert chat_of(app).query_one(StatusLine).said == ""


async def test_an_answer_too_high_for_the_screen_is_shown_from_its_question(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test(size=(80, 14)) as pilot:
        await settle(pilot)
        await ask(pilot, "first?")
        await ask(pilot, "second?")
        assert "❯ second?" in "\n".join(shown(app.screen))
        assert "❯ first?" not in "\n".join(shown(app.screen))


async def test_timings_show_when_asked_for(app: DatelineApp, monkeypatch: Any) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        line = chat_of(app).query_one(TimingsLine)
        assert not line.display
        await pilot.press("ctrl+t")
        assert line.display
        assert flat(line.content) == (
            "10 ms (load 1, retrieve 2, rerank 3, read 4) · confidence 90%"
        )


async def test_a_first_run_answers_from_the_seeds_and_says_so(tmp_path: Path) -> None:
    app = DatelineApp(tmp_path / "nothing", start=UNKEPT)
    async with app.run_test() as pilot:
        await settle(pilot)
        chat = chat_of(app)
        assert "seed articles that come with Dateline" in flat(chat.query_one(NoticeLine).content)
        assert "/add PATH" in flat("\n".join(shown(chat)))
        assert len(chat.query(ExampleQuestion)) == 3
        await pilot.press("tab", "enter")
        await settle(pilot)
        asked = "Where will Russian forces remain?"
        assert flat(chat.query_one(QuestionText).content) == f"❯ {asked}"
        assert "a seaport and an airbase" in flat(chat.query_one(AnswerText).content)
        assert "seed articles" in flat(chat.query_one(NoticeLine).content)


async def test_help_opens_over_everything_and_goes_again(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await pilot.press("f1", "f1")
        assert not isinstance(app.screen, HelpScreen)
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        assert "Alt+1 … always" in "\n".join(shown(app.screen))
        await pilot.press("escape", "a")
        assert chat_of(app).query_one(Prompt).text == "a"
