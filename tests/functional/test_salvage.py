"""What is torn, cut short or half gone: found by --doctor, mended by --repair and a rebuild."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.encoder import Encoder
from embeddings.errors import LibraryUnusable
from embeddings.library import Library, database_path
from embeddings.rebuild import Rebuild
from embeddings.repair import repair
from qa.commands.sessions import list_sessions

WHEN = "2026-01-02T03:04:05+00:00"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Articles of several passages each, as much as some dozens of pages of a database."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(8):
        said = "\n\n".join(
            f"Report {number}.{part}: the harbour master of berth {number}{part} counted "
            f"{number * 100 + part} boats near pier {part}, more than since {1900 + part}."
            for part in range(16)
        )
        (folder / f"report{number:02}.txt").write_text(said, "utf-8")
    return folder


@pytest.fixture
def home(tmp_path: Path, folder: Path, encoder: Encoder) -> Path:
    home = tmp_path / "library"
    with Library(home, create=True) as library:
        Rebuild(library, encoder).run([folder])
        library.tidy()
        for session in ("ab12", "cd34"):
            library.sessions.add_turn(session, title="A talk", asked_at=WHEN, body="{}")
    return home


def change(home: Path, *statements: str) -> None:
    database = sqlite3.connect(database_path(home))
    with database:
        for sql in statements:
            assert database.execute(sql).rowcount, sql
    database.close()


def state(home: Path) -> dict[str, str]:
    with Library(home) as library:
        return {str(a.path): library.article(a.id).text for a in library.articles()}


def is_whole_after_a_rebuild(home: Path, encoder: Encoder, folder: Path) -> None:
    with Library(home) as library:
        Rebuild(library, encoder).run([folder])
        assert library.check() == []
        assert library.status().waiting == 0
        assert library.bare() == []
        for article in library.articles():
            covered = {n for first, last in library.whole.windows(article.id)
                       for n in range(first, last + 1)}  # fmt: skip
            assert covered == set(range(len(library.sentences(article.id))))
    assert state(home) == {str(p): p.read_text("utf-8") for p in folder.iterdir()}


def test_an_article_that_lost_one_of_its_passages_is_found_and_made_whole(
    home: Path, folder: Path, encoder: Encoder
) -> None:
    change(home, "DELETE FROM passages WHERE article = 3 AND first > 0")
    with Library(home) as library:
        assert any("a passage of it is missing" in fault for fault in library.check())
    done = repair(home)
    assert (done.is_whole, done.faults) == (True, [])
    is_whole_after_a_rebuild(home, encoder, folder)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE sessions SET started_at = 'no time' WHERE id = 'ab12'",
        "UPDATE sessions SET title = x'ff41' WHERE id = 'ab12'",
        "UPDATE turns SET asked_at = 'no time' WHERE id = 1",
        "UPDATE turns SET asked_at = x'00' WHERE id = 1",
    ],
)
def test_a_session_that_cannot_be_read_is_set_aside_and_the_others_stay(
    home: Path, sql: str
) -> None:
    change(home, sql)
    with Library(home) as library:
        assert any("cannot be read" in fault for fault in library.check())
    with pytest.raises(LibraryUnusable, match="mend it with --repair"):
        list_sessions(home, as_json=False)
    done = repair(home)
    assert not done.is_whole and done.faults == []
    kept = [json.loads(file.read_text()) for file in (home / "quarantine").iterdir()]
    assert any(row.get("body") == "{}" for row in kept), "the question is kept"
    list_sessions(home, as_json=False)
    with Library(home) as library:
        assert len(library.sessions.turns("cd34")) == 1
        assert library.check() == []


def test_a_session_whose_only_question_was_set_aside_can_still_be_listed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(home, "UPDATE turns SET body = '{' WHERE id = 1")
    assert repair(home).faults == []
    list_sessions(home, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert ["ab12" in line and "0 questions" in line for line in lines] == [False, True]


def test_of_two_states_mixed_neither_stops_the_next_rebuild(
    home: Path, folder: Path, encoder: Encoder
) -> None:
    # As if the page of places were of another time than that of articles.
    change(
        home,
        "INSERT INTO places SELECT a.id, b.id, a.path, a.sha256 FROM articles a, articles b "
        "WHERE a.number = 2 AND b.number = 5",
    )
    with Library(home) as library:
        assert any("a place of another" in fault for fault in library.check())
    assert repair(home).faults == []
    (folder / "report04.txt").unlink()
    (folder / "report01.txt").write_text("The pier was closed on Friday for repairs.", "utf-8")
    is_whole_after_a_rebuild(home, encoder, folder)


def test_a_database_that_was_cut_short_gives_what_is_left_of_it(
    home: Path, folder: Path, encoder: Encoder
) -> None:
    before = state(home)
    path = database_path(home)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 3 // 5])
    with pytest.raises(LibraryUnusable, match="--repair"):
        Library(home).check()
    done = repair(home)
    assert done.faults == []
    left = state(home)
    assert left and all(before[path] == text for path, text in left.items())
    assert any("reads every file again" in line for line in done.lines)
    (kept,) = (home / "quarantine").glob("*.db")
    assert kept.read_bytes() == content[: len(content) * 3 // 5]
    is_whole_after_a_rebuild(home, encoder, folder)


def test_a_file_that_an_older_page_calls_known_is_read_again(
    home: Path, folder: Path, encoder: Encoder
) -> None:
    # An article of before its file changed, beside a page that has the file as it is now; and a
    # page of vectors lost, without which nobody would look.
    older = Path(shutil.copytree(home, home.with_name("older")))
    (folder / "report01.txt").write_text("The pier was closed on Friday for repairs.", "utf-8")
    with Library(home) as library:
        Rebuild(library, encoder).run([folder])
    with Library(older) as old, Library(home) as new:
        known = new.files()
        old.put_files(list(known.items()))
    database = sqlite3.connect(database_path(older))
    (root,) = database.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'vectors'"
    ).fetchone()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    with database_path(older).open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    assert repair(older).faults == []
    is_whole_after_a_rebuild(older, encoder, folder)


def _turn(content: bytearray, at: int, *, times: int = 1) -> None:
    for more in range(times):
        content[at + more] ^= 0x04


def _a_word_of_the_list_of_tables(content: bytearray) -> None:
    _turn(content, content.index(b"CREATE TABLE articles") + 2)


def _the_name_of_a_table_in_the_list(content: bytearray) -> None:
    at = content.index(b"CREATE TABLE articles")
    _turn(content, content.rindex(b"articlesarticles", 0, at))


def _where_a_table_begins(content: bytearray) -> None:
    at = content.index(b"CREATE TABLE passages")
    assert content[at - 1] == 10
    content[at - 1] = 21


def _how_the_list_itself_is_kept(content: bytearray) -> None:
    _turn(content, 100)


def _all_of_the_first_page(content: bytearray) -> None:
    content[:4096] = bytes(4096)


@pytest.mark.parametrize(
    "harm",
    [
        _a_word_of_the_list_of_tables,
        _the_name_of_a_table_in_the_list,
        _where_a_table_begins,
        _how_the_list_itself_is_kept,
        _all_of_the_first_page,
    ],
)
@pytest.mark.parametrize("times_opened", [1, 2])
def test_a_database_whose_list_of_tables_is_damaged_is_read_all_the_same(
    home: Path,
    folder: Path,
    encoder: Encoder,
    harm: Callable[[bytearray], None],
    times_opened: int,
) -> None:
    before = state(home)
    path = database_path(home)
    content = bytearray(path.read_bytes())
    harm(content)
    path.write_bytes(content)
    for _ in range(times_opened):
        with contextlib.suppress(LibraryUnusable), Library(home) as library:
            library.check()
    done = repair(home)
    assert (done.is_whole, done.faults) == (True, [])
    assert state(home) == before
    with Library(home) as library:
        assert [len(library.sessions.turns(name)) for name in ("ab12", "cd34")] == [1, 1]
    is_whole_after_a_rebuild(home, encoder, folder)


def test_a_library_of_before_its_tables_lay_as_today_is_told_by_what_is_left(
    home: Path, folder: Path, encoder: Encoder
) -> None:
    # As in a library that older versions made: each table begins elsewhere than in a new one.
    path = database_path(home)
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(
            """PRAGMA foreign_keys = OFF; CREATE TABLE kept AS SELECT * FROM sessions;
               DROP INDEX articles_by_source; VACUUM;"""
        )
        roots = dict(database.execute("SELECT name, rootpage FROM sqlite_master"))
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
    assert roots["vectors"] != 14
    content = bytearray(path.read_bytes())
    _a_word_of_the_list_of_tables(content)
    before = state(home)
    path.write_bytes(content)
    assert repair(home).faults == []
    assert state(home) == before
    is_whole_after_a_rebuild(home, encoder, folder)
