"""The kept conversations, the latest first."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from embeddings.sessions import SessionSummary
from tui.display import MUTED, line
from tui.messages import SessionChosen


class SessionList(OptionList):
    """Enter or a click goes on with one; `current` is the id of the one that is open."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "select", "Go on with it")]

    sessions: reactive[Sequence[SessionSummary]] = reactive((), always_update=True)
    current: reactive[str | None] = reactive(None)
    needle = reactive("")

    def watch_sessions(self) -> None:
        self._list()

    def watch_current(self) -> None:
        self._list()

    def watch_needle(self) -> None:
        self._list()

    def _list(self) -> None:
        wanted = self.needle.casefold()
        self.clear_options()
        self.add_options(
            Option(_row(session, session.id == self.current), id=session.id)
            for session in self.sessions
            if wanted in session.title.casefold()
        )
        if not self.option_count:
            said = "no conversation has that" if self.sessions else "none kept yet"
            self.add_option(Option(Content.styled(said, MUTED), disabled=True))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option.id is not None:
            self.post_message(SessionChosen(event.option.id))


def _row(session: SessionSummary, is_current: bool) -> Content:
    return Content.assemble(
        ("● " if is_current else "  ", "$primary"),
        (f"{_day(session.last_at)}  ", MUTED),
        line(session.title),
    )


def _day(when: str) -> str:
    """The day in this place's time."""
    try:
        return datetime.datetime.fromisoformat(when).astimezone().strftime("%d %b")
    except ValueError:
        return "      "
