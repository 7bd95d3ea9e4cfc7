"""Where a one-shot question's time goes, from the process's first moment to its answer.

Models load beside the search, so stages overlap: each is kept with its begin and its end, and
``--timings`` draws them under each other.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_BAR_CELLS = 40
# Fields of /proc/self/stat after the command's name, which may hold spaces; see proc(5).
_START_TIME_FIELD = 19


@dataclass(frozen=True, slots=True)
class Span:
    """A stage, in milliseconds since the timeline's origin."""

    stage: str
    begun_ms: float
    ended_ms: float


class Timeline:
    """Stages as they end, from several threads. `origin` is a reading of `time.perf_counter`."""

    def __init__(self, origin: float | None = None) -> None:
        self._origin = time.perf_counter() if origin is None else origin
        self._spans: list[Span] = []

    def add(self, stage: str, begun: float, ended: float) -> None:
        """Keep a stage between two readings of `time.perf_counter`."""
        begun_ms, ended_ms = ((at - self._origin) * 1000 for at in (begun, ended))
        self._spans.append(Span(stage, round(begun_ms, 1), round(ended_ms, 1)))

    @contextlib.contextmanager
    def span(self, stage: str) -> Iterator[None]:
        """The stage is what happens within."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.add(stage, begun, time.perf_counter())

    def spans(self) -> tuple[Span, ...]:
        """What was kept so far, in the order of their beginnings."""
        return tuple(sorted(self._spans, key=lambda span: (span.begun_ms, span.ended_ms)))


def process_began() -> float:
    """When this process began, as `time.perf_counter` reads; now, where no platform tells.

    Linux keeps it to a hundredth of a second.
    """
    now = time.perf_counter()
    try:
        fields = Path("/proc/self/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        ticks = int(fields[_START_TIME_FIELD])
        alive = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return now
    return now - max(0.0, alive)


def waterfall(spans: Sequence[Span]) -> str:
    """The stages as lines: when each began and ended, how long it took, and a bar."""
    if not spans:
        return ""
    end = max(max(span.ended_ms for span in spans), 1.0)
    name = max(len(span.stage) for span in spans)
    lines = [f"{'':{name}}  {'from':>6} {'to':>6} {'ms':>6}"]
    for span in spans:
        first = min(_BAR_CELLS - 1, int(max(0.0, span.begun_ms) / end * _BAR_CELLS))
        last = max(first + 1, round(span.ended_ms / end * _BAR_CELLS))
        lines.append(
            f"{span.stage:{name}}  {span.begun_ms:6.0f} {span.ended_ms:6.0f}"
            f" {span.ended_ms - span.begun_ms:6.0f}  {' ' * first}{'#' * (last - first)}"
        )
    return "\n".join(lines)
