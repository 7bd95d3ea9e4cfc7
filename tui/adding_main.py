"""``python -m tui.adding_main``: the process that takes articles in beside the chat.

It is told what to add by a line of JSON on its standard input, and tells how far it has come by
lines of JSON on its standard output (`adder` reads them). ``stop`` on its input, or its end,
which is also the end of the chat, stops it after the article it is at. The processes that it starts
to read files import this module anew: nothing is imported here that they do not need.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
import threading
import time
from typing import Any

_NICE = 10
_TOLD_EVERY_S = 0.25
# The chat has gone, and with it whoever would wait for the article that is being read.
_ALONE_S = 5.0


class _Teller:
    """Writes lines to whoever started this process; what goes on lasts no longer than that."""

    def __init__(self) -> None:
        # What anything else prints must not get among the lines.
        self._told = os.fdopen(os.dup(1), "w", encoding="utf-8")
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        self._lock = threading.Lock()
        self._told_at = 0.0

    def tell(self, **what: Any) -> None:
        with self._lock:
            try:
                # JSON escapes whatever is not ASCII: lone surrogates and control characters, too.
                self._told.write(json.dumps(what) + "\n")
                self._told.flush()
            except OSError:
                leave(1)

    def progress(self, progress: Any) -> None:
        now = time.monotonic()
        if now - self._told_at >= _TOLD_EVERY_S:
            self._told_at = now
            self.tell(progress=dataclasses.astuple(progress))


def leave(status: int) -> None:
    """End at once, and with it what reads files."""
    import multiprocessing

    for child in multiprocessing.active_children():
        child.kill()
    os._exit(status)


def _listen(stopped: threading.Event) -> None:
    """Until the chat says stop, or is no more."""
    for line in sys.stdin:
        if line.strip() == "stop":
            stopped.set()
    stopped.set()
    time.sleep(_ALONE_S)
    leave(1)


def main() -> None:
    """Take in what the first line of the input names; tell how it goes and what came of it."""
    # An interrupt is for the chat, which then ends this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICE)  # Whoever types or asks comes first.
    teller = _Teller()
    given = json.loads(sys.stdin.readline())
    stopped = threading.Event()
    threading.Thread(target=_listen, args=(stopped,), daemon=True).start()

    from embeddings.errors import DatelineError
    from embeddings.places import place_from
    from tui.adder import outcome_json
    from tui.adding import take_in

    try:
        outcome = take_in(
            place_from(given["library"]),
            given["paths"],
            progress=teller.progress,
            cancelled=stopped.is_set,
            say=lambda line: teller.tell(said=line),
        )
    except DatelineError as error:
        teller.tell(failed=str(error))
    except Exception as error:  # noqa: BLE001
        # Broad, because this is the process's edge: the person gets a line, not a traceback.
        teller.tell(failed=f"something unforeseen went wrong ({error or type(error).__name__})")
    else:
        teller.tell(outcome=outcome_json(outcome))
    leave(0)


if __name__ == "__main__":
    main()
