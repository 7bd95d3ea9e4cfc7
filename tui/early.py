"""What is typed while the screen is still being built: it waits for the prompt, in order."""

from __future__ import annotations

from textual import events


class TypedEarly:
    """Holds keys and pastes until there is a prompt to take them."""

    def __init__(self) -> None:
        self._held: list[events.Key | events.Paste] = []
        self._is_over = False

    def holds(self, event: events.Key | events.Paste) -> bool:
        """Whether the event waits from now on; nothing does once `release` was called."""
        if not self._is_over:
            self._held.append(_as_meant(event))
        return not self._is_over

    def release(self) -> list[events.Key | events.Paste]:
        """What waited, in the order in which it was typed."""
        self._is_over = True
        held, self._held = self._held, []
        return held


def _as_meant(event: events.Key | events.Paste) -> events.Key | events.Paste:
    # Until the app has the terminal to itself, that makes a line feed of Enter: which is Ctrl+J.
    if isinstance(event, events.Key) and event.key == "ctrl+j":
        return events.Key("enter", "\r")
    return event
