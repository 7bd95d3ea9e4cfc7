"""Files to articles and sentences, in processes of their own where a file could do harm.

Parsers made by others hang, swell and crash on some files. Each such file is read by a worker
that can be ended, within a time and a memory; whatever happens to it costs that one file. Our own
readers of plain formats are bounded, and a few small files are read here, without the start of a
process.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import select
import signal
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from embeddings import children
from embeddings.errors import ArticleUnreadable
from embeddings.readers import BadRecord, Note, is_light, pulse, read_file, show_path
from embeddings.records import Draft, KnownFile, Sentence
from embeddings.runs import run_hashes
from embeddings.sentences import find_sentences

# Nothing heard from a worker for so long: what it reads has no end.
SILENCE_S = 60.0
MEMORY_BYTES = 3 * 1024**3
_BEAT_EVERY_S = 1.0
_MOMENT_S = 0.1
_SENTENCES_A_BEAT = 1_000
# As many small plain files are read sooner than a process starts.
_FEW_FILES = 40
_SMALL_BYTES = 256 * 1024
_MOST_WORKERS = 4


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read. `key` is the library's name for it; `columns` a table's, by our fields."""

    key: str
    path: Path
    columns: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """An article, where its sentences are, and its `runs.run_hashes` where there was the time."""

    draft: Draft
    sentences: tuple[Sentence, ...]
    hashes: bytes | None = None

    def __reduce__(self) -> tuple[object, ...]:
        # Sent to another process with the spans as plain numbers: a book has a million.
        spans = array("I", chain.from_iterable((s.start, s.end) for s in self.sentences))
        return _unpacked, (self.draft, spans.tobytes(), self.hashes)


def _unpacked(draft: Draft, packed: bytes, hashes: bytes | None) -> Parsed:
    spans = array("I")
    spans.frombytes(packed)
    return Parsed(draft, tuple(map(Sentence, spans[::2], spans[1::2])), hashes)


@dataclass(frozen=True, slots=True)
class Ended:
    """The file was read to its end. `known` is what it was like before; None: not to be told."""

    known: KnownFile | None


@dataclass(frozen=True, slots=True)
class Unread:
    """The file could not be read, or not to its end: why, and what to do."""

    reason: str


@dataclass(frozen=True, slots=True)
class Same:
    """Nothing has changed since it was last read, as whoever keeps it says."""


Event = Parsed | BadRecord | Note | Ended | Unread | Same


def known_now(path: Path) -> KnownFile | None:
    """What the file is like now; None where that cannot be told."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return KnownFile(found.st_size, found.st_mtime_ns)


def read_events(task: Task) -> Iterator[Event]:
    """All that the file gives, in this process; the last is `Ended` or `Unread`."""
    # Looked at before it is read: a change while it is read shows the next time.
    known = known_now(task.path)
    try:
        for found in read_file(task.path, task.columns):
            if isinstance(found, Draft):
                yield Parsed(found, tuple(_beating(find_sentences(found.text))))
            else:
                yield found
    except ArticleUnreadable as error:
        said = str(error)
        for name in (task.key, show_path(task.path)):
            said = said.removeprefix(f"{name}: ").removeprefix(f"{name} ")
        yield Unread(said)
        return
    if known != known_now(task.path):
        yield Note("changed while it was read; the next --rebuild reads it again")
        known = None
    yield Ended(known)


def _beating(sentences: Iterator[Sentence]) -> Iterator[Sentence]:
    """The sentences, with signs of life between those of a text that is long."""
    for number, sentence in enumerate(sentences):
        if number % _SENTENCES_A_BEAT == 0:
            pulse.beat()
        yield sentence


class Parsing:
    """Reads tasks, several at a time. A context manager: leaving it ends the workers."""

    def __init__(
        self,
        *,
        silence_s: float = SILENCE_S,
        memory: int = MEMORY_BYTES,
        cancelled: Callable[[], bool] = lambda: False,
        quiet: Callable[[], None] = lambda: None,
    ) -> None:
        """`quiet` is called when nothing has come for a moment, and more will."""
        self._cancelled = cancelled
        self._quiet = quiet
        self._silence_s = silence_s
        self._most = max(1, min(_MOST_WORKERS, os.cpu_count() or 1))
        self._memory = memory
        self._workers: list[_Worker] = []

    def __enter__(self) -> Parsing:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def read(self, tasks: Sequence[Task]) -> Iterator[tuple[Task, Event]]:
        """Each file's events in their order, the files' mixed; each file's end is told once."""
        here, apart = self._divide(tasks)
        waiting = deque(apart)
        self._give_out(waiting)
        for task in here:
            for event in read_events(task):
                yield task, event
        while not self._cancelled() and (waiting or any(w.task for w in self._workers)):
            self._give_out(waiting)
            yield from self._hear()

    def _divide(self, tasks: Sequence[Task]) -> tuple[list[Task], list[Task]]:
        """Those to read in this process, and those for the workers."""
        light = [task for task in tasks if is_light(task.path)]
        if len(light) > _FEW_FILES or not all(_is_small(task.path) for task in light):
            return [], list(tasks)
        return light, [task for task in tasks if not is_light(task.path)]

    def _give_out(self, waiting: deque[Task]) -> None:
        idle = [worker for worker in self._workers if worker.task is None]
        while waiting and (idle or len(self._workers) < self._most):
            if not idle:
                self._workers.append(_Worker(self._memory))
                idle.append(self._workers[-1])
            idle.pop().begin(waiting.popleft())

    def _hear(self) -> Iterator[tuple[Task, Event]]:
        """What the workers say until the first falls silent for a moment."""
        busy = {worker.connection: worker for worker in self._workers if worker.task}
        ready = wait(list(busy), timeout=_MOMENT_S)
        if not ready:
            self._quiet()
        for connection, worker in busy.items():
            task = worker.task
            assert task is not None
            if connection not in ready:
                if time.monotonic() - worker.heard_at > self._silence_s:
                    self._discard(worker)
                    yield (
                        task,
                        Unread(
                            f"took more than {self._silence_s:.0f} s without coming to an end; "
                            "save its text as .txt"
                        ),
                    )
                continue
            try:
                event = worker.hear()
            except (EOFError, OSError):
                self._discard(worker)
                yield task, Unread("brought down the process that read it; save its text as .txt")
                continue
            if event is not None:
                yield task, event

    def _discard(self, worker: _Worker) -> None:
        worker.end()
        self._workers.remove(worker)


