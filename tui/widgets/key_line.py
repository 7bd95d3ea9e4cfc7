"""The keys that do something here, at the foot of the screen."""

from __future__ import annotations

from textual.screen import Screen
from textual.widgets import Footer


class KeyLine(Footer):
    """Textual's footer, built anew only where another key is to be shown.

    From one citation to the next nothing of it changes, and building it takes longer than all
    the rest of that step.
    """

    _shown: tuple[tuple[str, str, bool], ...] | None = None

    def bindings_changed(self, screen: Screen[object]) -> None:
        """A binding has come, gone, or changed whether it is to be had."""
        if not self.is_attached or screen is not self.screen or not screen.app.app_focus:
            return
        shown = tuple(
            (self.app.get_key_display(binding), binding.description, enabled)
            for _, binding, enabled, _ in screen.active_bindings.values()
            if binding.show
        )
        if shown != self._shown:
            self._shown = shown
            super().bindings_changed(screen)
