"""One of the things that an unclear question may mean."""

from __future__ import annotations

from qa.answer import Choice
from tui.messages import QuestionSent
from tui.widgets.offer import Offer


class ChoiceOffer(Offer):
    """Asks the question in full, as it is written here."""

    def __init__(self, number: int, choice: Choice) -> None:
        label = choice.label if choice.label == choice.question else None
        super().__init__(
            choice.question if label else f"{choice.label}: {choice.question}",
            lambda: QuestionSent(choice.question, as_written=True),
            mark=f"{number} ",
        )
