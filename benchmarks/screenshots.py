"""The README's picture: ``python benchmarks/screenshots.py`` writes docs/screenshot.svg.

The example question, answered from the seeds by the real engine, as the terminal shows it.
Nothing of this machine gets into the picture: the library it names is the usual place, unbuilt.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from embeddings.records import Filters
from qa.engine import DEFAULT_TOP
from tui.app import DatelineApp
from tui.screens.chat import ChatScreen
from tui.widgets.answer_text import AnswerText
from tui.widgets.masthead import Masthead
from tui.widgets.prompt import Prompt

QUESTION = "Where will Russian forces remain?"
UNANSWERED = "Who won the football world cup in 1966?"
PLACE = Path("~/.local/share/dateline/library")
SIZE = (110, 34)
TARGET = Path(__file__).resolve().parent.parent / "docs" / "screenshot.svg"
FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
PATIENCE_S = 300.0


async def picture() -> str:
    """The SVG of the chat after a question that is answered and one that is not."""
    app = DatelineApp(PLACE, filters=Filters(), top=DEFAULT_TOP)
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
        return app.export_screenshot(title="dateline")


def self_contained(svg: str) -> str:
    """The picture with the reader's own monospaced font: it fetches none from elsewhere."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family:\s*Fira Code,\s*monospace", f"font-family: {FONTS}", svg)
    return re.sub(r"\bterminal-\d+-", "terminal-", svg)


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(self_contained(asyncio.run(picture())), "utf-8")
    print(TARGET)
