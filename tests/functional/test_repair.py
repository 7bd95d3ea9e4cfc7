"""``--doctor --repair``: what can be made again is, what is damaged is set aside and named."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder import Encoder
from embeddings.errors import LibraryUnusable
from embeddings.library import Library, database_path
from embeddings.rebuild import Rebuild
from embeddings.repair import repair
from embeddings.vectors import Neighbour

ROOT = Path(__file__).resolve().parent.parent.parent
QUESTION = "how much did the bridge cost?"


@pytest.fixture
def home(home: Path) -> Path:
    """A library of three articles and a session."""
    with Library(home) as library:
        library.sessions.add_turn("ab12", title="A talk", asked_at="2026-01-01", body="{}")
    return home


def change(home: Path, sql: str, *values: object) -> None:
    database = sqlite3.connect(database_path(home))
    with database:
        assert database.execute(sql, values).rowcount
    database.close()


def texts_of(library: Library, hits: list[Neighbour]) -> list[str]:
    """The passages' texts, the best first, the others as they come."""
    found = library.passages([hit.passage_id for hit in hits])
    first, *others = [found[hit.passage_id].text for hit in hits]
    return [first, *sorted(others)]


def bridge(library: Library) -> str:
    return next(a.id for a in library.articles() if a.title.startswith("New bridge"))


def test_a_sound_library_is_left_as_it_is(home: Path) -> None:
    with Library(home) as library:
        revision = library.revision
    done = repair(home)
    assert (done.lines, done.is_whole, done.faults) == ([], True, [])
    with Library(home) as library:
        assert library.revision == revision
    assert not (home / "quarantine").exists()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE passages SET body = 'quite other words' WHERE id = 1", "cut anew"),
        ("UPDATE passages SET start = start + 1 WHERE id = 2", "cut anew"),
        ("UPDATE passages SET digest = zeroblob(16) WHERE id = 2", "cut anew"),
        ("UPDATE passages SET last = 900 WHERE id = 1", "rebuild cuts it anew"),
        ("UPDATE vectors SET vector = zeroblob(1536)", "rebuild makes it anew"),
        ("UPDATE vectors SET vector = zeroblob(7)", "rebuild makes it anew"),
        ("DELETE FROM words_data WHERE id > 10", "the word index was made anew"),
        ("UPDATE articles SET newer = 'nobody' WHERE number = 1", "answers again"),
        ("INSERT INTO places VALUES ('p', 'nobody', '/x', 'y')", "forgotten"),
    ],
)
def test_what_is_derived_is_made_again_with_the_next_rebuild(
    home: Path, encoder: Encoder, sql: str, said: str
) -> None:
    with Library(home) as library:
        before = [library.article(a.id) for a in library.articles()]
        hits = library.search_vectors(encoder.encode_query(QUESTION), limit=3)
        texts = texts_of(library, hits)
        words = len(library.search_words("bridge army flu", limit=9))
    change(home, sql)
    with Library(home) as library:
        assert library.check() != []
    done = repair(home)
    assert any(said in line for line in done.lines), done.lines
    assert (done.is_whole, done.faults) == (True, [])
    with Library(home) as library:
        Rebuild(library, encoder).run([])
        assert library.check() == []
        assert [library.article(a.id) for a in library.articles()] == before
        found = library.search_vectors(encoder.encode_query(QUESTION), limit=3)
        # A vector depends a little on those it is made with.
        assert found[0].similarity == pytest.approx(hits[0].similarity, abs=0.02)
        assert texts_of(library, found) == texts
        assert len(library.search_words("bridge army flu", limit=9)) == words
        assert library.status().waiting == 0


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE articles SET text = replace(text, '84.5', '94.5') WHERE title LIKE 'New bridge%'",
        "UPDATE articles SET sentences = zeroblob(24) WHERE title LIKE 'New bridge%'",
        "UPDATE articles SET sentences = zeroblob(3) WHERE title LIKE 'New bridge%'",
        "UPDATE articles SET title = CAST(x'ff41' AS TEXT) WHERE title LIKE 'New bridge%'",
        "UPDATE articles SET whole = x'0000' WHERE title LIKE 'New bridge%'",
    ],
)
def test_a_damaged_article_is_never_cited_and_comes_back_from_its_file(
    dateline, home: Path, encoder: Encoder, sql: str
) -> None:
    with Library(home) as library:
        article_id = bridge(library)
        before = library.article(article_id)
    change(home, sql)
    done = dateline("--library", home, "--ask", QUESTION, "--no-save")
    assert "94.5" not in done.stdout
    assert "Traceback" not in done.stderr
    found = dateline("--library", home, "--doctor")
    assert found.returncode == 3 and "fault: " in found.stdout
    mended = dateline("--library", home, "--doctor", "--repair")
    assert mended.returncode == 4, mended
    (kept,) = (home / "quarantine").iterdir()
    assert str(kept) in mended.stderr
    assert kept.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept.read_text())["id"] == article_id
    with Library(home) as library:
        assert (library.count(), library.check()) == (2, [])
        assert len(library.sessions.turns("ab12")) == 1
        Rebuild(library, encoder).run([])
        assert library.article(article_id) == before
    assert dateline("--library", home, "--doctor").returncode == 0


def test_a_turn_that_cannot_be_read_is_set_aside_and_the_session_stays(home: Path) -> None:
    with Library(home) as library:
        library.sessions.add_turn("ab12", title="x", asked_at="2026-01-02", body='{"a": 1}')
    change(home, "UPDATE turns SET body = '{\"a\": ' WHERE number = 1")
    done = repair(home)
    assert not done.is_whole and done.faults == []
    (kept,) = (home / "quarantine").iterdir()
    assert json.loads(kept.read_text())["body"] == '{"a": '
    with Library(home) as library:
        assert [turn.number for turn in library.sessions.turns("ab12")] == [2]


