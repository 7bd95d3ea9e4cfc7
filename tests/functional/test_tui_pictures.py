"""What the chat looks like, drawn from fixed answers so that only its looks can change it.

After a change that is meant: ``pytest tests/functional/test_tui_pictures.py --snapshot-update``,
then look at the pictures in ``__snapshots__``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.rebuild import Rebuild
from embeddings.records import Filters
from qa.answer import Answer, Refusal, cite
from qa.engine import Engine
from tui.app import DatelineApp
from tui.screens.asking import Start
from tui.widgets.prompt import Prompt

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
    "80x24-dark": ((80, 24), "dateline-dark"),
    "140x45-light": ((140, 45), "dateline-light"),
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
    """An answer where the ferry is asked for, else a refusal."""
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


PICTURES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "welcome": ((), ()),
    "answer": (("When did the last ferry across the Tamber sail?",), ("tab", "down")),
    "refusal": (("Which composer wrote the opera Zanzibar Nights?",), ()),
    "article": (("When did the last ferry across the Tamber sail?",), ("alt+2",)),
    "help": ((), ("f1",)),
    "sidebar": (("When did the last ferry across the Tamber sail?",), ("f2", "f4")),
    "library": ((), ("f3",)),
    "commands": ((), ("/", "s")),
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
    app = DatelineApp(library, start=Start(Filters(source="courier"), top=3, save=False))
    (questions, keys), (size, theme) = PICTURES[picture], LOOKS[look]

    async def before(pilot: Pilot[Any]) -> None:
        await draw(pilot, theme, questions)
        await pilot.press(*keys)
        while pilot.app.workers:
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)
