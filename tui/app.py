"""The chat: the Textual app around its screens. ``run`` is what the command line calls."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from embeddings.places import Place
from embeddings.records import Filters
from qa.diagnostics import say
from tui import messages
from tui.early import TypedEarly
from tui.intake import left_over
from tui.keys import bind
from tui.palette import offered
from tui.screens.article import ArticleScreen
from tui.screens.asking import Start
from tui.screens.chat import ChatScreen
from tui.screens.help import HelpScreen
from tui.screens.library import LibraryScreen
from tui.settings import Settings, config_file, keep_theme, read_settings
from tui.terminal import end_when_gone
from tui.themes import DEFAULT_THEME, THEMES
from tui.tidying import IDLE_S, Tidier, put_off_tidying

SWITCH_S = 0.0005


class DatelineApp(App[None]):
    """A conversation with the library in `folder`; `settings` are the config file's."""

    TITLE = "Dateline"
    CSS_PATH = "dateline.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("help", "help", "Help", show=True),
        bind("quit", "quit", "Quit", priority=True),
    ]

    def __init__(
        self, folder: Place, *, start: Start = Start(), settings: Settings = Settings()
    ) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        if settings.keys:
            self.set_keymap(settings.keys)
        self._settings = settings
        self._chat = ChatScreen(folder, start, keymap=settings.keys, faults=tuple(self._faults()))
        self._library = LibraryScreen(folder)
        self._tidier = Tidier()
        self._typed_early = TypedEarly()

    @property
    def is_kept(self) -> bool:
        """Whether there is a conversation to go on with another day."""
        return self._chat.is_kept

    @property
    def left_over(self) -> Sequence[str]:
        """The files and folders that were to be added yet when the app ended."""
        return self._library.left_over

    def get_default_screen(self) -> Screen[Any]:
        return self._chat

    def on_mount(self) -> None:
        self.install_screen(self._library, "library")
        self.watch(self._chat, "within", self._narrow_library)
        self.set_interval(IDLE_S, self._tidier.tidy)
        known = self._settings.theme in self.available_themes
        self.theme = (known and self._settings.theme) or DEFAULT_THEME
        # From now on a change is the person's.
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep_theme(theme.name))

    # --- what the config file says

    def _faults(self) -> Iterable[str]:
        theme = self._settings.theme
        if theme is not None and theme not in self.available_themes:
            yield f"there is no theme {theme!r}; /theme shows those there are"
        yield from self._settings.faults

    def _keep_theme(self, name: str) -> None:
        try:
            keep_theme(config_file(), name)
        except OSError as error:
            self._chat.tell(f"the theme could not be kept: {error.strerror or error}")

    # --- typing

    async def on_event(self, event: events.Event) -> None:
        # What begins a question moves the focus here, before it is queued: keys that wait in two
        # queues, the card's where typing began and then the prompt's, would overtake each other.
        if isinstance(event, events.InputEvent):
            if not self.screen_stack:
                return  # Typed while the chat ends: its screens have gone.
            self._tidier.touched()
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self._typed_early.holds(event):
                return
            if isinstance(self.screen, ArticleScreen | LibraryScreen):
                self.screen.lead(event)  # It may lead to the chat.
            if self.screen is self._chat:
                self._chat.lead(event)
        await super().on_event(event)

    async def on_prompt_mounted(self) -> None:
        for event in self._typed_early.release():
            await self.on_event(event)

    # --- what can be done from every screen

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        yield from offered(self, screen, self._settings.keys, self._run_command)
        # Of Textual's own, what is not among ours.
        for command in super().get_system_commands(screen):
            if command.title == "Screenshot":
                yield command

    async def _run_command(self, name: str) -> None:
        """From the palette: a command that needs more is put into the prompt."""
        if name == "help":
            self.action_help()
            return
        self._back_to_chat()
        await self._chat.begin_command(name)

    def _back_to_chat(self) -> None:
        while self.screen is not self._chat and len(self.screen_stack) > 1:
            self.pop_screen()

    def on_question_sent(self, message: messages.QuestionSent) -> None:
        """From where paths are typed."""
        self._back_to_chat()
        self._chat.post_message(message)

    def action_help(self) -> None:
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen.name or "chat", self._settings.keys))

    def on_help_requested(self) -> None:
        self.action_help()

    async def on_library_requested(self, message: messages.LibraryRequested) -> None:
        if self.screen is not self._library:
            await self.push_screen("library")
        if message.add:
            self._library.give(message.add)

    # --- what one screen has to tell another

    def _narrow_library(self, within: Filters) -> None:
        self._library.within = within

    def on_library_opened(self, message: messages.LibraryOpened) -> None:
        self._library.seeds = message.engine.answers_from_seeds

    def on_sidebar_filled(self, message: messages.SidebarFilled) -> None:
        if message.articles is not None:
            self._library.articles = message.articles

    def on_intake_progressed(self) -> None:
        self._chat.headway = self._library.headway

    def on_intake_ended(self, message: messages.IntakeEnded) -> None:
        self._chat.headway = self._library.headway
        self._chat.tell(message.line)
        self._chat.library_changed()

    def on_library_changed(self) -> None:
        self._chat.library_changed()

    def on_filters_chosen(self, message: messages.FiltersChosen) -> None:
        self._chat.within = message.within

    def on_article_chosen(self, message: messages.ArticleChosen) -> None:
        self._chat.read_article(message.article_id)


def hold_nobody_up() -> None:
    """Have the interpreter of this process put whoever types first."""
    # Threads look up answers meanwhile: so that a key need not wait 5 ms at each turn for them.
    sys.setswitchinterval(SWITCH_S)
    put_off_tidying()


def run(
    folder: Place,
    *,
    filters: Filters,
    top: int,
    resume: str | None = None,
    new: bool = False,
    save: bool = True,
) -> int:
    """Chat until the person quits; the exit status."""
    hold_nobody_up()
    start = Start(filters, top, resume, new, save)
    if sys.__stdin__ is not None:
        end_when_gone(sys.__stdin__.fileno())
    app = DatelineApp(folder, start=start, settings=read_settings(config_file()))
    app.run()
    if app.is_kept and sys.stderr.isatty():
        say("the conversation is kept; dateline --resume goes on with it")
    if app.left_over:
        say(left_over(app.left_over))
    return app.return_code or 0
