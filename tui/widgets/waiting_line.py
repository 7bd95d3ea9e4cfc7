"""The sign that a question is being worked on."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_FRAME_S = 0.1


class WaitingLine(Widget):
    """Turns while `running`; else says that the question waits for its turn."""

    running = reactive(False)
    frame = reactive(0)

    def on_mount(self) -> None:
        self.set_interval(_FRAME_S, self._turn)

    def _turn(self) -> None:
        if self.running:
            self.frame = (self.frame + 1) % len(_FRAMES)

    def render(self) -> Content:
        if not self.running:
            return Content("… waiting for its turn")
        return Content(f"{_FRAMES[self.frame]} looking in the articles…")
