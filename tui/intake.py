"""Taking articles in while the chat goes on: how far it has come, at which rate, what failed."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from embeddings.discovery import is_url
from embeddings.outcome import Outcome, Progress
from tui.pasted import at_home

_MOST_NAMED = 20
_WARM_UP_S = 1.0  # Before that, a rate would be a guess.


@dataclass(frozen=True, slots=True)
class Headway:
    """`done` of `total` articles; `passages` are embedded, `waiting` found by words alone.

    `rate` is in articles a second; it and `left_s` are None until they are known. Once every
    article is read, `left_s` is that of embedding. `queued` files and folders come after these.
    """

    done: int = 0
    total: int = 0
    passages: int = 0
    rate: float | None = None
    left_s: float | None = None
    waiting: int = 0
    queued: int = 0

    @property
    def share(self) -> float:
        if self.is_read and self.waiting:
            return self.passages / (self.passages + self.waiting)
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def is_read(self) -> bool:
        """Whether every article is read: from now on words find them."""
        return 0 < self.total <= self.done

    @property
    def told(self) -> str:
        """In words: ``34 of 200 articles · 4.2 a second · 40 s left · 2 more in the queue``."""
        return self._told + (f" · {self.queued:,} more in the queue" if self.queued else "")

    @property
    def _told(self) -> str:
        if not self.total:
            return "looking for articles…"
        parts = [f"{self.done:,} of {self.total:,} article{'' if self.total == 1 else 's'}"]
        if self.is_read and not self.waiting:
            return f"{parts[0]} · finishing…"
        if self.is_read:
            parts.append(f"{self.waiting:,} passages to embed")
        elif self.rate is not None:
            often = (
                f"{self.rate:.1f} a second" if self.rate >= 1 else f"{self.rate * 60:.0f} a minute"
            )
            parts.append(often)
        if self.left_s is not None:
            parts.append(f"{_duration(self.left_s)} left")
        return " · ".join(parts)


class Pace:
    """Makes headway of a rebuild's progress, by the clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: tuple[float, int] | None = None
        self._embedding: tuple[float, int] | None = None  # Since when, and how many waited then.

    def headway(self, progress: Progress) -> Headway:
        """How far it has come now."""
        now, done = self._clock(), min(progress.done, progress.total)
        if self._began is None:
            # What was there before the first look took no time, and tells no rate.
            self._began = (now, 0 if progress.passages else done)
        if done >= progress.total and progress.waiting:
            left_s = self._embedded_in_s(now, progress.waiting)
            return Headway(
                done, progress.total, progress.passages, None, left_s, waiting=progress.waiting
            )
        since, before = self._began
        spent, came = now - since, done - before
        if spent < _WARM_UP_S or came <= 0:
            return Headway(done, progress.total, progress.passages, waiting=progress.waiting)
        rate = came / spent
        left_s = (progress.total - done) / rate
        return Headway(
            done, progress.total, progress.passages, rate, left_s, waiting=progress.waiting
        )

    def _embedded_in_s(self, now: float, waiting: int) -> float | None:
        if self._embedding is None or waiting > self._embedding[1]:
            self._embedding = (now, waiting)
        since, before = self._embedding
        spent, came = now - since, before - waiting
        return None if spent < _WARM_UP_S or came <= 0 else waiting * spent / came


def left_over(paths: Sequence[str]) -> str:
    """What to do about paths that the end of the chat has kept from being added, in a line."""
    named = [path if is_url(path) else str(at_home(path)) for path in paths]
    also = f" (and {len(named) - _MOST_NAMED:,} more)" if len(named) > _MOST_NAMED else ""
    shown = " ".join(shlex.quote(path) for path in named[:_MOST_NAMED])
    return f"not all was added before the chat ended; to go on: dateline --rebuild {shown}{also}"


def _duration(seconds: float) -> str:
    """Seconds in words, as coarse as they are uncertain."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def told(outcome: Outcome, *, was_stopped: bool) -> str:
    """What was done, in a line."""
    parts = [
        f"{count:,} {what}"
        for count, what in (
            (outcome.added, "added"),
            (outcome.changed, "changed"),
            (outcome.removed, "removed"),
            (outcome.unchanged, "unchanged"),
            (len(outcome.failures), "failed"),
        )
        if count
    ]
    line = ", ".join(parts) or ("" if was_stopped else "nothing to add there")
    stopped = "stopped; what was finished is kept"
    return f"{stopped}{': ' * bool(line)}{line}" if was_stopped else line
