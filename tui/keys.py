"""Every key that can be bound anew, by its id; the help page and docs/tui.md tell the same.

An id stands for one meaning wherever it is used. Keys without an id (Enter, Tab, Esc, the
arrows, the digits) do what they do everywhere, and stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Key:
    """A key that can be bound anew: the ids of the config file's ``[keys]``, and the default."""

    keys: str
    does: str


KEYS = {
    "help": Key("f1", "help for what is on the screen"),
    "sidebar": Key("f2,ctrl+b", "show or hide the sidebar: sessions and articles"),
    "library": Key("f3,ctrl+l", "the library: add, read again, remove"),
    "quit": Key("ctrl+q", "quit; the conversation is kept"),
    "arrange": Key("f4", "list the articles by date or by source"),
    "new_session": Key("ctrl+n", "begin a new conversation"),
    "revise": Key("ctrl+r", "change the question as it was understood"),
    "timings": Key("ctrl+t", "show or hide where the time went"),
    "new_line": Key("ctrl+j,shift+enter,alt+enter", "a new line in the question"),
    "copy_citation": Key("y", "copy the citation with its source and date"),
    "copy_first": Key("alt+y", "copy the latest answer's first citation, from anywhere"),
    "export": Key("e", "export the conversation (not while typing)"),
    "export_anywhere": Key("alt+e", "export the conversation, from anywhere"),
    "next_citation": Key("n", "in an article: the next citation"),
    "previous_citation": Key("p", "in an article: the previous citation"),
    "dim": Key("d", "in an article: dim what is not cited"),
    "open_original": Key("o", "in an article: open the original"),
    "remove_article": Key("delete", "in the library: remove the article"),
    "read_again": Key("ctrl+r", "in the library: read the article's file again"),
    "read_all_again": Key("f5", "in the library: look again at everything that was ever added"),
    "only_source": Key("ctrl+s", "in the library: ask only this article's source"),
    "only_since": Key("ctrl+d", "in the library: ask only this article's date and later"),
    "cancel_adding": Key("ctrl+g", "in the library: stop adding; what is finished is kept"),
}

_NAMES = {"question_mark": "?", "delete": "Delete", "escape": "Esc", "enter": "Enter"}


def key_name(keys: str) -> str:
    """Keys as a person reads them: ``ctrl+j,f2`` is ``Ctrl+J, F2``."""
    return ", ".join(_one_name(key.strip()) for key in keys.split(","))


def _one_name(key: str) -> str:
    parts = key.split("+")
    if len(parts) == 1 and len(key) == 1:
        return key
    return "+".join(
        _NAMES.get(part, part.upper() if len(part) < 3 else part.title()) for part in parts
    )


def bind(
    id: str, action: str, label: str, *, show: bool = False, priority: bool = False
) -> Binding:
    """The binding of a key that can be bound anew."""
    return Binding(KEYS[id].keys, action, label, show=show, priority=priority, id=id)


def unknown(ids: Iterable[str]) -> list[str]:
    """Those of the ids that no key has."""
    return sorted(set(ids) - set(KEYS))


_ALT_DIGITS: list[BindingType] = [
    Binding(f"alt+{n}", f"open({n})", f"Open [{n}]", show=False, priority=True)
    for n in range(1, 10)
]
_DIGITS: list[BindingType] = [
    Binding(f"{n}", f"open({n})", f"Open [{n}]", show=False) for n in range(1, 10)
]

# From an empty prompt a digit opens at once, and is typed as well: whoever goes on typing is
# beginning a question (2021 …), comes back to it, and has lost nothing. An Option (Alt) digit
# comes as one of the others from terminals that cannot say it better: Textual, too, takes ESC 1
# for ¡. In a question all of them are themselves.
EMPTY_PROMPT_KEYS: list[BindingType] = [
    *(Binding(f"{n}", f"screen.open_from_empty({n}, True)", show=False) for n in range(1, 10)),
    *(
        Binding(character, f"screen.open_from_empty({n}, False)", show=False)
        for n, character in enumerate("¡™£¢∞§¶•ª", 1)
    ),
    Binding("question_mark", "screen.help_from_empty", show=False),
]

CHAT_KEYS: list[BindingType] = [
    Binding("escape", "cancel", "Cancel"),
    Binding("escape", "back_and_forth", "To the prompt and back", show=False),
    Binding("tab", "to_citations", "Citations"),
    Binding("tab", "app.focus_next", "Next", show=False),
    *_ALT_DIGITS,
    *_DIGITS,
    bind("sidebar", "toggle_sidebar", "Sidebar", show=True),
    bind("library", "library", "Library", show=True),
    bind("arrange", "arrange", "By date or source", show=True),
    bind("new_session", "new_session", "New conversation"),
    bind("revise", "revise", "Change the question as understood"),
    bind("timings", "toggle_timings", "Timings"),
    bind("copy_first", "copy_first", "Copy", priority=True),
    bind("export", "export", "Export"),
    bind("export_anywhere", "export", "Export", priority=True),
    bind("quit", "app.quit", "Quit", show=True, priority=True),
    Binding("question_mark", "app.help", "Help", show=False),
    Binding("pageup", "page_up", "Scroll up", show=False),
    Binding("pagedown", "page_down", "Scroll down", show=False),
    Binding("ctrl+home", "to_start", "To the start", show=False),
    Binding("ctrl+end", "to_end", "To the end", show=False),
]
