"""Whether the terminal is still there: who talks to nobody ends.

A terminal's end is told by a signal, and where that is ignored (under ``nohup``, say) by nothing:
what is read from it is empty, again and again, and what is written waits for ever.
"""

from __future__ import annotations

import os
import select
import threading

from qa.exitcodes import ExitCode


def is_gone(descriptor: int, timeout_ms: int | None = 0) -> bool:
    """Whether whoever was at the other end of the open file has hung up, waiting so long for it
    (None: for ever); False where the system does not say."""
    if not hasattr(select, "poll"):  # Windows.
        return False
    poller = select.poll()
    poller.register(descriptor, 0)  # Of hanging up it tells unasked.
    return any(what & select.POLLHUP for _, what in poller.poll(timeout_ms))


def end_when_gone(descriptor: int) -> None:
    """End this process as soon as its terminal has hung up. Each turn is kept when it is done."""

    def wait() -> None:
        if is_gone(descriptor, None):
            # At once: an orderly end would write to the terminal, which nobody reads.
            os._exit(ExitCode.INTERRUPTED)

    threading.Thread(target=wait, name="terminal", daemon=True).start()
