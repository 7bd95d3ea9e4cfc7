"""``--backup`` and ``--restore``: a library in one file, and back."""

from __future__ import annotations

from pathlib import Path

from embeddings import backups
from embeddings.errors import LibraryUnusable
from embeddings.places import Place, Server
from qa.diagnostics import say
from qa.exitcodes import ExitCode
from qa.output import counted, one_line, write

_ON_A_SERVER = (
    "a library on a PostgreSQL server is backed up by pg_dump and restored by pg_restore; or bring "
    "it into a folder with dateline --copy"
)


def back_up(place: Place, file: str) -> ExitCode:
    """Write the library to a new file, others reading and writing it meanwhile."""
    target = Path(file).expanduser()
    try:
        held = backups.back_up(_folder(place), target)
    except backups.WrongFile as error:
        say(str(error))
        return ExitCode.USAGE
    write(one_line(f"{_told(held)} written to {target}") + "\n")
    return ExitCode.ANSWERED


def restore(place: Place, file: str) -> ExitCode:
    """Make the file the library, where there is none or an empty one."""
    folder = _folder(place)
    try:
        held = backups.restore(Path(file).expanduser(), folder)
    except backups.WrongFile as error:
        say(str(error))
        return ExitCode.USAGE
    write(one_line(f"{_told(held)} restored to {folder}") + "\n")
    return ExitCode.ANSWERED


def _folder(place: Place) -> Path:
    if isinstance(place, Server):
        raise LibraryUnusable(_ON_A_SERVER)
    return place


def _told(held: backups.Held) -> str:
    articles, sessions = counted(held.articles, "article"), counted(held.sessions, "session")
    return f"{articles} and {sessions} ({held.size / 1e6:.1f} MB)"
