"""The library screen: adding while questions go on, stopping, removing, narrowing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from driving import FERRY, FERRY_QUESTION, UNANSWERABLE, ask, chat_of, flat, settle, shown
from textual import events
from textual.pilot import Pilot

from embeddings.library import Library
from embeddings.outcome import Progress
from embeddings.records import Filters
from tui.app import DatelineApp
from tui.intake import Headway, Pace, left_over
from tui.pasted import paths_in
from tui.screens.asking import Start
from tui.screens.chat import ChatScreen
from tui.screens.library import LibraryScreen
from tui.widgets.answer_text import AnswerText
from tui.widgets.article_list import ArticleList
from tui.widgets.exchange import Exchange
from tui.widgets.failure_list import FailureList
from tui.widgets.masthead import Masthead
from tui.widgets.notice_line import NoticeLine
from tui.widgets.path_field import PathField
from tui.widgets.prompt import Prompt
from tui.widgets.refusal_text import RefusalText
from tui.widgets.status_line import StatusLine


def library_of(app: DatelineApp) -> LibraryScreen:
    assert isinstance(app.screen, LibraryScreen)
    return app.screen


async def until(pilot: Pilot[Any], happened: Callable[[], bool]) -> None:
    """Wait for it, while something else goes on."""
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        await pilot.pause(0.02)


def test_the_pace_tells_rate_and_time_left_once_it_knows_them() -> None:
    now = 100.0
    pace = Pace(lambda: now)
    assert pace.headway(Progress(0, 40, 0)) == Headway(0, 40, 0)
    now = 110.0
    found = pace.headway(Progress(10, 40, 30))
    assert found == Headway(10, 40, 30, rate=1.0, left_s=30.0)
    assert found.told == "10 of 40 articles · 1.0 a second · 30 s left"
    assert Headway().told == "looking for articles…"


def test_once_every_article_is_read_the_pace_is_that_of_embedding() -> None:
    now = 100.0
    pace = Pace(lambda: now)
    pace.headway(Progress(0, 40, 0))
    now = 110.0
    found = pace.headway(Progress(40, 40, 0, 400))
    assert (found.told, found.share) == ("40 of 40 articles · 400 passages to embed", 0.0)
    now = 120.0
    found = pace.headway(Progress(40, 40, 100, 300))
    assert (found.told, found.share) == (
        "40 of 40 articles · 300 passages to embed · 30 s left",
        0.25,
    )
    assert pace.headway(Progress(40, 40, 400, 0)).told == "40 of 40 articles · finishing…"


def test_what_a_terminal_pastes_for_a_dropped_file_is_a_path(tmp_path: Path) -> None:
    odd = tmp_path / "a b'c.md"
    odd.touch()
    assert paths_in(str(odd)) == [str(odd)]
    assert paths_in(f"'{tmp_path}/x y' {tmp_path}/z") == [f"{tmp_path}/x y", f"{tmp_path}/z"]
    assert paths_in(f"{tmp_path}/x\\ y") == [f"{tmp_path}/x y"]
    assert paths_in(f"file://{tmp_path}/x%20y") == [f"{tmp_path}/x y"]
    assert paths_in("  ") == []


async def test_a_folder_added_from_the_chat_answers_at_once_in_place_of_the_seeds(
    tmp_path: Path, articles: Path
) -> None:
    app = DatelineApp(tmp_path / "library", start=Start(save=False))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        assert chat_of(app).query_one(Masthead).seeds
        app.query_one(Prompt).text = f"/add {articles}"
        await pilot.press("enter")
        await settle(pilot)
        screen = library_of(app)
        assert screen.query_one(StatusLine).said == "3 added"
        assert screen.query_one(ArticleList).option_count == 3
        assert "Library · 3 articles" in "\n".join(shown(screen))
        await pilot.press("escape")
        await ask(pilot, "When did the new bridge over the Tamber open?")
        assert not chat_of(app).query_one(Masthead).seeds
        assert "opened to traffic on Monday" in flat(chat_of(app).query_one(AnswerText).content)


@pytest.mark.skipif(os.name == "nt", reason="needs a signal that holds a process")
async def test_questions_are_answered_while_articles_are_added_and_adding_can_be_stopped(
    fresh: Path, tmp_path: Path
) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for n in range(400):
        mill = f"The mill number {n} ground flour for the town on the river."
        (many / f"{n:03}.md").write_text(f"# Note {n}\n\n" + f"{mill}\n\n" * 20)
    app = DatelineApp(fresh, start=Start(save=False))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        await settle(pilot)
        app.query_one(Prompt).text = f"/add {many}"
        await pilot.press("enter")
        await pilot.pause()
        screen = library_of(app)
        # Held in the middle of it, as a large folder would be.
        await until(pilot, lambda: screen.headway is not None and screen.headway.done > 3)
        assert screen._adder is not None
        assert screen._adder.pid is not None
        os.kill(screen._adder.pid, signal.SIGSTOP)
        await pilot.press("escape")
        app.query_one(Prompt).text = FERRY_QUESTION
        await pilot.press("enter")
        await until(pilot, lambda: bool(chat_of(app).query(AnswerText)))
        assert FERRY in flat(chat_of(app).query_one(AnswerText).content)
        assert "of 400 articles" in flat(chat_of(app).query_one("IntakeLine").render())
        await pilot.press("f3")
        await pilot.pause()
        await pilot.press("ctrl+g")
        os.kill(screen._adder.pid, signal.SIGCONT)
        await settle(pilot)
        assert screen.headway is None
        assert screen.query_one(StatusLine).said.startswith("stopped; what was finished is kept")
    with Library(fresh) as library:
        assert 2 < library.count() < 402


def still_adding(chat: ChatScreen) -> bool:
    """Whether the latest exchange says that not every article was there."""
    notices = chat.query(Exchange).last().query(NoticeLine)
    return any("articles were still being added" in flat(notice.content) for notice in notices)


@pytest.mark.skipif(os.name == "nt", reason="needs a signal that holds a process")
async def test_what_waits_to_be_added_is_counted_told_by_a_refusal_and_named_at_the_end(
    fresh: Path, tmp_path: Path, articles: Path
) -> None:
    second, third = tmp_path / "second", tmp_path / "the third"
    for folder in (second, third):
        folder.mkdir()
        (folder / "a.md").write_text("# A mill\n\nThe mill of the town ground flour.\n")
    app = DatelineApp(fresh, start=Start(save=False))
    async with app.run_test(size=(110, 30)) as pilot:
        await settle(pilot)
        await ask(pilot, UNANSWERABLE)
        assert not still_adding(chat_of(app))
        await chat_of(app).run_command("add", str(articles))
        await until(pilot, lambda: isinstance(app.screen, LibraryScreen))
        screen = library_of(app)
        await until(pilot, lambda: bool(screen._adder and screen._adder.pid))
        assert screen._adder is not None
        assert screen._adder.pid is not None
        os.kill(screen._adder.pid, signal.SIGSTOP)
        for folder in (second, third):
            await chat_of(app).run_command("add", str(folder))
        await pilot.pause()
        for where in (screen, chat_of(app)):
            assert "2 more in the queue" in flat(where.query_one("IntakeLine").render())
        await pilot.press("escape")
        app.query_one(Prompt).text = UNANSWERABLE
        await pilot.press("enter")
        await until(pilot, lambda: len(chat_of(app).query(RefusalText)) == 2)
        assert still_adding(chat_of(app))
        os.kill(screen._adder.pid, signal.SIGCONT)
        await pilot.press("ctrl+q")
    assert app.left_over == [str(articles), str(second), str(third)]
    assert left_over(app.left_over) == (
        "not all was added before the chat ended; to go on: "
        f"dateline --rebuild {articles} {second} '{third}'"
    )


async def test_what_could_not_be_added_is_listed_with_its_reason(
    fresh: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.md").write_text("")
    app = DatelineApp(fresh, start=Start(save=False))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await pilot.pause()
        field = library_of(app).query_one(PathField)
        field.post_message(events.Paste(f"{tmp_path}/empty.md\n{tmp_path}/nowhere\n"))
        await settle(pilot)
        listed = flat(library_of(app).query_one(FailureList).content)
        assert "there is no such file or folder" in listed
        assert f"{tmp_path}/nowhere" in listed
        assert f"{tmp_path}/empty.md" in listed
        assert library_of(app).query_one(StatusLine).said == "2 failed"


async def test_an_article_is_removed_by_a_key_pressed_twice(fresh: Path) -> None:
    app = DatelineApp(fresh, start=Start(save=False))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await settle(pilot)
        screen = library_of(app)
        screen.query_one(ArticleList).focus()
        await pilot.press("home", "delete")
        assert "press it again" in screen.query_one(StatusLine).said
        assert len(screen.articles) == 2
        await pilot.press("delete")
        await settle(pilot)
        assert [a.title for a in screen.articles] == ["Minutes of the bench committee"]
        assert chat_of(app).query_one(Masthead).articles == 1


async def test_the_next_questions_can_be_narrowed_to_an_articles_source_or_date(
    app: DatelineApp,
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await settle(pilot)
        library_of(app).query_one(ArticleList).focus()
        await pilot.press("home", "ctrl+s")
        await pilot.pause()
        assert chat_of(app).within == Filters(source="Tamber Courier")
        await pilot.press("ctrl+d")
        await pilot.pause()
        assert chat_of(app).within == Filters(since="2021-05-04", source="Tamber Courier")
        assert "asked: only since 2021-05-04 · source “Tamber Courier”" in "\n".join(
            shown(app.screen)
        )
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert chat_of(app).within == Filters(since="2021-05-04")
        assert "articles of any source" in library_of(app).query_one(StatusLine).said


async def test_a_path_is_completed_as_it_is_typed(app: DatelineApp, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await pilot.pause()
        field = library_of(app).query_one(PathField)
        field.value = f"{tmp_path}/pap"
        await settle(pilot)
        await pilot.press("tab")
        await settle(pilot)
        assert field.value == f"{tmp_path}/papers/"


async def test_the_library_opens_an_article(app: DatelineApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await settle(pilot)
        library_of(app).query_one(ArticleList).focus()
        await pilot.press("home", "enter")
        await settle(pilot)
        assert FERRY.split(" with")[0] in flat(" ".join(shown(app.screen)))
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, LibraryScreen)


async def test_an_address_is_fetched_under_the_rules_of_the_command_line(fresh: Path) -> None:
    app = DatelineApp(fresh, start=Start(save=False))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        await pilot.press("f3")
        await pilot.pause()
        field = library_of(app).query_one(PathField)
        field.post_message(events.Paste("http://127.0.0.1:9/story\n"))
        await pilot.press("enter")
        await settle(pilot)
        listed = flat(library_of(app).query_one(FailureList).content)
        assert "http://127.0.0.1:9/story" in listed
        assert "--allow-private-addresses" in listed
