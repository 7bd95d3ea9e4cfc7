"""The library: articles are added here, listed, read again and removed, while questions go on.

The screen is kept when it is left, so that what it adds goes on being added.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Input, Static

from embeddings.outcome import Failure, Progress
from embeddings.places import Place
from embeddings.records import ArticleSummary, Filters
from tui import messages
from tui.adder import Adder
from tui.completion import path_completions
from tui.display import line, narrowed
from tui.edge import at_edge
from tui.intake import Headway, Pace, told
from tui.keys import bind
from tui.pasted import names_places, paths_in
from tui.removing import remove
from tui.widgets.article_list import ArticleList
from tui.widgets.completion_list import CompletionList
from tui.widgets.failure_list import FailureList
from tui.widgets.intake_line import IntakeLine
from tui.widgets.key_line import KeyLine
from tui.widgets.path_field import PathField
from tui.widgets.status_line import StatusLine

_MEANWHILE = "Esc, or your next question typed at once, leads back; adding goes on"


class LibraryScreen(Screen[None]):
    """Tends the library in `folder`; `articles` are those that it is given to list."""

    AUTO_FOCUS = "PathField"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("down", "to_list", show=False),
        bind("cancel_adding", "cancel_adding", "Stop", show=True),
        bind("remove_article", "remove", "Remove", show=True),
        bind("read_again", "read_again", "Reread", show=True),
        bind("read_all_again", "read_all_again", "Reread all"),
        bind("only_source", "only_source", "Source", show=True),
        bind("only_since", "only_since", "Since", show=True),
        bind("arrange", "arrange", "By date or source"),
        Binding("question_mark", "app.help", "Help", show=False),
    ]

    articles: reactive[Sequence[ArticleSummary]] = reactive((), always_update=True)
    headway: reactive[Headway | None] = reactive(None)
    by_source = reactive(False)
    seeds = reactive(False)
    within: reactive[Filters] = reactive(Filters())

    def __init__(self, folder: Place) -> None:
        super().__init__(name="library")
        self._folder = folder
        self._waiting: deque[list[str]] = deque()
        self._adder: Adder | None = None
        self._taken: list[str] = []  # What it takes in.
        self.left_over: list[str] = []  # What was to be added yet when the chat ended.
        self._to_remove: str | None = None
        self._is_given = False  # What is being added was named in the chat.

    def compose(self) -> ComposeResult:
        yield Static(line("Library", "bold $primary"), id="library-head")
        yield PathField()
        yield CompletionList()
        yield IntakeLine().data_bind(LibraryScreen.headway)
        yield StatusLine()
        with VerticalScroll(id="failures", can_focus=False):
            yield FailureList()
        yield Input(placeholder="find an article", id="find", select_on_focus=False)
        yield ArticleList().data_bind(LibraryScreen.articles, LibraryScreen.by_source)
        yield KeyLine(show_command_palette=False)  # There are keys enough here.

    def on_mount(self) -> None:
        self._head()

    def on_screen_resume(self) -> None:
        self.query_one(ArticleList).catch_up()

    def _say(self, said: str) -> None:
        self.query_one(StatusLine).said = said

    def watch_headway(self, before: Headway | None, now: Headway | None) -> None:
        if (before is None) is not (now is None):
            self.refresh_bindings()  # It builds the footer anew: not for each step.

    def watch_articles(self) -> None:
        self._head()

    def watch_seeds(self) -> None:
        self._head()

    def watch_within(self) -> None:
        self._head()

    def _head(self) -> None:
        count = len(self.articles)
        what = "seed article" if self.seeds else "article"
        said = f"Library · {count:,} {what}{'' if count == 1 else 's'}"
        if self.seeds:
            said += ", until you add your own"
        asked = narrowed(self.within)
        for head in self.query("#library-head").results(Static):
            head.update(
                Content.assemble(
                    line(said, "bold $primary"),
                    (f"  asked: only {asked}" if asked else "", "$text-warning"),
                )
            )

    # --- what to add

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.input.id == "find":
            self.query_one(ArticleList).needle = event.value
        else:
            self._find_paths(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_to_list()

    def action_to_list(self) -> None:
        """From what is typed to the articles that it has left in the list."""
        articles = self.query_one(ArticleList)
        articles.focus()
        if articles.highlighted is None:
            articles.action_first()

    @work(thread=True, exit_on_error=False, group="paths", exclusive=True)
    def _find_paths(self, typed: str) -> None:
        self.post_message(
            messages.PathsFound(typed, path_completions(typed) if typed.strip() else ())
        )

    def on_paths_found(self, message: messages.PathsFound) -> None:
        message.stop()
        field = self.query_one(PathField)
        if field.value == message.typed:
            self.query_one(CompletionList).show(message.found)
            field.completing = bool(message.found)

    def on_completion_moved(self, message: messages.CompletionMoved) -> None:
        self.query_one(CompletionList).move(message.by)

    def on_completion_taken(self) -> None:
        if chosen := self.query_one(CompletionList).chosen:
            self.query_one(PathField).put(chosen.text)

    def on_completion_clicked(self) -> None:
        self.on_completion_taken()

    def give(self, typed: str) -> None:
        """Add what is typed elsewhere; what is typed next is a question again."""
        self._is_given = True
        self.query_one(ArticleList).focus()
        self.on_paths_given(messages.PathsGiven(typed.splitlines()))
        self._say(_MEANWHILE)

    def lead(self, event: events.Key | events.Paste) -> None:
        """Back to the chat, for whoever came to add something and types on."""
        if not self._is_given or isinstance(self.focused, Input):
            return
        if isinstance(event, events.Paste) or (
            event.is_printable
            and "+" not in event.key
            and event.character != " "
            and event.key not in self.active_bindings
        ):
            self.app.pop_screen()

    def on_screen_suspend(self) -> None:
        if self._is_given:
            self._is_given = False
            self.query_one(PathField).focus()

    def on_paths_given(self, message: messages.PathsGiven) -> None:
        """Add these; a question in their place is asked."""
        typed = "\n".join(message.paths).strip()
        if typed.endswith(("?", "？")) and "\n" not in typed and not names_places(typed):
            self.post_message(messages.QuestionSent(typed))
            return
        paths = [path for text in message.paths for path in paths_in(text)]
        if paths:
            self.add(paths)

    # --- adding

    def add(self, paths: list[str]) -> None:
        """Take these in, after what is being taken in already; all known ones where none."""
        if self._adder is None:
            self._show_failures(())  # Those of what was added before.
        self._waiting.append(paths)
        if self.headway is not None:
            self.post_message(messages.IntakeProgressed(self.headway))
        self._add_next()

    def _progress(self, headway: Headway) -> None:
        """Show it, and what comes after it."""
        queued = sum(len(paths) or 1 for paths in self._waiting)
        self.headway = replace(headway, queued=queued)

    def _show_failures(self, failures: Sequence[Failure]) -> None:
        self.query_one(FailureList).failures = failures
        self.query_one("#failures").display = bool(failures)

    def _add_next(self) -> None:
        if self._adder is None and self._waiting:
            self._taken = self._waiting.popleft()
            self._progress(Headway())
            self._say("")
            self._adder = Adder(self._folder, self._taken)
            self._take_in(self._adder)
            self.post_message(messages.IntakeProgressed(Headway()))

    @work(thread=True, exit_on_error=False, group="intake")
    def _take_in(self, adder: Adder) -> None:
        """Wait for the process that takes them in, and hand on what it tells."""
        pace = Pace()

        def report(progress: Progress) -> None:
            self.post_message(messages.IntakeProgressed(pace.headway(progress)))

        def say(said: str) -> None:
            self.post_message(messages.WorkReported(said))

        def taken() -> messages.IntakeEnded:
            outcome = adder.run(progress=report, say=say)
            said = told(outcome, was_stopped=adder.was_stopped)
            return messages.IntakeEnded(said, outcome.failures)

        came = at_edge(taken, messages.IntakeEnded)
        if came:
            self.post_message(came)

    def on_work_reported(self, message: messages.WorkReported) -> None:
        message.stop()
        self._say(message.line)

    def on_intake_progressed(self, message: messages.IntakeProgressed) -> None:
        if self._adder is not None:
            self._progress(message.headway)

    def on_intake_ended(self, message: messages.IntakeEnded) -> None:
        self._adder = None
        self.headway = None
        self._say(message.line)
        self._show_failures([*self.query_one(FailureList).failures, *message.failures])
        self._add_next()

    def action_cancel_adding(self) -> None:
        """Stop after the article that is being read; what is finished is kept."""
        if self._adder is not None:
            self._say("stopping…")
        self._stop_adding()

    def on_unmount(self) -> None:
        if self._adder is not None and not self._adder.was_stopped:
            self.left_over = [*self._taken, *(path for paths in self._waiting for path in paths)]
        self._stop_adding()

    def _stop_adding(self) -> None:
        self._waiting.clear()
        if self._adder is not None:
            self._adder.stop()

    # --- what is there

    def _with_chosen(self, do: Callable[[ArticleSummary], None]) -> None:
        chosen = self.query_one(ArticleList).chosen
        if chosen is None:
            self._say("choose an article in the list first")
        else:
            do(chosen)

    def action_remove(self) -> None:
        """Remove the chosen article, if the key is pressed twice."""

        def removed(chosen: ArticleSummary) -> None:
            if self.seeds:
                self._say("the seed articles leave by themselves once you add your own")
            elif self._to_remove == chosen.id:
                self._to_remove = None
                self._remove(chosen.id)
            else:
                self._to_remove = chosen.id
                self._say(f"press it again to remove “{chosen.title}” (its file stays)")

        self._with_chosen(removed)

    @work(thread=True, exit_on_error=False, group="removal")
    def _remove(self, article_id: str) -> None:
        def removed() -> Message:
            remove(self._folder, article_id)
            return messages.LibraryChanged()

        came = at_edge(removed, lambda said: messages.ThingDone(said, failed=True))
        if came:
            self.post_message(came)

    def on_library_changed(self) -> None:
        self._say("removed; add its file again to have it back")

    def on_thing_done(self, message: messages.ThingDone) -> None:
        message.stop()
        self._say(message.line)

    def action_read_again(self) -> None:
        self._with_chosen(lambda chosen: self.add([chosen.path] if chosen.path else []))

    def action_read_all_again(self) -> None:
        if self.seeds:
            self._say("nothing was added yet")
        else:
            self.add([])

    def action_only_source(self) -> None:
        """Ask only the chosen article's source; every source again where that is so already."""
        self._with_chosen(lambda chosen: self._narrow("source", chosen.source, "from"))

    def action_only_since(self) -> None:
        """Ask only the chosen article's date and later; any date again where that is so."""
        self._with_chosen(lambda chosen: self._narrow("since", chosen.published, "since"))

    def _narrow(self, name: str, known: str | None, how: str) -> None:
        if known is None:
            self._say(f"its {'date' if name == 'since' else name} is not known")
        elif getattr(self.within, name) == known:
            self.post_message(messages.FiltersChosen(replace(self.within, **{name: None})))
            self._say(f"articles of any {'date' if name == 'since' else name} are asked again")
        else:
            self.post_message(messages.FiltersChosen(replace(self.within, **{name: known})))
            self._say(f"only articles {how} {known} are asked now; the same key lifts that")

    def action_arrange(self) -> None:
        self.by_source = not self.by_source

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "cancel_adding":
            return self.headway is not None
        return super().check_action(action, parameters)

    def action_leave(self) -> None:
        self.app.pop_screen()
