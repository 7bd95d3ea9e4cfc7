"""What the command palette offers: every command, and every key that acts where one is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.screen import Screen

from tui.commands import COMMANDS
from tui.keys import KEYS, key_name

# These are among the commands, or typed.
_NOT_AGAIN = frozenset({"help", "library", "new_session", "timings", "quit", "new_line"})


def offered(
    app: App[Any],
    screen: Screen[Any],
    keymap: Mapping[str, str],
    run_command: Callable[[str], Awaitable[None]],
) -> Iterable[SystemCommand]:
    """Commands, run by `run_command`; then what the keys do, as they are bound by `keymap`."""
    for command in COMMANDS:
        yield SystemCommand(f"/{command.name}", command.does, partial(run_command, command.name))
    seen, titles = set(_NOT_AGAIN), set[str]()
    for active in screen.active_bindings.values():
        id = active.binding.id
        title = active.binding.description
        # Another key of the same is no other thing to choose.
        if id is None or id in seen or title in titles or not active.enabled:
            continue
        seen.add(id)
        titles.add(title)
        does = f"{KEYS[id].does} ({key_name(keymap.get(id, KEYS[id].keys))})"
        act = partial(app.run_action, active.binding.action, active.node)
        yield SystemCommand(title, does, act)
