"""Watching folders: what changes is taken in once it is whole, and what goes leaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.library import Library
from embeddings.watching import wait_until_written
from qa.commands.watch import watch
from qa.exitcodes import ExitCode


def until(true: Callable[[], bool], *, within_s: float = 40.0) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


def test_the_library_follows_a_folder(
    tmp_path: Path, articles: Path, encoder: object, capsys: pytest.CaptureFixture[str]
) -> None:
    home, stop = tmp_path / "home", threading.Event()
    thread = threading.Thread(target=watch, args=(home, [str(articles)]), kwargs={"stop": stop})
    thread.start()
    try:

        def titles() -> set[str]:
            if not (home / "library.db").exists():
                return set()
            with Library(home) as library:
                return {article.title for article in library.articles()}

        assert until(lambda: "watching" in capsys.readouterr().err)
        assert len(titles()) == 3
        (articles / "new.md").write_text("# Heron nests\n\nA heron nested on the old pier.\n")
        assert until(lambda: "Heron nests" in titles())
        (articles / "new.md").unlink()
        assert until(lambda: "Heron nests" not in titles())
        assert len(titles()) == 3
    finally:
        stop.set()
        thread.join()


def test_what_cannot_be_read_is_told_once_and_not_at_every_change(
    tmp_path: Path, articles: Path, encoder: object, capsys: pytest.CaptureFixture[str]
) -> None:
    (articles / "bad.pdf").write_bytes(b"%PDF-1.7 and no more")
    stop, out, err = threading.Event(), "", ""

    def rounds() -> int:
        nonlocal out, err
        fresh = capsys.readouterr()
        out, err = out + fresh.out, err + fresh.err
        return out.count(" failed\n")

    arguments = (tmp_path / "home", [str(articles)])
    thread = threading.Thread(target=watch, args=arguments, kwargs={"stop": stop})
    thread.start()
    try:
        assert until(lambda: rounds() == 1 and "watching" in err)
        (articles / "new.md").write_text("# Heron nests\n\nA heron nested on the old pier.\n")
        assert until(lambda: rounds() == 2)
        (articles / "worse.pdf").write_bytes(b"%PDF-1.7 nor here")
        assert until(lambda: rounds() == 3)
    finally:
        stop.set()
        thread.join()
    assert (err.count("bad.pdf"), err.count("worse.pdf")) == (1, 1)


def test_a_file_that_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("One.")
    ended = threading.Event()

    def write() -> None:
        for n in range(8):
            time.sleep(0.15)
            with path.open("a") as stream:
                stream.write(f" And {n}.")
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    wait_until_written([path], stop=threading.Event(), settle_s=0.6)
    assert ended.is_set()
    writer.join()


def test_a_file_that_is_never_done_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    path, stop = tmp_path / "a.log", threading.Event()

    def write() -> None:
        while not stop.wait(0.05):
            path.write_text(str(time.monotonic()))

    writer = threading.Thread(target=write)
    writer.start()
    begun = time.monotonic()
    wait_until_written([path], stop=threading.Event(), settle_s=5, longest_s=1)
    assert time.monotonic() - begun < 3
    stop.set()
    writer.join()


def test_there_must_be_something_to_watch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watch(tmp_path / "home", [str(tmp_path / "nowhere")]) == ExitCode.USAGE
    assert "nothing to watch" in capsys.readouterr().err
