"""What is typed arrives whole and in order: in one burst, and wherever the focus is meanwhile."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from driving import FERRY_QUESTION, Gate, chat_of, settle, two_citations
from textual import events
from textual.app import App
from textual.keys import _character_to_key

from qa.engine import Engine
from tui.app import DatelineApp
from tui.widgets.citation_card import CitationCard
from tui.widgets.exchange import Exchange
from tui.widgets.prompt import Prompt

BURSTS = 20


async def send(app: App[Any], text: str, rests: random.Random, longest: int) -> None:
    """Give the app the keys of the text as its terminal does, with up to `longest` turns of the
    event loop between two."""
    for character in text:
        key = "enter" if character == "\r" else _character_to_key(character)
        app.post_message(events.Key(key, character))
        for _ in range(rests.randint(0, longest)):
            await asyncio.sleep(0)


def sent(app: App[Any]) -> list[str]:
    """The questions that were asked, but the first, which was for its citations."""
    return [exchange.question for exchange in chat_of(app).query(Exchange)][1:]


async def until_sent(app: App[Any], count: int) -> list[str]:
    for _ in range(200):
        if len(sent(app)) >= count:
            break
        await asyncio.sleep(0.01)
    return sent(app)


@pytest.mark.parametrize("enter", ["enter", "ctrl+j"])  # A terminal makes Ctrl+J of early Enters.
async def test_what_is_typed_before_there_is_a_prompt_waits_for_it_whole_and_in_order(
    app: DatelineApp, monkeypatch: pytest.MonkeyPatch, enter: str
) -> None:
    def on_load(app: DatelineApp) -> None:
        for character in FERRY_QUESTION[:20]:
            app.post_message(events.Key(_character_to_key(character), character))
        app.post_message(events.Paste(FERRY_QUESTION[20:]))
        for key in (enter, "left", "a", "backspace", "7", "b"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))

    monkeypatch.setattr(DatelineApp, "on_load", on_load, raising=False)
    async with app.run_test() as pilot:
        await settle(pilot)
        asked = [exchange.question for exchange in chat_of(app).query(Exchange)]
        assert asked == [FERRY_QUESTION]
        assert chat_of(app).query_one(Prompt).text == "7b"


@pytest.mark.parametrize("where", ["prompt", "citation", "nowhere", "window left and come back to"])
async def test_a_question_and_enter_in_one_burst_are_asked_whole(
    app: DatelineApp, gate: Gate, where: str
) -> None:
    rests = random.Random(1)
    gate.opened.set()
    async with app.run_test() as pilot:
        await settle(pilot)
        await send(app, FERRY_QUESTION + "\r", rests, 0)
        await until_sent(app, 0)
        await settle(pilot)
        gate.opened.clear()
        chat = chat_of(app)
        card = chat.query(CitationCard).first()
        asked = []
        for number in range(BURSTS // 2):
            chat.set_focus({"citation": card, "nowhere": None}.get(where, chat.query_one(Prompt)))
            await pilot.pause()
            if where.startswith("window"):
                app.post_message(events.AppBlur())
                app.post_message(events.AppFocus())
            asked.append(f"What became of pier {number}?")
            await send(app, asked[-1] + "\r", rests, 5)
            assert await until_sent(app, len(asked)) == asked
            assert chat.query_one(Prompt).text == ""
        gate.opened.set()


async def test_a_burst_that_begins_with_a_citations_digit_is_a_question_all_the_same(
    app: DatelineApp, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests = random.Random(2)
    gate.opened.set()
    with monkeypatch.context() as patched:
        patched.setattr(Engine, "ask", two_citations)
        async with app.run_test() as pilot:
            await settle(pilot)
            await send(app, "Who counted the eggs of Skarn?\r", rests, 0)
            await settle(pilot)
            patched.undo()
            gate.opened.clear()
            chat = chat_of(app)
            asked = []
            for number in range(BURSTS):
                asked.append(f"2{number} herons?")
                await send(app, "2", rests, rests.choice([0, 5, 50]))  # The article opens.
                await send(app, f"{number} herons?\r", rests, 5)
                assert await until_sent(app, len(asked)) == asked
                assert (app.screen, chat.query_one(Prompt).text) == (chat, "")
            gate.opened.set()


async def test_what_is_typed_while_the_chat_ends_goes_nowhere(app: DatelineApp) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        screens = app._screen_stack
        kept = list(screens)
        screens.clear()  # As they are when the app closes, and keys still wait in its queue.
        await app.on_event(events.Key("question_mark", "?"))
        screens.extend(kept)
        assert chat_of(app).query_one(Prompt).text == ""


async def test_what_is_pasted_with_a_citation_in_focus_goes_to_the_prompt(
    app: DatelineApp,
) -> None:
    async with app.run_test() as pilot:
        await settle(pilot)
        await send(app, FERRY_QUESTION + "\r", random.Random(3), 0)
        await until_sent(app, 0)
        await settle(pilot)
        chat = chat_of(app)
        chat.set_focus(chat.query(CitationCard).first())
        await pilot.pause()
        app.post_message(events.Paste("Who counted the herons"))
        await send(app, " first?\r", random.Random(3), 0)
        assert await until_sent(app, 1) == ["Who counted the herons first?"]
        await settle(pilot)
