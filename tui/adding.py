"""Taking articles in, as ``dateline --rebuild`` does: what the process beside the chat runs.

No screen, and nothing of Textual: see `adder` for the process, and why there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from embeddings.discovery import is_url
from embeddings.encoder import Encoder
from embeddings.library import Library, is_there
from embeddings.models import DEFAULT_MODEL, DEFAULT_PRECISION, find_model
from embeddings.outcome import Failure, Outcome, Progress
from embeddings.places import Place
from embeddings.rebuild import NOT_THERE, Rebuild
from embeddings.sources import Source
from tui.pasted import at_home


def take_in(
    folder: Place,
    paths: Sequence[str],
    *,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
    say: Callable[[str], None],
) -> Outcome:
    """Bring the library in `folder` in step with the paths, or with all it knows where none.

    What is finished stays when `cancelled` says yes. Raises `LibraryUnusable` or
    `ModelUnavailable`.
    """
    addresses = [path for path in paths if is_url(path)]
    named = [at_home(path) for path in paths if not is_url(path)]
    is_new = not is_there(folder)
    if is_new and not addresses and not any(path.exists() for path in named):
        # A slip of the pen must not make an empty library in place of the seeds.
        return Outcome(failures=[Failure(path, NOT_THERE) for path in paths])
    with Library(folder, create=bool(paths)) as library:
        name, precision = library.model_name, library.model_precision
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
