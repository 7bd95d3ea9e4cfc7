"""Vectors made beside everything else: a thread embeds what was stored, group by group.

An article can be found by its words as soon as it is stored; its vectors follow. The encoder
works outside Python's lock, but takes every core: while articles come fast, it lets them all be
stored first, and where they come slowly, as from the web, it works between them.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping

from embeddings.encoder import Encoder
from embeddings.library import Library

# Passages encoded together: enough for batches of one length, few enough that an
# interruption loses seconds.
GROUP_PASSAGES = 64
# More than these wait in the library, not in memory.
MOST_HELD = 20_000
# Articles that come sooner after one another than this come fast.
_FAST_S = 0.25


class Embedding:
    """Embeds stored passages in a thread. A context manager: leaving it stops the thread."""

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        *,
        cancelled: Callable[[], bool],
        leaves_all: bool = False,
    ) -> None:
        """With `leaves_all` nothing is embedded here: it waits for whoever else does it."""
        self._leaves_all = leaves_all
        self._library = library
        self._encoder = encoder
        self._cancelled = cancelled
        self._waiting: deque[tuple[bytes, str]] = deque()
        self._news = threading.Condition()
        self._ending = self._stopped = False
        self._left_out = 0
        self._came_at = 0.0
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="dateline-encoder", daemon=True)
        self.passages = 0

    def __enter__(self) -> Embedding:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._wake(ending=True)
        self._thread.join()

    def add(self, texts: Mapping[bytes, str]) -> None:
        """Embed these texts, by their digests, in their turn. Raises what the encoder raised."""
        if self._error is not None:
            raise self._error
        with self._news:
            if not self._leaves_all and len(self._waiting) < MOST_HELD:
                self._waiting.extend(texts.items())
            elif not self._leaves_all:
                self._left_out += len(texts)
            self._came_at = time.monotonic()
            self._news.notify()

    @property
    def left(self) -> int:
        """Passages of these that have no vectors yet, those too many to be held among them."""
        return len(self._waiting) + self._left_out

    def finish(self, waiting: Callable[[], None]) -> None:
        """Embed the rest; `waiting` is called now and then. Raises what the encoder raised."""
        self._wake(ending=True)
        while self._thread.is_alive():
            self._thread.join(0.25)
            waiting()
        if self._error is not None:
            raise self._error

    def _wake(self, *, ending: bool) -> None:
        with self._news:
            self._ending = ending
            self._news.notify()

    def _run(self) -> None:
        try:
            while group := self._next():
                self._embed(group)
        except BaseException as error:  # noqa: BLE001 - a thread's edge: raised where it is awaited.
            self._error = error

    def _next(self) -> dict[bytes, str]:
        """The next group; empty when there will be no more."""
        with self._news:
            while not self._ending:
                since = time.monotonic() - self._came_at
                if self._waiting and since >= _FAST_S:
                    break
                self._news.wait(_FAST_S - since if self._waiting else None)
            if self._stopped or self._cancelled():
                return {}
            group: dict[bytes, str] = {}
            while self._waiting and len(group) < GROUP_PASSAGES:
                digest, text = self._waiting.popleft()
                group[digest] = text
            return group

    def _embed(self, group: dict[bytes, str]) -> None:
        model = self._encoder.model.id
        wanted = sorted(self._library.without_vectors(model, list(group)))
        if wanted:
            rows = self._encoder.encode_passages([group[digest] for digest in wanted])
            self._library.put_vectors(model, dict(zip(wanted, rows, strict=True)))
        self.passages += len(wanted)
