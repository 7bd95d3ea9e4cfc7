"""What stands over a refusal's nearest sentences: that they are not answers."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.display import MUTED


class NearestHeading(Static):
    """The same words wherever nearest sentences are shown."""

    def __init__(self) -> None:
        super().__init__(Content.styled("nearest, not answers:", f"italic {MUTED}"))
