"""A library in one file: whole, of one moment, and made a library again or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from embeddings import backups, durable, schema
from embeddings.backups import BackupUnusable, WrongFile, back_up, restore
from embeddings.encoder import Encoder
from embeddings.errors import LibraryUnusable
from embeddings.library import Library, database_path
from embeddings.rebuild import Rebuild
from embeddings.removal import remove_named

ROOT = Path(__file__).resolve().parent.parent.parent
QUESTION = "how much did the bridge cost?"


@pytest.fixture
def home(home: Path) -> Path:
    """A library of three articles and a session."""
    with Library(home) as library:
        library.sessions.add_turn(
            "ab12", title="The bridge", asked_at="2026-01-01T00:00:00+00:00", body="{}"
        )
    return home


def everything(home: Path, encoder: Encoder) -> object:
    """All that a person could see of a library."""
    with Library(home) as library:
        assert library.check() == []
        near = library.search_vectors(encoder.encode_query(QUESTION), limit=5)
        return (
            [library.article(article.id) for article in library.articles()],
            [(hit.passage_id, hit.similarity) for hit in near],
            library.search_words("bridge army flu", limit=10),
            [library.sessions.turns(s.id) for s in library.sessions.summaries()],
            library.files(),
            library.roots(),
            library.model,
        )


def test_what_is_restored_is_all_that_was_backed_up(
    home: Path, encoder: Encoder, tmp_path: Path
) -> None:
    before = everything(home, encoder)
    held = back_up(home, tmp_path / "kept.db")
    assert (held.articles, held.sessions) == (3, 1)
    assert restore(tmp_path / "kept.db", tmp_path / "new" / "library") == held
    assert everything(tmp_path / "new" / "library", encoder) == before


def test_a_backup_is_one_file_for_its_owner_alone(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    back_up(home, folder / "kept.db")
    (kept,) = folder.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    restore(kept, tmp_path / "new")
    assert database_path(tmp_path / "new").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_backup_while_another_writes_is_of_one_moment(home: Path, tmp_path: Path) -> None:
    """Each transaction writes one root and its number, so no state has one without the other."""
    stop = threading.Event()

    def write() -> None:
        with Library(home) as writer:
            for number in range(100_000):
                if stop.is_set():
                    return
                writer.add_root(f"/r/{number}")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        counts = []
        for number in range(6):
            back_up(home, tmp_path / f"{number}.db")
            with Library(home) as library:
                after = library.revision
            restore(tmp_path / f"{number}.db", tmp_path / f"restored{number}")
            with Library(tmp_path / f"restored{number}") as restored:
                roots = [root for root in restored.roots() if root.startswith("/r/")]
                assert len(roots) == len(set(roots))
                assert sorted(roots, key=lambda r: int(r[3:]))[-1:] == (
                    [f"/r/{len(roots) - 1}"] if roots else []
                )
                assert restored.revision <= after + 1
                assert restored.check() == []
                counts.append(len(roots))
        assert counts == sorted(counts) and counts[-1] > counts[0]
    finally:
        stop.set()
        thread.join()


def test_nothing_is_written_over(home: Path, built: Path, encoder: Encoder, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    back_up(built, kept)
    content = kept.read_bytes()
    with pytest.raises(WrongFile, match="there already"):
        back_up(home, kept)
    assert kept.read_bytes() == content
    before = everything(home, encoder)
    with pytest.raises(LibraryUnusable, match=r"3 articles and 1 sessions.*--library"):
        restore(kept, home)
    assert everything(home, encoder) == before


@pytest.mark.parametrize("number", durable.NOT_ALLOWED)
def test_where_nothing_may_be_written_the_file_that_was_named_is_told(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(*, dir: Path, prefix: str) -> tuple[int, str]:
        raise OSError(number, os.strerror(number), str(dir / f"{prefix}x7y"))

    monkeypatch.setattr("tempfile.mkstemp", refused)
    file = tmp_path / "kept.db"
    with pytest.raises(WrongFile) as told:
        back_up(home, file)
    assert str(told.value) == (
        f"{file} cannot be written ({os.strerror(number)}); name a file in another folder"
    )


def test_an_empty_library_takes_a_backup_while_it_is_open(
    home: Path, built: Path, encoder: Encoder, tmp_path: Path
) -> None:
    """And no vector of what was in it passes for one of what is."""
    kept = tmp_path / "kept.db"
    back_up(built, kept)
    with Library(home) as chat:
        for article in chat.articles():
            chat.remove([article.id])
        chat.sessions.drop("ab12")
        query = encoder.encode_query(QUESTION)
        assert chat.search_vectors(query, limit=5) == []
        restore(kept, home)
        with Library(built) as there:
            expected = there.search_vectors(query, limit=5)
        assert chat.search_vectors(query, limit=5) == expected
        assert chat.check() == []
    assert [f.name for f in home.iterdir() if f.name.startswith(".")] == []
    assert everything(home, encoder) == everything(built, encoder)


@pytest.mark.parametrize("harm", ["not one", "cut short", "a flipped page", "newer", "absent"])
def test_what_is_no_sound_backup_restores_nothing(home: Path, tmp_path: Path, harm: str) -> None:
    kept = tmp_path / "kept.db"
    back_up(home, kept)
    content = bytearray(kept.read_bytes())
    if harm == "not one":
        kept.write_bytes(b"my notes" * 1000)
    elif harm == "cut short":
        kept.write_bytes(content[: len(content) // 2])
    elif harm == "a flipped page":
        content[4096 * 5 : 4096 * 5 + 64] = bytes(64)
        kept.write_bytes(content)
    elif harm == "newer":
        with sqlite3.connect(kept) as database:
            database.execute("PRAGMA user_version = 999")
        database.close()
    else:
        kept.unlink()
    with pytest.raises(BackupUnusable) as raised:
        restore(kept, tmp_path / "new")
    assert "\n" not in str(raised.value) and str(kept) in str(raised.value)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("operation", ["_sync", "_name"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_failing_disk_leaves_no_half_backup_and_no_half_library(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, nth: int
) -> None:
    back_up(home, tmp_path / "good.db")
    target = tmp_path / "target"
    target.mkdir()
    real = getattr(durable, operation)
    calls: list[object] = []

    def failing(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == nth:
            raise OSError(28, "No space left on device")
        real(*arguments)

    monkeypatch.setattr(durable, operation, failing)
    for act in (
        lambda: back_up(home, target / "kept.db"),
        lambda: restore(tmp_path / "good.db", target),
    ):
        calls.clear()
        try:
            act()
        except OSError as error:
            assert len(calls) >= nth, error
        names = {file.name for file in target.iterdir()}
        assert names <= {"kept.db", "library.db"}, "no passing file is left"
        for name in names:
            database = sqlite3.connect(target / name)
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert database.execute("SELECT count(*) FROM articles").fetchone() == (3,)
            database.close()
            (target / name).unlink()


def test_a_stray_log_of_another_library_is_not_written_into_the_restored_one(
    home: Path, tmp_path: Path
) -> None:
    back_up(home, tmp_path / "kept.db")
    new = tmp_path / "new"
    new.mkdir()
    (new / "library.db-wal").write_bytes(b"pages of another database")
    with pytest.raises(LibraryUnusable, match=r"library\.db-wal"):
        restore(tmp_path / "kept.db", new)
    assert not database_path(new).exists()


def test_the_command_says_in_one_line_what_it_did(dateline, home: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    done = dateline("--library", home, "--backup", kept)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("3 articles and 1 session (")
    assert dateline("--library", home, "--backup", kept).returncode == 2
    done = dateline("--library", tmp_path / "new", "--restore", kept)
    assert (done.returncode, done.stderr) == (0, "")
    done = dateline("--library", home, "--restore", kept)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert dateline("--library", tmp_path / "x", "--restore", tmp_path / "absent").returncode == 2
    done = dateline("--library", tmp_path / "none", "--backup", tmp_path / "other.db")
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert not (tmp_path / "other.db").exists()
    for flag in ("--backup", "--restore"):
        done = dateline("--library", "postgresql://nobody@localhost/none", flag, tmp_path / "p.db")
        assert (done.returncode, done.stderr.count("\n")) == (3, 1)
        assert "pg_dump" in done.stderr


# --- migrations


def old_library(home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of version 5, with the articles of `home`."""
    path = database_path(folder)
    with monkeypatch.context() as then:
        then.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:5])
        old, _ = schema.connect(path, create=True, timeout_s=5)
    old.execute("ATTACH ? AS present", (str(database_path(home)),))
    for table in ("meta", "roots", "files", "articles", "passages", "vectors"):
        columns = ", ".join(row[1] for row in old.execute(f"PRAGMA main.table_info({table})"))
        old.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM present.{table}")
    old.execute("INSERT INTO words(words) VALUES ('rebuild')")
    old.close()
    return path


