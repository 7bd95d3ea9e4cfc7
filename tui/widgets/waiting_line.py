"""The sign that a question is being worked on, and how far it has come."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from qa.stages import Stage
from tui.display import MUTED, line

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_FRAME_S = 0.1


class WaitingLine(Widget):
    """Turns while `running`; else says that the question waits for its turn.

    Once passages are found, it says of which articles.
    """

    running = reactive(False)
    frame = reactive(0)
    stage: reactive[Stage | None] = reactive(None, layout=True)

    def on_mount(self) -> None:
        self.set_interval(_FRAME_S, self._turn)

    def _turn(self) -> None:
        if self.running:
            self.frame = (self.frame + 1) % len(_FRAMES)

    def render(self) -> Content:
        if not self.running:
            return Content("… waiting for its turn")
        turning = f"{_FRAMES[self.frame]} "
        if self.stage is None:
            return Content(f"{turning}looking in the articles…")
        count = self.stage.passages
        found = f"{count} passage{'' if count == 1 else 's'} found; choosing sentences…"
        rows = [Content(turning + found)]
        rows += [Content.assemble("  ", line(title, MUTED)) for title in self.stage.titles]
        return Content("\n").join(rows)
