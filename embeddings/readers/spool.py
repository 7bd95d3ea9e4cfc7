"""A packed file's contents, unpacked where they can be read again and only so far as is fair.

A few kilobytes can say "a terabyte of zeros": what is unpacked is counted as it comes, and is
held against the size of what it came from.
"""

from __future__ import annotations

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
    """How much may still be unpacked of one archive of `packed` bytes."""

    def __init__(self, packed: int) -> None:
        self.left = min(MAX_UNPACKED_BYTES, max(_FREE_BYTES, packed * MAX_RATIO))

    def take(self, count: int, path: Path) -> None:
        """Count bytes unpacked. Raises `ArticleUnreadable` where they are more than is fair."""
        self.left -= count
        if self.left < 0:
            raise Overblown(
                f"{show_path(path)} unpacks to far more than its size allows, as a zip bomb does; "
                "unpack it yourself and give the folder, if that is meant"
            )


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
    """The unpacked stream, seekable: in memory while it is small, then in a file without a name."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as spool:
        while block := packed.read(_BLOCK_BYTES):
            allowance.take(len(block), path)
            _make_room(len(block), spool.tell())
            spool.write(block)
            beat()
        spool.seek(0)
        yield cast(BinaryIO, spool)


def _make_room(count: int, held: int) -> None:
    """Nothing is unpacked onto a disk that is nearly full; others need it more."""
    if held + count > _IN_MEMORY_BYTES and held // _IN_MEMORY_BYTES != (
        (held + count) // _IN_MEMORY_BYTES
    ):
        free = shutil.disk_usage(tempfile.gettempdir()).free
        if free < 64 * 1024 * 1024:
            raise OSError(28, "No space left on device", tempfile.gettempdir())
