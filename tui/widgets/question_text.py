"""A question as it was asked, and, where that differs, as it was understood."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.display import MARK, MUTED, line, lines


class QuestionText(Static):
    """The question, whole, its lines kept."""

    def __init__(self, question: str) -> None:
        indented = question.replace("\n", f"\n{' ' * len(MARK)}")
        self._said = Content.assemble((MARK, "bold $primary"), lines(indented, "bold"))
        super().__init__(self._said)

    def show_understood(self, asked_as: str, key: str) -> None:
        """Say that `asked_as` is what was searched, and which key changes it."""
        self.update(
            Content.assemble(
                self._said,
                "\n",
                ("  searched as: ", MUTED),
                line(asked_as, "italic"),
                (f"  ({key} changes it)" if key else "", MUTED),
            )
        )