def _is_small(path: Path) -> bool:
    known = known_now(path)
    return known is None or known.size <= _SMALL_BYTES


class _Worker:
    """A process that reads one file at a time."""

    def __init__(self, memory: int) -> None:
        # Spawned: what threads of this process hold must not be copied.
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_work, args=(theirs, memory), daemon=True, name="dateline-reader"
        )
        children.start(self._process)
        theirs.close()
        self.task: Task | None = None
        self.heard_at = time.monotonic()

    def begin(self, task: Task) -> None:
        self.task = task
        self.heard_at = time.monotonic()
        # Where it has died, hearing from it will say so.
        with contextlib.suppress(OSError):
            self.connection.send(task)

    def hear(self) -> Event | None:
        """What it says next; None for a sign of life."""
        event: Event | None = self.connection.recv()
        self.heard_at = time.monotonic()
        if isinstance(event, Ended | Unread):
            self.task = None
        return event

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.connection.close()
        self.task = None


def _work(connection: Connection, memory: int) -> None:
    """A worker's life: read what it is given until nobody listens."""
    # An interrupt is for the process that was started by hand; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory(memory)
    _silence()
    beaten_at = time.monotonic()

    def beat() -> None:
        nonlocal beaten_at
        now = time.monotonic()
        if now - beaten_at >= _BEAT_EVERY_S:
            beaten_at = now
            connection.send(None)

    pulse.listen(beat)
    with contextlib.suppress(EOFError, OSError):
        while True:
            for event in _edge(connection.recv()):
                if isinstance(event, Parsed) and _is_behind(connection):
                    event = replace(event, hashes=run_hashes(event.draft.text))
                connection.send(event)


def _is_behind(connection: Connection) -> bool:
    """Whether whoever listens has not heard yet what was said before."""
    if os.name != "posix":  # Windows cannot tell.
        return False
    asking = select.poll()
    asking.register(connection.fileno(), select.POLLOUT)
    return not asking.poll(0)


def _edge(task: Task) -> Iterator[Event]:
    """The file's events, whatever a parser raises: this is a worker's edge."""
    try:
        yield from read_events(task)
    except MemoryError:
        yield Unread("needs more memory than one file may; split it, or save its text as .txt")
    except Exception as error:  # noqa: BLE001
        yield Unread(f"could not be read ({type(error).__name__}); save its text as .txt")


def _silence() -> None:
    """What parsers print is of the files they read: nobody's terminal or log should have it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def _limit_memory(most: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits.
        return
    with contextlib.suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
