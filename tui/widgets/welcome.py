"""What an empty transcript says: what can be asked, and how articles get in."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.content import Content
from textual.widgets import Static

from embeddings.sessions import SessionSummary
from tui.messages import LibraryRequested, SessionChosen
from tui.widgets.example_question import ExampleQuestion
from tui.widgets.offer import Offer


class Welcome(VerticalGroup):
    """Gone with the first question. `seeds`: whether the seed articles answer."""

    def __init__(self, *, articles: int, seeds: bool, help_key: str = "F1") -> None:
        super().__init__()
        self._help_key = help_key
        self._articles = articles
        self._seeds = seeds

    def compose(self) -> ComposeResult:
        yield Static(Content(self._heading()), classes="heading")
        if self._articles:
            yield Static(
                Content(
                    "Type a question below: who, when, where, how many, what happened. The answer "
                    "is sentences from the articles, word for word, each with its source; where "
                    "they do not answer, you are told so."
                )
            )
            yield VerticalGroup(classes="examples")
        else:
            yield Static(
                Content(
                    "Add articles first: type  /add PATH  below, with a file or a folder; "
                    "Tab completes. Markdown, text, HTML, PDF and more are read."
                )
            )
        with VerticalGroup(classes="ways"):
            yield Offer("add articles", LibraryRequested, mark="→ ")
        yield Static(
            Content.assemble(
                ("/", "bold"),
                " commands  ",
                (self._help_key, "bold"),
                " help  ",
                ("Ctrl+P", "bold"),
                " everything that can be done",
            ),
            classes="keys",
        )

    async def show_examples(self, questions: Sequence[str]) -> None:
        """Offer questions that these articles answer."""
        if questions and self._articles:
            examples = self.query_one(".examples", VerticalGroup)
            examples.display = True
            await examples.mount(
                Static(Content("Or choose one that these articles answer (Tab, Enter):")),
                *(ExampleQuestion(question) for question in questions),
            )

    async def show_last(self, session: SessionSummary) -> None:
        """Offer the latest conversation, to go on with."""
        ways = self.query_one(".ways", VerticalGroup)
        if len(ways.children) == 1:
            said = f"go on with “{session.title}”"
            await ways.mount(Offer(said, lambda: SessionChosen(session.id), mark="→ "))

    def _heading(self) -> str:
        if not self._articles:
            return "The library has no articles yet"
        return "Ask the seed articles a question" if self._seeds else "Ask your articles a question"
