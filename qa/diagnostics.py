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


class _PlainLines:
    """At most a line every few seconds, for logs and pipes."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._begun = self._last = time.monotonic()
        self._embeds_since: float | None = None

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if self._embeds_since is None and progress.passages:
            self._embeds_since = self._last
        if now - self._last < _PLAIN_EVERY_S:
            return
        self._last = now
        said = f"{progress.done} of {progress.total} {self._unit}, {progress.passages} passages"
        if self._embeds_since is None:
            say(f"{said}, {progress.waiting} to embed" if progress.waiting else said)
            return
        rate = progress.passages / (now - self._embeds_since)
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
        TextColumn(unit),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    begun = time.monotonic()
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, rate="")

        def report(progress: Progress) -> None:
            rate = progress.passages / max(0.001, time.monotonic() - begun)
            waiting = f", {progress.waiting} to embed" if progress.waiting else ""
            bar.update(
                task,
                total=progress.total,
                completed=progress.done,
                rate=f"{progress.passages} passages, {rate:.0f}/s{waiting}",
            )

        yield report
