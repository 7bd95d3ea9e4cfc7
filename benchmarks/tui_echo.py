"""How soon a keystroke shows while articles are added and a question runs.

``python benchmarks/tui_echo.py``: the chat with the real engine; 200 articles are taken in and
questions are asked, and all the while keys are typed. A keystroke's time is from the moment the
terminal hands it over until the screen has drawn it. The aim is 50 ms at the 95th percentile.
What else the machine does counts as much as what Dateline does: its load stands beside.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from textual import events

from tui.adding import take_in
from tui.app import DatelineApp, hold_nobody_up
from tui.messages import QuestionSent
from tui.screens.asking import Start
from tui.screens.chat import ChatScreen
from tui.screens.library import LibraryScreen
from tui.widgets.prompt import Prompt

ARTICLES = 200
PARAGRAPHS = 12
GAP_S = 0.08  # A quick typist's.
KEYS = 400


def write_articles(folder: Path) -> None:
    """Articles long enough that each gives several passages."""
    for n in range(ARTICLES):
        body = "\n\n".join(
            f"In part {part} of report {n} the committee of the harbour wrote of the {part}th "
            f"pier, its {n + part} timbers, the winter of {1900 + n % 100} and what the repairs "
            "had cost the town, which was more than anybody had thought that it would be."
            for part in range(PARAGRAPHS)
        )
        (folder / f"{n:03}.md").write_text(f"# Report {n} of the harbour\n\n{body}\n", "utf-8")


async def measure(base: Path) -> tuple[list[float], list[float]]:
    """Milliseconds a keystroke: while nothing else goes on, then while everything does."""
    articles = base / "articles"
    articles.mkdir()
    write_articles(articles)
    begun = base / "begun.md"
    begun.write_text("# The pier\n\nThe pier of the harbour was built in 1901.\n", "utf-8")
    nothing: dict[str, Any] = {"progress": lambda p: None, "cancelled": lambda: False, "say": print}
    take_in(base / "library", [str(begun)], **nothing)
    hold_nobody_up()
    app = DatelineApp(base / "library", start=Start(save=False))
    async with app.run_test(size=(110, 34)) as pilot:
        chat = app.screen
        assert isinstance(chat, ChatScreen)
        while app.workers:
            await app.workers.wait_for_complete()
            await pilot.pause()
        prompt = chat.query_one(Prompt)
        quiet = await type_keys(prompt, KEYS // 4)
        library = app.get_screen("library")
        assert isinstance(library, LibraryScreen)
        chat.post_message(QuestionSent("Where will Russian forces remain?"))
        await app.push_screen(library)
        library.add([str(articles)])
        app.pop_screen()
        busy: list[float] = []
        while library.headway is not None or len(busy) < KEYS // 4:
            chat.post_message(QuestionSent("What did the repairs of the pier cost?"))
            busy += await type_keys(prompt, 40)
            if len(busy) >= KEYS:
                break
        library.action_cancel_adding()
        return quiet, busy


async def type_keys(prompt: Prompt, count: int) -> list[float]:
    """Type, and time each key until it is drawn."""
    spent = []
    for n in range(count):
        key = "abcdefghij"[n % 10]
        drawn = asyncio.Event()
        began = time.perf_counter()
        prompt.app.post_message(events.Key(key, key))
        length = len(prompt.text)
        while len(prompt.text) == length:
            await asyncio.sleep(0)
        prompt.call_after_refresh(drawn.set)
        await drawn.wait()
        spent.append((time.perf_counter() - began) * 1000)
        if n % 60 == 59:
            prompt.load_text("")
        await asyncio.sleep(GAP_S)
    return spent


def told(name: str, spent: list[float], load: float) -> dict[str, float | str | int]:
    """The percentiles of one state, and the machine's load in its last minute."""
    ordered = sorted(spent)
    return {
        "state": name,
        "load": round(load, 1),
        "keys": len(spent),
        "median_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
        "worst_ms": round(ordered[-1], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", metavar="FILE", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        os.environ["DATELINE_CONFIG"] = made
        before = os.getloadavg()[0]
        quiet, busy = asyncio.run(measure(Path(made)))
    rows = [
        told("quiet", quiet, before),
        told("adding and asking", busy, os.getloadavg()[0]),
    ]
    head = ("state", "keys", "median ms", "p95 ms", "worst ms", "load")
    print("{:<20} {:>5} {:>10} {:>8} {:>9} {:>6}".format(*head))
    columns = ("state", "keys", "median_ms", "p95_ms", "worst_ms", "load")
    for row in rows:
        print("{:<20} {:>5} {:>10} {:>8} {:>9} {:>6}".format(*(row[c] for c in columns)))
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), "utf-8")


if __name__ == "__main__":
    main()
