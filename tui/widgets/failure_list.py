"""What could not be added, and why."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from embeddings.outcome import Failure
from tui.display import MUTED, line

MOST_SHOWN = 50


class FailureList(Static):
    """Takes no room while nothing failed."""

    failures: reactive[Sequence[Failure]] = reactive((), always_update=True)

    def watch_failures(self, failures: Sequence[Failure]) -> None:
        self.display = bool(failures)
        rows = [
            Content.assemble(
                ("✗ ", "$text-error"), line(failure.reason), "  ", line(failure.path, MUTED)
            )
            for failure in failures[:MOST_SHOWN]
        ]
        if (left := len(failures) - MOST_SHOWN) > 0:
            rows.append(Content.styled(f"and {left} more", MUTED))
        self.update(Content("\n").join(rows))
