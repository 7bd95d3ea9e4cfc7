"""The chat: the Textual app around its screens. ``run`` is what the command line calls."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from embeddings.records import Filters
from tui.screens.chat import ChatScreen
from tui.screens.help import HelpScreen


class DatelineApp(App[None]):
    """A conversation with the library in `folder`."""

    TITLE = "Dateline"
    CSS_PATH = "dateline.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Help"),
        Binding("ctrl+q", "quit", "Quit", priority=True),
    ]

    def __init__(self, folder: Path, *, filters: Filters, top: int) -> None:
        super().__init__()
        self._folder = folder
        self._within = filters
        self._top = top

    def get_default_screen(self) -> Screen[Any]:
        return ChatScreen(self._folder, filters=self._within, top=self._top)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        yield from super().get_system_commands(screen)
        yield SystemCommand("Help", "Every key on one page", self.action_help)

    def action_help(self) -> None:
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen())


def run(folder: Path, *, filters: Filters, top: int) -> int:
    """Chat until the person quits; the exit status."""
    app = DatelineApp(folder, filters=filters, top=top)
    app.run()
    return app.return_code or 0
