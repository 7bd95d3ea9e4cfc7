"""What an empty transcript says: what can be asked, and how articles get in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.content import Content
from textual.widgets import Static

from tui.widgets.example_question import ExampleQuestion

EXAMPLES = (
    "Where will Russian forces remain?",
    "When did the original Panama Canal open?",
    "Who developed the rinderpest vaccine?",
)
_ADD = "dateline --rebuild PATH"


class Welcome(VerticalGroup):
    """Gone with the first question. `seeds`: whether the seed articles answer."""

    def __init__(self, *, articles: int, seeds: bool) -> None:
        super().__init__()
        self._articles = articles
        self._seeds = seeds

    def compose(self) -> ComposeResult:
        yield Static(Content(self._heading()), classes="heading")
        if self._seeds:
            yield Static(Content("Type a question below, or choose one of these (Tab, Enter):"))
            with VerticalGroup(classes="examples"):
                yield from (ExampleQuestion(question) for question in EXAMPLES)
        elif self._articles:
            yield Static(
                Content(
                    "Type a question below: who, when, where, how many, what happened.\n"
                    "Names, places and dates in it help. One question at a time is best."
                )
            )
        yield Static(
            Content(
                "An answer is sentences from the articles, word for word, each with its source. "
                "Where they do not answer, you are told so."
            )
        )
        yield Static(Content.assemble("Add articles from a folder or file with  ", (_ADD, "bold")))

    def _heading(self) -> str:
        if not self._articles:
            return "The library has no articles yet"
        return "Ask the seed articles a question" if self._seeds else "Ask your articles a question"
