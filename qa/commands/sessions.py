"""``--sessions``, ``--export`` and ``--remove-session``: seeing and tending kept conversations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from embeddings.places import Place
from qa.diagnostics import say
from qa.exitcodes import ExitCode
from qa.opening import open_library
from qa.output import session_lines, write, write_json
from qa.session_export import (
    CannotExport,
    check_file,
    session_json,
    session_markdown,
    write_session,
)
from qa.sessions import LATEST, Sessions

STDOUT = "-"


def list_sessions(folder: Place, *, as_json: bool) -> ExitCode:
    """A line a session, the one last gone on with first."""
    with _opened(folder) as sessions:
        found = sessions.list()
    if as_json:
        for session in found:
            write_json(asdict(session))
    elif found:
        write(session_lines(found))
    else:
        say("no session has been kept yet; every question you ask starts one, or goes on with one")
    return ExitCode.ANSWERED


def export(folder: Place, name: str, file: str, *, as_json: bool) -> ExitCode:
    """Write the session to a new file, or to stdout where the file is ``-``."""
    target = Path(file).expanduser()
    try:
        if file != STDOUT:
            check_file(target)
        with _opened(folder) as sessions:
            session = sessions.load(name)
        if file != STDOUT:
            write_session(session, target)
            write(f"session {session.id} written to {target}\n")
        elif as_json:
            write_json(session_json(session))
        else:
            write(session_markdown(session))
    except CannotExport as error:
        say(str(error))
        return ExitCode.USAGE
    return ExitCode.ANSWERED


def remove(folder: Place, name: str) -> ExitCode:
    """Remove one session by its id."""
    with _opened(folder) as sessions:
        session_id = sessions.remove(name)
    write(f"session {session_id} removed\n")
    return ExitCode.ANSWERED


def find(folder: Place, name: str) -> str:
    """The whole id of the session so named, of the latest where it is empty.

    Raises `NotFound`.
    """
    with _opened(folder) as sessions:
        return sessions.find(name or LATEST)


@contextmanager
def _opened(folder: Place) -> Iterator[Sessions]:
    library, notice = open_library(folder, say=say)
    with library:
        if notice:
            say(notice)
        yield Sessions(library)
