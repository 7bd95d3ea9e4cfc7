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
    """The reason, as a sentence; `heading` says what kind of no it is."""

    def __init__(
        self, refusal: Refusal, scope: str | None = None, *, heading: str = NOT_IN_ARTICLES
    ) -> None:
        end = "" if refusal.reason.endswith("?") else "."
        said = Content.assemble((heading, "bold $text-warning"), line(refusal.reason), end)
        if scope:
            said = Content.assemble(line(f"({scope})", MUTED), "\n", said)
        super().__init__(said)
