"""A question as it was asked."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.display import MARK, lines


class QuestionText(Static):
    """The question, whole, its lines kept."""

    def __init__(self, question: str) -> None:
        super().__init__(Content.assemble((MARK, "bold $primary"), lines(question, "bold")))
