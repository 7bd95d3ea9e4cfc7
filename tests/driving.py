"""Driving the chat by Textual's Pilot over the real engine and a small real library."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.rebuild import Rebuild
from qa.answer import Answer, cite
from qa.engine import Engine
from tui.app import DatelineApp
from tui.screens.asking import Start
from tui.screens.chat import ChatScreen
from tui.widgets.article_text import ArticleText
from tui.widgets.citation_card import CitationCard
from tui.widgets.prompt import Prompt

FERRY = "The last ferry across the Tamber sailed on 3 May 2021 with ninety passengers aboard."
HERON = "Heron eggs were first counted on the island of Skarn by Ottilie Brandt in 1974."


def filler(first: int, last: int) -> str:
    """Paragraphs between which a cited sentence must be found."""
    return "\n\n".join(
        f"At meeting {n} the committee spoke of the benches, {n} minutes long, and put off its "
        "decision about their colour, their number and the wood that they might be made of."
        for n in range(first, last)
    )


BRIDGE_ARTICLE = f"""---
title: A bridge replaces the ferry
date: 2021-05-04
source: Tamber Courier
author: J. K. Marsh
url: https://example.org/bridge
---

The new road bridge over the River Tamber opened to traffic on Monday.

{FERRY}

Engineers closed the old landing stage the same evening.
"""

LONG_ARTICLE = f"""---
title: Minutes of the bench committee
date: 2020-01-31
source: Parish Record
url: https://example.org/minutes
---

{filler(1, 700)}

{HERON}

{filler(700, 800)}
"""

UNKEPT = Start(top=3, save=False)
FERRY_QUESTION = "When did the last ferry across the Tamber sail?"
HERON_QUESTION = "Who first counted heron eggs on Skarn?"
UNANSWERABLE = "Which composer wrote the opera Zanzibar Nights?"


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The config folder: no test may read, or write, the person's own."""
    monkeypatch.setenv("DATELINE_CONFIG", str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Path:
    """A library of two articles that tests only read."""
    assert isinstance(encoder, Encoder)
    base = tmp_path_factory.mktemp("tui")
    folder = base / "articles"
    folder.mkdir()
    (folder / "bridge.md").write_text(BRIDGE_ARTICLE, "utf-8")
    (folder / "minutes.md").write_text(LONG_ARTICLE, "utf-8")
    with Library(base / "library", create=True) as made:
        assert Rebuild(made, encoder).run([folder]).added == 2
    return base / "library"


@pytest.fixture
def fresh(library: Path, tmp_path: Path) -> Path:
    """A copy of the library that a test may change."""
    return Path(shutil.copytree(library, tmp_path / "fresh"))


@pytest.fixture
def app(library: Path, monkeypatch: pytest.MonkeyPatch) -> DatelineApp:
    """The chat. It looks for no examples: they are questions too, and would be held and counted."""
    monkeypatch.setattr("tui.screens.asking.examples", lambda *given, **how: ())
    return DatelineApp(library, start=UNKEPT)


class Gate:
    """Holds the engine's `ask` until opened; `asked` tells that a question has come so far."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.asked = threading.Semaphore(0)
        self.questions: list[str] = []


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    real = Engine.ask

    def ask(self: Engine, question: str, **how: Any) -> Answer:
        gate.questions.append(question)
        gate.asked.release()
        assert gate.opened.wait(60)
        return real(self, question, **how)

    monkeypatch.setattr(Engine, "ask", ask)
    return gate


def chat_of(app: App[Any]) -> ChatScreen:
    screen = app.screen_stack[0]
    assert isinstance(screen, ChatScreen)
    return screen


def typed(text: str) -> list[str]:
    return ["space" if character == " " else character for character in text]


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until no worker works and all that they told has been shown."""
    while True:
        await pilot.pause()
        if not pilot.app.workers:
            break
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def ask(pilot: Pilot[Any], question: str) -> None:
    """Ask, and wait for what comes of it."""
    pilot.app.query_one(Prompt).text = question
    await pilot.press("enter")
    await settle(pilot)


def shown(screen: Any) -> list[str]:
    """The rows of the terminal as they are drawn."""
    return [strip.text for strip in screen._compositor.render_strips()]


def flat(text: object) -> str:
    return " ".join(str(text).split())


def cards(chat: ChatScreen) -> list[str]:
    return [flat(card.content) for card in chat.query(CitationCard)]


def highlighted(view: ArticleText) -> str:
    """What of the article stands highlighted within the viewport."""
    background = view.get_component_rich_style("article-text--cited").bgcolor
    pieces = [
        segment.text
        for y in range(view.size.height)
        for segment in view.render_line(y)
        if segment.style is not None and segment.style.bgcolor == background
    ]
    return flat(" ".join(pieces))


def two_citations(self: Engine, question: str, **how: Any) -> Answer:
    """An answer from both articles, whatever is asked."""
    by_title = {article.title: self.article(article.id) for article in self.articles()}
    bridge = by_title["A bridge replaces the ferry"]
    minutes = by_title["Minutes of the bench committee"]
    citations = tuple(
        cite(
            article,
            article.text.index(sentence),
            article.text.index(sentence) + len(sentence),
            number=number,
            score=0.5,
        )
        for number, (article, sentence) in enumerate([(bridge, FERRY), (minutes, HERON)], 1)
    )
    timings = {"load": 1.0, "retrieve": 2.0, "rerank": 3.0, "read": 4.0, "total": 10.0}
    return Answer(question, question, citations, 0.9, "3 May 2021", timings_ms=timings)
