"""Where questions and commands are typed: Enter sends, Up brings earlier questions back."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import TextArea

from qa.output import printable
from tui.commands import given
from tui.keys import EMPTY_PROMPT_KEYS, bind
from tui.messages import (
    CommandGiven,
    CompletionMoved,
    CompletionTaken,
    PasteShortened,
    QuestionSent,
)


class Prompt(TextArea):
    """A text area that grows with what is typed, up to a few lines.

    `completing`: completions are shown, and the arrows and Tab go through them. `as_written`:
    what is sent is to be asked as it is written. At most `most_pasted` characters are pasted.
    """

    ALLOW_MAXIMIZE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Ask"),
        bind("new_line", "new_line", "New line"),
        Binding("tab", "complete", "Complete"),
        Binding("escape", "discard", "Discard"),
        # The screen's own, but here it comes before what is typed after it.
        bind("new_session", "screen.new_session", "New conversation"),
        Binding("up", "earlier", "Earlier question", show=False),
        Binding("down", "later", "Later question", show=False),
        # The text area's own page keys have nothing to page through in a few lines.
        Binding("pageup", "screen.page_up", "Scroll up", show=False),
        Binding("pagedown", "screen.page_down", "Scroll down", show=False),
        *EMPTY_PROMPT_KEYS,
    ]

    completing = reactive(False, bindings=True)
    as_written = reactive(False, bindings=True)

    def __init__(
        self, keymap: Mapping[str, str] | None = None, *, most_pasted: int = sys.maxsize
    ) -> None:
        super().__init__(
            placeholder="Ask your articles a question",
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
        )
        self._most_pasted = most_pasted
        self._asked: list[str] = []
        self._shown = 0  # Which of them is shown; their number: the draft.
        self._draft = ""
        if keymap:
            # The prompt runs its own bindings (see below), so it must know them as they are.
            self._bindings.apply_keymap(keymap)

    async def _on_key(self, event: events.Key) -> None:
        # The app runs a binding once its key has bubbled up, when characters typed after it are
        # in the text already: after fast typing, Enter would send more than was meant, or a
        # backspace come too late. So the prompt's own keys act here, in the order typed.
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return

    def action_send(self) -> None:
        question = self.text.strip()
        if not question:
            return
        if command := given(question):
            if command.command is None and self.completing:
                self.post_message(CompletionTaken())
            else:
                if command.command is not None:
                    self.empty()  # Here: what is typed meanwhile is no part of it.
                self.post_message(CommandGiven(command))
            return
        as_written = self.as_written
        if self._asked[-1:] != [question]:
            self._asked.append(question)
        self.empty()
        self.post_message(QuestionSent(question, as_written=as_written))

    def remember(self, question: str) -> None:
        """One that was chosen, and not typed here, is among the earlier ones, too."""
        if question not in self._asked:
            is_draft_shown = self._shown == len(self._asked)
            self._asked.append(question)
            if is_draft_shown:
                self._shown = len(self._asked)

    def empty(self) -> None:
        """Be ready for the next."""
        self._shown, self._draft = len(self._asked), ""
        self.load_text("")
        self.as_written = False  # Here: what is typed at once is another question.

    def put(self, text: str, *, as_written: bool = False) -> None:
        """Have this in place of what is typed, to be changed or sent."""
        self.load_text(text)
        self.move_cursor(self.document.end)
        self.as_written = as_written
        self.focus()

    def on_text_area_changed(self) -> None:
        if not self.text:
            self.as_written = False

    def watch_as_written(self, as_written: bool) -> None:
        self.border_title = "asked as it is written here · Esc discards it" if as_written else None

    def action_discard(self) -> None:
        """Leave the question that was to be changed; nothing of it is part of the next."""
        if self.as_written:
            self.empty()

    def action_complete(self) -> None:
        self.post_message(CompletionTaken())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "complete":
            return self.completing
        if action == "discard":
            return self.as_written
        return super().check_action(action, parameters)

    def action_new_line(self) -> None:
        self.replace("\n", *self.selection, maintain_selection_offset=False)

    def action_earlier(self) -> None:
        if self.completing:
            self.post_message(CompletionMoved(-1))
        elif not self.cursor_at_first_line:
            self.action_cursor_up()
        elif self._shown > 0:
            if self._shown == len(self._asked):
                self._draft = self.text
            self._show(self._shown - 1)

    def action_later(self) -> None:
        if self.completing:
            self.post_message(CompletionMoved(1))
        elif not self.cursor_at_last_line:
            self.action_cursor_down()
        elif self._shown < len(self._asked):
            self._show(self._shown + 1)

    def _show(self, index: int) -> None:
        self._shown = index
        self.load_text(self._asked[index] if index < len(self._asked) else self._draft)
        self.move_cursor(self.document.end)

    async def _on_paste(self, event: events.Paste) -> None:
        # What is pasted is data as any article is: no escape of it may reach the terminal.
        event.prevent_default()
        event.stop()
        whole = printable(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        if len(whole) > self._most_pasted:
            self.post_message(PasteShortened(self._most_pasted))
        self.replace(whole[: self._most_pasted], *self.selection, maintain_selection_offset=False)
