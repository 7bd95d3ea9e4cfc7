"""The top line: what answers, and within which dates and sources."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from embeddings.records import Filters
from tui.display import MUTED, narrowed


class Masthead(Widget):
    """The product's name, then the library's size and the filters in force."""

    articles: reactive[int | None] = reactive(None)
    seeds = reactive(False)
    within: reactive[Filters] = reactive(Filters())

    def render(self) -> Content:
        name = Content.styled("Dateline", "bold $primary")
        said = Content.assemble(name, "  ", (self._counted(), MUTED))
        filtered = narrowed(self.within)
        return Content.assemble(said, "  ", (filtered, "$text-warning")) if filtered else said

    def _counted(self) -> str:
        if self.articles is None:
            return "opening the library…"
        noun = "seed article" if self.seeds else "article"
        return f"{self.articles:,} {noun}{'' if self.articles == 1 else 's'}"
