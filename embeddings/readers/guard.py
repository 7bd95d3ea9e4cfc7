"""Where other people's parsers meet hostile files: whatever they raise, one file ends, not all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embeddings.errors import ArticleUnreadable
from embeddings.readers.opening import show_path

SAVE_AS_TEXT = "save its text as .txt"


@contextmanager
def guarded(path: Path, kind: str, advice: str = SAVE_AS_TEXT) -> Iterator[None]:
    """Turns what a parser raises into `ArticleUnreadable`: ``PATH is no whole KIND …; ADVICE``.

    Errors of the disk and of our own installation are not the file's fault, and pass.
    """
    try:
        yield
    except (ArticleUnreadable, ImportError):
        raise
    except OSError as error:
        if error.errno is not None:
            raise
        raise _unreadable(path, kind, advice, error) from error
    except MemoryError as error:
        raise ArticleUnreadable(
            f"{show_path(path)} needs more memory than one file may; {advice}"
        ) from error
    except Exception as error:
        raise _unreadable(path, kind, advice, error) from error


def _unreadable(path: Path, kind: str, advice: str, error: Exception) -> ArticleUnreadable:
    return ArticleUnreadable(
        f"{show_path(path)} is not a whole {kind} ({type(error).__name__}); "
        f"get a sound copy, or {advice}"
    )
