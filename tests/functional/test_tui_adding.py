"""The process beside the chat that adds articles: what it tells, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embeddings.library import Library
from embeddings.outcome import Outcome, Progress
from tui.adder import Adder, AddingFailed

ROOT = Path(__file__).resolve().parent.parent.parent
posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")


def silent(said: object) -> None:
    """Nobody to tell."""


def until(happened: Callable[[], bool], patience_s: float = 60) -> None:
    deadline = time.monotonic() + patience_s
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and awaits its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """More articles than are added in a moment."""
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(400):
        mill = f"The mill number {n} ground flour for the town on the river."
        (folder / f"{n:03}.md").write_text(f"# Note {n}\n\n" + f"{mill}\n\n" * 20)
    return folder


def faulty(library: Path) -> list[str]:
    with Library(library) as opened:
        assert 0 < opened.count() < 400
        return opened.check()


def test_articles_are_added_and_what_fails_is_told_with_its_reason(
    articles: Path, tmp_path: Path, cache_folder: Path
) -> None:
    (articles / "empty.md").write_text("")
    heard: list[Progress] = []
    outcome = Adder(tmp_path / "new", [str(articles), str(tmp_path / "nowhere")]).run(
        progress=heard.append, say=silent
    )
    assert outcome.added == 3
    assert {Path(f.path).name for f in outcome.failures} == {"empty.md", "nowhere"}
    assert heard[-1].total == 4
    with Library(tmp_path / "new") as library:
        assert library.count() == 3
        assert library.status().waiting == 0


def test_nothing_known_under_a_misspelt_path_makes_no_library(tmp_path: Path) -> None:
    outcome = Adder(tmp_path / "new", [str(tmp_path / "x")]).run(progress=silent, say=silent)
    assert [f.reason for f in outcome.failures] == [
        "there is no such file or folder; check the spelling"
    ]
    assert not (tmp_path / "new").exists()


def test_a_library_that_cannot_be_opened_fails_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_bytes(b"this is no database, and never was one" * 40)
    with pytest.raises(AddingFailed) as failed:
        Adder(tmp_path, [str(tmp_path)]).run(progress=silent, say=silent)
    assert "\n" not in str(failed.value)
    assert "Traceback" not in str(failed.value)


def test_stopped_before_it_began_it_begins_nothing(articles: Path, tmp_path: Path) -> None:
    adder = Adder(tmp_path / "new", [str(articles)])
    adder.stop()
    assert adder.run(progress=silent, say=silent) == Outcome()
    assert adder.pid is None
    assert not (tmp_path / "new").exists()


def test_stopped_it_keeps_what_is_finished(many: Path, tmp_path: Path, encoder: object) -> None:
    adder = Adder(tmp_path / "new", [str(many)])

    def stop(progress: Progress) -> None:
        if progress.done > 3:
            adder.stop()

    outcome = adder.run(progress=stop, say=silent)
    assert 0 < outcome.added < 400
    assert outcome.failures == []
    assert faulty(tmp_path / "new") == []


@posix
def test_killed_it_says_so_and_leaves_whole_articles_to_go_on_from(
    many: Path, tmp_path: Path, encoder: object
) -> None:
    adder = Adder(tmp_path / "new", [str(many)])

    def kill(progress: Progress) -> None:
        if progress.done > 3 and adder.pid is not None:
            os.kill(adder.pid, signal.SIGKILL)

    with pytest.raises(AddingFailed) as failed:
        adder.run(progress=kill, say=silent)
    assert str(failed.value) == (
        "the process that adds articles was ended (-9); what was finished is kept: "
        "add the same again to go on"
    )
    assert faulty(tmp_path / "new") == []
    some = [str(many / f"{n:03}.md") for n in range(395, 400)]
    assert Adder(tmp_path / "new", some).run(progress=silent, say=silent).added == 5


PARENT = """
import sys
from pathlib import Path
from tui.adder import Adder
adder = Adder(Path(sys.argv[1]), sys.argv[2:])
adder.run(progress=lambda p: print(adder.pid, flush=True), say=print)
"""


@pytest.fixture
def parent(many: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that adds by a process of its own, and writes that one's id again and again."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "new"), str(many)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        yield process
        process.kill()


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks into /proc")
def test_it_ends_with_the_chat_whatever_ended_that(
    parent: subprocess.Popen[str], tmp_path: Path, encoder: object
) -> None:
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert is_alive(pid)
    parent.kill()
    parent.wait()
    until(lambda: not is_alive(pid), patience_s=30)
    with Library(tmp_path / "new") as library:
        assert library.check() == []


@posix
def test_whoever_types_comes_first(many: Path, tmp_path: Path, encoder: object) -> None:
    adder = Adder(tmp_path / "new", [str(many)])
    priorities: list[int] = []

    def look(progress: Progress) -> None:
        assert adder.pid is not None
        priorities.append(os.getpriority(os.PRIO_PROCESS, adder.pid))
        adder.stop()

    adder.run(progress=look, say=silent)
    assert priorities[0] > os.getpriority(os.PRIO_PROCESS, 0)


def test_what_a_file_is_called_arrives_as_text_and_nothing_more(
    tmp_path: Path, encoder: object
) -> None:
    names = ['"}\n{"failed": "owned"}', "[bold]x\x1b[2J", "\udcff\u202e"]
    for name in names:
        (tmp_path / f"{name}.md").write_text("")
    said: list[str] = []
    outcome = Adder(tmp_path / "new", [str(tmp_path / f"{name}.md") for name in names]).run(
        progress=silent, say=said.append
    )
    assert len(outcome.failures) == 3
    assert said == []


@pytest.mark.parametrize(
    "lines",
    [
        b"\x80\x04K\x01.\n",  # A pickle.
        b"[1]\n",
        b"{}\n",
        b'{"progress": 7}\n',
        b'{"outcome": {"added": 1}}\n',
        b'{"progress": [1, 2',
        b"\xff\xfe\n",
    ],
)
def test_what_is_not_understood_ends_in_one_line(tmp_path: Path, lines: bytes) -> None:
    script = f"import sys; sys.stdin.readline(); sys.stdout.buffer.write({lines!r})"
    adder = Adder(tmp_path, ["x"], command=[sys.executable, "-c", script])
    with pytest.raises(AddingFailed, match="cannot be understood"):
        adder.run(progress=silent, say=silent)


def test_a_process_that_will_not_hear_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.adder._PATIENCE_S", 0.2)
    script = "import time; print('{\"progress\": [1, 2, 3]}', flush=True); time.sleep(600)"
    adder = Adder(tmp_path, ["x"], command=[sys.executable, "-c", script])
    outcome = adder.run(progress=lambda p: threading.Thread(target=adder.stop).start(), say=silent)
    assert outcome == Outcome()


def test_there_is_no_module_of_the_folder_that_the_person_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: object
) -> None:
    (tmp_path / "embeddings").mkdir()
    (tmp_path / "embeddings" / "__init__.py").write_text("raise SystemExit(9)")
    (tmp_path / "sqlite3.py").write_text("raise SystemExit(9)")
    (tmp_path / "a.md").write_text("# A mill\n\nThe mill of the town ground flour.\n")
    monkeypatch.chdir(tmp_path)
    outcome = Adder(tmp_path / "new", ["a.md"]).run(progress=silent, say=silent)
    assert outcome.added == 1


def test_the_chat_itself_imports_nothing_that_adds() -> None:
    script = "import tui.app, sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    names = set(json.loads(done.stdout))
    assert "textual" in names
    assert not names & {"embeddings.rebuild", "embeddings.embedding", "embeddings.parsing"}
