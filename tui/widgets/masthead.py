"""The top line: what answers, and within which dates and sources."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from embeddings.records import Filters
from tui.display import MUTED, byline


class Masthead(Widget):
    """The product's name, then the library's size and the filters in force."""

    articles: reactive[int | None] = reactive(None)
    seeds = reactive(False)

    def __init__(self, filters: Filters) -> None:
        super().__init__()
        self._filters = filters

    def render(self) -> Content:
        name = Content.styled("Dateline", "bold $primary")
        return Content.assemble(name, "  ", (self._described(), MUTED))

    def _described(self) -> str:
        if self.articles is None:
            return "opening the library…"
        noun = "seed article" if self.seeds else "article"
        count = f"{self.articles:,} {noun}{'' if self.articles == 1 else 's'}"
        since, until, source = self._filters.since, self._filters.until, self._filters.source
        return byline(
            count,
            since and f"since {since}",
            until and f"until {until}",
            source and f"source “{source}”",
        )
