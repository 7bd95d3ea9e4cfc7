"""Law 5 at the door: nothing an article says reaches the terminal as a command."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from embeddings.records import Article, ArticleSummary
from qa.answer import Answer, Refusal, cite
from qa.output import answer_json, answer_text, article_lines, one_line, printable

HOSTILE = "A \x1b[31mred\x1b[0m \x1b]52;c;ZXZpbA==\x07 \u202eevil\u202c\x9b2J claim\r\n stands."


def hostile_answer() -> Answer:
    source = Article("id", HOSTILE, HOSTILE, None, HOSTILE, None, HOSTILE, None, None, "0")
    return Answer(HOSTILE, HOSTILE, (cite(source, 0, len(HOSTILE), number=1, score=0.5),), 0.9)


def is_harmless(text: str) -> bool:
    return all(
        c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in "\u202e\u202c")
        for c in text
    )


def test_no_control_of_an_article_reaches_the_terminal_by_any_field() -> None:
    assert is_harmless(answer_text(hostile_answer()))
    refused = Answer(
        HOSTILE, HOSTILE, (), 0.1, refusal=Refusal(HOSTILE, hostile_answer().citations)
    )
    assert is_harmless(answer_text(refused))
    listed = ArticleSummary("id", HOSTILE, None, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 1)
    assert is_harmless(article_lines([listed]))
    assert article_lines([listed]).count("\n") == 1


def test_json_carries_the_stored_text_itself() -> None:
    written = json.loads(json.dumps(answer_json(hostile_answer())))
    assert written["citations"][0]["text"] == HOSTILE


@given(st.text())
def test_printable_text_is_harmless_whatever_it_was(text: str) -> None:
    assert is_harmless(printable(text))
    assert "\n" not in one_line(text)


@given(
    st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="\u2028"))
)
def test_harmless_text_is_left_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_the_json_contract_has_every_key_in_version_1() -> None:
    found = answer_json(hostile_answer())
    assert list(found) == [
        "version", "question", "asked_as", "answered", "answer", "short_answer", "confidence",
        "refusal", "citations", "differing", "scope", "timings_ms",
    ]  # fmt: skip
    assert list(found["citations"][0]) == [
        "number", "article_id", "title", "published", "source", "path", "url", "start", "end",
        "text", "score", "short_answer", "speaker", "same_as",
    ]  # fmt: skip
    assert found["version"] == 1
    assert found["refusal"] is None
