"""How smoothly an answer of 30 citations scrolls, on a terminal as the chat sees one.

``python benchmarks/tui_scroll.py``: the chat runs in a pseudo-terminal that answers as modern
ones do, with an answer of 30 citations in it (the sentences are fixed, as only their drawing is
measured). A step's time is from the moment that the terminal sends the wheel, or the key, until
the last byte of the frame that shows it has come. Page Down glides: there the time between its
frames counts. The aim is that of a keystroke: 50 ms at the 95th percentile. The machine's load
stands beside.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import itertools
import json
import os
import pty
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

CITATIONS = 30
STEPS = 120
PAGES = 12
SIZE = (34, 110)  # Rows, columns.
PATIENCE_S = 60.0
STILL_S = 0.06  # Nothing has come for so long: what was to be drawn is drawn.
GAP_S = 0.03  # Between two clicks of a wheel that is turned.

WHEEL_DOWN, WHEEL_UP = b"\x1b[<65;50;15M", b"\x1b[<64;50;15M"
DOWN, UP, PAGE_DOWN, TO_END, TO_START = b"\x1b[B", b"\x1b[A", b"\x1b[6~", b"\x1b[1;5F", b"\x1b[1;5H"
_ASKS_IF_IN_ONE_PIECE, _IN_ONE_PIECE = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
_FRAME_ENDS = b"\x1b[?2026l"


def chat(base: Path) -> None:
    """Inside the terminal: the chat, whose every answer has 30 citations."""
    from qa.answer import Answer, cite
    from qa.engine import Engine
    from tui.adding import take_in
    from tui.app import DatelineApp, hold_nobody_up
    from tui.screens.asking import Start

    sentences = [
        f"In the winter of {1890 + n} the harbour's committee wrote that pier {n} had lost "
        f"{n * 7 + 3} of its timbers to the ice, that its repair would cost {n * 450} crowns, and "
        "that nobody in the town had thought of setting anything aside for it."
        for n in range(1, CITATIONS + 1)
    ]
    file = base / "harbour.md"
    file.write_text("# The piers of the harbour\n\n" + "\n\n".join(sentences) + "\n", "utf-8")
    nothing: dict[str, Any] = {"progress": lambda p: None, "cancelled": lambda: False}
    take_in(base / "library", [str(file)], say=lambda line: None, **nothing)

    def fixed(self: Engine, question: str, **_how: Any) -> Answer:
        article = self.article(self.articles()[0].id)
        citations = []
        for number, sentence in enumerate(sentences, 1):
            start = article.text.index(sentence)
            short = article.text.index(f"{number * 7 + 3} of its timbers", start)
            citations.append(
                cite(
                    article,
                    start,
                    start + len(sentence),
                    number=number,
                    score=0.5,
                    short_answer=(short, short + len(f"{number * 7 + 3}")),
                )
            )
        return Answer(question, question, tuple(citations), 0.9, "")

    Engine.ask = fixed  # type: ignore[method-assign, assignment]
    hold_nobody_up()
    DatelineApp(base / "library", start=Start(save=False)).run()


class Terminal:
    """The other side of the pseudo-terminal: sends what a person does, sees what is drawn."""

    def __init__(self, screen: int) -> None:
        self._screen = screen

    def send(self, typed: bytes) -> None:
        os.write(self._screen, typed)

    def frames(self, patience_s: float, still_s: float) -> Iterator[float]:
        """When each frame was there whole, until no more come (clock seconds)."""
        tail = b""
        until = limit = time.perf_counter() + patience_s
        while (left := until - time.perf_counter()) > 0:
            if not select.select([self._screen], [], [], left)[0]:
                return
            came = tail + os.read(self._screen, 1 << 16)
            now = time.perf_counter()
            if _ASKS_IF_IN_ONE_PIECE in came:
                self.send(_IN_ONE_PIECE)
            for _ in range(came.count(_FRAME_ENDS)):
                yield now
            until = min(now + still_s, limit)
            # What is cut in two is found when the rest has come.
            tail = b"" if came.endswith(_FRAME_ENDS) else came[1 - len(_ASKS_IF_IN_ONE_PIECE) :]
            tail = b"" if _FRAME_ENDS in tail or _ASKS_IF_IN_ONE_PIECE in tail else tail

    def wait_for(self, text: bytes) -> None:
        """See it come."""
        until, came = time.monotonic() + PATIENCE_S, b""
        while text not in came:
            assert time.monotonic() < until, f"{text!r} did not come; {came[-500:]!r} did"
            if select.select([self._screen], [], [], 1.0)[0]:
                came += os.read(self._screen, 1 << 16)
                if _ASKS_IF_IN_ONE_PIECE in came:
                    self.send(_IN_ONE_PIECE)
                    came = came.replace(_ASKS_IF_IN_ONE_PIECE, b"")

    def rest(self, rest_s: float) -> None:
        """Let come what comes."""
        until = time.perf_counter() + rest_s
        while (left := until - time.perf_counter()) > 0:
            list(self.frames(left, left))

    def step(self, typed: bytes) -> float | None:
        """Milliseconds until the first frame after it; None if nothing was to be drawn."""
        began = time.perf_counter()
        self.send(typed)
        drawn = list(self.frames(1.0, STILL_S))
        return (drawn[0] - began) * 1000 if drawn else None


def measure(terminal: Terminal) -> dict[str, list[float]]:
    """Milliseconds of each step, by what was done."""
    terminal.wait_for(b"1 article")
    terminal.rest(2.0)
    terminal.send(b"what of the piers?\r")
    terminal.wait_for(b"pier 1 had")
    terminal.rest(2.0)
    # From the prompt, whose cursor blinks, to what stands still.
    terminal.send(b"\t")
    terminal.rest(1.0)
    found: dict[str, list[float]] = {}

    def steps(name: str, typed: bytes, count: int) -> None:
        spent = []
        for _ in range(count):
            if (step := terminal.step(typed)) is not None:
                spent.append(step)
            time.sleep(GAP_S)
        found[name] = spent

    terminal.send(TO_START)
    terminal.rest(0.5)
    steps("wheel down", WHEEL_DOWN, STEPS // 2)
    steps("wheel up", WHEEL_UP, STEPS // 2)
    steps("to the next citation", DOWN, CITATIONS - 1)
    terminal.send(TO_START)
    terminal.rest(0.5)
    between: list[float] = []
    for _ in range(PAGES):
        terminal.send(PAGE_DOWN)
        drawn = list(terminal.frames(1.0, 0.15))
        between += [(b - a) * 1000 for a, b in itertools.pairwise(drawn)]
    found["between frames of a page"] = between
    return found


def told(name: str, spent: list[float]) -> dict[str, float | str | int]:
    """The percentiles of one kind of step, and the machine's load in the last minute."""
    ordered = sorted(spent)
    return {
        "step": name,
        "times": len(spent),
        "median_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
        "worst_ms": round(ordered[-1], 1),
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", metavar="FILE", type=Path)
    parser.add_argument("--inside", metavar="FOLDER", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        chat(given.inside)
        return
    with tempfile.TemporaryDirectory() as made:
        process, screen = pty.fork()
        if process == 0:
            os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            os.environ["DATELINE_CONFIG"] = made
            os.execv(sys.executable, [sys.executable, __file__, "--inside", made])
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        terminal = Terminal(screen)
        try:
            rows = [told(name, spent) for name, spent in measure(terminal).items()]
        finally:
            with contextlib.suppress(OSError):
                terminal.send(b"\x11")
                terminal.rest(2.0)
            os.close(screen)  # Whatever it was about, this ends it: a terminal that is closed.
            os.waitpid(process, 0)
    head = ("step", "times", "median ms", "p95 ms", "worst ms", "load")
    print("{:<26} {:>5} {:>10} {:>8} {:>9} {:>6}".format(*head))
    for row in rows:
        print("{:<26} {:>5} {:>10} {:>8} {:>9} {:>6}".format(*row.values()))
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), "utf-8")


if __name__ == "__main__":
    main()
