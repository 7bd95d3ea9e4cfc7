"""What the chat looks like, drawn from fixed answers so that only its looks can change it.

After a change that is meant: ``pytest tests/functional/test_tui_pictures.py --snapshot-update``,
then look at the pictures in ``__snapshots__``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.outcome import Failure
from embeddings.rebuild import Rebuild
from embeddings.records import Filters
from qa.answer import Answer, Choice, Refusal, cite
from qa.engine import Engine
from qa.stages import Stage
from tui.app import DatelineApp
from tui.intake import Headway
from tui.screens.asking import Start
from tui.screens.chat import ChatScreen
from tui.screens.library import LibraryScreen
from tui.widgets.exchange import Exchange
from tui.widgets.failure_list import FailureList
from tui.widgets.prompt import Prompt
from tui.widgets.transcript import Transcript
from tui.widgets.welcome import Welcome

SENTENCES = (
    "The last ferry across the Tamber sailed on 3 May 2021 with ninety passengers aboard.",
    "The ferry had carried school children for a hundred and twelve years, in all weathers, and "
    "its crew of four will run the toll booths of the bridge.",
)
ARTICLE = f"""---
title: A bridge replaces the ferry
date: 2021-05-04
source: Tamber Courier
author: J. K. Marsh
url: https://example.org/bridge
---

The new road bridge over the River Tamber opened to traffic on Monday, two years late.

It cost $84.5 million, and the mayor, Alice Grant, cut the ribbon before 3,000 people.

{SENTENCES[0]} {SENTENCES[1]} “We shall miss the wind,” said its captain.

Engineers closed the old landing stage the same evening. 橋 is the word for bridge in Japanese.
"""

LOOKS = {
    f"{columns}x{rows}-{name}": ((columns, rows), f"dateline-{name}")
    for columns, rows in ((80, 24), (140, 45))
    for name in ("dark", "light")
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, encoder: object) -> Path:
    assert isinstance(encoder, Encoder)
    base = tmp_path_factory.mktemp("pictures")
    (base / "bridge.md").write_text(ARTICLE, "utf-8")
    with Library(base / "library", create=True) as made:
        assert Rebuild(made, encoder).run([base / "bridge.md"]).added == 1
    return base / "library"


def fixed(self: Engine, question: str, **how: Any) -> Answer:
    """An answer where the ferry is asked for, a choice where it is not clear, else a refusal."""
    article = self.article(self.articles()[0].id)
    answers = "ferry" in question
    short = article.text.index("3 May 2021")
    citations = tuple(
        cite(
            article,
            start,
            start + len(sentence),
            number=number,
            score=0.5,
            short_answer=(short, short + len("3 May 2021")) if answers and number == 1 else None,
        )
        for number, sentence in enumerate(SENTENCES, 1)
        for start in [article.text.index(sentence)]
    )
    if answers:
        return Answer(question, question, citations, 0.9, "3 May 2021")
    if "Grant" in question:
        choices = tuple(
            Choice(name, f"Where did {name} live?") for name in ("Alice Grant", "Ulysses Grant")
        )
        return Answer(
            question, question, (), 0.0, refusal=Refusal("it may be either"), choices=choices
        )
    refusal = Refusal("nothing near it speaks of “opera”, “Zanzibar”", citations)
    return Answer(question, question, (), 0.1, refusal=refusal)


async def draw(pilot: Pilot[Any], theme: str, questions: tuple[str, ...]) -> None:
    """Bring the app to where its picture is taken, its cursor still."""
    await pilot.pause()
    app = pilot.app
    app.theme = theme
    prompt = app.query_one(Prompt)
    prompt.cursor_blink = False
    for question in ("", *questions):
        prompt.text = question
        await pilot.press("enter")
        await pilot.pause()
        while app.workers:
            await app.workers.wait_for_complete()
            await pilot.pause()


async def is_looked_up(pilot: Pilot[Any]) -> None:
    """A question whose passages are found; one that words were found for, before the models."""
    chat = pilot.app.screen
    assert isinstance(chat, ChatScreen) and chat._engine is not None
    found, quick = Exchange(8, "What did the bridge cost?"), Exchange(9, "Who was its captain?")
    transcript = chat.query_one(Transcript)
    await transcript.query(Welcome).remove()
    await transcript.mount(found, quick)
    found.stage, found.running = Stage(24, ("A bridge replaces the ferry", "The toll")), True
    quick.running = True
    refusal = fixed(chat._engine, "captain").refusal
    assert refusal is not None
    await quick.show_nearest(tuple(refusal.nearest[:1]))


async def is_added(pilot: Pilot[Any]) -> None:
    """The library while articles are added, and two could not be."""
    library = pilot.app.screen
    assert isinstance(library, LibraryScreen)
    library.headway = Headway(34, 200, 120, 4.2, 40.0)
    library.query_one(FailureList).failures = (
        Failure("~/articles/scan.pdf", "it holds no text (a scan?)"),
        Failure("~/articles/notes.xyz", "files of this kind are not read"),
    )
    library.query_one("#failures").display = True


ASKED = "When did the last ferry across the Tamber sail?"
# The questions asked; the keys pressed then; what else brings it about.
PICTURES: dict[
    str, tuple[tuple[str, ...], tuple[str, ...], Callable[[Pilot[Any]], Awaitable[None]] | None]
] = {
    "welcome": ((), (), None),
    "answer": ((ASKED,), ("tab", "down"), None),
    "refusal": (("Which composer wrote the opera Zanzibar Nights?",), (), None),
    "unclear": (("Where did Grant live?",), (), None),
    "waiting": ((), (), is_looked_up),
    "article": ((ASKED,), ("alt+2",), None),
    "help": ((), ("f1",), None),
    "sidebar": ((ASKED,), ("f2", "f4"), None),
    "library": ((), ("f3",), None),
    "adding": ((), ("f3",), is_added),
    "commands": ((), ("/", "s"), None),
    "palette": ((), ("ctrl+p",), None),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("picture", PICTURES)
def test_looks_as_it_did(
    library: Path,
    monkeypatch: pytest.MonkeyPatch,
    snap_compare: Any,
    picture: str,
    look: str,
) -> None:
    monkeypatch.setattr(Engine, "ask", fixed)
    # What is fixed needs no models.
    monkeypatch.setattr("qa.engine._load_reader", lambda timeline: None)
    monkeypatch.setattr("qa.engine._load_encoder", lambda library, say, timeline: None)
    app = DatelineApp(library, start=Start(Filters(source="courier"), top=3, save=False))
    monkeypatch.setattr("tui.widgets.waiting_line._FRAME_S", 1000)  # It stands still.
    (questions, keys, bring_about), (size, theme) = PICTURES[picture], LOOKS[look]

    async def before(pilot: Pilot[Any]) -> None:
        await draw(pilot, theme, questions)
        await pilot.press(*keys)
        while pilot.app.workers:
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
        if bring_about is not None:
            await bring_about(pilot)
            await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)
