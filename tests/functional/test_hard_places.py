"""A library where one may not write, on a disk that can only be read, at the end of a long path,
and under a clock that goes backwards."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import qa.conversation
from embeddings import durable, rebuild
from embeddings.encoder import Encoder
from embeddings.errors import LibraryUnusable
from embeddings.library import Library
from embeddings.rebuild import Rebuild
from qa.engine import Engine
from qa.sessions import Sessions, open_conversation

ROOT = Path(__file__).resolve().parent.parent.parent
QUESTION = "how much did the bridge over the Tamber cost?"
Dateline = Callable[..., "subprocess.CompletedProcess[str]"]


def one_line(done: subprocess.CompletedProcess[str], *codes: int) -> str:
    assert done.returncode in codes, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    (line,) = [said for said in done.stderr.splitlines() if "not kept" not in said]
    return line


# --- no permission


@pytest.fixture
def bound() -> Dateline:
    """The command under the permissions of files, which root is otherwise above."""
    above: list[str] = []
    if os.name == "nt":
        pytest.skip("Windows has other permissions")
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root is above permissions, and there is no setpriv to come down by")
        without = "-dac_override,-dac_read_search"
        above = ["setpriv", f"--bounding-set={without}", f"--inh-caps={without}"]

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*above, sys.executable, "-m", "qa", *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    return run


def test_a_library_one_may_not_look_into_is_told_in_one_line(bound: Dateline, home: Path) -> None:
    home.chmod(0o000)
    try:
        for what in (("--ask", QUESTION), ("--status",), ("--list",), ("--rebuild", home.parent)):
            assert str(home) in one_line(bound("--library", home, *what), 3)
    finally:
        home.chmod(0o700)
    with Library(home) as library:
        assert (library.count(), library.check()) == (3, [])


def test_a_library_one_may_only_read_answers_and_refuses_the_rest(
    bound: Dateline, home: Path, tmp_path: Path
) -> None:
    (home / "library.db").chmod(0o400)
    home.chmod(0o500)
    before = (home / "library.db").read_bytes()
    try:
        asked = bound("--library", home, "--ask", QUESTION)
        assert asked.returncode == 0 and "$84.5 million" in asked.stdout
        assert "not kept" in asked.stderr and asked.stderr.count("\n") == 1
        assert bound("--library", home, "--doctor").returncode == 0
        kept = tmp_path / "kept.db"
        assert bound("--library", home, "--backup", kept).returncode == 0
        some = tmp_path / "some.txt"
        some.write_text("The pier was closed on Friday for repairs.\n")
        for what in (
            ("--rebuild", some),
            ("--remove", home.parent / "none"),
            ("--doctor", "--repair"),
            ("--restore", kept),
        ):
            one_line(bound("--library", home, *what), 2, 3)
    finally:
        home.chmod(0o700)
    assert (home / "library.db").read_bytes() == before
    assert sorted(f.name for f in home.iterdir()) == sorted(
        ["library.db", *(f.name for f in home.glob("vectors-*.faiss"))]
    )


def test_a_library_that_may_not_be_made_is_told_with_its_folder(
    bound: Dateline, articles: Path, tmp_path: Path
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    done = bound("--library", locked / "library", "--rebuild", articles)
    assert str(locked / "library") in one_line(done, 3)
    assert list(locked.iterdir()) == []


# --- a disk that can only be read


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not sys.platform.startswith("linux") or not _mount("-t", "tmpfs", "tmpfs", folder):
        pytest.skip("only root may make a disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def _mount(*arguments: str | Path) -> bool:
    try:
        return subprocess.run(["mount", *arguments], check=False).returncode == 0
    except OSError:
        return False


def test_a_library_on_a_disk_that_can_only_be_read_answers(
    dateline: Dateline, home: Path, disk: Path, tmp_path: Path
) -> None:
    there = Path(shutil.copytree(home, disk / "library"))
    assert _mount("-o", "remount,ro", disk)
    asked = dateline("--library", there, "--ask", QUESTION)
    assert asked.returncode == 0 and "$84.5 million" in asked.stdout
    assert "can only be read" in asked.stderr and asked.stderr.count("\n") == 1
    assert dateline("--library", there, "--doctor").returncode == 0
    assert "can only be read" in one_line(dateline("--library", there, "--rebuild", home), 3)
    assert "can only be read" in one_line(dateline("--library", there, "--remove", home), 2, 3)
    assert dateline("--library", there, "--backup", tmp_path / "kept.db").returncode == 0
    assert dateline("--library", disk / "new", "--rebuild", home.parent).returncode == 3


LEAVING_A_LOG = """
import os, sys
from pathlib import Path
from embeddings.library import Library
library = Library(Path(sys.argv[1]))
library.add_root("/the last thing that was written")
os._exit(0)
"""


@pytest.mark.parametrize("has_index", [True, False])
def test_of_a_library_not_closed_on_such_a_disk_no_older_state_is_given_for_the_last(
    home: Path, disk: Path, has_index: bool
) -> None:
    there = Path(shutil.copytree(home, disk / "library"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", LEAVING_A_LOG, there], env=environment, check=True)
    assert (there / "library.db-wal").stat().st_size > 0
    if not has_index:
        (there / "library.db-shm").unlink()
    assert _mount("-o", "remount,ro", disk)
    if has_index:
        with Library(there) as library:
            assert library.read_only
            assert "/the last thing that was written" in library.roots()
            assert library.check() == []
    else:
        with pytest.raises(LibraryUnusable, match="was not closed"):
            Library(there)


# --- paths


def long_path(folder: Path) -> Path:
    """A folder whose path has more than 250 characters, of spaces, letters of all kinds, marks."""
    path = folder
    for part in ("a library of the year's reports, " * 3, "bücher & 記事 #1?%41 " * 5):
        path = path / part.strip()
    return path / ("x" * max(1, 250 - len(str(path))))


def test_a_library_at_the_end_of_a_path_of_250_characters_works(
    dateline: Dateline, articles: Path, tmp_path: Path
) -> None:
    home, folder = long_path(tmp_path / "homes"), long_path(tmp_path / "files")
    assert len(str(home)) >= 250
    folder.parent.mkdir(parents=True)
    articles.rename(folder)
    (folder / f"{'n' * 246}.txt").write_text("The pier was closed on Friday for repairs.\n")
    done = dateline("--library", home, "--rebuild", folder)
    assert (done.returncode, done.stdout[:7]) == (0, "4 added"), done.stderr
    asked = dateline("--library", home, "--ask", QUESTION)
    assert asked.returncode == 0 and "$84.5 million" in asked.stdout
    assert dateline("--library", home, "--doctor", "--repair").returncode == 0
    kept = folder.parent / "kept.db"
    assert dateline("--library", home, "--backup", kept).returncode == 0
    again = long_path(tmp_path / "again")
    assert dateline("--library", again, "--restore", kept).returncode == 0
    removed = dateline("--library", again, "--remove", folder / f"{'n' * 246}.txt")
    assert removed.stdout == "1 removed\n"
    with Library(again) as library:
        assert (library.count(), library.check()) == (3, [])


def test_a_name_too_long_for_the_disk_is_one_line(
    dateline: Dateline, home: Path, tmp_path: Path
) -> None:
    name = "x" * 300
    one_line(dateline("--library", tmp_path / name, "--rebuild", home.parent), 2, 3)
    one_line(dateline("--library", home, "--backup", tmp_path / f"{name}.db"), 2, 3)
    # The file's own name would do, but not with what it is called while it is written.
    one_line(dateline("--library", home, "--backup", tmp_path / f"{'x' * 250}.db"), 2, 3)
    with Library(home) as library:
        assert (library.count(), library.check()) == (3, [])


# --- the clock


def at(year: int) -> SimpleNamespace:
    """The module `datetime`, in which it is another year."""

    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return datetime.datetime(year, 1, 2, 3, 4, 5, tzinfo=tz)

    return SimpleNamespace(datetime=Clock, UTC=datetime.UTC)


def test_a_clock_that_goes_backwards_loses_nothing_and_turns_no_order_round(
    home: Path, encoder: Encoder, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(home)
    try:
        monkeypatch.setattr(qa.conversation, "datetime", at(2031))
        first = open_conversation(engine)
        first.ask(QUESTION)
        monkeypatch.setattr(qa.conversation, "datetime", at(2001))
        first.ask("who cut the ribbon?")
        second = open_conversation(engine)
        second.ask(QUESTION)
        sessions = Sessions(engine.library)
        assert sessions.latest() == second.session_id
        assert [s.id for s in sessions.list()] == [second.session_id, first.session_id]
        assert first.session_id is not None
        assert [turn.number for turn in sessions.load(first.session_id).turns] == [1, 2]
    finally:
        engine.close()
    with Library(home) as library:
        monkeypatch.setattr(rebuild, "datetime", at(2031))
        Rebuild(library, encoder).run([articles])
        monkeypatch.setattr(rebuild, "datetime", at(2001))
        # Written later, under a clock of before: a change all the same.
        changed = articles / "flu.md"
        changed.write_text(changed.read_text().replace("41 patients", "43 patients"))
        os.utime(changed, (1_000_000_000, 1_000_000_000))
        outcome = Rebuild(library, encoder).run([articles])
        assert (outcome.changed, outcome.failures) == (1, [])
        assert str(library.status().rebuilt_at).startswith("2001")
        assert library.check() == []


def test_what_seems_to_come_from_the_future_is_not_swept_away(tmp_path: Path) -> None:
    passing = tmp_path / ".library.db.abcdefgh"
    passing.write_bytes(b"being written")
    os.utime(passing, (4_000_000_000, 4_000_000_000))
    durable.sweep_passing(tmp_path, "library.db")
    assert passing.exists()
    os.utime(passing, (1_000_000_000, 1_000_000_000))
    durable.sweep_passing(tmp_path, "library.db")
    assert not passing.exists()
