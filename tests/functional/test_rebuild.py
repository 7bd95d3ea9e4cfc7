"""Rebuilding: what is new, changed, gone; nothing done twice; nothing lost."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings import embedding
from embeddings.encoder import Encoder
from embeddings.errors import LibraryUnusable
from embeddings.library import Library, database_path, encoded_text
from embeddings.likeness import sketch
from embeddings.parsing import Parsed, Parsing, Task
from embeddings.rebuild import Outcome, Progress, Rebuild
from embeddings.records import Draft
from embeddings.runs import run_hashes

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def library(tmp_path: Path):
    with Library(tmp_path / "library", create=True) as opened:
        yield opened


def rebuilt(library: Library, encoder: Encoder, *paths: Path) -> Outcome:
    return Rebuild(library, encoder).run(paths)


def counts(outcome: Outcome) -> tuple[int, int, int, int, int]:
    return (
        outcome.added, outcome.changed, outcome.unchanged, outcome.removed, len(outcome.failures)
    )  # fmt: skip


def test_new_changed_unchanged_and_vanished_articles_are_each_counted(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    assert counts(rebuilt(library, encoder, articles)) == (3, 0, 0, 0, 0)
    assert counts(rebuilt(library, encoder, articles)) == (0, 0, 3, 0, 0)
    (articles / "flu.md").write_text("---\ntitle: Flu\n---\n\nThe ward is empty again.\n")
    (articles / "bridge.md").unlink()
    (articles / "new.txt").write_text("A heron nested on the old pier this spring.\n")
    assert counts(rebuilt(library, encoder, articles)) == (1, 1, 1, 1, 0)
    assert {article.title for article in library.articles()} >= {"Flu"}
    assert not [a for a in library.articles() if a.title.startswith("New bridge")]
    assert library.check() == []


def test_with_no_path_everything_known_is_looked_at_again(
    library: Library, encoder: Encoder, articles: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("The lighthouse was painted white in June.\n")
    rebuilt(library, encoder, articles)
    rebuilt(library, encoder, other)
    other.write_text("The lighthouse was painted red in July.\n")
    (articles / "flu.md").unlink()
    assert counts(rebuilt(library, encoder)) == (0, 1, 2, 1, 0)


def test_a_touched_file_with_the_same_words_embeds_nothing(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    rebuilt(library, encoder, articles)
    for file in articles.iterdir():
        os.utime(file, ns=(1, 1))
    outcome = rebuilt(library, encoder, articles)
    assert counts(outcome) == (0, 0, 3, 0, 0)
    assert outcome.passages == 0


def test_one_folders_rebuild_leaves_the_other_alone(
    library: Library, encoder: Encoder, articles: Path, tmp_path: Path
) -> None:
    other = tmp_path / "articles-of-others"
    other.mkdir()
    (other / "pier.txt").write_text("The pier was closed on Friday for repairs.\n")
    rebuilt(library, encoder, articles, other)
    (other / "pier.txt").unlink()
    assert counts(rebuilt(library, encoder, articles)) == (0, 0, 3, 0, 0)
    assert library.count() == 4


def test_a_folder_that_is_gone_keeps_its_articles_and_says_so(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    rebuilt(library, encoder, articles)
    articles.rename(articles.with_name("elsewhere"))
    outcome = rebuilt(library, encoder, articles)
    assert counts(outcome) == (0, 0, 0, 0, 1)
    assert "gone" in outcome.failures[0].reason
    assert library.count() == 3


def test_a_folder_that_is_suddenly_empty_keeps_its_articles(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    # So does the place look where a disk is not mounted.
    rebuilt(library, encoder, articles)
    for file in articles.iterdir():
        file.unlink()
    outcome = rebuilt(library, encoder)
    assert counts(outcome) == (0, 0, 0, 0, 1)
    assert "--remove" in outcome.failures[0].reason
    assert library.count() == 3


def test_a_folder_that_cannot_be_looked_into_keeps_its_articles_and_is_reported(
    library: Library, encoder: Encoder, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = articles / "locked"
    locked.mkdir()
    (locked / "pier.txt").write_text("The pier was closed on Friday for repairs.\n")
    rebuilt(library, encoder, articles)
    (articles / "flu.md").unlink()
    # As root no permission bars the way, so the system call is made to.
    scandir = os.scandir

    def barred(path: object = ".") -> object:
        if Path(os.fsdecode(path)) == locked:
            raise PermissionError(errno.EACCES, "Permission denied", os.fsdecode(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", barred)
    outcome = rebuilt(library, encoder)
    assert counts(outcome) == (0, 0, 2, 1, 1)
    assert outcome.failures[0].path == str(locked)
    assert {Path(str(a.path)).name for a in library.articles()} == {
        "island.txt", "bridge.md", "pier.txt",
    }  # fmt: skip


def test_a_bad_file_fails_alone(library: Library, encoder: Encoder, articles: Path) -> None:
    (articles / "empty.txt").write_bytes(b"")
    (articles / "lines.jsonl").write_text('{"id": 1, "title": "A", "text": "It rained."}\n{bad\n')
    outcome = rebuilt(library, encoder, articles)
    assert counts(outcome) == (4, 0, 0, 0, 2)
    assert any("empty.txt" in failure.path for failure in outcome.failures)
    assert any("line 2" in failure.path for failure in outcome.failures)


def test_a_known_article_outlives_a_bad_version_of_its_file(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    rebuilt(library, encoder, articles)
    (articles / "flu.md").write_bytes(b"")
    assert counts(rebuilt(library, encoder, articles)) == (0, 0, 2, 0, 1)
    assert library.count() == 3


def test_an_article_keeps_its_id_when_its_text_changes(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    rebuilt(library, encoder, articles)
    before = {a.path: a.id for a in library.articles()}
    (articles / "flu.md").write_text("The ward is empty again.\n")
    rebuilt(library, encoder, articles)
    assert {a.path: a.id for a in library.articles()} == before


def test_every_passage_is_a_slice_and_has_the_vector_of_its_own_text(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    rebuilt(library, encoder, articles)
    seen = 0
    for summary in library.articles():
        article = library.article(summary.id)
        hits = library.search_words(article.text, limit=50)
        for passage in library.passages([passage_id for passage_id, _ in hits]).values():
            if passage.article_id != article.id:
                continue
            seen += 1
            assert article.text[passage.start : passage.end] == passage.text
            vector = encoder.encode_passages([encoded_text(article.title, passage.text)])[0]
            best = library.search_vectors(vector, limit=1)[0]
            assert best.passage_id == passage.id
            # int8 activations are scaled by batch: the same text differs a little by company.
            assert best.similarity == pytest.approx(1.0, abs=0.02)
    assert seen == sum(article.passages for article in library.articles())


def test_hidden_files_and_rings_of_links_are_passed_over(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    (articles / ".hidden.txt").write_text("Nobody should read this.\n")
    (articles / "ring").symlink_to(articles, target_is_directory=True)
    assert counts(rebuilt(library, encoder, articles)) == (3, 0, 0, 0, 0)


def test_a_cancelled_rebuild_keeps_what_is_done_and_drops_nothing(
    library: Library, encoder: Encoder, articles: Path
) -> None:
    rebuilt(library, encoder, articles)
    (articles / "flu.md").unlink()
    outcome = Rebuild(library, encoder, cancelled=lambda: True).run([articles])
    assert outcome.removed == 0
    assert library.count() == 3


@pytest.mark.parametrize("moment", [1, 8, 25])
def test_killed_in_the_middle_every_finished_article_is_whole_and_the_next_run_goes_on(
    tmp_path: Path, encoder: Encoder, moment: int
) -> None:
    folder, home = tmp_path / "many", tmp_path / "library"
    folder.mkdir()
    for number in range(60):
        paragraphs = [
            f"Report {number}, part {part}: the harbour master counted {number * 100 + part} boats "
            f"near pier {part}, more than in any year since the flood of {1900 + part}."
            for part in range(24)
        ]
        (folder / f"report{number:02}.txt").write_text("\n\n".join(paragraphs), "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "--library", str(home), "--rebuild", str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    kept = 0
    try:
        while kept < moment and process.poll() is None:
            if database_path(home).exists():
                with Library(home) as watched:
                    kept = watched.count()
            time.sleep(0.005)
        assert process.poll() is None, "it ended before it could be killed"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()

    with Library(home) as library:
        assert library.check() == []
        finished = library.articles()
        assert moment <= len(finished) < 60
        for summary in finished:
            assert summary.path is not None
            text = library.article(summary.id).text
            assert text == Path(summary.path).read_text("utf-8")
            covered = np.zeros(len(text), dtype=bool)
            ids = [passage_id for passage_id, _ in library.search_words(text, limit=2000)]
            own = [p for p in library.passages(ids).values() if p.article_id == summary.id]
            assert len(own) == summary.passages
            for passage in own:
                covered[passage.start : passage.end] = True
            assert all(covered[at] or text[at].isspace() for at in range(len(text)))
        status = library.status()
        assert status.waiting + status.vectors == status.passages, "vectors follow their words"
        outcome = Rebuild(library, encoder).run([folder])
        assert outcome.added == 60 - len(finished)
        assert library.count() == 60
        status = library.status()
        assert (status.waiting, status.vectors) == (0, status.passages)
        assert library.check() == []


def of_many(folder: Path, count: int) -> Path:
    """A file of so many articles, each with a word of its own."""
    path = folder / "many.jsonl"
    lines = [
        {"id": str(n), "title": f"Buoy {n}", "text": f"Buoy word{n} was painted on day {n}."}
        for n in range(count)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_articles_stored_together_are_there_whole_or_not_at_all(
    library: Library, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, put = of_many(tmp_path, 100), Library.put_article

    def put_but_one(self: Library, article_id: str, draft: Draft, **rest: Any) -> dict[bytes, str]:
        if draft.title == "Buoy 50":
            raise LibraryUnusable("the disk is full")
        return put(self, article_id, draft, **rest)

    with monkeypatch.context() as patched:
        patched.setattr(Library, "put_article", put_but_one)
        with pytest.raises(LibraryUnusable, match="the disk is full"):
            rebuilt(library, encoder, path)
    # Those before are in, but for the ones that were stored together with it.
    assert 34 <= library.count() <= 50
    assert library.check() == []
    for number in range(library.count()):
        assert library.search_words(f"word{number}", limit=9)
    assert library.file(str(path)) is None
    outcome = rebuilt(library, encoder, path)
    assert outcome.added + outcome.unchanged == library.count() == 100
    assert library.check() == []


def test_what_is_written_together_is_seen_by_others_at_once(
    library: Library, encoder: Encoder, tmp_path: Path
) -> None:
    rebuilt(library, encoder, of_many(tmp_path, 2))
    first, second = (article.id for article in library.articles())
    with Library(library.folder) as other:
        with library.together():
            library.remove([first])
            assert library.count() == 1
            assert other.count() == 2
            library.remove([second])
        assert other.count() == 0
        with pytest.raises(KeyboardInterrupt), library.together():
            library.add_root("/elsewhere")
            raise KeyboardInterrupt
        assert "/elsewhere" not in other.roots()
        library.add_root("/elsewhere")
        assert "/elsewhere" in other.roots()


def test_what_came_is_stored_while_the_next_article_is_waited_for(
    library: Library, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen = of_many(tmp_path, 60), []
    read = Parsing.read

    def read_then_wait(self: Parsing, tasks: Any) -> Any:
        for number, event in enumerate(read(self, tasks)):
            if number == 59:
                self._quiet()
                with Library(library.folder) as other:
                    seen.append(other.count())
            yield event

    monkeypatch.setattr(Parsing, "read", read_then_wait)
    rebuilt(library, encoder, path)
    assert seen == [59]


@pytest.mark.skipif(os.name != "posix", reason="cannot tell there that nobody listens")
def test_a_reader_that_is_ahead_makes_the_sketches_hashes_and_they_are_the_same(
    tmp_path: Path,
) -> None:
    path = tmp_path / "many.jsonl"
    texts = {f"Day {n}": " ".join(f"word{n * at % 997}" for at in range(400)) for n in range(400)}
    path.write_text(
        "".join(json.dumps({"id": t, "title": t, "text": f"{x}."}) + "\n" for t, x in texts.items())
    )
    found: list[Parsed] = []
    with Parsing() as parsing:
        for _, event in parsing.read([Task(str(path), path)]):
            if not found:
                time.sleep(2)
            if isinstance(event, Parsed):
                found.append(event)
    made = [event for event in found if event.hashes is not None]
    assert len(found) == 400 and made
    for event in made:
        assert sketch(event.draft.text, event.hashes) == sketch(event.draft.text) != ()
    assert sketch("Too short to compare.", run_hashes("Too short to compare.")) == ()


def test_all_that_is_to_be_embedded_is_told_and_not_only_what_memory_holds(
    library: Library, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "MOST_HELD", 3)
    told: list[Progress] = []
    Rebuild(library, encoder, progress=told.append).run([of_many(tmp_path, 40)])
    assert max(each.passages + each.waiting for each in told) == 40
    assert (told[-1].passages, told[-1].waiting) == (40, 0)


def test_a_file_named_alone_that_is_gone_is_told_to_take_its_articles_along(
    library: Library, encoder: Encoder, tmp_path: Path
) -> None:
    path = of_many(tmp_path, 3)
    rebuilt(library, encoder, path)
    path.rename(tmp_path / "moved.jsonl")
    outcome = rebuilt(library, encoder, path)
    assert counts(outcome) == (0, 0, 0, 3, 0)
    told = "the file is gone, and its 3 articles with it; name it where it lies now"
    assert outcome.notes == [(str(path), told)]
    outcome = rebuilt(library, encoder, tmp_path / "moved.jsonl")
    assert (outcome.added, outcome.notes) == (3, [])
