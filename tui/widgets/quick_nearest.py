"""What a word search found at once, while the models that answer are still loading."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalGroup
from textual.content import Content
from textual.widgets import Static

from qa.answer import Citation
from tui.widgets.citation_card import CitationCard

REFINING = "nearest sentences by their words, not an answer; refining…"


class QuickNearest(VerticalGroup):
    """The nearest sentences, each as a refusal shows its own; gone when the answer comes."""

    def __init__(self, citations: tuple[Citation, ...]) -> None:
        super().__init__()
        self._citations = citations

    def compose(self) -> ComposeResult:
        yield Static(Content.styled(REFINING, "italic"))
        for index in range(len(self._citations)):
            yield CitationCard(self._citations, index, nearest=True)
