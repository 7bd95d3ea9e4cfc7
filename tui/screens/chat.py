"""The conversation: questions go to the engine in worker threads, answers come back as messages.

One question is worked on at a time; those sent meanwhile wait for their turn. Nothing here
waits, so typing and scrolling go on while the library opens or a question runs.
"""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Center
from textual.screen import Screen
from textual.widgets import Footer
from textual.worker import get_current_worker

from embeddings.records import Filters
from qa.answer import Citation
from qa.engine import Cancelled, Engine
from tui import messages
from tui.edge import at_edge
from tui.keys import CHAT_KEYS
from tui.screens.article import ArticleScreen
from tui.widgets.citation_card import CitationCard
from tui.widgets.exchange import Exchange
from tui.widgets.masthead import Masthead
from tui.widgets.notice_line import NoticeLine
from tui.widgets.prompt import Prompt
from tui.widgets.status_line import StatusLine
from tui.widgets.transcript import Transcript
from tui.widgets.welcome import Welcome

_OUT_OF_SIGHT = "↓ the answer is below (Page Down)"


class ChatScreen(Screen[None]):
    """Asks the library in `folder`, within `filters`, for at most `top` sentences."""

    BINDINGS: ClassVar[list[BindingType]] = CHAT_KEYS

    def __init__(self, folder: Path, *, filters: Filters, top: int) -> None:
        super().__init__()
        self._folder = folder
        self._filters = filters
        self._top = top
        self._engine: Engine | None = None
        self._is_opening = False
        self._waiting: deque[Exchange] = deque()
        self._looked_up: Exchange | None = None
        self._given_up = threading.Event()
        self._asked = 0

    def compose(self) -> ComposeResult:
        with Center():
            yield Masthead(self._filters)
        yield Transcript()
        with Center():
            yield StatusLine()
        with Center():
            yield Prompt()
        yield Footer()

    def on_mount(self) -> None:
        self.query_one(Prompt).focus()
        self._open_library()

    def on_unmount(self) -> None:
        self._given_up.set()
        if self._engine is not None:
            self._engine.close()

    # --- the library

    def _open_library(self) -> None:
        self._is_opening = True
        self._open_engine()

    @work(thread=True, exit_on_error=False, group="library")
    def _open_engine(self) -> None:
        worker = get_current_worker()

        def opened() -> messages.LibraryOpened:
            engine = Engine(self._folder, say=self._report_work)
            return messages.LibraryOpened(engine, engine.status().articles)

        came = at_edge(opened, messages.LibraryNotOpened)
        if isinstance(came, messages.LibraryOpened) and worker.is_cancelled:
            came.engine.close()
        elif came:
            self.post_message(came)

    def _report_work(self, line: str) -> None:
        self.post_message(messages.WorkReported(line))

    def on_work_reported(self, message: messages.WorkReported) -> None:
        self.query_one(StatusLine).said = message.line

    async def on_library_opened(self, message: messages.LibraryOpened) -> None:
        self._engine, self._is_opening = message.engine, False
        notice = message.engine.notice
        seeds = notice is not None
        masthead = self.query_one(Masthead)
        masthead.articles, masthead.seeds = message.articles, seeds
        self.query_one(StatusLine).said = ""
        transcript = self.query_one(Transcript)
        await transcript.query("Transcript > NoticeLine").remove()
        begun = self._asked > 0
        if not begun:
            await transcript.mount(Welcome(articles=message.articles, seeds=seeds))
        if notice:
            await transcript.mount(NoticeLine(notice), before=0)
        self._start_next()

    async def on_library_not_opened(self, message: messages.LibraryNotOpened) -> None:
        self._is_opening = False
        self.query_one(StatusLine).said = ""
        if not self._waiting:
            await self.query_one(Transcript).mount(NoticeLine(message.line, failed=True))
        while self._waiting:
            await self._waiting.popleft().show_failure(message.line)

    # --- asking

    async def on_question_sent(self, message: messages.QuestionSent) -> None:
        self._asked += 1
        exchange = Exchange(self._asked, message.question)
        transcript = self.query_one(Transcript)
        await transcript.query(Welcome).remove()
        await transcript.mount(exchange)
        transcript.follow(exchange)
        self.query_one(Prompt).focus()
        self._waiting.append(exchange)
        if self._engine is None and not self._is_opening:
            self._open_library()
        self._start_next()
        self.refresh_bindings()

    def _start_next(self) -> None:
        if self._engine is None or self._looked_up is not None or not self._waiting:
            return
        self._looked_up = exchange = self._waiting.popleft()
        exchange.running = True
        self._given_up = threading.Event()
        self._ask(self._engine, exchange.number, exchange.question, self._given_up)

    @work(thread=True, exit_on_error=False, group="questions")
    def _ask(self, engine: Engine, number: int, question: str, given_up: threading.Event) -> None:
        def answered() -> messages.AnswerReady | None:
            try:
                answer = engine.ask(
                    question, filters=self._filters, top=self._top, cancelled=given_up.is_set
                )
            except Cancelled:
                return None
            return messages.AnswerReady(number, answer)

        came = at_edge(answered, lambda line: messages.QuestionFailed(number, line))
        if came:
            self.post_message(came)

    async def on_answer_ready(self, message: messages.AnswerReady) -> None:
        if exchange := self._take_looked_up(message.number):
            is_followed = self.query_one(Transcript).is_followed
            await exchange.show_answer(message.answer)
            self._go_on(exchange, is_followed)

    async def on_question_failed(self, message: messages.QuestionFailed) -> None:
        if exchange := self._take_looked_up(message.number):
            is_followed = self.query_one(Transcript).is_followed
            await exchange.show_failure(message.line)
            self._go_on(exchange, is_followed)

    def _take_looked_up(self, number: int) -> Exchange | None:
        """The exchange that waits for this; None where it was cancelled, and this is too late."""
        exchange = self._looked_up
        if exchange is None or exchange.number != number:
            return None
        self._looked_up = None
        return exchange

    def _go_on(self, exchange: Exchange, is_followed: bool) -> None:
        if is_followed:
            self.query_one(Transcript).follow(exchange)
        else:
            self.query_one(StatusLine).said = _OUT_OF_SIGHT
        self._start_next()
        self.refresh_bindings()

    def on_end_reached(self) -> None:
        status = self.query_one(StatusLine)
        if status.said == _OUT_OF_SIGHT:
            status.said = ""

    async def action_cancel(self) -> None:
        """Cancel the question that is looked up, or else the next that waits."""
        if self._looked_up is not None:
            self._given_up.set()
            cancelled, self._looked_up = self._looked_up, None
        else:
            cancelled = self._waiting.popleft()
        await cancelled.show_cancelled()
        self._start_next()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc cancels while there is something to cancel; Alt+£ is a £ where a £ may be meant."""
        if action == "cancel":
            return self._looked_up is not None or bool(self._waiting)
        if action == "open_from_empty":
            number = parameters[0]
            assert isinstance(number, int)
            return not self.query_one(Prompt).text and number <= len(self._latest_citations())
        return super().check_action(action, parameters)

    # --- reading

    def action_to_citations(self) -> None:
        """From the prompt to the latest citations (or the examples); else one further."""
        if self.query_one(Prompt).has_focus:
            for exchange in reversed(self.query(Exchange)):
                if cards := exchange.query(CitationCard):
                    cards.first().focus()
                    return
        self.focus_next()

    def action_back_and_forth(self) -> None:
        """From the prompt to the citations, from anywhere else to the prompt."""
        prompt = self.query_one(Prompt)
        if prompt.has_focus:
            self.action_to_citations()
        else:
            prompt.focus()

    def _latest_citations(self) -> tuple[Citation, ...]:
        cited = (exchange.citations for exchange in reversed(self.query(Exchange)))
        return next((citations for citations in cited if citations), ())

    def action_open(self, number: int) -> None:
        """Open citation `number` of the latest answer that has any."""
        citations = self._latest_citations()
        if number <= len(citations):
            self.post_message(messages.CitationChosen(citations, number - 1))

    def action_open_from_empty(self, number: int) -> None:
        self.action_open(number)

    def on_citation_chosen(self, message: messages.CitationChosen) -> None:
        if self._engine is not None:
            read = self._engine.article
            self.app.push_screen(ArticleScreen(message.citations, message.index, read=read))

    def on_paste_shortened(self, message: messages.PasteShortened) -> None:
        self.query_one(
            StatusLine
        ).said = f"only the first {message.kept:,} characters were pasted; questions are short"

    def on_key(self, event: events.Key) -> None:
        """Typing anywhere is typing a question; digits, there, open citations."""
        if event.is_printable and event.character and not event.character.isspace():
            if event.character in "123456789":
                return
            event.stop()
            self.query_one(Prompt).type_in(event.character)

    def action_page_up(self) -> None:
        self.query_one(Transcript).action_page_up()

    def action_page_down(self) -> None:
        self.query_one(Transcript).action_page_down()

    def action_to_start(self) -> None:
        self.query_one(Transcript).scroll_home(animate=False)

    def action_to_end(self) -> None:
        self.query_one(Transcript).scroll_end(animate=False)

    def action_toggle_timings(self) -> None:
        self.toggle_class("-timings")
