"""The documents' pictures: ``python benchmarks/screenshots.py`` writes docs/screenshot*.svg.

The example question, answered from the seeds by the real engine, as the terminal shows it; then
the article it is answered from. Nothing of this machine gets into the pictures: the library they
name is the usual place, unbuilt, and the article's path is cut.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tui.app import DatelineApp
from tui.messages import CitationChosen
from tui.screens.asking import Start
from tui.screens.chat import ChatScreen
from tui.widgets.answer_text import AnswerText
from tui.widgets.article_head import ArticleHead
from tui.widgets.citation_card import CitationCard
from tui.widgets.masthead import Masthead
from tui.widgets.prompt import Prompt

QUESTION = "Where will Russian forces remain?"
UNANSWERED = "Who composed the opera Tosca?"
PLACE = Path("~/.local/share/dateline/library")
SIZE = (110, 44)
WIDE = (130, 34)
DOCS = Path(__file__).resolve().parent.parent / "docs"
FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
PATIENCE_S = 300.0


async def pictures() -> dict[str, str]:
    """The chat after a question that is answered and one that is not; then the article."""
    app = DatelineApp(PLACE, start=Start(save=False))
    async with app.run_test(size=SIZE) as pilot:
        until = time.monotonic() + PATIENCE_S
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        for question in ("", QUESTION, UNANSWERED):
            chat.query_one(Prompt).text = question
            await pilot.press("enter")
            await pilot.pause()
            while app.workers:
                assert time.monotonic() < until, "the engine takes too long"
                await app.workers.wait_for_complete()
                await pilot.pause()
        assert chat.query_one(Masthead).seeds, f"there is a library in {PLACE}"
        assert chat.query(AnswerText), "the seeds did not answer"
        chat.query_one(Prompt).cursor_blink = False
        await pilot.pause()
        chat_picture = app.export_screenshot(title="dateline")
        first = chat.query(CitationCard).first()
        assert chat._engine is not None
        read_article = chat._engine.article
        chat.post_message(CitationChosen(first.citations, 0))
        await pilot.pause()
        await pilot.resize_terminal(*WIDE)
        while app.workers:
            await app.workers.wait_for_complete()
            await pilot.pause()
        article = read_article(first.citations[0].article_id)
        name = Path(article.path or "").name
        head = app.screen.query_one(ArticleHead)
        head.describe(replace(article, path=f"seeds/{name}"), "citation 1 of 1")
        await pilot.pause()
        article_picture = app.export_screenshot(title="dateline")
        return {"screenshot.svg": chat_picture, "screenshot-article.svg": article_picture}


def self_contained(svg: str) -> str:
    """The picture with the reader's own monospaced font: it fetches none from elsewhere."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family:\s*Fira Code,\s*monospace", f"font-family: {FONTS}", svg)
    return re.sub(r"\bterminal-\d+-", "terminal-", svg)


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    for name, svg in asyncio.run(pictures()).items():
        (DOCS / name).write_text(self_contained(svg), "utf-8")
        print(DOCS / name)
