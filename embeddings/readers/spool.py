"""A packed file's contents, unpacked where they can be read again and only so far as is fair.

A few kilobytes can say "a terabyte of zeros": what is unpacked is counted as it comes, and is
held against the size of what it came from.
"""

from __future__ import annotations

import errno
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from embeddings.errors import ArticleUnreadable
from embeddings.readers.opening import show_path
from embeddings.readers.pulse import beat

MAX_UNPACKED_BYTES = 2 * 1024**3
# Text packs to a tenth, and a page of one word repeated to a hundredth.
MAX_RATIO = 200
# Small files may pack as well as they like: this much is always fair.
_FREE_BYTES = 16 * 1024 * 1024
_IN_MEMORY_BYTES = 8 * 1024 * 1024
_BLOCK_BYTES = 256 * 1024


class Packed(Protocol):
    """What can be read piece by piece."""

    def read(self, size: int, /) -> bytes: ...


class Allowance:
    """How much may still be unpacked of one archive of `packed` bytes.

    What comes out of an archive that lies in another counts for both.
    """

    def __init__(self, packed: int) -> None:
        self.left = min(MAX_UNPACKED_BYTES, max(_FREE_BYTES, packed * MAX_RATIO))
        self._outer = _unpacking[-1] if _unpacking else None

    def take(self, count: int, path: Path) -> None:
        """Count bytes unpacked. Raises `ArticleUnreadable` where they are more than is fair."""
        if self._outer is not None:
            self._outer.take(count, path)
        self.left -= count
        if self.left < 0:
            raise Overblown(
                f"{show_path(path)} unpacks to far more than its size allows, as a zip bomb does; "
                "unpack it yourself and give the folder, if that is meant"
            )


# Those of the archives that are open around whatever is read now.
_unpacking: list[Allowance] = []


class Counted(io.RawIOBase):
    """An unpacked stream that ends with an error where more comes out of it than is fair."""

    def __init__(self, packed: Packed, allowance: Allowance, path: Path) -> None:
        self._packed = packed
        self._allowance = allowance
        self._path = path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        block = self._packed.read(len(buffer))
        self._allowance.take(len(block), self._path)
        buffer[: len(block)] = block
        return len(block)


class Overblown(ArticleUnreadable):
    """An archive unpacks to more than is fair: none of the rest of it is looked at."""


@contextmanager
def spooled(packed: Packed, allowance: Allowance, path: Path) -> Iterator[BinaryIO]:
    """The unpacked stream, seekable: in memory while it is small, then in a file without a name.

    Raises `ArticleUnreadable` where that has no room.
    """
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as spool:
        while block := packed.read(_BLOCK_BYTES):
            allowance.take(len(block), path)
            with room_for(f"{show_path(path)} has no room to unpack it"):
                _make_room(len(block), spool.tell())
                spool.write(block)
            beat()
        spool.seek(0)
        _unpacking.append(allowance)
        try:
            yield cast(BinaryIO, spool)
        finally:
            _unpacking.remove(allowance)


@contextmanager
def room_for(what: str) -> Iterator[None]:
    """Turns a full disk within into `ArticleUnreadable`: ``WHAT in FOLDER; …``."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
            raise
        raise ArticleUnreadable(
            f"{what} in {show_path(Path(tempfile.gettempdir()))}; make room there, or give "
            "TMPDIR a folder with room"
        ) from error


def _make_room(count: int, held: int) -> None:
    """Nothing is unpacked onto a disk that is nearly full; others need it more."""
    if held + count > _IN_MEMORY_BYTES and held // _IN_MEMORY_BYTES != (
        (held + count) // _IN_MEMORY_BYTES
    ):
        free = shutil.disk_usage(tempfile.gettempdir()).free
        if free < 64 * 1024 * 1024:
            raise OSError(errno.ENOSPC, "No space left on device")
