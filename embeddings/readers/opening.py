"""The one place that opens an article's file, and that names it in a message.

Readers are given an open stream of a regular file: a FIFO would block the ingest for ever,
a device may have effects when opened, and a file may go between being listed and being read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from embeddings.errors import ArticleUnreadable
from embeddings.readers.cleaning import clean_line

_BINARY = getattr(os, "O_BINARY", 0)  # Windows only, where the default mode changes bytes.

# One article is at most some megabytes; past this it is a dump, read record by record.
MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def show_path(path: Path) -> str:
    """The path as it may be printed: valid Unicode, no controls, on one line."""
    return clean_line(os.fsencode(path).decode("utf-8", "replace"))


@contextmanager
def open_article(path: Path) -> Iterator[BinaryIO]:
    """A regular file, open for reading; otherwise ArticleUnreadable says what to do."""
    shown = show_path(path)
    if "\0" in str(path):
        raise ArticleUnreadable(f"{shown} is not a possible path; check its name")
    try:
        _refuse_unless_regular(path.stat().st_mode, shown)
        # O_NONBLOCK: what was a file a moment ago may be a pipe by now.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        with os.fdopen(descriptor, "rb") as stream:
            _refuse_unless_regular(os.fstat(descriptor).st_mode, shown)
            yield stream
    except OSError as error:
        raise ArticleUnreadable(f"{shown} {_say(error)}") from error


def read_document(stream: BinaryIO, path: Path, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
    """All bytes of a file that holds one article; empty and outsized files are refused."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise ArticleUnreadable(
            f"{show_path(path)} is larger than {limit // 1024**2} MiB; "
            "split it, or give its articles as .jsonl, one a line"
        )
    if not data.strip():
        raise ArticleUnreadable(f"{show_path(path)} is empty; save the article again")
    return data


def _refuse_unless_regular(mode: int, shown: str) -> None:
    if stat.S_ISREG(mode):
        return
    kind = next((name for test, name in _KINDS if test(mode)), "not a file")
    raise ArticleUnreadable(f"{shown} is {kind}, not a file of text; give a file's path")


def _say(error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return "is not there (any more); check the path"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "cannot be read: permission denied; change its permissions"
    if error.errno == errno.ELOOP:
        return "is a symbolic link to itself; remove the link"
    reason = clean_line(error.strerror or type(error).__name__)
    return f"could not be read ({reason}); check the disk and try again"
