"""Several Datelines on one library: rebuilding, asking and removing at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from embeddings import at_work
from embeddings.copying import copy_library
from embeddings.encoder import Encoder
from embeddings.errors import DatelineError
from embeddings.library import Library
from embeddings.outcome import Progress
from embeddings.rebuild import Rebuild
from embeddings.removal import remove_named
from qa.engine import Engine

ROOT = Path(__file__).resolve().parent.parent.parent
QUESTION = "how much did the bridge over the Tamber cost?"


def rebuilding(home: Path, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "qa", "--library", str(home), "--rebuild", str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def reports(folder: Path, count: int) -> None:
    for number in range(count):
        said = "\n\n".join(
            f"Report {number}.{part}: the harbour master of berth {number}{part} counted "
            f"{number * 100 + part} boats near pier {part}, more than since {1900 + part}."
            for part in range(12)
        )
        (folder / f"report{number:02}.txt").write_text(said, "utf-8")


def holds_just(home: Path, folder: Path) -> None:
    with Library(home) as library:
        assert library.check() == []
        status = library.status()
        assert (status.waiting, status.vectors) == (0, status.passages)
        assert sorted(str(a.path) for a in library.articles()) == sorted(
            str(path) for path in folder.iterdir()
        )


def test_two_rebuilds_of_one_folder_at_once_take_each_article_in_once(
    articles: Path, tmp_path: Path
) -> None:
    home = tmp_path / "library"
    reports(articles, 20)
    both = [rebuilding(home, articles) for _ in range(2)]
    for each in both:
        _, errors = each.communicate(timeout=240)
        assert each.returncode == 0, errors
        assert "Traceback" not in errors
    holds_just(home, articles)


def test_two_rebuilds_of_two_folders_at_once_keep_both(articles: Path, tmp_path: Path) -> None:
    home, other = tmp_path / "library", tmp_path / "other"
    other.mkdir()
    reports(other, 20)
    both = [rebuilding(home, folder) for folder in (articles, other)]
    for each in both:
        _, errors = each.communicate(timeout=240)
        assert each.returncode == 0, errors
    with Library(home) as library:
        assert library.count() == 23
        assert library.check() == []
        assert library.roots() == sorted(map(str, (articles, other)))


def test_the_second_rebuild_says_who_is_at_work_and_how_far_it_is(
    articles: Path, tmp_path: Path, encoder: Encoder
) -> None:
    home = tmp_path / "library"
    with Library(home, create=True) as library:
        # Stored and not embedded, as it is while another is at it.
        Rebuild(library, encoder, embeds=False).run([articles])
    told: list[int] = []
    heard: list[Progress] = []
    with at_work.marked(home) as nobody, Library(home) as library:
        assert nobody is None
        Rebuild(library, encoder, joined=told.append).run([])  # This very process is no other.
        assert told == []
        with Library(home) as again:
            reports(articles, 2)
            Rebuild(again, encoder, embeds=False).run([articles])
        second = rebuilding(home, articles)
        _, errors = second.communicate(timeout=240)
        assert second.returncode == 0, errors
    first, *_ = errors.splitlines()
    assert first == (
        "dateline: another rebuild of this library is at work "
        f"(process {os.getpid()}); this one ends when all is embedded"
    )
    reports(articles, 4)
    with Library(home) as library:
        Rebuild(library, encoder, embeds=False).run([articles])
        waiting = library.waiting(encoder.model.id)
        Rebuild(library, encoder, progress=heard.append).run([])
    assert waiting > 0
    assert (heard[-1].passages, heard[-1].waiting) == (waiting, 0)


def test_a_mark_goes_with_its_process(articles: Path, tmp_path: Path) -> None:
    home = tmp_path / "library"
    reports(articles, 20)
    first = rebuilding(home, articles)
    while not (home / at_work.LOCK).is_file() or not (home / at_work.LOCK).read_text():
        assert first.poll() is None
    with at_work.marked(home) as other:
        assert other == first.pid
    first.kill()
    first.wait()
    first.communicate()
    with at_work.marked(home) as other:
        assert other is None
    assert not (home / at_work.LOCK).exists()


def test_whoever_asks_while_another_rebuilds_is_answered_and_sees_what_came(
    home: Path, tmp_path: Path
) -> None:
    more = tmp_path / "more"
    more.mkdir()
    reports(more, 20)
    engine = Engine(home)
    try:
        engine.warm()
        rebuild = rebuilding(home, more)
        asked = 0
        while rebuild.poll() is None or not asked:
            answer = engine.ask(QUESTION)
            assert answer.citations and "$84.5 million" in answer.citations[0].text
            asked += 1
        _, errors = rebuild.communicate()
        assert rebuild.returncode == 0, errors
        late = engine.ask("how many boats did the harbour master of berth 1911 count?")
        assert late.citations and "berth 1911" in late.citations[0].text
    finally:
        engine.close()


def test_an_article_removed_while_one_asks_is_cited_whole_or_not_at_all(
    built: Path, home: Path, encoder: Encoder
) -> None:
    bridge = next(built.parent.glob("articles/bridge.md"))
    said = bridge.read_text("utf-8")
    engine = Engine(home)
    wrong: list[str] = []
    seen = {"cited": 0, "not cited": 0}
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                answer = engine.ask(QUESTION)
            except DatelineError as error:
                wrong.append(str(error))
                continue
            texts = [c.text for c in answer.citations if c.path == str(bridge)]
            wrong.extend(text for text in texts if text not in said)
            seen["cited" if texts else "not cited"] += 1

    def one_more() -> None:
        """The question that is being answered, and one after it."""
        before = sum(seen.values())
        while sum(seen.values()) < before + 2 and asking.is_alive():
            over.wait(0.005)

    try:
        engine.warm()
        asking = threading.Thread(target=ask)
        asking.start()
        for _ in range(8):
            with Library(home) as library:
                remove_named(library, str(bridge))
            one_more()
            with Library(home) as library:
                Rebuild(library, encoder).run([bridge])
            one_more()
        over.set()
        asking.join()
        assert wrong == []
        assert min(seen.values()) >= 4
        with Library(home) as library:
            remove_named(library, str(bridge))
        assert not [c for c in engine.ask(QUESTION).citations if c.path == str(bridge)]
    finally:
        over.set()
        engine.close()


class BrokenOff(Exception):
    """The copy ends here."""


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_copy_broken_off_leaves_no_version_without_what_answers_for_it(
    tmp_path: Path, encoder: Encoder, after: int
) -> None:
    folder, home, other = (tmp_path / name for name in ("articles", "library", "other"))
    folder.mkdir()
    text = "\n\n".join(f"The ferry {n} sailed past the old pier {n}." for n in range(40))
    for number in (1, 2, 3):
        head = f"---\ntitle: Ferries\ndate: 2021-05-0{number}\n---\n\n"
        (folder / f"{number}.md").write_text(f"{head}{text}\n\nNote {number} was added.\n", "utf-8")
    with Library(home, create=True) as library:
        # The oldest comes first, and each answers for those before it.
        for number in (1, 2, 3):
            Rebuild(library, encoder).run([folder / f"{number}.md"])
        assert sum(library.article(a.id).newer is not None for a in library.articles()) == 2

    def progress(done: Progress) -> None:
        if done.done == after:
            raise BrokenOff

    with Library(home) as source, Library(other, create=True) as target:
        with pytest.raises(BrokenOff):
            copy_library(source, target, progress=progress)
        assert target.check() == []
        assert target.count() == after
        copy_library(source, target)
        assert target.check() == []
        assert [target.article(a.id) for a in target.articles()] == [
            source.article(a.id) for a in source.articles()
        ]
