"""Where questions are typed: Enter sends, Ctrl+J breaks the line, Up brings earlier ones back."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from qa.engine import MOST_QUESTION_CHARACTERS
from qa.output import printable
from tui.keys import OPTION_DIGITS
from tui.messages import PasteShortened, QuestionSent

# More than any question may have, so that one that is too long can still be cut by hand.
_MOST_PASTED = 4 * MOST_QUESTION_CHARACTERS


class Prompt(TextArea):
    """A text area that grows with what is typed, up to a few lines."""

    ALLOW_MAXIMIZE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Ask"),
        Binding("ctrl+j,shift+enter,alt+enter", "new_line", "New line"),
        Binding("up", "earlier", "Earlier question", show=False),
        Binding("down", "later", "Later question", show=False),
        # The text area's own page keys have nothing to page through in a few lines.
        Binding("pageup", "screen.page_up", "Scroll up", show=False),
        Binding("pagedown", "screen.page_down", "Scroll down", show=False),
        *OPTION_DIGITS,
    ]

    def __init__(self) -> None:
        super().__init__(
            placeholder="Ask your articles a question",
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
        )
        self._asked: list[str] = []
        self._shown = 0  # Which of them is shown; their number: the draft.
        self._draft = ""

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
        if self._asked[-1:] != [question]:
            self._asked.append(question)
        self._shown, self._draft = len(self._asked), ""
        self.load_text("")
        self.post_message(QuestionSent(question))

    def action_new_line(self) -> None:
        self.replace("\n", *self.selection, maintain_selection_offset=False)

    def action_earlier(self) -> None:
        if not self.cursor_at_first_line:
            self.action_cursor_up()
        elif self._shown > 0:
            if self._shown == len(self._asked):
                self._draft = self.text
            self._show(self._shown - 1)

    def action_later(self) -> None:
        if not self.cursor_at_last_line:
            self.action_cursor_down()
        elif self._shown < len(self._asked):
            self._show(self._shown + 1)

    def _show(self, index: int) -> None:
        self._shown = index
        self.load_text(self._asked[index] if index < len(self._asked) else self._draft)
        self.move_cursor(self.document.end)

    def type_in(self, character: str) -> None:
        """Take a character typed elsewhere."""
        self.screen.set_focus(self)
        self.replace(character, *self.selection, maintain_selection_offset=False)

    async def _on_paste(self, event: events.Paste) -> None:
        # What is pasted is data as any article is: no escape of it may reach the terminal.
        event.prevent_default()
        event.stop()
        whole = printable(event.text.replace("\r\n", "\n").replace("\r", "\n"))
        if len(whole) > _MOST_PASTED:
            self.post_message(PasteShortened(_MOST_PASTED))
        self.replace(whole[:_MOST_PASTED], *self.selection, maintain_selection_offset=False)
