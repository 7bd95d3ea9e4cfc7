"""When files change in folders: told once things have come to rest, and never of half a file."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from embeddings.parsing import known_now

# Changes that come this close together are one.
DEBOUNCE_MS = 1500
# A file that has not changed for so long has been written to its end.
SETTLE_S = 1.0
# One that is written for longer is read as it is, and again when it changes again.
LONGEST_S = 120.0
_LOOK_EVERY_S = 0.25


def watch_changes(
    folders: Sequence[Path], *, stop: threading.Event, debounce_ms: int = DEBOUNCE_MS
) -> Iterator[set[Path]]:
    """The files that changed, came or went, each time after they have settled, until `stop`."""
    from watchfiles import watch

    for changes in watch(*folders, stop_event=stop, debounce=debounce_ms, recursive=True):
        changed = {Path(path) for _, path in changes}
        wait_until_written(changed, stop=stop)
        yield changed


def wait_until_written(
    files: Iterable[Path],
    *,
    stop: threading.Event,
    settle_s: float = SETTLE_S,
    longest_s: float = LONGEST_S,
) -> None:
    """Wait until none of the files has changed for `settle_s`, or `longest_s` have passed."""
    files = list(files)
    until = time.monotonic() + longest_s
    before = {file: known_now(file) for file in files}
    rested_at = time.monotonic()
    while not stop.is_set() and time.monotonic() - rested_at < settle_s:
        if time.monotonic() > until:
            return
        stop.wait(_LOOK_EVERY_S)
        now = {file: known_now(file) for file in files}
        if now != before:
            before, rested_at = now, time.monotonic()
