"""Taking articles in from within the chat, as ``dateline --rebuild`` does."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Callable, Sequence
from multiprocessing import resource_tracker
from pathlib import Path
from urllib.parse import unquote, urlsplit

from embeddings.discovery import is_url
from embeddings.encoder import Encoder
from embeddings.library import Library, database_path
from embeddings.models import DEFAULT_MODEL, DEFAULT_PRECISION, find_model
from embeddings.rebuild import NOT_THERE, Failure, Outcome, Progress, Rebuild
from embeddings.removal import remove_named
from embeddings.sources import Source


def paths_in(text: str) -> list[str]:
    """The paths that a line names: itself where it is one, else as a shell would split it.

    A terminal pastes a dropped file in quotes, with backslashes, or as a ``file:`` address.
    """
    text = text.strip()
    if not text or Path(text).expanduser().exists():
        return [text] if text else []
    try:
        words = shlex.split(text)
    except ValueError:
        words = [text]  # A quotation mark in a name.
    return [_as_path(word) for word in words]


def _as_path(word: str) -> str:
    parts = urlsplit(word) if word.startswith("file://") else None
    return unquote(parts.path) if parts and parts.netloc in ("", "localhost") else word


def take_in(
    folder: Path,
    paths: Sequence[str],
    *,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
    say: Callable[[str], None],
    loaded: Callable[[], Encoder | None] = lambda: None,
) -> Outcome:
    """Bring the library in `folder` in step with the paths, or with all it knows where none.

    What is finished stays when `cancelled` says yes. `loaded` gives an encoder that is there
    already: loading another would hold up the screen. Raises `LibraryUnusable` or
    `ModelUnavailable`.
    """
    addresses = [path for path in paths if is_url(path)]
    named = [Path(path).expanduser() for path in paths if not is_url(path)]
    is_new = not database_path(folder).exists()
    if is_new and not addresses and not any(path.exists() for path in named):
        # A slip of the pen must not make an empty library in place of the seeds.
        return Outcome(failures=[Failure(path, NOT_THERE) for path in paths])
    _let_processes_start()
    with Library(folder, create=bool(paths)) as library:
        encoder = loaded()
        name, precision = library.model_name, library.model_precision
        is_it = encoder is not None and (
            library.model == encoder.model.id
            if name
            else (encoder.model.name, encoder.model.precision) == (DEFAULT_MODEL, DEFAULT_PRECISION)
        )
        if encoder is None or not is_it:
            encoder = Encoder(
                find_model(name or DEFAULT_MODEL, precision=precision or DEFAULT_PRECISION, say=say)
            )
        rebuild = Rebuild(library, encoder, progress=progress, cancelled=cancelled)
        if not paths:
            addresses = [root for root in library.roots() if is_url(root)]
        outcome = rebuild.run(named, sources=_fetched(addresses, cancelled), everything=not paths)
        library.tidy()
    return outcome


def _fetched(addresses: Sequence[str], cancelled: Callable[[], bool]) -> list[Source]:
    if not addresses:
        return []
    # Only whoever fetches pays for what fetches.
    from embeddings.fetch import Bounds
    from embeddings.fetch_polite import Guest
    from embeddings.web import Web

    return [Web(addresses, Guest(Bounds()), cancelled=cancelled)]


def _let_processes_start() -> None:
    """Many files are read by processes, which multiprocessing starts with this one's stderr.

    Textual has put something without a file in its place; the true one is there for the moment
    in which multiprocessing asks, once in a process's life.
    """
    with contextlib.redirect_stderr(sys.__stderr__):
        resource_tracker.ensure_running()


def told(outcome: Outcome, *, was_stopped: bool) -> str:
    """What was done, in a line."""
    parts = [
        f"{count} {what}"
        for count, what in (
            (outcome.added, "added"),
            (outcome.changed, "changed"),
            (outcome.removed, "removed"),
            (outcome.unchanged, "unchanged"),
            (len(outcome.failures), "failed"),
        )
        if count
    ]
    line = ", ".join(parts) or "nothing to add there"
    return f"stopped; what was finished is kept: {line}" if was_stopped else line


def remove(folder: Path, name: str) -> int:
    """Remove the article of that id, or all of that path; how many. Raises `NotFound`."""
    with Library(folder) as library:
        removed = remove_named(library, name)
        library.tidy()
    return removed
