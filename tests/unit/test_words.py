"""Questions become FTS5 expressions that FTS5 can never take for syntax."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.unspaced import spaced
from embeddings.words import MOST_WORDS, content_words, match_any


def test_stop_words_are_left_out_and_each_word_stays_once() -> None:
    assert content_words("Where will the Russian forces of the Russian army remain?") == [
        "russian",
        "forces",
        "army",
        "remain",
    ]


def test_a_question_of_stop_words_alone_keeps_them() -> None:
    assert match_any("Who is it?") == '"who" OR "is" OR "it"'


def test_without_a_word_there_is_no_expression() -> None:
    assert match_any('?! "" ()*') is None


def test_a_flood_of_words_is_cut() -> None:
    expression = match_any(" ".join(f"word{n}" for n in range(10_000)))
    assert expression is not None
    assert expression.count(" OR ") == MOST_WORDS - 1


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='porter unicode61')")
    database.execute("INSERT INTO t VALUES ('the army remains at the port')")
    return database


@pytest.mark.parametrize(
    "text", ["NEAR(a b)", "body:army", "army AND NOT port", '"', "army*", "^army", "a-b", "{x} : y"]
)
def test_fts5_syntax_in_a_question_is_only_words(index: sqlite3.Connection, text: str) -> None:
    expression = match_any(text)
    assert expression is not None or not any(c.isalnum() for c in text)
    if expression:
        index.execute("SELECT * FROM t WHERE t MATCH ?", (expression,)).fetchall()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_gives_an_expression_that_fts5_takes(index, text: str) -> None:
    expression = match_any(text)
    if expression is not None:
        index.execute("SELECT * FROM t WHERE t MATCH ?", (expression,)).fetchall()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("東京タワーの高さ", ["東京", "京タ", "タワ", "ワー", "ーの", "の高", "高さ"]),
        ("NFL第50届", ["nfl", "第", "50", "届"]),
        ("水", ["水"]),
        ("รถไฟฟ้า", ["รถไ", "ถไฟ", "ไฟฟ้", "ฟฟ้า"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("서울 시장", ["서울", "시장"]),
    ],
)
def test_scripts_without_spaces_give_neighbouring_letters(text: str, parts: list[str]) -> None:
    assert content_words(text) == parts


def test_text_with_spaces_between_its_words_is_indexed_as_it_is() -> None:
    for text in ("The army remains.", "Çanakkale’de kış", "हिन्दी भाषा", "서울 시장", "Ελλάδα"):
        assert spaced(text) is text
    assert spaced("第50届").split() == ["第", "50", "届"]


@given(st.text(alphabet="東京タワกี่ไะa1 。", max_size=40))
def test_a_text_is_found_by_any_of_its_own_words(text: str) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='porter unicode61')")
    database.execute("INSERT INTO t VALUES (?)", (spaced(text),))
    for word in content_words(text):
        expression = match_any(word)
        if expression is not None and any(letter.isalnum() for letter in word):
            assert database.execute("SELECT 1 FROM t WHERE t MATCH ?", (expression,)).fetchone()
