"""Whose turn it is: one question is looked up at a time, those sent meanwhile wait in order."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from tui.widgets.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that is looked up; `given_up` is set once nobody waits for its answer."""

    exchange: Exchange
    given_up: threading.Event = field(default_factory=threading.Event)


class Turns:
    """Used by the app's thread alone; a worker sees no more of it than its own `Turn`."""

    def __init__(self) -> None:
        self._waiting: deque[Exchange] = deque()
        self._current: Turn | None = None

    @property
    def any(self) -> bool:
        """Whether a question is looked up or waits."""
        return self._current is not None or bool(self._waiting)

    def add(self, exchange: Exchange) -> None:
        self._waiting.append(exchange)

    def begin(self) -> Turn | None:
        """The next turn; None while one goes on, or where nothing waits."""
        if self._current is not None or not self._waiting:
            return None
        self._current = Turn(self._waiting.popleft())
        return self._current

    def current(self, number: int) -> Exchange | None:
        """The exchange of that number, while it is its turn."""
        if self._current is None or self._current.exchange.number != number:
            return None
        return self._current.exchange

    def end(self, number: int) -> Exchange | None:
        """The exchange of that number, its turn over; None where it had been given up."""
        if self._current is None or self._current.exchange.number != number:
            return None
        ended, self._current = self._current, None
        return ended.exchange

    def give_up(self) -> Exchange | None:
        """Give up the question that is looked up, else the next that waits."""
        if self._current is not None:
            given_up, self._current = self._current, None
            given_up.given_up.set()
            return given_up.exchange
        return self._waiting.popleft() if self._waiting else None
