"""Whether another process rebuilds the same library: both may, and whoever came second is told.

A file in the library's folder is locked by the first and has its number in it. The system lets go
of the lock when the process ends, however it ends, so that nothing is ever left locked.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from embeddings.places import Place, Server

LOCK = "rebuilding.lock"


@contextlib.contextmanager
def marked(place: Place) -> Iterator[int | None]:
    """Mark the library as being rebuilt; the process that has marked it already, if another has.

    0 is a process whose number cannot be told. On a server, or where files cannot be locked,
    nothing is marked and nobody is found.
    """
    if isinstance(place, Server):
        yield None
        return
    try:
        handle = os.open(place / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:  # A read-only disk: what writes to it will say so.
        yield None
        return
    is_ours = False
    try:
        is_ours, other = _lock(handle)
        yield other
    finally:
        if is_ours:
            # Who has it open now would be told of nobody, which is true.
            with contextlib.suppress(OSError):
                (place / LOCK).unlink()
        os.close(handle)


def _lock(handle: int) -> tuple[bool, int | None]:
    """Whether this process holds the file now, and the other one that does."""
    try:
        import fcntl
    except ImportError:  # Windows has no such locks.
        return False, None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        said = os.read(handle, 20).strip()
        holder = int(said) if said.isdigit() else 0
        return False, None if holder == os.getpid() else holder
    except OSError:  # Some file systems of networks.
        return False, None
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
    return True, None
