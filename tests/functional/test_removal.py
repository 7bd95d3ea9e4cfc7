"""What was removed stays out, what cannot be read can be passed over, and both can come back."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.rebuild import Rebuild
from embeddings.removal import remove_named

Dateline = Callable[..., CompletedProcess[str]]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library", create=True)


def rebuilt(library: Library, encoder: Encoder, *paths: Path) -> tuple[int, int, int]:
    """Added, unchanged and failed."""
    outcome = Rebuild(library, encoder).run(paths)
    return outcome.added, outcome.unchanged, len(outcome.failures)


def notes(library: Library, encoder: Encoder, *paths: Path) -> list[str]:
    return [note for _, note in Rebuild(library, encoder).run(paths).notes]


def broken(path: Path) -> Path:
    path.write_bytes(b"%PDF-1.7 and no more")
    return path


def test_a_bad_file_in_a_folder_is_told_each_time_until_it_is_removed(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    bad = broken(articles / "bad.pdf")
    assert rebuilt(library, encoder, articles) == (3, 0, 1)
    assert rebuilt(library, encoder) == (0, 3, 1)
    assert remove_named(library, str(bad)) == 0
    assert rebuilt(library, encoder) == (0, 3, 0)
    bad.write_bytes(b"%PDF-1.7 and something else")
    assert rebuilt(library, encoder) == (0, 3, 1)  # It has changed.


def test_a_file_named_alone_that_gives_nothing_is_not_followed(
    library: Library, encoder: Encoder, articles: Path, tmp_path: Path
) -> None:
    bad = broken(tmp_path / "bad.pdf")
    assert rebuilt(library, encoder, articles, bad, tmp_path / "absent") == (3, 0, 2)
    assert library.roots() == [str(articles)]
    assert rebuilt(library, encoder) == (0, 3, 0)


def test_a_file_that_gave_an_article_once_is_followed_though_it_breaks(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    (bridge, *_) = sorted(articles.glob("*.md"))
    assert rebuilt(library, encoder, bridge) == (1, 0, 0)
    bridge.write_bytes(b"\0\1\2\xff" * 300)
    assert rebuilt(library, encoder) == (0, 0, 1)
    assert library.roots() == [str(bridge)]
    assert library.count() == 1


@pytest.mark.parametrize("by", ["id", "path"])
def test_a_removed_article_stays_out_and_comes_back_when_its_file_is_named(
    library: Library, encoder: Encoder, articles: Path, by: str
) -> None:
    rebuilt(library, encoder, articles)
    (bridge, *_) = sorted(articles.glob("*.md"))
    (article,) = library.files_digests(str(bridge))
    assert remove_named(library, article if by == "id" else str(bridge)) == 1
    assert rebuilt(library, encoder) == (0, 2, 0)
    (said,) = notes(library, encoder, articles)
    assert said.startswith("a file without an article") and str(bridge) in said
    assert notes(library, encoder) == []  # Where nothing is named, nothing is said.
    assert rebuilt(library, encoder, bridge) == (1, 0, 0)
    assert library.count() == 3
    assert notes(library, encoder, articles) == []


def test_a_removed_folder_comes_back_when_it_is_named_and_is_then_followed(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    within = articles / "within"
    within.mkdir()
    for file in sorted(articles.glob("*.md"))[:2]:
        shutil.move(file, within)
    rebuilt(library, encoder, articles)
    assert remove_named(library, str(within)) == 2
    assert rebuilt(library, encoder, articles) == (0, 1, 0)
    assert rebuilt(library, encoder, within) == (2, 0, 0)
    assert library.count() == 3


def test_the_article_of_a_file_named_alone_is_forgotten_with_its_file(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    (bridge, *_) = sorted(articles.glob("*.md"))
    rebuilt(library, encoder, bridge)
    (article,) = library.files_digests(str(bridge))
    remove_named(library, article)
    assert (library.roots(), library.paths()) == ([], [])


def test_the_commands_say_how_to_pass_over_and_how_to_bring_back(
    dateline: Dateline, articles: Path, tmp_path: Path
) -> None:
    home = ("--library", tmp_path / "library")
    folder = articles.rename(tmp_path / "my articles")
    bad = broken(folder / "bad.pdf")
    done = dateline(*home, "--rebuild", folder)
    assert done.returncode == 4
    told, hint = done.stderr.splitlines()
    assert str(bad) in told and "; " in told
    assert "dateline --remove PATH has it passed over" in hint
    assert done.stdout == "3 added, 0 changed, 0 unchanged, 0 removed, 1 failed\n"  # Told once.
    removed = dateline(*home, "--remove", bad)
    assert removed.stdout == "0 removed\n"
    assert dateline(*home, "--rebuild").returncode == 0
    _, back = removed.stderr.split("to bring it back: dateline ")
    again = dateline(*home, *shlex.split(back))
    assert again.returncode == 4 and str(bad) in again.stderr
    assert "tried again" not in again.stderr  # Since it is not.
    assert os.fspath(bad) not in dateline(*home, "--rebuild").stderr


def test_a_file_that_gave_articles_is_not_said_to_be_passed_over_by_removing_it(
    dateline: Dateline, tmp_path: Path
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    twice = '{"id": "1", "title": "Ferry", "text": "The ferry sailed at noon on Monday."}\n'
    (folder / "twice.jsonl").write_text(twice + twice.replace("noon", "night"))
    done = dateline("--library", tmp_path / "library", "--rebuild", folder)
    assert (done.returncode, done.stderr.count("two articles have the id")) == (4, 1)
    assert "--remove" not in done.stderr
