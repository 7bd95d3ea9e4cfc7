"""The chat's commands: what follows a slash, what completes it, and what it does."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from textual import work
from textual.reactive import reactive

from embeddings.records import ArticleSummary, Filters
from qa.arguments import first_day, last_day
from qa.output import one_line
from tui import messages
from tui.commands import BY_NAME, nearest
from tui.completion import Completion, among, completions, path_completions
from tui.intake import Headway
from tui.screens.asking import AskingScreen
from tui.widgets.completion_list import CompletionList
from tui.widgets.masthead import Masthead
from tui.widgets.prompt import Prompt
from tui.widgets.session_list import SessionList
from tui.widgets.sidebar import Sidebar
from tui.widgets.status_line import StatusLine
from tui.widgets.welcome import Welcome

_TAKES_PATH = ("/add ", "/export ")
_NEED_MORE = frozenset({"add", "since", "until", "source"})
_COUNTED_EVERY_S = 5.0


class CommandingScreen(AskingScreen):
    """`headway` is how far the adding of articles has come; None while none are added."""

    headway: reactive[Headway | None] = reactive(None)
    _counted_at = 0.0

    def _say(self, line: str) -> None:
        self.query_one(StatusLine).said = line

    def tell(self, line: str) -> None:
        """Say in passing what happened elsewhere."""
        self._say(line)

    def watch_headway(self, headway: Headway | None) -> None:
        """Answer from what is ready, and count it, while more is added."""
        if headway is None or not headway.passages:
            return
        now = time.monotonic()
        if now - self._counted_at >= _COUNTED_EVERY_S:
            self._counted_at = now
            self.library_changed()

    # --- commands

    async def on_command_given(self, message: messages.CommandGiven) -> None:
        given = message.given
        if given.command is None:
            meant = nearest(given.name)
            hint = f"did you mean /{meant.name}? " if meant else ""
            self._say(f"there is no command /{given.name}; {hint}/help lists them")
            self.query_one(Prompt).select_all()  # To be typed over.
            if meant:
                right = f"/{meant.name} {given.argument}".rstrip()
                right += " " if meant.argument and not given.argument else ""
                self._offer([Completion(right, right, meant.does)])
            return
        self._say("")
        await self.run_command(given.command.name, given.argument)

    async def begin_command(self, name: str) -> None:
        """Do it where it can be done as it is; else let the person say the rest."""
        if name in _NEED_MORE:
            self.query_one(Prompt).put(f"/{name} ")
        else:
            await self.run_command(name)

    async def run_command(self, name: str, argument: str = "") -> None:
        """Do what the command of that name does."""
        does = getattr(self, f"command_{name}")
        done = does(argument) if BY_NAME[name].argument else does()
        if done is not None:
            await done

    def command_add(self, argument: str) -> None:
        self.post_message(messages.LibraryRequested(argument))

    def command_library(self) -> None:
        self.action_library()

    def action_library(self) -> None:
        self._say("")
        self.post_message(messages.LibraryRequested())

    def command_since(self, argument: str) -> None:
        self._narrow("since", argument)

    def command_until(self, argument: str) -> None:
        self._narrow("until", argument)

    def command_source(self, argument: str) -> None:
        since, until = self.within.since, self.within.until
        self.within = Filters(since, until, one_line(argument) or None)

    def _narrow(self, end: str, argument: str) -> None:
        day = None
        if argument:
            try:
                day = first_day(argument) if end == "since" else last_day(argument)
            except argparse.ArgumentTypeError as error:
                self._mend(f"/{end} {argument}", str(error))
                return
        since = day if end == "since" else self.within.since
        until = day if end == "until" else self.within.until
        if since and until and since > until:
            self._mend(
                f"/{end} {argument}", f"{since} is after {until}; loosen the other one first"
            )
            return
        self.within = Filters(since, until, self.within.source)

    def _mend(self, typed: str, fault: str) -> None:
        """Say what is wrong with what was typed, and give it back to be mended."""
        self._say(fault)
        prompt = self.query_one(Prompt)
        if not prompt.text:
            prompt.put(typed)

    def command_sessions(self) -> None:
        self._show_sidebar(True)
        self.query_one(SessionList).focus()

    def command_new(self) -> None:
        self.action_new_session()

    def action_new_session(self) -> None:
        if self._turns.any:
            self._say("a question is being answered; wait for it, or cancel it with Esc")
        elif self._engine is not None:
            self.query_one(Prompt).action_discard()  # It was understood in the other conversation.
            self._open_conversation(self._engine, None)

    def on_session_chosen(self, message: messages.SessionChosen) -> None:
        if self._turns.any:
            self._say("a question is being answered; wait for it, or cancel it with Esc")
        elif self._engine is not None:
            self.query_one(Prompt).action_discard()
            self._open_conversation(self._engine, message.session_id)
            self.query_one(Prompt).focus()

    def command_export(self, argument: str) -> None:
        if argument:
            self.export_to(Path(argument).expanduser())
        else:
            self.action_export()

    def action_export(self) -> None:
        raise NotImplementedError

    def export_to(self, file: Path) -> None:
        """Write the conversation, so far as it has got, to a new file."""
        if self._conversation is None or not self._conversation.turns:
            self._say("nothing has been asked yet, so there is nothing to export")
        else:
            self._export(self._conversation, file)

    def on_thing_done(self, message: messages.ThingDone) -> None:
        self._say(message.line)

    def command_timings(self) -> None:
        self.action_toggle_timings()

    def action_toggle_timings(self) -> None:
        self.toggle_class("-timings")

    def command_theme(self, argument: str) -> None:
        named = [name for name in self.app.available_themes if name.startswith(argument)]
        if not argument:
            self.app.search_themes()
        elif argument in named or len(named) == 1:
            self.app.theme = argument if argument in named else named[0]
        else:
            there_is_none = f"there is no theme {one_line(argument)!r}; /theme alone shows them"
            self._mend(f"/theme {argument}", there_is_none)

    def command_help(self) -> None:
        self.post_message(messages.HelpRequested())

    def action_help_from_empty(self) -> None:
        self.post_message(messages.HelpRequested())

    async def command_quit(self) -> None:
        await self.app.action_quit()

    # --- completing

    def _complete(self, typed: str) -> None:
        """Offer what may take the place of what is typed."""
        for prefix in _TAKES_PATH:
            if typed.startswith(prefix):
                self._find_paths(typed.removeprefix(prefix), prefix)
                return
        sources = sorted({a.source for a in self.articles if a.source})
        years = sorted({a.published[:4] for a in self.articles if a.published}, reverse=True)
        self._offer(
            completions(
                typed,
                {
                    "theme": among("theme", self.app.available_themes),
                    "source": among("source", sources),
                    "since": among("since", years),
                    "until": among("until", years),
                },
            )
        )

    def _offer(self, found: Sequence[Completion]) -> None:
        self.query_one(CompletionList).show(found)
        self.query_one(Prompt).completing = bool(found)

    @work(thread=True, exit_on_error=False, group="paths", exclusive=True)
    def _find_paths(self, typed: str, prefix: str) -> None:
        self.post_message(messages.PathsFound(prefix + typed, path_completions(typed, prefix)))

    def on_paths_found(self, message: messages.PathsFound) -> None:
        if self.query_one(Prompt).text == message.typed:
            self._offer(message.found)

    def on_completion_moved(self, message: messages.CompletionMoved) -> None:
        self.query_one(CompletionList).move(message.by)

    def on_completion_taken(self) -> None:
        if chosen := self.query_one(CompletionList).chosen:
            self.query_one(Prompt).put(chosen.text)

    def on_completion_clicked(self) -> None:
        self.on_completion_taken()

    # --- the sidebar and the library

    def action_toggle_sidebar(self) -> None:
        self._show_sidebar(not self.query_one(Sidebar).display)

    def _show_sidebar(self, is_shown: bool) -> None:
        sidebar = self.query_one(Sidebar)
        sidebar.display = is_shown
        self.refresh_bindings()
        if is_shown:
            self._refill_sidebar()
            sidebar.query_one("Input").focus()
        else:
            self.query_one(Prompt).focus()

    def action_arrange(self) -> None:
        sidebar = self.query_one(Sidebar)
        sidebar.by_source = not sidebar.by_source

    def _refill_sidebar(self) -> None:
        if self._engine is not None:
            self._fill_sidebar(self._engine)

    async def on_sidebar_filled(self, message: messages.SidebarFilled) -> None:
        sidebar = self.query_one(Sidebar)
        sidebar.sessions = message.sessions
        sidebar.current = self._conversation.session_id if self._conversation else None
        if message.articles is not None:
            sidebar.articles = message.articles
            self.query_one(Masthead).articles = len(message.articles)
        for welcome in self.query(Welcome):
            if message.sessions:
                await welcome.show_last(message.sessions[0])

    def library_changed(self) -> None:
        """Articles came or went: answer from what there is now."""
        if self._engine is None or self._engine.answers_from_seeds:
            if not self._is_opening:
                self._open_library()
        else:
            self._refill_sidebar()

    @property
    def articles(self) -> Sequence[ArticleSummary]:
        return self.query_one(Sidebar).articles
