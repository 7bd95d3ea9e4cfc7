"""What could stand in the prompt in place of what is typed: commands, and what follows them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.commands import COMMANDS

MOST_PATHS = 200


@dataclass(frozen=True, slots=True)
class Completion:
    """`text` takes the place of all that was typed; `shown` and `hint` tell what it is."""

    text: str
    shown: str
    hint: str = ""


Arguments = Mapping[str, Callable[[str], Iterable[Completion]]]


def completions(typed: str, arguments: Arguments) -> Sequence[Completion]:
    """The completions of a command; none where a question is typed.

    `arguments` give, by the command's name, what may follow it, for what follows it so far.
    """
    if not typed.startswith("/") or "\n" in typed:
        return ()
    name, space, rest = typed[1:].partition(" ")
    if space:
        complete = arguments.get(name)
        return () if complete is None else tuple(complete(rest))
    return tuple(
        Completion(f"/{command.name}{' ' if command.argument else ''}", command.usage, command.does)
        for command in COMMANDS
        if command.name.startswith(name.lower())
    )


def among(command: str, names: Iterable[str]) -> Callable[[str], Iterable[Completion]]:
    """Completes an argument from a list of names; what is typed may stand anywhere in them.

    Those that begin with it come first.
    """

    def complete(typed: str) -> Iterable[Completion]:
        wanted = typed.casefold()
        found = [name for name in names if wanted in name.casefold() and typed != name]
        for name in sorted(found, key=lambda name: not name.casefold().startswith(wanted)):
            yield Completion(f"/{command} {name}", name)

    return complete


def path_completions(typed: str, prefix: str = "") -> Sequence[Completion]:
    """Files and folders that go on from the path typed, folders first; reads the disk."""
    if "://" in typed:
        return ()
    if typed == "~":
        return (Completion(f"{prefix}~{os.sep}", f"~{os.sep}", "your own folder"),)
    folder, _, beginning = typed.rpartition(os.sep)
    shown_folder = folder + os.sep if _ else ""
    try:
        place = Path(shown_folder or ".").expanduser()
        with os.scandir(place) as entries:
            found = [
                (not entry.is_dir(), entry.name)
                for entry in entries
                if entry.name.casefold().startswith(beginning.casefold())
                and (beginning.startswith(".") or not entry.name.startswith("."))
            ]
    except (OSError, ValueError, RuntimeError):
        return ()  # RuntimeError: a ~name that nobody has.
    whole = []
    for is_file, name in sorted(found)[:MOST_PATHS]:
        end = "" if is_file else os.sep
        whole.append(Completion(f"{prefix}{shown_folder}{name}{end}", f"{name}{end}"))
    return whole
