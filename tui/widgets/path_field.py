"""Where the paths of articles are typed or pasted: Tab completes, Enter adds."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import Input

from qa.output import printable
from tui.messages import CompletionMoved, CompletionTaken, PathsGiven

MOST_PASTED = 1000


class PathField(Input):
    """`completing`: completions are shown, and the arrows and Tab go through them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
    ]

    completing = reactive(False, bindings=True)

    def __init__(self) -> None:
        super().__init__(placeholder="a file, a folder or an address to add", select_on_focus=False)

    def put(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)
        self.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("complete", "move"):
            return self.completing
        return super().check_action(action, parameters)

    def action_complete(self) -> None:
        self.post_message(CompletionTaken())

    def action_move(self, by: int) -> None:
        self.post_message(CompletionMoved(by))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.value = ""
            self.post_message(PathsGiven([event.value]))

    def _on_paste(self, event: events.Paste) -> None:
        """One line is put where it is typed; several are added, each for itself."""
        event.prevent_default()
        event.stop()
        lines = [found for text in event.text.splitlines() if (found := text.strip())]
        if len(lines) > 1:
            self.post_message(PathsGiven(lines[:MOST_PASTED]))
        elif lines:
            self.insert_text_at_cursor(printable(lines[0]))
