"""The only writer of stderr: notices, errors and progress. stdout is the answer's alone."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from qa.output import one_line, printable

if TYPE_CHECKING:
    from embeddings.rebuild import Progress

_PLAIN_EVERY_S = 5.0


class Reporter(Protocol):
    """What is told how far a rebuild has come."""

    def __call__(self, progress: Progress) -> None: ...


def say(line: str) -> None:
    """A line for the person, that is not the answer."""
    sys.stderr.write(f"dateline: {one_line(line)}\n")
    sys.stderr.flush()


def say_lines(lines: str) -> None:
    """A table for the person, as it is but for what a terminal would act on."""
    sys.stderr.write(f"{printable(lines)}\n")
    sys.stderr.flush()


@contextmanager
def reporting(unit: str) -> Iterator[Reporter]:
    """A progress bar with rate and time left on a terminal, a plain line now and then else.

    `unit` names what is counted: articles, or passages.
    """
    if sys.stderr.isatty():
        with _bar(unit) as reporter:
            yield reporter
    else:
        yield _PlainLines(unit)


def counted(progress: Progress, unit: str) -> tuple[int, int, str]:
    """What a bar shows (done, in all, of what): articles, and once all are read, passages."""
    if progress.waiting and progress.done >= progress.total:
        return progress.passages, progress.passages + progress.waiting, "passages"
    return progress.done, progress.total, unit


class _Rate:
    """Passages embedded in a second, from when the first of them were begun."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._since: float | None = None

    def of(self, passages: int) -> float:
        """The rate up to now; 0 before the first."""
        now = time.monotonic()
        if self._since is None and passages:
            self._since = self._last
        self._last = now
        return 0.0 if self._since is None else passages / max(0.001, now - self._since)


class _PlainLines:
    """At most a line every few seconds, for logs and pipes."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._begun = self._last = time.monotonic()
        self._rate = _Rate()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        rate = self._rate.of(progress.passages)
        if now - self._last < _PLAIN_EVERY_S:
            return
        self._last = now
        said = f"{progress.done} of {progress.total} {self._unit}, {progress.passages} passages"
        if not rate:
            say(f"{said}, {progress.waiting} to embed" if progress.waiting else said)
            return
        left = (now - self._begun) * (progress.total - progress.done) / max(1, progress.done)
        left += progress.waiting / rate
        waiting = f", {progress.waiting} to embed" if progress.waiting else ""
        say(f"{said}{waiting}, {rate:.0f} passages/s, about {left:.0f} s left")


@contextmanager
def _bar(unit: str) -> Iterator[Reporter]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    embedded = _Rate()
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, unit=unit, rate="")

        def report(progress: Progress) -> None:
            done, total, what = counted(progress, unit)
            rate = f"{embedded.of(progress.passages):.0f}/s"
            if what == unit:
                waiting = f", {progress.waiting} to embed" if progress.waiting else ""
                rate = f"{progress.passages} passages, {rate}{waiting}"
            bar.update(task, total=total, completed=done, unit=what, rate=rate)

        yield report
