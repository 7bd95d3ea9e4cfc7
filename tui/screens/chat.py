"""The conversation: questions go to the engine in worker threads, answers come back as messages.

Nothing here waits, so typing and scrolling go on while the library opens or a question runs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Center
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer
from textual.worker import get_current_worker

from embeddings.records import Filters
from qa.engine import Cancelled, Engine
from tui import messages
from tui.edge import at_edge
from tui.keys import CHAT_KEYS
from tui.screens.article import ArticleScreen
from tui.turns import Turn, Turns
from tui.widgets.example_question import ExampleQuestion
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

    AUTO_FOCUS = "Prompt"
    BINDINGS: ClassVar[list[BindingType]] = CHAT_KEYS

    def __init__(self, folder: Path, *, filters: Filters, top: int) -> None:
        super().__init__()
        self._folder = folder
        self._within = filters
        self._top = top
        self._engine: Engine | None = None
        self._is_opening = False
        self._turns = Turns()
        self._asked = 0

    def compose(self) -> ComposeResult:
        with Center():
            yield Masthead(self._within)
        yield Transcript()
        with Center():
            yield StatusLine()
        with Center():
            yield Prompt()
        yield Footer()

    def on_mount(self) -> None:
        self._open_library()

    def on_unmount(self) -> None:
        while self._turns.give_up():
            pass
        if self._engine is not None:
            self._engine.close()

    def _say(self, line: str) -> None:
        self.query_one(StatusLine).said = line

    # --- the library

    def _open_library(self) -> None:
        self._is_opening = True
        self._open_engine()

    @work(thread=True, exit_on_error=False, group="library")
    def _open_engine(self) -> None:
        worker = get_current_worker()

        def opened() -> messages.LibraryOpened:
            engine = Engine(self._folder, say=self._report_work)
            return messages.LibraryOpened(engine, engine.article_count)

        came = at_edge(opened, messages.LibraryNotOpened)
        if isinstance(came, messages.LibraryOpened) and worker.is_cancelled:
            came.engine.close()
        elif came:
            self.post_message(came)

    def _report_work(self, line: str) -> None:
        self.post_message(messages.WorkReported(line))

    def on_work_reported(self, message: messages.WorkReported) -> None:
        self._say(message.line)

    async def on_library_opened(self, message: messages.LibraryOpened) -> None:
        self._engine, self._is_opening = message.engine, False
        notice = message.engine.notice
        masthead, transcript = self.query_one(Masthead), self.query_one(Transcript)
        masthead.articles, masthead.seeds = message.articles, message.engine.answers_from_seeds
        self._say("")
        await transcript.query("Transcript > NoticeLine").remove()
        if not self._asked:
            await transcript.mount(Welcome(articles=message.articles, seeds=masthead.seeds))
        if notice:
            await transcript.mount(NoticeLine(notice), before=0 if transcript.children else None)
        self._go_on()

    async def on_library_not_opened(self, message: messages.LibraryNotOpened) -> None:
        self._is_opening = False
        self._say("")
        if not self._turns.any:
            await self.query_one(Transcript).mount(NoticeLine(message.line, failed=True))
        while exchange := self._turns.give_up():
            await exchange.show_failure(message.line)
        self.refresh_bindings()

    # --- asking

    async def on_question_sent(self, message: messages.QuestionSent) -> None:
        self._asked += 1
        exchange = Exchange(self._asked, message.question)
        transcript = self.query_one(Transcript)
        await transcript.query(Welcome).remove()
        await transcript.mount(exchange)
        transcript.follow(exchange)
        self.query_one(Prompt).focus()
        self._turns.add(exchange)
        if self._engine is None and not self._is_opening:
            self._open_library()
        self._go_on()

    def _go_on(self) -> None:
        """Begin the next question's turn where it can begin."""
        if self._engine is not None and (turn := self._turns.begin()):
            turn.exchange.running = True
            self._ask(self._engine, turn)
        self.refresh_bindings()

    @work(thread=True, exit_on_error=False, group="questions")
    def _ask(self, engine: Engine, turn: Turn) -> None:
        number, question = turn.exchange.number, turn.exchange.question

        def answered() -> messages.AnswerReady | None:
            try:
                answer = engine.ask(
                    question,
                    filters=self._within,
                    top=self._top,
                    cancelled=turn.given_up.is_set,
                )
            except Cancelled:
                return None
            return messages.AnswerReady(number, answer, engine.article_count)

        came = at_edge(answered, lambda line: messages.QuestionFailed(number, line))
        if came:
            self.post_message(came)

    async def on_answer_ready(self, message: messages.AnswerReady) -> None:
        # A rebuild elsewhere may have added some since.
        self.query_one(Masthead).articles = message.articles
        await self._settle(message.number, lambda exchange: exchange.show_answer(message.answer))

    async def on_question_failed(self, message: messages.QuestionFailed) -> None:
        await self._settle(message.number, lambda exchange: exchange.show_failure(message.line))

    async def _settle(self, number: int, show: Callable[[Exchange], Awaitable[None]]) -> None:
        exchange = self._turns.end(number)
        if exchange is None:
            return  # It was cancelled; what came of it comes too late, and is dropped.
        transcript = self.query_one(Transcript)
        is_followed = transcript.is_followed
        await show(exchange)
        if is_followed:
            transcript.follow(exchange)
        else:
            self._say(_OUT_OF_SIGHT)
        self._go_on()

    def on_end_reached(self) -> None:
        if self.query_one(StatusLine).said == _OUT_OF_SIGHT:
            self._say("")

    async def action_cancel(self) -> None:
        """Cancel the question that is looked up, or else the next that waits."""
        if exchange := self._turns.give_up():
            await exchange.show_cancelled()
        self._go_on()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that do one thing or another; £, say, is a £ where one may be meant."""
        if action == "cancel":
            return self._turns.any
        if action == "to_citations":
            return any(p.has_focus for p in self.query(Prompt)) and self._first_choice is not None
        if action == "open_from_empty":
            (number,) = parameters
            assert isinstance(number, int)
            found = self.query_one(Transcript).latest_citations
            return not self.query_one(Prompt).text and number <= len(found)
        return super().check_action(action, parameters)

    # --- reading

    @property
    def _first_choice(self) -> Widget | None:
        """What Tab leads to from the prompt: the latest answer's citations, else the examples."""
        cards = [card for found in self.query(Transcript) if (card := found.latest_card)]
        return next(iter([*cards, *self.query(ExampleQuestion)]), None)

    def action_to_citations(self) -> None:
        if self._first_choice is not None:
            self._first_choice.focus()

    def action_back_and_forth(self) -> None:
        """From the prompt to the citations, from anywhere else to the prompt."""
        prompt = self.query_one(Prompt)
        if prompt.has_focus:
            self.action_to_citations()
        else:
            prompt.focus()

    def action_open(self, number: int) -> None:
        """Open citation `number` of the latest answer that has any."""
        citations = self.query_one(Transcript).latest_citations
        if number <= len(citations):
            self.post_message(messages.CitationChosen(citations, number - 1))

    def action_open_from_empty(self, number: int) -> None:
        self.action_open(number)

    def on_citation_chosen(self, message: messages.CitationChosen) -> None:
        if self._engine is not None:
            read = self._engine.article
            self.app.push_screen(ArticleScreen(message.citations, message.index, read=read))

    def on_paste_shortened(self, message: messages.PasteShortened) -> None:
        self._say(f"only the first {message.kept:,} characters were pasted; questions are short")

    def on_key(self, event: events.Key) -> None:
        """Typing anywhere is typing a question; digits, there, open citations."""
        typed = event.character if event.is_printable else None
        prompt = self.query_one(Prompt)
        # In the middle of a question everything belongs to it, space and digits too.
        begins = typed and not typed.isspace() and typed not in "123456789"
        if typed and (begins or prompt.text):
            event.stop()
            prompt.type_in(typed)

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
