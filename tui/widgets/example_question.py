"""A question to begin with, that can be chosen instead of typed."""

from __future__ import annotations

from tui.messages import QuestionSent
from tui.widgets.offer import Offer


class ExampleQuestion(Offer):
    """Sends its question."""

    def __init__(self, question: str) -> None:
        super().__init__(question, lambda: QuestionSent(question))