def test_a_migration_keeps_the_library_as_it_was_beside_it(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "old"
    path = old_library(home, folder, monkeypatch)
    # Of an earlier upgrade: only the last is kept.
    (folder / "library.db.before-v5").write_bytes(b"older")
    with Library(folder) as library:
        assert library.count() == 3
        assert (library.status().waiting, library.check()) == (0, [])
    (kept,) = folder.glob("*before*")
    assert kept.name == f"library.db.before-v{len(schema.MIGRATIONS)}"
    assert kept.stat().st_mode & 0o777 == 0o600
    database = sqlite3.connect(kept)
    assert database.execute("PRAGMA user_version").fetchone() == (5,)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("SELECT count(*) FROM articles").fetchone() == (3,)
    database.close()
    content = kept.read_bytes()
    Library(folder).close()
    assert kept.read_bytes() == content
    # It is a backup as any other, of an older version.
    restore(kept, tmp_path / "again")
    with Library(tmp_path / "again") as library:
        assert (library.count(), library.check()) == (3, [])
    assert path.exists()


def test_a_migration_gives_back_what_it_leaves_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = database_path(tmp_path)
    with monkeypatch.context() as then:
        then.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:6])
        old, _ = schema.connect(path, create=True, timeout_s=5)
    rows = ((number.to_bytes(16, "big"), bytes(1536)) for number in range(2_000))
    old.executemany("INSERT INTO vectors VALUES ('m@1', ?, ?)", rows)
    old.close()
    before = path.stat().st_size
    with Library(tmp_path) as library:
        assert library.check() == []
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM vectors").fetchone() == (2_000,)
        assert database.execute("PRAGMA freelist_count").fetchone()[0] < 20
    assert path.stat().st_size < 0.6 * before


