"""A disk that fills up while articles are taken in: one clear line, and nothing that was read is
lost."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.rebuild import Rebuild

Dateline = Callable[..., "subprocess.CompletedProcess[str]"]


class SmallDisk:
    """A disk in memory, of so many KiB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def size(self, kib: int) -> None:
        self._mount("-o", f"remount,size={kib}k", self.folder)

    def make(self, kib: int) -> bool:
        self.folder.mkdir()
        return self._mount("-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", self.folder)

    def _mount(self, *arguments: str | Path) -> bool:
        try:
            done = subprocess.run(["mount", *arguments], check=False, capture_output=True)
        except OSError:
            return False
        return done.returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    small = SmallDisk(tmp_path / "disk")
    if not sys.platform.startswith("linux") or not small.make(1024):
        pytest.skip("only root may make a small disk")
    yield small
    subprocess.run(["umount", small.folder], check=True)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder with 60 articles, of 170 kB in all."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(60):
        said = "\n\n".join(
            f"Report {number}.{part}: the council of ward {number * 7 + part} counted "
            f"{number * part + 3} boats at the pier, {part} more than in {1900 + part}, and the "
            f"harbour master of berth {number}{part} wrote that no ferry would sail before noon."
            for part in range(12)
        )
        (folder / f"{number:03}.txt").write_text(said, "utf-8")
    return folder


def test_a_rebuild_that_fills_the_disk_says_so_and_goes_on_when_there_is_room(
    dateline: Dateline, disk: SmallDisk, many: Path
) -> None:
    home = disk.folder / "library"
    full = dateline("--library", home, "--rebuild", many)
    assert full.returncode == 3
    last = full.stderr.strip().splitlines()[-1]
    assert last == (
        f"dateline: the disk that holds {home} is full; make room and run the same again"
    )
    assert "Traceback" not in full.stderr
    disk.size(65536)
    with Library(home) as library:
        kept = {article.id for article in library.articles()}
        assert 0 < len(kept) < 60
        assert library.check() == []
    again = dateline("--library", home, "--rebuild", many)
    assert again.returncode == 0
    assert again.stdout.startswith(f"{60 - len(kept)} added, 0 changed, {len(kept)} unchanged")
    with Library(home) as library:
        assert kept <= {article.id for article in library.articles()}
        status = library.status()
        assert (status.waiting, status.vectors) == (0, status.passages)
        assert library.check() == []


def test_what_was_there_before_the_disk_was_full_still_answers(
    dateline: Dateline, disk: SmallDisk, articles: Path, many: Path
) -> None:
    home = disk.folder / "library"
    assert dateline("--library", home, "--rebuild", articles).returncode == 0
    assert dateline("--library", home, "--rebuild", many).returncode == 3
    # What is left of the disk, too.
    while True:
        try:
            with (disk.folder / "more").open("ab", buffering=0) as stream:
                stream.write(b"x" * 4096)
        except OSError:
            break
    asked = dateline("--library", home, "--ask", "What did the bridge over the Tamber cost?")
    assert "$84.5 million" in asked.stdout, asked.stderr
    assert "Traceback" not in asked.stderr


def test_no_room_for_a_backup_is_told_with_the_backups_disk(
    dateline: Dateline, disk: SmallDisk, many: Path, tmp_path: Path
) -> None:
    home = tmp_path / "library"
    assert dateline("--library", home, "--rebuild", many).returncode == 0
    disk.size(200)
    done = dateline("--library", home, "--backup", disk.folder / "kept.db")
    assert done.returncode == 3
    assert done.stderr == (
        f"dateline: the disk that holds {disk.folder} is full; make room and run the same again\n"
    )
    assert list(disk.folder.iterdir()) == []


def test_no_room_to_unpack_an_archive_is_told_with_where(
    dateline: Dateline, disk: SmallDisk, tmp_path: Path
) -> None:
    archive = tmp_path / "big.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as stream:
        stream.writestr("a.txt", "The pier was closed on Friday for repairs.")
        stream.writestr("big.txt", os.urandom(9_000_000).hex())
    elsewhere = {"TMPDIR": str(disk.folder)}
    home = tmp_path / "library"
    done = dateline("--library", home, "--rebuild", archive, env=elsewhere)
    assert done.returncode == 4
    assert f"no room to unpack it in {disk.folder}" in done.stderr
    assert "TMPDIR" in done.stderr
    with Library(home) as library:
        assert library.count() == 1, "what was read before is kept"


def test_no_room_for_what_is_piped_in_is_told_with_where(
    dateline: Dateline, disk: SmallDisk, tmp_path: Path
) -> None:
    said = "The pier was closed on Friday for repairs. " * 100_000
    done = dateline(
        *("--library", tmp_path / "library", "--rebuild", "-"),
        stdin=said,
        env={"TMPDIR": str(disk.folder)},
    )
    assert done.returncode == 4
    assert str(disk.folder) in done.stderr
    assert "TMPDIR" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_file_that_may_grow_no_further_ends_the_rebuild_in_one_line(
    tmp_path: Path, many: Path, encoder: Encoder
) -> None:
    home = tmp_path / "library"
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)); "
        "from qa.__main__ import entry; entry()"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, "--library", home, "--rebuild", many],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    assert done.returncode == 3, done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith(f"dateline: the library in {home}")
    assert "Traceback" not in done.stderr
    with Library(home) as library:
        kept = library.count()
        assert 0 < kept < 60
        assert library.check() == []
        assert Rebuild(library, encoder).run([many]).added == 60 - kept
        assert library.check() == []
