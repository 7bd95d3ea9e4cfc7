"""Python's full collections of garbage, put off until nobody types or scrolls.

One looks at every object there is, models, index and all, and holds up everything for 100 ms
(`benchmarks/tui_scroll.py` has had them as its worst steps).
"""

from __future__ import annotations

import gc
import time

NEVER = 1_000_000
IDLE_S = 1.5
# Smaller collections since the last full one: so many are worth one; more than so many must not be.
WORTH_IT = 10
TOO_MANY = 200


def put_off_tidying() -> None:
    """From now on only a `Tidier` collects everything."""
    often, seldom, _ = gc.get_threshold()
    gc.set_threshold(often, seldom, NEVER)


class Tidier:
    """Collects, where that was put off, when the person rests."""

    def __init__(self) -> None:
        self._touched_at = time.monotonic()

    def touched(self) -> None:
        """The person has done something."""
        self._touched_at = time.monotonic()

    def tidy(self) -> bool:
        """Collect if there is enough to, and nobody is held up by it; whether it was done."""
        if gc.get_threshold()[2] != NEVER:
            return False
        due = gc.get_count()[2]
        rests = time.monotonic() - self._touched_at >= IDLE_S
        if due >= TOO_MANY or (rests and due >= WORTH_IT):
            gc.collect()
            return True
        return False
