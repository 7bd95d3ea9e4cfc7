"""A library in one file, made while it is used, and made into a library again."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings import schema
from embeddings.backups import BackupUnusable, back_up, restore
from embeddings.encoder import Encoder
from embeddings.errors import LibraryUnusable
from embeddings.library import Library, database_path
from embeddings.rebuild import Rebuild

QUESTION = "what did the new bridge cost?"


@pytest.fixture
def home(tmp_path: Path, articles: Path, encoder: Encoder) -> Path:
    made = tmp_path / "home"
    with Library(made, create=True) as library:
        Rebuild(library, encoder).run([articles])
        library.tidy()
    return made


def held(folder: Path, encoder: Encoder) -> tuple[object, ...]:
    """The texts, and what is found by meaning and by words."""
    with Library(folder) as library:
        assert library.check() == []
        texts = {each.id: library.article(each.id).text for each in library.articles()}
        near = library.search_vectors(encoder.encode_query(QUESTION), limit=5)
        words = library.search_words(QUESTION, limit=5)
        return texts, [(hit.passage_id, round(hit.similarity, 5)) for hit in near], words


def test_a_backup_restored_is_the_same_library(
    home: Path, tmp_path: Path, encoder: Encoder
) -> None:
    file = tmp_path / "all.dateline"
    with Library(home) as reading:
        told = back_up(home, file)
        assert reading.count() == told.articles == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    restore(file, tmp_path / "again")
    assert held(tmp_path / "again", encoder) == held(home, encoder)
    assert stat.S_IMODE((tmp_path / "again").stat().st_mode) == 0o700


def test_what_is_written_meanwhile_is_not_in_it_and_not_lost(home: Path, tmp_path: Path) -> None:
    with Library(home) as library:
        removed = library.articles()[0].id
        back_up(home, tmp_path / "before")
        library.remove([removed])
        assert library.count() == 2
    restore(tmp_path / "before", tmp_path / "again")
    with Library(tmp_path / "again") as library:
        assert library.article(removed).text


def test_nothing_is_written_over(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "all"
    back_up(home, file)
    before = file.read_bytes()
    with pytest.raises(BackupUnusable, match="is there already"):
        back_up(home, file)
    assert file.read_bytes() == before
    with pytest.raises(LibraryUnusable, match="holds 3 articles"):
        restore(file, home)
    with Library(home) as library:
        assert library.count() == 3


@pytest.mark.parametrize("damage", ["cut", "flipped", "strange", "newer"])
def test_a_damaged_backup_leaves_nothing_behind(home: Path, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "all"
    back_up(home, file)
    content = bytearray(file.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "flipped":
        content[100:4000] = bytes(3900)
    elif damage == "strange":
        content = bytearray(b"no library at all" * 100)
    file.write_bytes(content)
    if damage == "newer":
        database = sqlite3.connect(file)
        database.execute("PRAGMA user_version = 999")
        database.close()
    with pytest.raises(BackupUnusable):
        restore(file, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_library_is_kept_as_it_was_before_it_is_brought_up(home: Path) -> None:
    path = database_path(home)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("DROP INDEX articles_by_source")
    database.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) - 1}")
    database.close()
    Library(home).close()
    kept = path.with_name(f"{path.name}.before-v{len(schema.MIGRATIONS)}")
    old = sqlite3.connect(kept)
    assert old.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS) - 1,)
    assert old.execute("SELECT count(*) FROM articles").fetchone() == (3,)
    old.close()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_at_the_command_line(home: Path, tmp_path: Path, dateline: Callable[..., object]) -> None:
    file = tmp_path / "all"
    done = dateline("--library", home, "--backup", file)
    assert done.returncode == 0, done  # type: ignore[attr-defined]
    assert file.is_file()
    again = dateline("--library", home, "--backup", file)
    assert again.returncode == 2  # type: ignore[attr-defined]
    assert "already" in again.stderr  # type: ignore[attr-defined]
    back = dateline("--library", tmp_path / "again", "--restore", file)
    assert back.returncode == 0  # type: ignore[attr-defined]
    full = dateline("--library", tmp_path / "again", "--restore", file)
    assert full.returncode == 3  # type: ignore[attr-defined]
    assert "Traceback" not in full.stderr  # type: ignore[attr-defined]
