"""A question to begin with, that can be chosen instead of typed."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from tui.display import MARK
from tui.messages import QuestionSent


class ExampleQuestion(Static, can_focus=True):
    """Enter or a click sends it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Ask this"),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, question: str) -> None:
        super().__init__(Content.assemble((MARK, "$primary"), question))
        self._question = question

    def action_send(self) -> None:
        self.post_message(QuestionSent(self._question))

    def on_click(self) -> None:
        self.action_send()
