"""The chat's keys, beside those of its widgets; docs and the help page tell the same."""

from __future__ import annotations

from textual.binding import Binding, BindingType

# A question may begin with a digit, so where the prompt has the focus a digit is typed, and
# Alt with it opens; anywhere else the digit alone will do.
_OPENERS = [
    binding
    for n in range(1, 10)
    for binding in (
        Binding(f"alt+{n}", f"open({n})", f"Open [{n}]", show=False, priority=True),
        Binding(f"{n}", f"open({n})", f"Open [{n}]", show=False),
    )
]

# What Alt (a Mac's Option) with a digit comes as from terminals that cannot say it better:
# Textual, too, takes ESC 1 for ¡. These open a citation from an empty prompt; in a question
# they are themselves.
OPTION_DIGITS: list[BindingType] = [
    Binding(character, f"screen.open_from_empty({n})", f"Open [{n}]", show=False)
    for n, character in enumerate("¡™£¢∞§¶•ª", 1)
]

CHAT_KEYS: list[BindingType] = [
    Binding("escape", "cancel", "Cancel"),
    Binding("escape", "back_and_forth", "To the prompt and back", show=False),
    Binding("tab", "to_citations", "Citations"),
    Binding("tab", "app.focus_next", "Next", show=False),
    *_OPENERS,
    Binding("ctrl+t", "toggle_timings", "Timings", show=False),
    Binding("pageup", "page_up", "Scroll up", show=False),
    Binding("pagedown", "page_down", "Scroll down", show=False),
    Binding("ctrl+home", "to_start", "To the start", show=False),
    Binding("ctrl+end", "to_end", "To the end", show=False),
]
