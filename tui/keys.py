"""The chat's keys, beside those of its widgets; docs and the help page tell the same."""

from __future__ import annotations

from textual.binding import Binding, BindingType

# What Alt (or a Mac's Option) with a digit types where the terminal has no better way to say it;
# Textual's own table has ESC 1 as ¡ too. They open a citation while the prompt is empty.
_OPTION_DIGITS = (
    "inverted_exclamation_mark",
    "trade_mark_sign",
    "pound_sign",
    "cent_sign",
    "infinity",
    "section_sign",
    "pilcrow_sign",
    "bullet",
    "feminine_ordinal_indicator",
)

# A question may begin with a digit, so where the prompt has the focus a digit is typed, and
# Alt with it opens; anywhere else the digit alone will do.
_OPENERS = [
    binding
    for n, option in enumerate(_OPTION_DIGITS, 1)
    for binding in (
        Binding(f"alt+{n}", f"open({n})", f"Open [{n}]", show=False, priority=True),
        Binding(option, f"open_from_empty({n})", f"Open [{n}]", show=False, priority=True),
        Binding(f"{n}", f"open({n})", f"Open [{n}]", show=False),
    )
]

CHAT_KEYS: list[BindingType] = [
    Binding("escape", "cancel", "Cancel"),
    Binding("escape", "back_and_forth", "To the prompt and back", show=False),
    Binding("tab", "to_citations", "Citations"),
    *_OPENERS,
    Binding("ctrl+t", "toggle_timings", "Timings", show=False),
    Binding("pageup", "page_up", "Scroll up", show=False),
    Binding("pagedown", "page_down", "Scroll down", show=False),
    Binding("ctrl+home", "to_start", "To the start", show=False),
    Binding("ctrl+end", "to_end", "To the end", show=False),
]
