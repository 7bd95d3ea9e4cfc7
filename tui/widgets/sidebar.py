"""Beside the transcript: earlier conversations, and the library's articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Input, Static

from embeddings.records import ArticleSummary
from embeddings.sessions import SessionSummary
from tui.widgets.article_list import ArticleList
from tui.widgets.session_list import SessionList


class Sidebar(Vertical):
    """What is typed in its field narrows both lists. `current` is the open session's id."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "to_lists", show=False)]

    articles: reactive[Sequence[ArticleSummary]] = reactive((), always_update=True)
    sessions: reactive[Sequence[SessionSummary]] = reactive((), always_update=True)
    current: reactive[str | None] = reactive(None)
    by_source = reactive(False)
    needle = reactive("")

    def compose(self) -> ComposeResult:
        yield Input(placeholder="find", select_on_focus=False)
        yield Static(Content("Conversations"), classes="heading")
        yield SessionList().data_bind(Sidebar.sessions, Sidebar.current, Sidebar.needle)
        yield Static(Content("Articles"), classes="heading")
        yield ArticleList().data_bind(Sidebar.articles, Sidebar.by_source, Sidebar.needle)

    def action_to_lists(self) -> None:
        """Go on to the first list that has something."""
        for found in self.query(SessionList), self.query(ArticleList):
            for choices in found:
                if choices.option_count and not choices.get_option_at_index(0).disabled:
                    choices.focus()
                    return

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.needle = event.value

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_to_lists()
