"""What may take the place of what is typed, over the prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.completion import Completion
from tui.display import MUTED, line
from tui.messages import CompletionClicked

_SHOWN_CELLS = 18


class CompletionList(OptionList, can_focus=False):
    """Shown while it has something; the prompt keeps the focus and tells it where to go."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[Completion, ...] = ()

    def show(self, found: Sequence[Completion]) -> None:
        """Offer these, the first highlighted; nothing where there are none."""
        if tuple(found) == self._found:
            return
        self._found = tuple(found)
        self.clear_options()
        self.add_options([Option(_row(completion)) for completion in self._found])
        self.highlighted = 0 if self._found else None
        self.display = bool(self._found)

    @property
    def chosen(self) -> Completion | None:
        """The completion that is highlighted, if any is shown."""
        return self._found[self.highlighted] if self.highlighted is not None else None

    def move(self, by: int) -> None:
        """Highlight the next (1) or the previous (-1), round the ends."""
        if self.highlighted is not None:
            self.highlighted = (self.highlighted + by) % len(self._found)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(CompletionClicked(event.option_index))


def _row(completion: Completion) -> Content:
    shown = line(completion.shown)
    if not completion.hint:
        return shown
    gap = " " * max(2, _SHOWN_CELLS - shown.cell_length)
    return Content.assemble(shown, gap, line(completion.hint, MUTED))
