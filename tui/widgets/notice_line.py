"""What a person must know before an answer, or why there is none: a line in the transcript."""

from __future__ import annotations

from textual.widgets import Static

from tui.display import line


class NoticeLine(Static):
    """A notice; an error where `failed`."""

    def __init__(self, text: str, *, failed: bool = False, classes: str = "") -> None:
        super().__init__(line(text), classes=f"{classes} -failed" if failed else classes)
