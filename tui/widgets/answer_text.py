"""The answer itself: the cited sentences in a row, each followed by its mark."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from qa.answer import Answer
from tui.display import MUTED, line, said_by, sentence


class AnswerText(Static):
    """An answered `Answer`'s sentences, their short answers set off, and what agrees or differs."""

    def __init__(self, answer: Answer) -> None:
        parts = [
            Content.assemble(
                line(f"{citation.published}: ", MUTED)
                if citation.number in answer.differing and citation.published
                else "",
                sentence(citation, "bold $text-success"),
                said_by(citation),
                " ",
                (answer.marks(citation.number), "bold $primary"),
            )
            for citation in answer.told
        ]
        # Sentences that differ stand under one another, to be compared.
        said = Content("\n" if answer.differing else " ").join(parts)
        if answer.differing:
            apart = " ".join(f"[{number}]" for number in answer.differing)
            said = Content.assemble(
                (f"Your articles differ: {apart}\n", "bold $text-warning"), said
            )
        if answer.scope:
            said = Content.assemble(line(f"({answer.scope})", MUTED), "\n", said)
        super().__init__(said)
