"""One article, opened at a cited sentence; n and p go through the citations of the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center
from textual.screen import Screen
from textual.widgets import Footer

from embeddings.records import Article
from qa.answer import Citation
from tui.edge import at_edge
from tui.messages import ArticleNotRead, ArticleRead
from tui.widgets.article_head import ArticleHead
from tui.widgets.article_text import ArticleText
from tui.widgets.status_line import StatusLine

_CHANGED = "the article was changed after it was cited; the sentence is no longer there"


class ArticleScreen(Screen[None]):
    """Shows the article of ``citations[index]``; `read` gives an article by its id."""

    AUTO_FOCUS = "ArticleText"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("n", "turn(1)", "Next"),
        Binding("p", "turn(-1)", "Previous"),
    ]

    def __init__(
        self, citations: tuple[Citation, ...], index: int, *, read: Callable[[str], Article]
    ) -> None:
        super().__init__()
        self._citations = citations
        self._index = index
        self._article = read

    def compose(self) -> ComposeResult:
        with Center():
            yield ArticleHead()
        with Center(classes="rest"):
            yield ArticleText()
        with Center():
            yield StatusLine()
        yield Footer()

    def on_mount(self) -> None:
        self._read(self._index)

    @work(thread=True, exit_on_error=False, group="articles", exclusive=True)
    def _read(self, index: int) -> None:
        article_id = self._citations[index].article_id
        came = at_edge(
            lambda: ArticleRead(self._article(article_id), index),
            lambda line: ArticleNotRead(index, line),
        )
        if came:
            self.post_message(came)

    def on_article_read(self, message: ArticleRead) -> None:
        if message.index != self._index:
            return  # The reader has gone on meanwhile.
        article, citation = message.article, self._citations[message.index]
        span = (citation.start, citation.end)
        is_there = article.text[citation.start : citation.end] == citation.text
        self.query_one(ArticleHead).describe(article, self._place())
        self.query_one(ArticleText).set_article(article.text, span if is_there else None)
        self.query_one(StatusLine).said = "" if is_there else _CHANGED

    def on_article_not_read(self, message: ArticleNotRead) -> None:
        if message.index == self._index:
            self.query_one(StatusLine).said = message.line

    def _place(self) -> str:
        return f"citation {self._citations[self._index].number} of {len(self._citations)}"

    def action_turn(self, by: int) -> None:
        """The next or the previous citation of the same answer, where there is one."""
        if 0 <= self._index + by < len(self._citations):
            self._index += by
            self._read(self._index)
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A way on that is not there is shown dim."""
        if action == "turn":
            by = parameters[0]
            assert isinstance(by, int)
            return True if 0 <= self._index + by < len(self._citations) else None
        return True

    def action_leave(self) -> None:
        self.dismiss()
