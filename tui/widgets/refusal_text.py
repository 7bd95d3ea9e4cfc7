"""A refusal: that the articles do not answer, and why."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from qa.answer import Refusal
from tui.display import MUTED, line

NOT_IN_ARTICLES = "Not in your articles: "
WHICH = "Which do you mean? "
NOT_CLEAR = "Not clear: "


class RefusalText(Static):
    """The reason; and, where nearest sentences follow, that they are not answers.

    `heading` says what kind of no it is.
    """

    def __init__(
        self, refusal: Refusal, scope: str | None = None, *, heading: str = NOT_IN_ARTICLES
    ) -> None:
        said = Content.assemble((heading, "bold $text-warning"), line(refusal.reason), ".")
        if refusal.nearest:
            said = Content.assemble(said, "\n", ("nearest, not answers:", f"italic {MUTED}"))
        if scope:
            said = Content.assemble(line(f"({scope})", MUTED), "\n", said)
        super().__init__(said)
