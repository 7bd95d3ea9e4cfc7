"""How far the adding of articles has come: a bar, a rate and the time left."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.display import MUTED, line
from tui.intake import Headway

_BAR_CELLS = 20


class IntakeLine(Widget):
    """Takes no room while nothing is added."""

    headway: reactive[Headway | None] = reactive(None)

    def watch_headway(self, headway: Headway | None) -> None:
        self.display = headway is not None

    def render(self) -> Content:
        headway = self.headway
        if headway is None:
            return Content("")
        full = round(_BAR_CELLS * headway.share)
        rest = _BAR_CELLS - full
        return Content.assemble(
            ("━" * full, "$success"), ("━" * rest, MUTED), "  ", line(headway.told)
        )
