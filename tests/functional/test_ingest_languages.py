"""Articles in scripts without spaces: found by their words, removed whole, cut into sentences."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from embeddings import schema
from embeddings.encoder import Encoder
from embeddings.library import Library, database_path
from embeddings.rebuild import Rebuild
from embeddings.sentences import split_sentences

TOKYO = "新しい駅は三月に開業した。市長は式典に出席した。費用は二百億円だった。\n"
BANGKOK = "รถไฟฟ้าสายใหม่เปิดให้บริการในเดือนมีนาคม ผู้ว่าราชการเข้าร่วมพิธี\n"
OSLO = "The new station opened in March. The mayor attended the ceremony.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "articles"
    found.mkdir()
    for name, text in (("tokyo", TOKYO), ("bangkok", BANGKOK), ("oslo", OSLO)):
        (found / f"{name}.txt").write_text(text, encoding="utf-8")
    return found


def found(library: Library, question: str) -> list[str]:
    hits = library.search_words(question, limit=5)
    passages = library.passages([passage for passage, _ in hits])
    return [Path(library.article(passages[hit].article_id).path).stem for hit, _ in hits]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("駅はいつ開業しましたか？", "tokyo"),
        ("費用", "tokyo"),
        ("รถไฟฟ้าเปิดเมื่อไร", "bangkok"),
        ("When did the station open?", "oslo"),
    ],
)
def test_a_question_finds_the_article_of_its_script(
    tmp_path: Path, folder: Path, encoder: Encoder, question: str, name: str
) -> None:
    with Library(tmp_path / "home", create=True) as library:
        Rebuild(library, encoder).run([folder])
        assert found(library, question) == [name]


def test_a_removed_article_leaves_nothing_in_the_word_index(
    tmp_path: Path, folder: Path, encoder: Encoder
) -> None:
    with Library(tmp_path / "home", create=True) as library:
        Rebuild(library, encoder).run([folder])
        assert library.check() == []
        gone = [each.id for each in library.articles() if each.path.endswith("tokyo.txt")]
        assert library.remove(gone) == 1
        assert library.check() == []
        assert found(library, "費用") == []


def test_a_library_of_before_finds_them_once_it_is_opened(
    tmp_path: Path, folder: Path, encoder: Encoder
) -> None:
    home = tmp_path / "home"
    with Library(home, create=True) as library:
        Rebuild(library, encoder).run([folder])
    # As the fourth migration found it: whole runs in the index and in the view, and no column yet
    # of those that came later.
    database = sqlite3.connect(database_path(home), isolation_level=None)
    database.create_function("spaced", 1, lambda text: text)
    database.execute("DROP VIEW passage_words")
    database.execute(
        "CREATE VIEW passage_words AS SELECT p.id AS id, a.title AS title, p.body AS body"
        " FROM passages p JOIN articles a ON a.number = p.article"
    )
    database.execute("INSERT INTO words(words) VALUES ('rebuild')")
    database.execute("ALTER TABLE articles DROP COLUMN whole")
    database.execute("DROP INDEX articles_by_source")
    database.execute("PRAGMA user_version = 3")
    assert not database.execute("SELECT 1 FROM words WHERE words MATCH '費用'").fetchall()
    database.close()
    assert len(schema.MIGRATIONS) >= 4
    with Library(home) as library:
        assert found(library, "費用") == ["tokyo"]
        assert library.check() == []


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (TOKYO, ["新しい駅は三月に開業した。", "市長は式典に出席した。", "費用は二百億円だった。"]),
        ("他来了吗？来了！很好。", ["他来了吗？", "来了！", "很好。"]),
        ("वह आया। वह गया॥ सब ठीक है।", ["वह आया।", "वह गया॥", "सब ठीक है।"]),
        ("هل وصل؟ نعم وصل.", ["هل وصل؟", "نعم وصل."]),
        ("Նա եկավ։ Նա գնաց։", ["Նա եկավ։", "Նա գնաց։"]),
    ],
)
def test_full_stops_of_other_scripts_end_sentences(text: str, sentences: list[str]) -> None:
    assert [text[each.start : each.end] for each in split_sentences(text)] == sentences