def test_a_new_library_is_no_migration(tmp_path: Path) -> None:
    with Library(tmp_path / "new", create=True):
        pass
    assert list((tmp_path / "new").glob("*before*")) == []


@pytest.mark.parametrize("operation", ["_sync", "_rename"])
def test_a_library_that_cannot_be_kept_is_not_migrated(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    folder = tmp_path / "old"
    path = old_library(home, folder, monkeypatch)

    def failing(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(durable, operation, failing)
        with pytest.raises(LibraryUnusable, match="No space left"):
            Library(folder)
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA user_version").fetchone() == (5,)
    database.close()
    assert list(folder.glob("*before*")) == []
    with Library(folder) as library:
        assert (library.count(), library.check()) == (3, [])


def test_a_migration_that_fails_leaves_the_old_library(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "old"
    path = old_library(home, folder, monkeypatch)
    with monkeypatch.context() as broken:
        broken.setattr(
            schema, "MIGRATIONS", (*schema.MIGRATIONS, "DROP TABLE sketches;\nnot SQL at all;\n")
        )
        with pytest.raises(LibraryUnusable):
            Library(folder)
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA user_version").fetchone() == (5,)
    assert database.execute("SELECT count(*) FROM sketches").fetchone() is not None
    database.close()
    with Library(folder) as library:
        assert (library.count(), library.check()) == (3, [])


def test_a_database_put_back_by_hand_is_not_searched_by_another_ones_snapshot(
    home: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passage numbers are given out again then, and the snapshot's revision is reached again."""
    back_up(home, tmp_path / "kept.db")
    query = encoder.encode_query("books lent out")
    first = tmp_path / "a.txt"
    first.write_text("The library of Corvin lent out 9,000 books in March.\n", "utf-8")
    second = tmp_path / "b.txt"
    second.write_text("Heavy rain is expected over the northern valleys.\n", "utf-8")
    with Library(home) as library:
        Rebuild(library, encoder).run([first])
        for snapshot in home.glob("vectors-*"):
            snapshot.unlink()
    with Library(home) as library:
        library.tidy()
    assert list(home.glob("vectors-*"))
    for name in ("library.db", "library.db-wal", "library.db-shm"):
        (home / name).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "kept.db", home / "library.db")
    with Library(home) as library:
        # As a rebuild that is killed just before it would write a snapshot of its own.
        monkeypatch.setattr(library, "tidy", lambda: None)
        Rebuild(library, encoder).run([second])
        while library.revision < 40:
            library.add_root(f"/r/{library.revision}")
    with Library(home) as library:
        assert library.check() == []
        hits = library.search_vectors(query, limit=20)
        texts = library.passages([hit.passage_id for hit in hits])
        for hit in hits:
            passage = texts[hit.passage_id]
            truth = encoder.encode_passages([f"{passage.title}\n{passage.text}"])[0]
            assert hit.similarity == pytest.approx(float(truth @ query), abs=2e-2)
        assert remove_named(library, str(second)) == 1


def test_a_backup_stops_at_once_where_it_is_killed_and_leaves_nothing_in_the_way(
    home: Path, tmp_path: Path
) -> None:
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom embeddings import durable\n"
        "from embeddings.backups import back_up\n"
        "durable._name = lambda *_: os._exit(9)\n"
        "back_up(Path(sys.argv[1]), Path(sys.argv[2]))\n"
    )
    kept = tmp_path / "kept.db"
    done = subprocess.run(
        [sys.executable, "-c", code, str(home), str(kept)], cwd=ROOT, check=False, timeout=60
    )
    assert done.returncode == 9
    assert not kept.exists()
    back_up(home, kept)
    assert backups.restore(kept, tmp_path / "new").articles == 3
