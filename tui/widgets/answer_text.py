"""The answer itself: the cited sentences in a row, each followed by its mark."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from qa.answer import Answer
from tui.display import sentence


class AnswerText(Static):
    """An answered `Answer`'s sentences, the short answer set off in the first."""

    def __init__(self, answer: Answer) -> None:
        parts = [
            Content.assemble(
                sentence(citation, None if index else answer.short_answer, "bold $text-success"),
                " ",
                (f"[{citation.number}]", "bold $primary"),
            )
            for index, citation in enumerate(answer.citations)
        ]
        super().__init__(Content(" ").join(parts))
