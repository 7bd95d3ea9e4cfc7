"""Something the person may choose instead of typing: a line that a key or a click takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.display import MARK, line


class Offer(Static, can_focus=True):
    """Enter or a click posts what `taken` makes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Choose"),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, label: str, taken: Callable[[], Message], *, mark: str = MARK) -> None:
        super().__init__(Content.assemble((mark, "$primary"), line(label)))
        self._taken = taken

    def action_take(self) -> None:
        self.post_message(self._taken())

    def on_click(self) -> None:
        self.action_take()
