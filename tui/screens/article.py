"""One article, opened at a cited sentence; n and p go through the citations of the answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Container, Vertical
from textual.screen import Screen

from embeddings.records import Article
from tui import messages
from tui.citing import as_text
from tui.edge import at_edge
from tui.keys import bind
from tui.originals import open_original, original_of
from tui.reading import Reading
from tui.widgets.article_head import ArticleHead
from tui.widgets.article_text import ArticleText
from tui.widgets.key_line import KeyLine
from tui.widgets.place_list import PlaceList
from tui.widgets.status_line import StatusLine

_CHANGED = "the article was changed after it was cited; the sentence is no longer there"
WIDE_CELLS = 120
TYPED_ON_WITHIN_S = 2.0


class ArticleScreen(Screen[bool]):
    """Shows `reading`; left by Esc, or, where `typing` goes on (then True), by what is typed.

    `read` gives an article by its id; `others`, what else it has answered. The article stands
    beside the answer's citations where there is room, else over them.
    """

    AUTO_FOCUS = "ArticleText"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-narrow"),
        (WIDE_CELLS, "-wide"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        bind("next_citation", "turn(1)", "Next", show=True),
        bind("previous_citation", "turn(-1)", "Previous", show=True),
        bind("dim", "dim", "Dim", show=True),
        bind("copy_citation", "copy", "Copy", show=True),
        bind("open_original", "open_original", "Original", show=True),
        Binding("question_mark", "app.help", "Help", show=False),
    ]

    def __init__(
        self,
        reading: Reading,
        *,
        read: Callable[[str], Article],
        others: Callable[[str], Sequence[Reading]],
        typing: bool = False,
    ) -> None:
        super().__init__(name="article")
        self._reading = reading
        self._article_of = read
        self._others = others
        self._typing = typing
        self._shown: Article | None = None
        self._opened_at = time.monotonic()

    def compose(self) -> ComposeResult:
        with Container(id="panes"):
            yield PlaceList()
            with Vertical(id="article"):
                with Center():
                    yield ArticleHead()
                with Center(classes="rest"):
                    yield ArticleText()
                with Center():
                    yield StatusLine()
        yield KeyLine(show_command_palette=False)

    def on_mount(self) -> None:
        if self.query(StatusLine):  # Whoever types on fast has left it before it was there.
            self._go_to(self._reading)

    def _say(self, line: str) -> None:
        self.query_one(StatusLine).said = line

    def _go_to(self, reading: Reading) -> None:
        self._reading = reading
        self._say("")
        self._read(reading.article_id)
        self.refresh_bindings()

    @work(thread=True, exit_on_error=False, group="articles", exclusive=True)
    def _read(self, article_id: str) -> None:
        came = at_edge(
            lambda: messages.ArticleRead(self._article_of(article_id)),
            lambda line: messages.ArticleNotRead(article_id, line),
        )
        if came:
            self.post_message(came)

    async def on_article_read(self, message: messages.ArticleRead) -> None:
        article, reading = message.article, self._reading
        if article.id != reading.article_id:
            return  # The reader has gone on meanwhile.
        self._shown = article
        citation = reading.citation
        span = None
        if citation is not None:
            if article.text[citation.start : citation.end] == citation.text:
                span = (citation.start, citation.end)
            else:
                self._say(_CHANGED)
        self.query_one(ArticleHead).describe(article, self._place())
        self.query_one(ArticleText).set_article(article.text, span)
        others = [o for o in self._others(article.id) if o.citations is not reading.citations]
        await self.query_one(PlaceList).show(reading, others)
        self.refresh_bindings()

    def on_article_not_read(self, message: messages.ArticleNotRead) -> None:
        if message.article_id == self._reading.article_id:
            self._say(message.line)

    def on_reading_chosen(self, message: messages.ReadingChosen) -> None:
        self._go_to(message.reading)
        self.query_one(ArticleText).focus()

    def _place(self) -> str | None:
        citation, count = self._reading.citation, len(self._reading.citations)
        return None if citation is None else f"citation {citation.number} of {count}"

    def action_turn(self, by: int) -> None:
        """The next or the previous citation of the same answer, where there is one."""
        if turned := self._reading.turned(by):
            self._go_to(turned)

    def action_dim(self) -> None:
        view = self.query_one(ArticleText)
        view.dimmed = not view.dimmed

    def action_copy(self) -> None:
        if citation := self._reading.citation:
            self.app.copy_to_clipboard(as_text(citation))
            self._say(f"copied [{citation.number}], with its source")

    def action_open_original(self) -> None:
        """Open the original in a browser; where that cannot be, say where it is."""
        if self._shown is None:
            return
        address = original_of(self._shown)
        if address is None:
            self._say("its original is neither a web address nor a file that is still there")
        elif self.app.is_web:
            if address.startswith("file:"):
                self._say(f"the original is {self._shown.path}")
            else:
                self.app.open_url(address)
        else:
            self._say(f"opening {address}")
            self._open(address)

    @work(thread=True, exit_on_error=False, group="original")
    def _open(self, address: str) -> None:
        def opened() -> messages.ThingDone | None:
            if open_original(address):
                return None
            return messages.ThingDone(f"no browser can be opened here; it is at {address}")

        came = at_edge(opened, lambda line: messages.ThingDone(line, failed=True))
        if came:
            self.post_message(came)

    def on_thing_done(self, message: messages.ThingDone) -> None:
        message.stop()
        self._say(message.line)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A way on that is not there is shown dim."""
        if action == "turn":
            by = parameters[0]
            assert isinstance(by, int)
            return True if self._reading.turned(by) else None
        if action in ("copy", "dim"):
            return True if self._reading.citation else None
        return True

    def lead(self, event: events.Key | events.Paste) -> None:
        """What is typed on from a digit, soon, was a question's beginning: it goes to the chat."""
        is_soon = time.monotonic() - self._opened_at < TYPED_ON_WITHIN_S
        is_typed = isinstance(event, events.Paste) or (
            event.is_printable and event.key not in self._bindings.key_to_bindings
        )
        if self._typing and is_soon and is_typed:
            self.dismiss(True)

    def action_leave(self) -> None:
        self.dismiss(False)
