"""A line or two above the prompt, for what passes: work under way, an answer out of sight."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.display import line


class StatusLine(Widget):
    """Takes no room while it has nothing to say."""

    said = reactive("", layout=True)

    def watch_said(self, said: str) -> None:
        self.display = bool(said)

    def render(self) -> Content:
        return line(self.said)
