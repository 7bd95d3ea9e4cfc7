"""Files that are there whole or not at all, whatever ends the process or the power.

Written beside their place under a passing name, for this person alone, synced to the disk, then
given their name in one step. Every write, sync and renaming of such files goes through the four
small functions at the end, which is where the tests make them fail.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from embeddings.places import make_private

# A passing file untouched for so long is nobody's any more: whoever wrote it was ended.
_FORSAKEN_S = 3600.0
# Of a folder in which nobody lets us make a file.
NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)


def write_atomically(path: Path, *parts: bytes | memoryview) -> None:
    """Write the whole file, its parts one after the other, or none of it. Raises OSError."""
    make_private(path.parent)
    with passing(path) as name, name.open("wb") as file:
        for part in parts:
            _write(file, part)


@contextlib.contextmanager
def passing(path: Path, *, anew: bool = False) -> Iterator[Path]:
    """An empty file beside `path`, which takes its name once it has been written.

    What is raised within leaves nothing, and under the name what was there before. With `anew`,
    nothing may have the name by then. Raises OSError, which names `path` and not the passing
    name, and with `anew` FileExistsError.
    """
    try:
        handle, text = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        error.filename = str(path)
        raise
    os.close(handle)
    name = Path(text)
    try:
        yield name
        _sync(name)
        if anew:
            _name(name, path)
        else:
            _rename(name, path)
        # The name lies in the folder, which is synced by itself.
        _sync(path.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):
            name.unlink()
        if isinstance(error, OSError) and error.filename == text:
            error.filename = str(path)
        raise


def name_folder(made: Path, path: Path) -> None:
    """Give a folder of finished files its name, in one step, once they are on the disk.

    Raises OSError, also where a folder with files in it has the name already.
    """
    for file in made.iterdir():
        _sync(file)
    _sync(made)
    _rename(made, path)
    _sync(path.parent)


def sweep_passing(folder: Path, pattern: str) -> None:
    """Delete what writers of such files left in the folder when they were ended, an hour after."""
    for left in folder.glob(f".{pattern}.*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _FORSAKEN_S:
                left.unlink()


def _write(file: IO[bytes], part: bytes | memoryview) -> None:
    file.write(part)


def _sync(path: Path) -> None:
    is_folder = path.is_dir()
    if is_folder and os.name == "nt":
        return  # Windows opens no folder, and need not.
    handle = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rename(name: Path, path: Path) -> None:
    name.replace(path)


def _name(name: Path, path: Path) -> None:
    """Give a file that name where nothing has it, in one step. Raises FileExistsError."""
    try:
        path.hardlink_to(name)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems know no links.
        if path.exists():
            raise FileExistsError(f"{path} is there already") from None
        name.replace(path)
    else:
        name.unlink()
