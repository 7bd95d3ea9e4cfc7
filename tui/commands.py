"""The commands that begin with a slash: one table for the prompt, the palette and the help."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

_COMMAND = re.compile(r"/(\w*)(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is typed after a slash; the screen's action ``command_{name}`` gets the argument."""

    name: str
    argument: str
    does: str

    @property
    def usage(self) -> str:
        return f"/{self.name} {self.argument}".strip()


COMMANDS = (
    Command("add", "PATH", "add a file or a folder to the library"),
    Command("library", "", "see, add, read again and remove articles"),
    Command("since", "DATE", "ask only articles of then or later; alone: of any date"),
    Command("until", "DATE", "ask only articles of then or earlier; alone: any date"),
    Command("source", "TEXT", "ask only sources with this in their name; alone: all"),
    Command("sessions", "", "go back to an earlier conversation"),
    Command("new", "", "begin a new conversation"),
    Command("export", "FILE", "write this conversation to a file (.md or .json)"),
    Command("timings", "", "show or hide where each answer's time went"),
    Command("theme", "NAME", "change the colours; the choice is kept"),
    Command("help", "", "what can be done here, and every key"),
    Command("quit", "", "leave; the conversation is kept"),
)
# What other programs call ours.
_ELSEWHERE = {
    "exit": "quit",
    "q": "quit",
    "clear": "new",
    "save": "export",
    "history": "sessions",
    "resume": "sessions",
    "open": "add",
    "articles": "library",
    "after": "since",
    "before": "until",
}
BY_NAME = {command.name: command for command in COMMANDS}


@dataclass(frozen=True, slots=True)
class Given:
    """A command as typed: which (None: there is none of that name), and what follows it."""

    name: str
    command: Command | None
    argument: str


def given(text: str) -> Given | None:
    """The command that was typed; None where the text is no command but a question."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    name, argument = found.group(1).lower(), (found.group(2) or "").strip()
    return Given(name, BY_NAME.get(name), argument)


def nearest(name: str) -> Command | None:
    """The command that a name there is none of was to be; None where none is near."""
    if name in _ELSEWHERE:
        return BY_NAME[_ELSEWHERE[name]]
    begun = [command for command in COMMANDS if name and command.name.startswith(name)]
    near = [BY_NAME[close] for close in difflib.get_close_matches(name, BY_NAME, n=1, cutoff=0.7)]
    return next(iter(begun if len(begun) == 1 else near), None)
