"""The edge of a worker: whatever goes wrong beyond it becomes a message, and the chat goes on."""

from __future__ import annotations

from collections.abc import Callable

from textual.message import Message

from embeddings.errors import DatelineError
from qa.output import one_line


def at_edge(work: Callable[[], Message | None], failed: Callable[[str], Message]) -> Message | None:
    """What came of the work; what `failed` makes of a line that says why nothing did."""
    try:
        return work()
    except DatelineError as error:
        return failed(str(error))
    except Exception as error:  # noqa: BLE001
        # Broad, because a thread's unforeseen error would end the whole app, and with it the
        # conversation; the person sees a line instead and can ask again.
        said = one_line(str(error)) or type(error).__name__
        return failed(
            f"something unforeseen went wrong ({said}); ask again, or see dateline --doctor"
        )
