"""``--watch``: the library kept in step with folders until the person interrupts it."""

from __future__ import annotations

import threading
from pathlib import Path

from embeddings.discovery import path_key
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.models import DEFAULT_MODEL, find_model
from embeddings.places import Place
from embeddings.rebuild import Rebuild
from embeddings.watching import watch_changes
from qa.commands.rebuild import current_model, known_roots, summarise
from qa.diagnostics import reporting, say
from qa.exitcodes import ExitCode


def watch(folder: Place, paths: list[str], *, stop: threading.Event | None = None) -> ExitCode:
    """Take the paths in, or all known ones; then again whenever something in them changes."""
    stop = stop or threading.Event()
    with Library(folder, create=bool(paths)) as library:
        given = [Path(path) for path in paths]
        roots = given or known_roots(library)
        present = [root for root in roots if root.exists()]
        if not present:
            say("there is nothing to watch; name folders that are there: dateline --watch PATH")
            return ExitCode.USAGE
        encoder = Encoder(current_model(library) or find_model(DEFAULT_MODEL, say=say))
        said: set[object] = set()
        _take_in(library, encoder, given, said)
        say(f"watching {', '.join(path_key(root) for root in present)}; interrupt to end")
        for _ in watch_changes(present, stop=stop):
            _take_in(library, encoder, given, said)
    return ExitCode.ANSWERED


def _take_in(library: Library, encoder: Encoder, paths: list[Path], said: set[object]) -> None:
    """Bring in step, telling each file that cannot be read once and not at every change."""
    with reporting("articles") as report:
        outcome = Rebuild(library, encoder, progress=report).run(paths)
    summarise(outcome, 0, None, said=said)
