"""What a person does all day: commands, copies, revises, exports, resumes, finds."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from driving import (
    FERRY,
    FERRY_QUESTION,
    HERON_QUESTION,
    UNANSWERABLE,
    Gate,
    ask,
    chat_of,
    flat,
    settle,
    shown,
    two_citations,
    typed,
)
from textual import events
from textual.widget import Widget

from embeddings.records import Filters
from qa import engine
from qa.answer import Answer, Choice, Refusal
from qa.conversation import Conversation
from qa.engine import Engine
from qa.followups import Standalone
from qa.past import Past
from tui.app import DatelineApp
from tui.commands import COMMANDS
from tui.completion import path_completions
from tui.screens.article import ArticleScreen
from tui.screens.asking import Start
from tui.screens.help import HelpScreen
from tui.screens.library import LibraryScreen
from tui.widgets.answer_text import AnswerText
from tui.widgets.article_list import ArticleList
from tui.widgets.choice import ChoiceOffer
from tui.widgets.citation_card import CitationCard
from tui.widgets.completion_list import CompletionList
from tui.widgets.exchange import Exchange
from tui.widgets.key_line import KeyLine
from tui.widgets.notice_line import NoticeLine
from tui.widgets.offer import Offer
from tui.widgets.prompt import Prompt
from tui.widgets.question_text import QuestionText
from tui.widgets.quick_nearest import QuickNearest
from tui.widgets.refusal_text import RefusalText
from tui.widgets.session_list import SessionList
from tui.widgets.sidebar import Sidebar
from tui.widgets.status_line import StatusLine
from tui.widgets.waiting_line import WaitingLine


def said(app: DatelineApp) -> str:
    return chat_of(app).query_one(StatusLine).said


async def command(pilot: Any, text: str) -> None:
    pilot.app.query_one(Prompt).text = text
    await pilot.pause()
    await pilot.press("enter")
    await settle(pilot)


# --- follow-ups


def lengthened(question: str, past: Sequence[Past], **_: object) -> Standalone:
    """Understands a question that begins with “and” by what was asked before."""
    if question == "which?":
        choices = (Choice("the ferry", FERRY_QUESTION), Choice("x", "x?"))
        return Standalone(question, choices, unclear="it may be either")
    if question == "why?":
        return Standalone(question, unclear="nothing was said before")
    return Standalone(FERRY_QUESTION if question.startswith("and") else question)


async def test_a_question_understood_otherwise_says_so_and_one_key_changes_it(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.followups.standalone", lengthened)
    asked: list[tuple[str, bool]] = []
    real = Conversation.ask

    def ask_(self: Conversation, question: str, **how: Any) -> Answer:
        asked.append((question, how["as_written"]))
        return real(self, question, **how)

    monkeypatch.setattr(Conversation, "ask", ask_)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "and when?")
        text = flat(chat_of(app).query_one(QuestionText).content)
        assert text == f"❯ and when? searched as: {FERRY_QUESTION} (Ctrl+R changes it)"
        await pilot.press("ctrl+r")
        prompt = chat_of(app).query_one(Prompt)
        assert (prompt.text, prompt.as_written) == (FERRY_QUESTION, True)
        await pilot.press("enter")
        await settle(pilot)
        assert asked == [("and when?", False), (FERRY_QUESTION, True)]
        assert flat(chat_of(app).query(QuestionText).last().content) == f"❯ {FERRY_QUESTION}"
        assert not prompt.as_written


@pytest.mark.parametrize("key", ["escape", "ctrl+n"])
async def test_a_question_that_was_to_be_changed_is_no_part_of_the_next(
    app: DatelineApp, key: str
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        prompt = chat_of(app).query_one(Prompt)
        await pilot.press("ctrl+r", "x")
        assert (prompt.text, prompt.as_written) == (FERRY_QUESTION + "x", True)
        for pressed in (key, "w", "h", "y"):  # In one burst.
            app.post_message(events.Key(pressed, pressed if len(pressed) == 1 else None))
        await settle(pilot)
        assert (prompt.text, prompt.as_written) == ("why", False)
        # What a person has typed themselves stays.
        await pilot.press(key)
        await settle(pilot)
        assert prompt.text == "why"


@pytest.mark.parametrize("keys", [("1",), ("tab", "enter"), ("alt+1",)])
async def test_an_unclear_question_offers_what_it_may_mean(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]
) -> None:
    monkeypatch.setattr("qa.followups.standalone", lengthened)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "which?")
        chat = chat_of(app)
        said_of_it = flat(chat.query_one(RefusalText).content)
        assert said_of_it.startswith("Which do you mean? it may be either")
        assert [flat(offer.content) for offer in chat.query(ChoiceOffer)] == [
            f"1 the ferry: {FERRY_QUESTION}",
            "2 x: x?",
        ]
        assert not chat.query(AnswerText)
        await pilot.press(*keys)
        await settle(pilot)
        assert FERRY in flat(chat.query_one(AnswerText).content)
        prompt = chat.query_one(Prompt)
        assert prompt.text == ""
        earlier = []
        for _ in range(2):
            await pilot.press("up")
            earlier.append(prompt.text)
        assert earlier == [FERRY_QUESTION, "which?"]


async def test_what_is_asked_of_nothing_is_not_called_missing_from_the_articles(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.followups.standalone", lengthened)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "why?")
        shown_ = chat_of(app).query(Exchange).last()
        text = flat(shown_.query_one(RefusalText).content)
        assert text.startswith("Not clear: nothing was said before")
        assert not shown_.query(Offer)


# --- progress


async def test_what_was_found_shows_before_the_answer(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    real = Conversation.ask

    def ask_(self: Conversation, question: str, **how: Any) -> Answer:
        watch = how["watch"]

        def held(stage: Any) -> None:
            watch(stage)
            gate.asked.release()
            assert gate.opened.wait(60)

        return real(self, question, **{**how, "watch": held})

    monkeypatch.setattr(Conversation, "ask", ask_)
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press(*typed(FERRY_QUESTION), "enter")
        await pilot.pause()
        assert gate.asked.acquire(timeout=60)
        await pilot.pause()
        line = flat(chat_of(app).query_one(WaitingLine).render())
        assert "passages found; choosing sentences…" in line
        assert "A bridge replaces the ferry" in line
        gate.opened.set()
        await settle(pilot)
        assert not chat_of(app).query(WaitingLine)
        assert FERRY in flat(chat_of(app).query_one(AnswerText).content)


async def test_before_the_models_are_there_what_words_find_is_shown_and_refined(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_load, real = threading.Event(), engine._load_reader

    def slow(*given: Any) -> Any:
        assert may_load.wait(120)
        return real(*given)

    monkeypatch.setattr(engine, "_load_reader", slow)
    async with app.run_test(size=(100, 40)) as pilot:
        while chat_of(app)._conversation is None:
            await pilot.pause(0.05)
        await pilot.press(*typed(FERRY_QUESTION), "enter")
        while not chat_of(app).query(QuickNearest):
            await pilot.pause(0.05)
        await pilot.pause()
        drawn = "\n".join(shown(chat_of(app)))
        assert "not an answer; refining…" in drawn
        assert "The last ferry across the Tamber sailed" in drawn
        assert not chat_of(app).query(AnswerText)
        may_load.set()
        await settle(pilot)
        assert FERRY in flat(chat_of(app).query_one(AnswerText).content)
        assert not chat_of(app).query(QuickNearest)


# --- citations


async def test_a_digit_opens_from_an_empty_prompt_and_escape_leaves_it_empty(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        await pilot.press("2")
        await settle(pilot)
        assert isinstance(app.screen, ArticleScreen)
        await pilot.press("n", "p")
        await settle(pilot)
        assert isinstance(app.screen, ArticleScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is chat_of(app)
        assert chat_of(app).query_one(Prompt).text == ""
        await pilot.press("3")  # There is no third: it is a question's beginning.
        assert chat_of(app).query_one(Prompt).text == "3"


async def test_typing_on_from_a_digit_was_a_question_after_all(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        await pilot.press("2")
        await settle(pilot)
        assert isinstance(app.screen, ArticleScreen)
        await pilot.press(*typed("0 herons"))
        await pilot.pause()
        assert app.screen is chat_of(app)
        assert chat_of(app).query_one(Prompt).text == "20 herons"


@pytest.mark.parametrize("keys", [("tab", "y"), ("alt+y",), ("1", "y")])
async def test_a_citation_is_copied_with_source_and_date(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]
) -> None:
    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        assert app.clipboard == (
            f"“{FERRY}”\n"
            "A bridge replaces the ferry, Tamber Courier, 2021-05-04, https://example.org/bridge"
        )
        assert "copied [1]" in app.screen.query_one(StatusLine).said


async def test_thirty_citations_are_shown_and_scrolled(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def thirty(self: Engine, question: str, **how: Any) -> Answer:
        answer = two_citations(self, question, **how)
        many = tuple(replace(answer.citations[n % 2], number=n + 1) for n in range(30))
        return replace(answer, citations=many)

    monkeypatch.setattr(Engine, "ask", thirty)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        chat = chat_of(app)
        assert len(chat.query(CitationCard)) == 30
        assert "❯ Who counted the eggs of Skarn?" in "\n".join(shown(chat))
        await pilot.press("ctrl+end")
        await pilot.pause()
        assert "[30]" in "\n".join(shown(chat))


async def test_the_key_line_is_built_anew_only_where_other_keys_are_to_be_shown(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keys() -> tuple[Widget, ...]:
        return tuple(chat_of(app).query_one(KeyLine).children)

    monkeypatch.setattr(Engine, "ask", two_citations)
    async with app.run_test(size=(110, 30)) as pilot:
        await settle(pilot)
        await ask(pilot, "Who counted the eggs of Skarn?")
        assert "y Copy" not in shown(chat_of(app))[-1]
        await pilot.press("tab")
        await settle(pilot)
        assert "y Copy" in shown(chat_of(app))[-1]
        at_the_first = keys()
        await pilot.press("down")
        await settle(pilot)
        assert keys() == at_the_first
        await pilot.press("escape")
        await settle(pilot)
        assert "y Copy" not in shown(chat_of(app))[-1]


# --- refusals


async def test_a_refusal_within_dates_offers_to_ask_every_article(library: Path) -> None:
    app = DatelineApp(library, start=Start(Filters(until="2020-12-31"), save=False))
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        chat = chat_of(app)
        offers = [flat(offer.content) for offer in chat.query(Exchange).last().query(Offer)]
        assert offers == [
            "→ ask every article, whatever its date or source",
            "→ add articles that may tell",
        ]
        chat.query(Exchange).last().query(Offer).first().focus()
        await pilot.press("enter")
        await settle(pilot)
        assert chat.within == Filters()
        assert FERRY in flat(chat.query_one(AnswerText).content)


async def test_a_refusal_leads_to_the_library(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, UNANSWERABLE)
        offers = chat_of(app).query(Exchange).last().query(Offer)
        assert [flat(offer.content) for offer in offers] == ["→ add articles that may tell"]
        offers.first().focus()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, LibraryScreen)


# --- commands


async def test_a_slash_lists_the_commands_and_tab_completes(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        chat = chat_of(app)
        found = chat.query_one(CompletionList)
        assert not found.display
        await pilot.press("/")
        await pilot.pause()
        assert found.option_count == 12
        await pilot.press("s", "down", "tab")
        await pilot.pause()
        assert chat.query_one(Prompt).text == "/source "
        await pilot.press(*typed("cour"))
        await pilot.pause()
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert chat.within == Filters(source="Tamber Courier")
        assert "source “Tamber Courier”" in "\n".join(shown(chat))
        assert not chat.query(Exchange)


@pytest.mark.parametrize(
    ("commands", "within"),
    [
        (["/since 2020"], Filters(since="2020-01-01")),
        (["/until 2020-02"], Filters(until="2020-02-29")),
        (["/since 2020", "/source cour", "/since"], Filters(source="cour")),
        (["/since tomorrow"], Filters()),
        (["/until 2019", "/since 2020"], Filters(until="2019-12-31")),
    ],
)
async def test_commands_narrow_and_loosen_what_is_asked(
    app: DatelineApp, commands: list[str], within: Filters
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        for text in commands:
            await command(pilot, text)
        assert chat_of(app).within == within


async def test_an_unknown_command_is_said_and_can_be_mended(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await command(pilot, "/frobnicate it")
        assert "there is no command /frobnicate" in said(app)
        prompt = chat_of(app).query_one(Prompt)
        assert prompt.text == "/frobnicate it"
        assert prompt.selected_text == "/frobnicate it"
        await pilot.press("W")
        assert prompt.text == "W"  # It is typed over.


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/sinc 2016", "since"),
        ("/exit", "quit"),
        ("/unitl 2020", "until"),
        ("/exprot a.md", "export"),
    ],
)
async def test_a_command_that_is_nearly_one_is_told_which(
    app: DatelineApp, typed: str, meant: str
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await command(pilot, typed)
        assert f"did you mean /{meant}? /help lists them" in said(app)
        await pilot.press("tab")
        await pilot.pause()
        argument = typed.partition(" ")[2]
        assert chat_of(app).query_one(Prompt).text.rstrip() == f"/{meant} {argument}".rstrip()


async def test_every_command_is_in_the_palette(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        titles = {entry.title for entry in app.get_system_commands(app.screen)}
        assert titles > {f"/{command.name}" for command in COMMANDS}
        await pilot.press("ctrl+p", *"/since")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert chat_of(app).query_one(Prompt).text == "/since "


async def test_a_question_mark_helps_only_from_an_empty_prompt(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press("?")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape", "w", "?")
        assert chat_of(app).query_one(Prompt).text == "w?"


async def test_help_begins_with_the_screen_it_is_asked_on(app: DatelineApp) -> None:
    async with app.run_test(size=(100, 90)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await pilot.pause()
        await pilot.press("f1")
        await pilot.pause()
        rows = "\n".join(shown(app.screen))
        assert rows.index("In the library") < rows.index("Asking") < rows.index("In an article")
        assert "dateline --ask" in rows


def test_paths_are_completed_folders_first_and_hidden_ones_only_when_asked(
    tmp_path: Path,
) -> None:
    for name in ("notes", "notes/x", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "news.md").touch()
    found = path_completions(f"{tmp_path}/n", "/add ")
    assert [c.text for c in found] == [f"/add {tmp_path}/notes/", f"/add {tmp_path}/news.md"]
    assert [c.shown for c in path_completions(f"{tmp_path}/")] == ["notes/", "news.md"]
    assert [c.shown for c in path_completions(f"{tmp_path}/.h")] == [".hidden/"]
    assert path_completions(f"{tmp_path}/nowhere/x") == ()
    assert path_completions("https://example.org/a") == ()


# --- sessions


async def test_a_conversation_is_kept_and_gone_on_with(fresh: Path) -> None:
    first = DatelineApp(fresh)
    async with first.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
    second = DatelineApp(fresh, start=Start(resume=""))
    async with second.run_test() as pilot:
        await settle(pilot)
        chat = chat_of(second)
        assert flat(chat.query_one(QuestionText).content) == f"❯ {FERRY_QUESTION}"
        assert FERRY in flat(chat.query_one(AnswerText).content)
        await pilot.press("1")
        await settle(pilot)
        assert isinstance(second.screen, ArticleScreen)
        await pilot.press("escape")
        await ask(pilot, HERON_QUESTION)
        assert len(chat.query(AnswerText)) == 2


async def test_sessions_are_listed_begun_and_chosen(fresh: Path) -> None:
    app = DatelineApp(fresh)
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        chat = chat_of(app)
        await ask(pilot, FERRY_QUESTION)
        await command(pilot, "/new")
        assert not chat.query(Exchange)
        await ask(pilot, HERON_QUESTION)
        await command(pilot, "/sessions")
        sessions = chat.query_one(SessionList)
        assert sessions.has_focus
        assert [s.title for s in sessions.sessions] == [HERON_QUESTION, FERRY_QUESTION]
        await pilot.press("down", "down", "enter")
        await settle(pilot)
        assert [e.question for e in chat.query(Exchange)] == [FERRY_QUESTION]
        assert sessions.current == sessions.sessions[1].id


async def test_nothing_is_kept_where_that_was_asked_for(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        await command(pilot, "/sessions")
        assert chat_of(app).query_one(SessionList).sessions == []


async def test_a_conversation_is_exported(
    app: DatelineApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with app.run_test() as pilot:
        await settle(pilot)
        await command(pilot, "/export x.md")
        assert "nothing has been asked yet" in said(app)
        await ask(pilot, FERRY_QUESTION)
        await command(pilot, f"/export {tmp_path}/talk.json")
        whole = json.loads((tmp_path / "talk.json").read_text("utf-8"))
        assert whole["turns"][0]["question"] == FERRY_QUESTION
        assert FERRY in whole["turns"][0]["answer"]
        assert str(tmp_path / "talk.json") in said(app)
        await pilot.press("tab", "e")
        await settle(pilot)
        (markdown,) = tmp_path.glob("dateline-*.md")
        assert FERRY in markdown.read_text("utf-8")
        chat_of(app).query_one(Prompt).focus()
        await command(pilot, f"/export {tmp_path}/talk.json")
        assert "is there already" in said(app)


async def test_alt_and_a_letter_is_no_letter_even_where_a_terminal_gives_one(
    app: DatelineApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with app.run_test() as pilot:
        await settle(pilot)
        await ask(pilot, FERRY_QUESTION)
        for key in ("alt+y", "alt+e"):
            app.post_message(events.Key(key, key[-1]))
            await settle(pilot)
        assert chat_of(app).query_one(Prompt).text == ""
        assert app.clipboard.startswith("“The last ferry")
        assert len(list(tmp_path.glob("dateline-*.md"))) == 1


# --- the sidebar


async def test_the_sidebar_finds_articles_as_one_types_and_opens_them(app: DatelineApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        chat = chat_of(app)
        assert not chat.query_one(Sidebar).display
        await pilot.press("f2")
        await settle(pilot)
        articles = chat.query_one(ArticleList)
        assert articles.option_count == 2
        await pilot.press(*"bench")
        await pilot.pause()
        assert articles.option_count == 1
        articles.focus()
        await pilot.press("down", "enter")
        await settle(pilot)
        assert isinstance(app.screen, ArticleScreen)
        assert "Minutes of the bench committee" in "\n".join(shown(app.screen))
        await pilot.press("escape", "f2")
        await pilot.pause()
        assert not chat.query_one(Sidebar).display
        assert chat.query_one(Prompt).has_focus


async def test_the_sidebar_lists_by_source_when_asked(app: DatelineApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f2", "f4")
        await settle(pilot)
        articles = chat_of(app).query_one(ArticleList)
        prompts = [flat(articles.get_option_at_index(n).prompt) for n in range(4)]
        assert prompts == [
            "Parish Record",
            "2020-01-31 Minutes of the bench committee",
            "Tamber Courier",
            "2021-05-04 A bridge replaces the ferry",
        ]


async def test_examples_are_drawn_from_the_library_itself(
    tmp_path: Path, articles: Path, encoder: object
) -> None:
    from embeddings.encoder import Encoder
    from embeddings.library import Library
    from embeddings.rebuild import Rebuild

    assert isinstance(encoder, Encoder)
    with Library(tmp_path / "library", create=True) as made:
        assert Rebuild(made, encoder).run([articles]).added == 3
    app = DatelineApp(tmp_path / "library", start=Start(save=False))
    async with app.run_test() as pilot:
        await settle(pilot)
        offers = [flat(o.content) for o in chat_of(app).query(Offer)]
        examples = [o for o in offers if o.startswith("❯ ")]
        assert examples == [
            "❯ Who closed the old ferry?",
            "❯ Who is Dmitri Orlov?",
        ]
        await pilot.press("tab", "enter")
        await settle(pilot)
        assert chat_of(app).query(AnswerText), examples


def test_refusals_are_told_apart_from_unclear_questions() -> None:
    refusal = Refusal("nothing is near")
    assert flat(RefusalText(refusal).content).startswith("Not in your articles")
    assert flat(RefusalText(refusal, heading="Which do you mean? ").content).startswith(
        "Which do you mean?"
    )


async def test_a_notice_of_the_config_is_shown(library: Path) -> None:
    from tui.settings import Settings

    app = DatelineApp(
        library, start=Start(save=False), settings=Settings(theme="no-such", faults=("bad line",))
    )
    async with app.run_test() as pilot:
        await settle(pilot)
        lines = [flat(line.content) for line in chat_of(app).query(NoticeLine)]
        assert lines == ["there is no theme 'no-such'; /theme shows those there are", "bad line"]
