"""F1: every key, and what Dateline does and does not do, on one page."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

_KEYS = {
    "Asking": (
        ("Enter", "send the question"),
        ("Ctrl+J, Shift+Enter", "new line"),
        ("Up, Down", "earlier questions, later ones"),
        ("Esc", "cancel the question that runs"),
        ("Page Up, Page Down", "scroll; Ctrl+Home, Ctrl+End: to the ends"),
    ),
    "Citations": (
        ("Tab, Esc", "from the prompt to the citations; Esc goes back"),
        ("Up, Down, Enter", "choose one, open its article; a click does, too"),
        ("1 … 9", "open that citation; at the prompt Alt+1 … Alt+9"),
        ("n, p", "in an article: next, previous; Esc leaves it"),
    ),
    "Anywhere": (
        ("Ctrl+T", "show where the time went"),
        ("Ctrl+P", "palette: themes, light and dark, screenshot"),
        ("Ctrl+C", "copy text selected with the mouse"),
        ("Ctrl+Q", "quit"),
    ),
}
_KEY_CELLS = 22


class HelpScreen(ModalScreen[None]):
    """Closed by Esc, F1, Enter or q."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,enter,q", "leave", "Close"),
    ]

    def compose(self) -> ComposeResult:
        rows: list[Content] = []
        for heading, keys in _KEYS.items():
            rows.append(Content.styled(heading, "bold $primary"))
            rows += [
                Content.assemble("  ", (key.ljust(_KEY_CELLS), "bold"), does) for key, does in keys
            ]
        with VerticalScroll():
            yield Static(Content("\n").join(rows))

    def action_leave(self) -> None:
        self.dismiss()
