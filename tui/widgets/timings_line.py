"""Where an answer's time went, for those who ask to see it."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from qa.answer import Answer


class TimingsLine(Static):
    """Shown by the screen's ``-timings`` class alone."""

    def __init__(self, answer: Answer) -> None:
        spent = dict(answer.timings_ms)
        total = spent.pop("total", 0.0)
        stages = ", ".join(f"{stage} {spent_ms:.0f}" for stage, spent_ms in spent.items())
        super().__init__(Content(f"{total:.0f} ms ({stages}) · confidence {answer.confidence:.0%}"))
