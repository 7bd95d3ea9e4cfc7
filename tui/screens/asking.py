"""What the chat does with the engine: opens it, asks it, keeps and exports conversations.

All of it in worker threads; what comes of it comes back as messages, so nothing here waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from textual import work
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.worker import get_current_worker

from embeddings.errors import DatelineError
from embeddings.places import Place
from embeddings.records import Filters
from qa.conversation import Conversation
from qa.engine import DEFAULT_TOP, Cancelled, Engine, as_asked
from qa.stages import Stage
from tui import messages
from tui.edge import at_edge
from tui.examples import SEED_EXAMPLES, examples
from tui.turns import Turn, Turns


@dataclass(frozen=True, slots=True)
class Start:
    """How the chat begins: `top` sentences at most; which session goes on, if any.

    `resume`: the session's id, the latest where empty, None for none; `new`: in any case a new
    one; `save`: whether its turns are kept.
    """

    filters: Filters = field(default_factory=Filters)
    top: int = DEFAULT_TOP
    resume: str | None = None
    new: bool = False
    save: bool = True


class AskingScreen(Screen[None]):
    """Asks the library in `folder`, within `within`."""

    within: reactive[Filters] = reactive(Filters(), init=False)

    def __init__(self, folder: Place, start: Start) -> None:
        super().__init__()
        self.set_reactive(AskingScreen.within, start.filters)
        self._folder = folder
        self._start = start
        self._engine: Engine | None = None
        self._conversation: Conversation | None = None
        self._is_opening = False
        self._retired: list[Engine] = []  # Still answering, perhaps, while another has come.
        self._turns = Turns()
        # Whose articles, as of which revision, the sidebar was last told of.
        self._listed: tuple[Engine, int] | None = None
        # A question that was cancelled may be under way still when the next begins.
        self._one_at_a_time = threading.Lock()

    @property
    def is_kept(self) -> bool:
        """Whether the conversation has turns, and is kept."""
        talk = self._conversation
        return talk is not None and bool(talk.turns) and talk.session_id is not None

    def on_unmount(self) -> None:
        while self._turns.give_up():
            pass
        self._close_retired()
        if self._engine is not None:
            self._engine.close()

    def _close_retired(self) -> None:
        while self._retired:
            self._retired.pop().close()

    # --- opening

    def _open_library(self) -> None:
        self._is_opening = True
        self._open_engine()

    @work(thread=True, exit_on_error=False, group="library")
    def _open_engine(self) -> None:
        worker = get_current_worker()

        def opened() -> messages.LibraryOpened:
            engine = Engine(self._folder, say=self._report_work)
            try:
                conversation = self._converse(engine, self._start.resume, self._start.new)
            except BaseException:
                engine.close()
                raise
            return messages.LibraryOpened(engine, conversation, engine.article_count)

        came = at_edge(opened, messages.LibraryNotOpened)
        if isinstance(came, messages.LibraryOpened) and worker.is_cancelled:
            came.engine.close()
        elif came:
            self.post_message(came)

    def _converse(self, engine: Engine, resume: str | None, new: bool = False) -> Conversation:
        from qa.sessions import open_conversation

        return open_conversation(
            engine, resume=resume, new=new, save=self._start.save, say=self._report_work
        )

    def _report_work(self, line: str) -> None:
        self.post_message(messages.WorkReported(line))

    # --- conversations

    @work(thread=True, exit_on_error=False, group="sessions", exclusive=True)
    def _open_conversation(self, engine: Engine, resume: str | None) -> None:
        self._tell(lambda: messages.ConversationOpened(self._converse(engine, resume)))

    @work(thread=True, exit_on_error=False, group="sidebar", exclusive=True)
    def _fill_sidebar(self, engine: Engine) -> None:
        from qa.sessions import Sessions

        def filled() -> messages.SidebarFilled:
            # A hundred thousand articles are not listed anew for each answer.
            now = (engine, engine.library.revision)
            articles = None if now == self._listed else engine.articles()
            self._listed = now
            return messages.SidebarFilled(articles, Sessions(engine.library).list())

        self._tell(filled)

    @work(thread=True, exit_on_error=False, group="waiting")
    def _tell_what_waits(self, engine: Engine, keys: str) -> None:
        """Say how much is found by its words alone, and by which keys it is embedded."""
        try:
            waiting = engine.status().waiting
        except DatelineError:
            return  # Nobody has asked.
        if waiting:
            self.post_message(
                messages.ThingDone(
                    f"{waiting:,} passages are found by their words alone so far; "
                    f"{keys}, embeds them, too"
                )
            )

    @work(thread=True, exit_on_error=False, group="export")
    def _export(self, conversation: Conversation, file: Path) -> None:
        from qa.session_export import write_session
        from qa.sessions import Session

        def written() -> messages.ThingDone:
            turns = conversation.turns
            write_session(
                Session(
                    conversation.session_id,
                    as_asked(turns[0].question),
                    turns[0].asked_at,
                    turns[-1].asked_at,
                    turns,
                ),
                file,
            )
            return messages.ThingDone(f"the conversation is in {file.absolute()}")

        self._tell(written)

    def _tell(self, work: Callable[[], Message]) -> None:
        came = at_edge(work, lambda line: messages.ThingDone(line, failed=True))
        if came:
            self.post_message(came)

    @work(thread=True, exit_on_error=False, group="examples", exclusive=True)
    def _find_examples(self, engine: Engine) -> None:
        """Find questions to begin with, as long as nobody asks one of their own."""
        worker = get_current_worker()
        if engine.answers_from_seeds:
            self.post_message(messages.ExamplesFound(SEED_EXAMPLES))
            return
        try:
            found = examples(
                engine.library,
                engine.articles(),
                lambda question: engine.ask(question, top=1, cancelled=lambda: worker.is_cancelled),
                cancelled=lambda: worker.is_cancelled,
            )
        except DatelineError:
            return  # Nobody waits for them.
        if not worker.is_cancelled:
            self.post_message(messages.ExamplesFound(found))

    # --- asking

    @work(thread=True, exit_on_error=False, group="questions")
    def _ask(self, engine: Engine, conversation: Conversation, turn: Turn) -> None:
        number, question = turn.exchange.number, turn.exchange.question
        within, as_written = turn.exchange.within, turn.exchange.as_written

        def answered() -> messages.AnswerReady | None:
            try:
                with self._one_at_a_time:
                    if turn.given_up.is_set():
                        return None
                    if not engine.is_warm:
                        self._look_by_words(conversation, turn)
                    answer = conversation.ask(
                        question,
                        as_written=as_written,
                        filters=within,
                        top=self._start.top,
                        cancelled=turn.given_up.is_set,
                        watch=lambda stage: self._report_stage(number, stage),
                    )
            except Cancelled:
                return None
            return messages.AnswerReady(number, answer, engine.article_count)

        came = at_edge(answered, lambda line: messages.QuestionFailed(number, line))
        if came:
            self.post_message(came)

    def _look_by_words(self, conversation: Conversation, turn: Turn) -> None:
        """Something to look at until the models are loaded."""
        exchange = turn.exchange
        found = conversation.nearest_by_words(
            exchange.question, as_written=exchange.as_written, filters=exchange.within
        )
        if found:
            self.post_message(messages.NearestFound(exchange.number, tuple(found)))

    def _report_stage(self, number: int, stage: Stage) -> None:
        self.post_message(messages.StageReached(number, stage))
