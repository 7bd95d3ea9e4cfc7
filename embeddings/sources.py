"""Where articles come from that lie in no file: standard input here, addresses in `web`."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from embeddings.discovery import PIPED
from embeddings.errors import ArticleUnreadable
from embeddings.library import Library
from embeddings.parsing import Ended, Event, Parsing, Task, Unread
from embeddings.readers.opening import MAX_DOCUMENT_BYTES
from embeddings.readers.sniffing import suffix_of
from embeddings.readers.spool import room_for


class Source(Protocol):
    """Gives, for each key that its articles are known by, events that end as a file's do."""

    @property
    def keeps(self) -> bool:
        """Whether articles that it gives no more stay in the library."""

    def read(self, library: Library) -> Iterator[tuple[str, Event]]: ...


class Piped:
    """What is piped in: read once, by the kind that its bytes show, and kept whatever comes next.

    Its articles are known by what they hold: the same bytes again are the same articles.
    """

    keeps = True

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, library: Library) -> Iterator[tuple[str, Event]]:  # noqa: ARG002
        data = self._stream.read(MAX_DOCUMENT_BYTES + 1)
        key = f"{PIPED}{hashlib.sha256(data).hexdigest()[:12]}"
        if len(data) > MAX_DOCUMENT_BYTES:
            most = MAX_DOCUMENT_BYTES // 1024**2
            yield key, Unread(f"more than {most} MiB on standard input; save it as a file")
            return
        if not data.strip():
            yield key, Unread("nothing came on standard input; pipe an article into it")
            return
        with tempfile.TemporaryDirectory() as folder, Parsing() as parsing:
            path = Path(folder) / f"text{suffix_of(data)}"
            try:
                with room_for("there is no room to keep it while it is read"):
                    path.write_bytes(data)
            except ArticleUnreadable as error:
                yield key, Unread(str(error))
                return
            for _, event in parsing.read([Task(key, path)]):
                yield key, Ended(None) if isinstance(event, Ended) else event
