"""What can be done on the screen below, first, then everywhere; every key as it is bound now."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.commands import COMMANDS
from tui.display import line
from tui.keys import KEYS, key_name

# A row is a fixed key and what it does, or the id of one that can be bound anew.
_Row = tuple[str, str] | str

_SECTIONS: dict[str, tuple[str, tuple[_Row, ...]]] = {
    "chat": (
        "Asking",
        (
            ("Enter", "send the question, or the command"),
            "new_line",
            ("Up, Down", "earlier questions, later ones"),
            ("Esc", "cancel the question that runs; else to the citations and back"),
            ("Tab", "to the citations; after a slash: complete"),
            ("1 … 9", "open that citation (prompt empty, or Esc first; Alt+1 … always)"),
            "copy_citation",
            "copy_first",
            "revise",
            "export",
            "export_anywhere",
            "new_session",
            "sidebar",
            "arrange",
            "timings",
            ("Page Up, Page Down", "scroll; Ctrl+Home, Ctrl+End: to the ends"),
        ),
    ),
    "article": (
        "In an article",
        (
            "next_citation",
            "previous_citation",
            "dim",
            "copy_citation",
            "open_original",
            ("Tab", "to the other citations and questions; Enter shows one"),
            ("Esc", "back"),
        ),
    ),
    "library": (
        "In the library",
        (
            ("Enter", "add what is typed; on an article: read it"),
            ("Tab", "complete a path; else on to the list"),
            "cancel_adding",
            "remove_article",
            "read_again",
            "read_all_again",
            "only_source",
            "only_since",
            "arrange",
            ("Esc", "back; adding goes on"),
        ),
    ),
    "anywhere": (
        "Anywhere",
        (
            "help",
            ("?", "help, from an empty prompt"),
            "library",
            ("Ctrl+P", "palette: everything that can be done, themes"),
            ("Ctrl+C", "copy text selected with the mouse"),
            "quit",
        ),
    ),
}
_KEY_CELLS = 22
_DOES_CELLS = 46
_INDENT = " " * (_KEY_CELLS + 2)


class HelpScreen(ModalScreen[None]):
    """Closed by Esc, F1, Enter or q. `where` is the screen that help is asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,enter,q,question_mark", "leave", "Close"),
    ]

    def __init__(self, where: str, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self._where = where
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        rows: list[Content] = []
        first = self._where if self._where in _SECTIONS else "chat"
        for name in sorted(_SECTIONS, key=lambda name: name != first):
            heading, keys = _SECTIONS[name]
            rows.append(Content.styled(heading, "bold $primary"))
            rows += self._rows(keys)
            if name == "chat":
                rows.append(Content.styled("Commands", "bold $primary"))
                rows += [_row(command.usage, command.does) for command in COMMANDS]
        rows += [
            Content.styled("For a screen reader, or a script", "bold $primary"),
            Content('  dateline --ask "…" writes an answer as plain text; see docs/cli.md'),
        ]
        with VerticalScroll():
            yield Static(Content("\n").join(rows))

    def _rows(self, keys: Iterable[_Row]) -> Iterable[Content]:
        for row in keys:
            if isinstance(row, str):
                key = KEYS[row]
                yield _row(key_name(self._keymap.get(row, key.keys)), key.does)
            else:
                yield _row(*row)

    def action_leave(self) -> None:
        self.dismiss()


def _row(key: str, does: str) -> Content:
    """The key, and beside it what it does, on as many lines as that takes."""
    said = textwrap.wrap(does, _DOES_CELLS)
    first = " " * (_KEY_CELLS - len(key)) if len(key) < _KEY_CELLS else f"\n{_INDENT}"
    return Content.assemble("  ", line(key, "bold"), first, f"\n{_INDENT}".join(said))
