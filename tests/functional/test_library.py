"""Law 2: SQLite is the truth, and whatever befalls the snapshot costs seconds, not articles."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from embeddings import schema
from embeddings.encoder import Encoder
from embeddings.errors import LibraryUnusable, NotFound
from embeddings.library import Library, database_path
from embeddings.rebuild import Rebuild
from embeddings.records import Filters
from embeddings.removal import remove_named

ROOT = Path(__file__).resolve().parent.parent.parent


def snapshot(home: Path) -> Path:
    (found,) = home.glob("vectors-*.faiss")
    return found


def nearest(library: Library, encoder: Encoder, question: str) -> list[tuple[int, float]]:
    found = library.search_vectors(encoder.encode_query(question), limit=5)
    return [(hit.passage_id, hit.similarity) for hit in found]


@pytest.mark.parametrize("harm", ["missing", "torn", "zeroed", "flipped", "a folder"])
def test_a_harmed_snapshot_changes_no_result(home: Path, encoder: Encoder, harm: str) -> None:
    with Library(home) as library:
        before = nearest(library, encoder, "how much did the bridge cost?")
    path = snapshot(home)
    content = bytearray(path.read_bytes())
    if harm == "missing":
        path.unlink()
    elif harm == "torn":
        path.write_bytes(content[: len(content) // 3])
    elif harm == "zeroed":
        path.write_bytes(bytes(len(content)))
    elif harm == "flipped":
        content[-5] ^= 1
        path.write_bytes(content)
    else:
        path.unlink()
        path.mkdir()
    with Library(home) as library:
        assert nearest(library, encoder, "how much did the bridge cost?") == before
        assert library.check() == []


def test_a_stale_snapshot_is_brought_up_to_date(
    home: Path, encoder: Encoder, tmp_path: Path
) -> None:
    old = snapshot(home).read_bytes()
    added = tmp_path / "added.txt"
    added.write_text("The library of Corvin lent out 9,000 books in March.\n")
    with Library(home) as library:
        gone = next(a for a in library.articles() if a.title.startswith("New bridge"))
        Rebuild(library, encoder).run([added])
        library.remove([gone.id])
    snapshot(home).write_bytes(old)
    with Library(home) as library:
        found = library.passages([i for i, _ in nearest(library, encoder, "books lent out")])
        assert any("9,000 books" in passage.text for passage in found.values())
        assert all(passage.article_id != gone.id for passage in found.values())
        assert library.check() == []


def test_a_running_reader_sees_what_another_process_adds_and_removes(
    home: Path, encoder: Encoder, tmp_path: Path
) -> None:
    added = tmp_path / "added.txt"
    added.write_text("The library of Corvin lent out 9,000 books in March.\n")
    with Library(home) as reader, Library(home) as writer:
        before = nearest(reader, encoder, "books lent out")
        Rebuild(writer, encoder).run([added])
        after = nearest(reader, encoder, "books lent out")
        assert after != before
        remove_named(writer, str(added))
        assert nearest(reader, encoder, "books lent out") == before
        assert reader.check() == []


def test_adding_one_article_does_not_rewrite_the_snapshot(
    home: Path, encoder: Encoder, tmp_path: Path
) -> None:
    before = snapshot(home).read_bytes()
    added = tmp_path / "added.txt"
    added.write_text("The library of Corvin lent out 9,000 books in March.\n")
    with Library(home) as library:
        Rebuild(library, encoder).run([added])
    assert snapshot(home).read_bytes() == before


def test_a_vector_takes_little_more_on_disk_than_its_numbers(tmp_path: Path) -> None:
    count, dimension = 2_000, 384
    rows = np.random.default_rng(1).normal(size=(count, dimension)).astype(np.float32)
    with Library(tmp_path, create=True) as library:
        library.set_model("m@1", name="m", precision="fp32", dimension=dimension)
        with sqlite3.connect(database_path(tmp_path)) as database:
            (before,) = database.execute("PRAGMA page_count").fetchone()
            library.put_vectors("m@1", {row.tobytes()[:16]: row for row in rows})
            library.put_vectors("m@1", {row.tobytes()[:16]: row for row in rows[:9]})  # Once each.
            (after,) = database.execute("PRAGMA page_count").fetchone()
            assert database.execute("SELECT count(*) FROM vectors").fetchone() == (count,)
    assert (after - before) * 4096 / count < 2_200


def test_doctors_check_notices_when_index_and_truth_disagree(home: Path) -> None:
    snapshot(home).unlink()
    database = sqlite3.connect(database_path(home))
    with Library(home) as library:
        assert library.check() == []
        with database:
            database.execute(
                "UPDATE vectors SET vector = ? WHERE digest = (SELECT digest FROM vectors LIMIT 1)",
                (np.zeros(384, dtype="<f4").tobytes(),),
            )
        damaged, differing = library.check()
        assert damaged.endswith("is not of length one")
        assert differing == "1 vectors in the index differ from the library's"
    with database:
        database.execute("UPDATE passages SET body = 'quite other words' WHERE id = 1")
    database.close()
    with Library(home) as library:
        assert any("word index disagrees" in fault for fault in library.check())


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        (Filters(since="2021-06-01"), {"Hospital reports a mild flu season"}),
        (Filters(until="2018-12-31"), {"Commander says army to start leaving the island"}),
        (Filters(source="COURIER"), {"New bridge opens over the Tamber"}),
        (Filters(since="2021-05-03", until="2021-05-03"), {"New bridge opens over the Tamber"}),
        (Filters(since="2030-01-01"), set()),
        (Filters(source="%"), set()),
    ],
)
def test_filters_hold_for_words_and_vectors_alike(
    built: Path, encoder: Encoder, filters: Filters, titles: set[str]
) -> None:
    with Library(built) as library:
        near = library.search_vectors(encoder.encode_query("army"), limit=50, filters=filters)
        by_vector = library.passages([hit.passage_id for hit in near]).values()
        words = library.search_words("the army bridge hospital", limit=50, filters=filters)
        by_word = library.passages([passage_id for passage_id, _ in words]).values()
        assert {passage.title for passage in by_vector} == titles
        assert {passage.title for passage in by_word} == titles


def test_a_removed_article_leaves_no_trace_in_search(home: Path, encoder: Encoder) -> None:
    with Library(home) as library:
        article = next(a for a in library.articles() if a.title.startswith("Hospital"))
        assert remove_named(library, article.id) == 1
        assert library.search_words("influenza", limit=5) == []
        near = library.passages([i for i, _ in nearest(library, encoder, "flu patients")])
        assert all("influenza" not in passage.text for passage in near.values())
        with pytest.raises(NotFound):
            library.article(article.id)
        library.tidy()
        assert library.check() == []


def test_an_interrupt_while_sqlite_calls_a_function_of_ours_is_an_interrupt(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    with Library(home) as library:
        article = next(a for a in library.articles() if a.title.startswith("Hospital"))
        with monkeypatch.context() as patched:
            patched.setattr(schema, "spaced", interrupted)
            with pytest.raises(KeyboardInterrupt):
                remove_named(library, article.id)
        assert library.article(article.id).title == article.title
        assert library.check() == []


def test_removing_a_path_removes_all_under_it_and_rebuild_does_not_bring_it_back(
    home: Path, encoder: Encoder
) -> None:
    with Library(home) as library:
        path = next(a.path for a in library.articles() if a.title.startswith("Hospital"))
        assert path is not None
        assert remove_named(library, path) == 1
        assert Rebuild(library, encoder).run([]).added == 0
        assert Rebuild(library, encoder).run([Path(path)]).added == 1
        assert remove_named(library, str(Path(path).parent)) == 3
        assert (library.count(), library.paths(), library.roots()) == (0, [], [])


def test_what_was_never_there_cannot_be_removed(home: Path) -> None:
    with Library(home) as library, pytest.raises(NotFound, match="--list"):
        remove_named(library, "no-such-thing")


def test_two_threads_ask_one_library_at_once(built: Path, encoder: Encoder) -> None:
    with Library(built) as library:
        expected = nearest(library, encoder, "the island")
        wrong: list[object] = []

        def ask() -> None:
            for _ in range(20):
                found = nearest(library, encoder, "the island")
                if found != expected:
                    wrong.append(found)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []


def test_a_library_of_a_newer_version_is_politely_refused(home: Path) -> None:
    with sqlite3.connect(database_path(home)) as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    with pytest.raises(LibraryUnusable, match="newer Dateline"):
        Library(home)


def test_what_is_not_a_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = database_path(tmp_path)
    path.write_bytes(b"these are my notes, not a library" * 100)
    with pytest.raises(LibraryUnusable, match="not a Dateline library"):
        Library(tmp_path)
    with pytest.raises(LibraryUnusable, match="not a Dateline library"):
        Library(tmp_path, create=True)
    assert path.read_bytes().startswith(b"these are my notes")


def test_opening_what_is_not_there_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(LibraryUnusable, match="--rebuild"):
        Library(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()


def test_a_library_on_a_read_only_disk_still_answers(
    home: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As root no permission stops a write, so SQLite itself raises what a read-only disk would.
    with Library(home) as library:
        before = nearest(library, encoder, "how much did the bridge cost?")

    def write_where_none_may(path: Path, mode: str, timeout_s: float) -> sqlite3.Connection:
        database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        database.execute("CREATE TABLE a_table_that_cannot_be (x)")
        raise AssertionError("a connection for reading wrote")

    monkeypatch.setattr(schema, "_open", write_where_none_may)
    with Library(home) as library:
        assert library.status().read_only
        assert nearest(library, encoder, "how much did the bridge cost?") == before
        with pytest.raises(LibraryUnusable, match="can only be read"):
            library.remove(["x"])


def test_several_processes_may_make_the_same_library_at_once(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from embeddings.library import Library
sys.stdin.readline()
with Library(Path(sys.argv[1]), create=True) as library:
    for number in range(20):
        library.add_root(f"{sys.argv[2]} {number}")
"""
    for attempt in range(4):
        home = tmp_path / f"library{attempt}"
        makers = [
            subprocess.Popen(
                [sys.executable, "-c", code, str(home), str(maker)],
                stdin=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            for maker in range(4)
        ]
        for maker in makers:
            assert maker.stdin is not None
            maker.stdin.write("now\n")
            maker.stdin.flush()
        for maker in makers:
            _, errors = maker.communicate(timeout=60)
            assert (maker.returncode, errors) == (0, "")
        with Library(home) as library:
            assert len(library.roots()) == 80
