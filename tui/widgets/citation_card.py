"""One citation under an answer: where it stands, and the sentence, whole."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from qa.answer import Citation
from tui.display import MUTED, byline, line, own_marks, said_by, sentence
from tui.keys import bind
from tui.messages import CitationChosen, CopyRequested


class CitationCard(Static, can_focus=True):
    """``citations[index]``. Enter or a click opens its article there.

    `nearest` says that it is no answer, only the nearest that was found.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open article"),
        bind("copy_citation", "copy", "Copy", show=True),
        Binding("up", "app.focus_previous", "Previous", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
    ]

    def __init__(
        self,
        citations: tuple[Citation, ...],
        index: int,
        *,
        nearest: bool = False,
    ) -> None:
        citation = citations[index]
        head = Content.assemble(
            (f"[{citation.number}] ", MUTED if nearest else "bold $primary"),
            own_marks(line(citation.title, "bold")),
        )
        place = byline(citation.source, citation.published)
        rows = [head]
        if place:
            rows.append(Content.styled(place, MUTED))
        if citation.gone:
            rows.append(
                Content.styled("this sentence no longer stands in the library", "$text-warning")
            )
        rows.append(Content.assemble(sentence(citation, "bold"), said_by(citation)))
        super().__init__(Content("\n").join(rows), classes="-nearest" if nearest else "")
        self.citations = citations
        self._index = index

    def action_open(self) -> None:
        self.post_message(CitationChosen(self.citations, self._index))

    def action_copy(self) -> None:
        self.post_message(CopyRequested(self.citations[self._index]))

    def on_click(self) -> None:
        # A drag that selects text to copy ends in a click, too.
        if self.text_selection is None:
            self.action_open()
