"""Files that change, go, or may not be read while they are read: what was read is kept."""

from __future__ import annotations

import json
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.embedding import Embedding
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.outcome import Outcome
from embeddings.parsing import Ended, Event, Parsed, Task, Unread, read_events
from embeddings.readers import Note, pulse
from embeddings.rebuild import Rebuild
from embeddings.storing import Storing

COUNT = 30


def line(number: int, said: str = "") -> str:
    text = f"The harbour master counted {number * 7} boats at pier {number}{said}."
    return json.dumps({"id": number, "text": text}) + "\n"


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(map(line, range(COUNT))))
    return path


def read_while(path: Path, meanwhile: Callable[[], object]) -> list[Event]:
    """What the file gives when that happens after its first article."""
    events = read_events(Task(str(path), path))
    found = [next(events)]
    meanwhile()
    return found + list(events)


def test_a_file_deleted_while_it_is_read_gives_what_it_had_and_is_not_taken_for_read(
    lines: Path,
) -> None:
    events = read_while(lines, lines.unlink)
    assert sum(isinstance(event, Parsed) for event in events) == COUNT
    assert events[-1] == Ended(None)
    assert Note("changed while it was read; the next --rebuild reads it again") in events


@pytest.mark.parametrize("size", [0, 9000])
def test_a_file_cut_off_or_written_to_while_it_is_read_is_read_again(
    lines: Path, size: int
) -> None:
    events = read_while(lines, lambda: os.truncate(lines, size))
    assert 1 <= sum(isinstance(event, Parsed) for event in events) <= COUNT
    assert events[-1] == Ended(None)


def test_a_file_left_alone_is_taken_for_read(lines: Path) -> None:
    found = lines.stat()
    ended = list(read_events(Task(str(lines), lines)))[-1]
    assert isinstance(ended, Ended) and ended.known is not None
    assert (ended.known.size, ended.known.mtime_ns) == (found.st_size, found.st_mtime_ns)


def test_articles_are_not_lost_while_their_file_is_written_anew(
    tmp_path: Path, encoder: Encoder, lines: Path
) -> None:
    key = str(lines)
    with Library(tmp_path / "library", create=True) as library:
        Rebuild(library, encoder).run([lines])
        assert library.count() == COUNT
        # Half of it is there again by the time it is read, and the rest a moment later.
        events = read_while(lines, lambda: os.truncate(lines, lines.stat().st_size // 2))
        with Embedding(library, encoder, cancelled=lambda: False) as embedding:
            storing = Storing(library, encoder, embedding, Outcome())
            for event in events[:12]:
                storing.take(key, event)
            storing.take(key, Ended(None))
            storing.flush()
            embedding.finish(lambda: None)
        assert library.count() == COUNT
        lines.write_text("".join(line(n, " on Friday") for n in range(COUNT // 2)))
        outcome = Rebuild(library, encoder).run([lines])
        assert (outcome.changed, outcome.removed) == (COUNT // 2, COUNT // 2)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no such permissions")
def test_a_file_that_may_not_be_read_says_what_to_do(lines: Path) -> None:
    lines.chmod(0)
    lines.parent.chmod(0o755)
    told, say = os.pipe()
    child = os.fork()
    if not child:  # Root may read everything, and so gives that up.
        if os.geteuid() == 0:
            os.seteuid(65534)
        event = list(read_events(Task("lines", lines)))[-1]
        os.write(say, event.reason.encode() if isinstance(event, Unread) else b"it was read")
        os._exit(0)
    os.close(say)
    os.waitpid(child, 0)
    with os.fdopen(told, "rb") as stream:
        said = stream.read().decode()
    assert "change its permissions" in said or "check the path" in said, said


def test_an_article_of_a_million_sentences_is_sent_in_few_bytes(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("It rained again. " * 40_000)
    beats: list[int] = []
    pulse.listen(lambda: beats.append(1))
    try:
        parsed = next(iter(read_events(Task("long", path))))
    finally:
        pulse.listen(None)
    assert isinstance(parsed, Parsed)
    assert len(parsed.sentences) == 40_000
    assert len(beats) >= 40, "it shows that it is alive"
    packed = pickle.dumps(parsed)
    assert len(packed) < len(parsed.draft.text) + 400_000
    assert pickle.loads(packed) == parsed


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_long_line_is_read_within_a_few_times_its_size(tmp_path: Path) -> None:
    """In a process of its own, whose peak is its own."""
    import subprocess

    path = tmp_path / "line.txt"
    path.write_text(" ".join(f"Boat {n} left pier {n % 97} at noon." for n in range(120_000)))
    size = path.stat().st_size / 1024
    ran = subprocess.run(
        [sys.executable, "-c", _READING, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    before, after = map(int, ran.stdout.split())
    assert after - before < 20 * size, (before, after, size)


_READING = """
import sys
from pathlib import Path
from embeddings.parsing import Task, read_events

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])

before = peak()
events = list(read_events(Task("line", Path(sys.argv[1]))))
assert len(events) == 2, events
print(before, peak())
"""