def pages_of(home: Path, table: str) -> list[int]:
    database = sqlite3.connect(database_path(home))
    (root,) = database.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
    ).fetchone()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return [root]


def test_what_is_set_aside_is_4_though_nothing_is_lost_and_what_is_made_anew_0(
    dateline, home: Path
) -> None:
    for snapshot in home.glob("vectors*"):
        snapshot.unlink()
    done = dateline("--library", home, "--doctor", "--repair")
    assert done.returncode == 0, done
    (page,) = pages_of(home, "files")
    content = bytearray(database_path(home).read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    database_path(home).write_bytes(content)
    done = dateline("--library", home, "--doctor", "--repair")
    assert done.returncode == 4, done
    (kept,) = (home / "quarantine").iterdir()
    assert str(kept) in done.stderr
    assert "set aside for you to look at is told above" in done.stdout
    # It is told once: another repair finds nothing to do.
    done = dateline("--library", home, "--doctor", "--repair")
    assert done.returncode == 0
    assert done.stdout.endswith("all is well\n")


@pytest.mark.parametrize("table", ["passages", "vectors", "words_data", "files", "sketches"])
def test_a_lost_page_of_what_is_derived_loses_nothing(
    home: Path, encoder: Encoder, table: str
) -> None:
    with Library(home) as library:
        before = [library.article(a.id) for a in library.articles()]
    (page,) = pages_of(home, table)
    content = bytearray(database_path(home).read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    database_path(home).write_bytes(content)
    done = repair(home)
    assert (done.is_whole, done.faults) == (True, []), done
    (kept,) = (home / "quarantine").glob("*.db")
    assert kept.read_bytes() == content, "the old database is kept as it was"
    with Library(home) as library:
        assert [library.article(a.id) for a in library.articles()] == before
        assert len(library.sessions.turns("ab12")) == 1
        Rebuild(library, encoder).run([])
        assert library.check() == []
        status = library.status()
        assert status.passages == status.vectors > 0
        hits = library.search_vectors(encoder.encode_query(QUESTION), limit=1)
        (nearest,) = library.passages([hits[0].passage_id]).values()
        assert "84.5 million" in nearest.text


def test_of_a_large_table_only_the_rows_on_the_damaged_page_are_lost(
    home: Path, encoder: Encoder, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(60):
        story = f"Report {number}. " + f"The harbour master counted {number} boats. " * 20
        (folder / f"{number}.txt").write_text(story, "utf-8")
    with Library(home) as library:
        Rebuild(library, encoder).run([folder])
        before = {a.id: library.article(a.id) for a in library.articles()}
    pages_of(home, "articles")
    database = sqlite3.connect(database_path(home))
    database.execute("CREATE VIRTUAL TABLE temp.pages USING dbstat")
    leaves = database.execute(
        "SELECT pageno FROM temp.pages WHERE name = 'articles' AND pagetype = 'leaf' ORDER BY path"
    ).fetchall()
    database.close()
    (page,) = leaves[len(leaves) // 2]
    content = bytearray(database_path(home).read_bytes())
    content[(page - 1) * 4096 : page * 4096] = bytes(4096)
    database_path(home).write_bytes(content)
    done = repair(home)
    assert not done.is_whole and done.faults == []
    with Library(home) as library:
        kept = {a.id: library.article(a.id) for a in library.articles()}
        assert len(before) - 12 <= len(kept) < len(before)
        assert all(before[i] == article for i, article in kept.items())
        Rebuild(library, encoder).run([])
        after = {a.id: library.article(a.id) for a in library.articles()}
        assert after == before
        assert library.check() == []


def test_of_what_is_no_database_nothing_is_changed(tmp_path: Path) -> None:
    database_path(tmp_path).write_bytes(b"these are my notes, not a library" * 1000)
    with pytest.raises(LibraryUnusable, match="left as it is"):
        repair(tmp_path)
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["library.db"]
    assert database_path(tmp_path).read_bytes().startswith(b"these are my notes")


def test_a_database_that_another_has_open_is_not_replaced_under_it(home: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom embeddings.library import Library\n"
        "library = Library(Path(sys.argv[1]))\nprint(library.count(), flush=True)\n"
        "sys.stdin.readline()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None and other.stdin is not None
    other.stdout.readline()
    (page,) = pages_of(home, "vectors")
    with database_path(home).open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    content = database_path(home).read_bytes()
    with pytest.raises(LibraryUnusable, match="open; close it"):
        repair(home)
    assert database_path(home).read_bytes() == content
    other.communicate("\n", timeout=60)
    assert repair(home).faults == []


def test_a_server_is_not_repaired_from_here(dateline) -> None:
    done = dateline("--library", "postgresql://nobody@localhost/none", "--doctor", "--repair")
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)


def test_vectors_that_are_not_numbers_find_nothing_wrong(home: Path, encoder: Encoder) -> None:
    nothing = np.full(384, np.nan, dtype="<f4").tobytes()
    change(home, "UPDATE vectors SET vector = ?", nothing)
    assert len(repair(home).lines) >= 1
    with Library(home) as library:
        Rebuild(library, encoder).run([])
        hits = library.search_vectors(encoder.encode_query(QUESTION), limit=9)
        assert all(-1.01 < hit.similarity < 1.01 for hit in hits) and hits
