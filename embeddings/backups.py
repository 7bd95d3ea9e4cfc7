"""A library in one file: made while others read and write, and made into a library again.

The file is a SQLite database with all that cannot be made again: articles, passages, vectors,
sessions, corrections. The vectors' snapshot is not in it; it is made anew from the vectors.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from embeddings import durable, schema
from embeddings.dbcopy import copy_into, copy_pages
from embeddings.errors import DatelineError, LibraryUnusable
from embeddings.library import Library, database_path

_ANOTHER = "use another backup"
_DOCTOR = "see dateline --doctor"


class BackupUnusable(DatelineError):
    """The file is no backup, or is damaged."""


class WrongFile(BackupUnusable):
    """There is a file of that name where none may be, or none where one should be."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a backup holds, and its size in bytes."""

    articles: int
    sessions: int
    size: int


def back_up(folder: Path, file: Path) -> Held:
    """Write all of the library in the folder to a new file, as it is at this moment.

    Others may read and write meanwhile: what they write is not in it. What was copied is checked
    before it is given its name. Raises `LibraryUnusable`, `BackupUnusable` or OSError.
    """
    if file.exists() or file.is_symlink():
        raise WrongFile(f"{file} is there already; name a new file, or remove it first")
    if not file.parent.is_dir():
        raise WrongFile(f"there is no folder {file.parent}; make it first")
    # Opened as for asking: it is brought up to date, or what is wrong with it is said.
    Library(folder).close()
    path = database_path(folder)
    try:
        with durable.passing(file, anew=True) as passing:
            with schema.explaining(path), closing(schema.connect_to_read(path)) as source:
                try:
                    copy_into(source, passing)
                except sqlite3.Error as error:
                    _raise_full(error, file.absolute())  # The backup's disk, not the library's.
                    raise
            return _checked(passing, LibraryUnusable, path)
    except FileExistsError as error:
        raise WrongFile(f"{file} is there already; name a new file") from error
    except OSError as error:
        if error.errno in durable.NOT_ALLOWED and error.filename == str(file):
            raise WrongFile(
                f"{file} cannot be written ({error.strerror}); name a file in another folder"
            ) from error
        raise


def restore(file: Path, folder: Path) -> Held:
    """Make the backup the library in the folder, which may hold nothing yet.

    Checked before anything is written. Raises `LibraryUnusable`, `BackupUnusable` or OSError.
    """
    if not file.is_file():
        raise WrongFile(f"there is no file {file}; check its name")
    if folder.exists() and not folder.is_dir():
        raise LibraryUnusable(f"{folder} is not a folder; name the library's folder")
    path = database_path(folder)
    is_there = path.exists()
    if is_there:
        revision = _revision_of_empty(folder)
    elif left := [name.name for name in _beside(path) if name.exists()]:
        # SQLite would take them for this database's own and write their pages into it.
        raise LibraryUnusable(
            f"{folder} has {' and '.join(left)} of another library without its {path.name}; move "
            "them away, or name a new folder with --library"
        )
    held = _checked(file, BackupUnusable, file)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if is_there:
        # In a transaction of SQLite's: others may have the empty library open.
        with tempfile.TemporaryDirectory(dir=folder, prefix=".restoring-") as work:
            copy = Path(work) / path.name
            _copy(file, copy, revision)
            with (
                schema.explaining(path),
                closing(sqlite3.connect(copy)) as source,
                closing(sqlite3.connect(path, timeout=schema.TIMEOUT_S)) as target,
            ):
                target.execute("PRAGMA synchronous = FULL")
                copy_pages(source, target)
        return held
    try:
        with durable.passing(path, anew=True) as passing:
            _copy(file, passing, 0)
    except FileExistsError as error:
        raise LibraryUnusable(
            f"a library has been made in {folder} meanwhile; nothing was restored"
        ) from error
    return held


def _copy(file: Path, copy: Path, revision: int) -> None:
    """The backup, of a later revision than its own and that, so that nothing passes for its shadow.

    A vectors' snapshot left in the folder, or a chat that has the empty library open, would
    otherwise take what it has for vectors of these passages.
    """
    try:
        with closing(schema.connect_to_read(file)) as source:
            copy_into(source, copy)
        with closing(sqlite3.connect(copy)) as database, database:
            found = database.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()
            following = max(revision, int(found[0]) if found else 0) + 1
            database.executemany(
                "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                [("revision", str(following)), ("removals_from", str(following))],
            )
    except sqlite3.Error as error:
        _raise_full(error, copy)
        raise BackupUnusable(f"{file} could not be copied: {error}; {_ANOTHER}") from error


def _raise_full(error: sqlite3.Error, file: Path) -> None:
    """Raises `LibraryUnusable` where the disk is full that the file was to be on."""
    if str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_FULL"):
        raise LibraryUnusable(schema.explain(file, error)) from error


def _revision_of_empty(folder: Path) -> int:
    """The revision of the library there. Raises `LibraryUnusable` where it holds anything."""
    with Library(folder) as library:
        if library.read_only:
            raise LibraryUnusable(f"the library in {folder} can only be read; make it writable")
        articles, sessions = library.count(), len(library.sessions.summaries())
        revision = library.revision
    if articles or sessions:
        raise LibraryUnusable(
            f"the library in {folder} holds {articles} articles and {sessions} sessions, and "
            "nothing is written over them; name a new folder with --library, or move this one away"
        )
    return revision


def _checked(file: Path, error: type[DatelineError], named: Path) -> Held:
    """What is in the file, once all of it was found sound. Raises `error`."""
    advice = _DOCTOR if error is LibraryUnusable else _ANOTHER
    try:
        with closing(schema.connect_to_read(file)) as database:
            version = int(database.execute("PRAGMA user_version").fetchone()[0])
            if version > len(schema.MIGRATIONS):
                raise error(
                    f"{named} was made by a newer Dateline (library version {version}, this one "
                    f"knows {len(schema.MIGRATIONS)}); upgrade with pip install -U"
                )
            faults = [
                str(row[0]) for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"
            ] + [
                f"{row[0]} refer to nothing" for row in database.execute("PRAGMA foreign_key_check")
            ]
            if faults:
                raise error(f"{named} is damaged ({faults[0].splitlines()[0]}); {advice}")
            articles = int(database.execute("SELECT count(*) FROM articles").fetchone()[0])
            sessions = 0
            if version > 1:
                sessions = int(database.execute("SELECT count(*) FROM sessions").fetchone()[0])
    except sqlite3.Error as raised:
        raise error(
            f"{named} is damaged or not a Dateline library ({raised}); {advice}"
        ) from raised
    return Held(articles, sessions, file.stat().st_size)


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")]
