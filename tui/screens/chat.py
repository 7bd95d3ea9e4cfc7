"""The conversation: what the person sees of it and does with it."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Center, Horizontal, Vertical
from textual.widgets import Input

from embeddings.places import Place
from embeddings.records import Filters
from qa.conversation import Conversation
from qa.engine import MOST_QUESTION_CHARACTERS, as_asked
from qa.output import one_line
from tui import messages
from tui.keys import CHAT_KEYS, KEYS, key_name
from tui.pasted import names_places
from tui.screens.asking import Start
from tui.screens.browsing import BrowsingScreen
from tui.widgets.completion_list import CompletionList
from tui.widgets.exchange import Exchange
from tui.widgets.intake_line import IntakeLine
from tui.widgets.key_line import KeyLine
from tui.widgets.masthead import Masthead
from tui.widgets.notice_line import NoticeLine
from tui.widgets.prompt import Prompt
from tui.widgets.sidebar import Sidebar
from tui.widgets.status_line import StatusLine
from tui.widgets.transcript import Transcript
from tui.widgets.welcome import Welcome

_OUT_OF_SIGHT = "↓ the answer is below (Page Down)"
_SEEDS = (
    "there is no library here yet: the seed articles that come with Dateline answer; "
    "add your own with /add PATH"
)
MOST_SHOWN_AGAIN = 30
# More than any question may have, so that one that is too long can still be cut by hand.
_MOST_PASTED = 4 * MOST_QUESTION_CHARACTERS


class ChatScreen(BrowsingScreen):
    """The transcript, the prompt, and beside them, where wanted, the sidebar.

    `keymap` are the keys bound anew, by id; `faults`, what the person must know of the config.
    """

    AUTO_FOCUS = "Prompt"
    BINDINGS: ClassVar[list[BindingType]] = CHAT_KEYS

    def __init__(
        self,
        folder: Place,
        start: Start,
        *,
        keymap: Mapping[str, str] = MappingProxyType({}),
        faults: Iterable[str] = (),
    ) -> None:
        super().__init__(folder, start)
        self._keymap = keymap
        self._faults = faults
        self._asked = 0

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Sidebar()
            with Vertical(id="conversation"):
                with Center():
                    yield Masthead().data_bind(ChatScreen.within)
                yield Transcript()
                with Center():
                    yield IntakeLine().data_bind(ChatScreen.headway)
                with Center():
                    yield StatusLine()
                with Center():
                    yield CompletionList()
                with Center():
                    yield Prompt(self._keymap, most_pasted=_MOST_PASTED)
        yield KeyLine()

    def on_mount(self) -> None:
        for line in self._faults:
            self.query_one(Transcript).mount(NoticeLine(line))
        self.set_focus(self.query_one(Prompt))
        self.post_message(messages.PromptMounted())
        self._open_library()

    def _say(self, line: str) -> None:
        self.query_one(StatusLine).said = line

    # --- the library and the conversation

    def on_work_reported(self, message: messages.WorkReported) -> None:
        self._say(message.line)

    async def on_library_opened(self, message: messages.LibraryOpened) -> None:
        if self._engine is not None:
            self._retired.append(self._engine)
        self._engine = message.engine
        self._is_opening = False
        masthead, transcript = self.query_one(Masthead), self.query_one(Transcript)
        masthead.articles, masthead.seeds = message.articles, message.engine.answers_from_seeds
        self._say("")
        await transcript.query("Transcript > NoticeLine.-library").remove()
        if message.engine.notice:
            said = _SEEDS if message.engine.answers_from_seeds else message.engine.notice
            line = NoticeLine(said, classes="-library")
            await transcript.mount(line, before=0 if transcript.children else None)
        elif self.headway is None:
            keys = [self._key(id).split(",")[0] for id in ("library", "read_all_again")]
            self._tell_what_waits(message.engine, ", then ".join(keys))
        await self._show_conversation(message.conversation)

    async def on_library_not_opened(self, message: messages.LibraryNotOpened) -> None:
        self._is_opening = False
        self._say("")
        if not self._turns.any:
            failed = NoticeLine(message.line, failed=True, classes="-library")
            await self.query_one(Transcript).mount(failed)
        while exchange := self._turns.give_up():
            await exchange.show_failure(message.line)
        self.refresh_bindings()

    async def on_conversation_opened(self, message: messages.ConversationOpened) -> None:
        transcript = self.query_one(Transcript)
        await transcript.query("Exchange, Transcript > NoticeLine.-earlier").remove()
        await self._show_conversation(message.conversation)

    async def _show_conversation(self, conversation: Conversation) -> None:
        """Go on with this conversation, its turns shown; what waits is asked in it."""
        assert self._engine is not None
        self._conversation = conversation
        masthead, transcript = self.query_one(Masthead), self.query_one(Transcript)
        turns = conversation.turns
        await transcript.query(Welcome).remove()
        if turns:
            left = len(turns) - MOST_SHOWN_AGAIN
            again = [
                Exchange(
                    -turn.number,
                    turn.question,
                    answer=turn.answer,
                    revise_key=self._key("revise"),
                    asked=as_asked(turn.question),
                )
                for turn in turns[-MOST_SHOWN_AGAIN:]
            ]
            earlier = f"{left} earlier questions are not shown; an export has them"
            notice = [NoticeLine(earlier, classes="-earlier")] if left > 0 else []
            await transcript.mount(*notice, *again)
            transcript.follow(again[-1])
        elif not transcript.query(Exchange):
            welcome = Welcome(
                articles=masthead.articles or 0, seeds=masthead.seeds, help_key=self._key("help")
            )
            await transcript.mount(welcome)
            self._find_examples(self._engine)
        self._refill_sidebar()
        self._go_on()

    def _key(self, id: str) -> str:
        return key_name(self._keymap.get(id, KEYS[id].keys))

    async def on_examples_found(self, message: messages.ExamplesFound) -> None:
        for welcome in self.query(Welcome):
            await welcome.show_examples(message.questions)
        self.refresh_bindings()

    # --- asking

    async def on_question_sent(self, message: messages.QuestionSent) -> None:
        message.stop()
        question = message.question
        if names_places(question):
            # A file dropped on the terminal, say.
            self.post_message(messages.LibraryRequested(question))
        elif question.startswith("/"):
            said = f"there is no command and no file {one_line(question)}; /help lists commands"
            self._mend(question, said)
        else:
            await self._send(question, as_written=message.as_written)

    async def on_loosening_requested(self, message: messages.LooseningRequested) -> None:
        self.within = Filters()
        await self._send(message.question, as_written=True)

    async def _send(self, question: str, *, as_written: bool) -> None:
        self._asked += 1
        self.workers.cancel_group(self, "examples")
        self._say("")
        exchange = Exchange(
            self._asked,
            question,
            as_written=as_written,
            within=self.within,
            revise_key=self._key("revise"),
            asked=as_asked(question),
        )
        transcript = self.query_one(Transcript)
        await transcript.query(Welcome).remove()
        await transcript.mount(exchange)
        transcript.follow(exchange)
        prompt = self.query_one(Prompt)
        prompt.remember(question)
        prompt.focus()
        self._turns.add(exchange)
        if self._engine is None and not self._is_opening:
            self._open_library()
        self._go_on()

    def _go_on(self) -> None:
        """Begin the next question's turn where it can begin."""
        engine, conversation = self._engine, self._conversation
        if engine and conversation and (turn := self._turns.begin()):
            turn.exchange.running = True
            turn.exchange.while_adding = self.headway is not None
            self._ask(engine, conversation, turn)
        elif not self._turns.any:
            self._close_retired()
        self.refresh_bindings()

    def on_stage_reached(self, message: messages.StageReached) -> None:
        exchange = self._turns.current(message.number)
        if exchange is not None:
            exchange.stage = message.stage

    async def on_nearest_found(self, message: messages.NearestFound) -> None:
        exchange = self._turns.current(message.number)
        if exchange is None:
            return
        transcript = self.query_one(Transcript)
        is_followed = transcript.is_followed
        await exchange.show_nearest(message.citations)
        if is_followed:
            transcript.follow(exchange)

    async def on_answer_ready(self, message: messages.AnswerReady) -> None:
        # A rebuild elsewhere may have added some since.
        self.query_one(Masthead).articles = message.articles
        await self._settle(message.number, lambda exchange: exchange.show_answer(message.answer))
        self._refill_sidebar()

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
        """Keys that do one thing or another; a 3, say, is a 3 where one may be meant."""
        if action == "cancel":
            return self._turns.any
        if action == "to_citations":
            return any(p.has_focus for p in self.query(Prompt)) and self._first_choice is not None
        if action == "open_from_empty":
            number = parameters[0]
            assert isinstance(number, int)
            return not self.query_one(Prompt).text and number <= self._openable
        if action == "arrange":
            return any(sidebar.display for sidebar in self.query(Sidebar))
        if action == "help_from_empty":
            return not self.query_one(Prompt).text
        return super().check_action(action, parameters)

    # --- the latest question, and the whole

    def action_revise(self) -> None:
        """Put the latest question, as it was understood, into the prompt."""
        for exchange in reversed(self.query(Exchange)):
            if exchange.answer is not None:
                self.query_one(Prompt).put(exchange.answer.asked_as, as_written=True)
                return

    def action_export(self) -> None:
        """Write the conversation to a new file in this folder."""
        now = datetime.datetime.now().astimezone()
        self.export_to(Path(f"dateline-{now:%Y-%m-%d-%H%M%S}.md"))

    def on_paste_shortened(self, message: messages.PasteShortened) -> None:
        self._say(f"only the first {message.kept:,} characters were pasted; questions are short")

    def lead(self, event: events.Key | events.Paste) -> None:
        """Typing anywhere is typing a question: what begins one gives the prompt the focus.

        Digits, there, open citations.
        """
        prompt = self.query_one(Prompt)
        if self.focused is prompt:
            return
        if isinstance(event, events.Paste):
            if not isinstance(self.focused, Input):
                self.set_focus(prompt)
            return
        typed = event.character if event.is_printable and "+" not in event.key else None
        if typed is None or (self.focused and self.focused.check_consume_key(event.key, typed)):
            return
        if not typed.isdigit() and event.key in self.active_bindings:
            return  # It does something here: y copies a citation, say.
        # In the middle of a question everything belongs to it, space and digits too.
        if prompt.text or not (typed.isspace() or typed in "123456789"):
            self.set_focus(prompt)

    def action_page_up(self) -> None:
        self.query_one(Transcript).action_page_up()

    def action_page_down(self) -> None:
        self.query_one(Transcript).action_page_down()

    def action_to_start(self) -> None:
        self.query_one(Transcript).scroll_home(animate=False)

    def action_to_end(self) -> None:
        self.query_one(Transcript).scroll_end(animate=False)
