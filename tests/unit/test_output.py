"""Law 5 at the door: nothing an article says reaches the terminal as a command."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from embeddings.records import Article, ArticleSummary
from embeddings.sessions import SessionSummary
from qa.answer import Answer, Choice, Citation, Refusal, cite, cite_gone
from qa.output import (
    answer_json,
    answer_text,
    article_lines,
    one_line,
    place,
    printable,
    session_lines,
)

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


def test_a_refusal_ends_as_a_sentence_does() -> None:
    said = [
        answer_text(Answer("q", "q", (), 0.1, refusal=Refusal(reason, ())))
        for reason in ("nothing near says “fery”; did you mean “ferry”?", "nothing says “fery”")
    ]
    assert said[0] == "Not in your articles: nothing near says “fery”; did you mean “ferry”?\n"
    assert said[1] == "Not in your articles: nothing says “fery”.\n"


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
        "refusal", "citations", "differing", "scope", "choices",
        "timings_ms",
    ]  # fmt: skip
    assert list(found["citations"][0]) == [
        "number", "article_id", "title", "published", "source", "path", "url", "start", "end",
        "text", "score", "short_answer", "speaker", "same_as", "gone", "page",
    ]  # fmt: skip
    assert found["version"] == 1
    assert found["refusal"] is None


def source_article(text: str) -> Article:
    return Article("a1", "Title", text, "2020-01-02", "Source", None, "/p", None, None, "0")


def test_what_was_searched_stands_first_where_it_is_not_what_was_typed() -> None:
    cited = (cite(source_article("They leave on Monday."), 0, 21, number=1, score=0.9),)
    whole = "when do the forces leave?"
    answer = Answer("and  when do they leave?", whole, cited, 0.9, scope="in 2020")
    assert answer_text(answer).splitlines()[:4] == [
        "(asked as: when do the forces leave?)", "(in 2020)", "", "They leave on Monday. [1]",
    ]  # fmt: skip
    refused = replace(answer, citations=(), refusal=Refusal("nothing"), scope=None)
    assert answer_text(refused).splitlines()[0] == "(asked as: when do the forces leave?)"
    same = replace(answer, question="when  do the\nforces leave?", scope=None)
    assert answer_text(same).splitlines()[0] == "They leave on Monday. [1]"


def test_an_unclear_question_gets_the_questions_it_may_be_ready_to_paste() -> None:
    choices = (Choice("Putin", "when did Putin leave?"), Choice("Orlov", "when did Orlov leave?"))
    answer = Answer("when did he?", "when did he?", (), 0.0, refusal=Refusal("it is not clear"))
    answer = replace(answer, choices=choices)
    assert answer_text(answer) == (
        "It is not clear:\n\n  1. when did Putin leave?\n  2. when did Orlov leave?\n"
    )
    assert answer_json(answer)["choices"][0] == {
        "label": "Putin", "question": "when did Putin leave?",
    }  # fmt: skip


def test_a_gone_citation_is_shown_as_gone() -> None:
    cited = cite(source_article("They leave on Monday."), 0, 21, number=1, score=0.9)
    gone = cite_gone(
        **{name: getattr(cited, name) for name in Citation.__slots__ if name != "gone"}
    )
    assert gone == replace(cited, gone=True)
    assert place(gone).endswith("(a1:0-21); gone: the article has since been removed or changed")
    assert "gone" not in place(cited)


def test_sessions_are_a_line_each_whatever_was_asked() -> None:
    when = "2026-01-02T03:04:05+00:00"
    summary = SessionSummary("0a1b2c3d", HOSTILE, when, when, 1)
    (line,) = session_lines([summary]).splitlines()
    assert session_lines([replace(summary, title="x" * 81)]).endswith(f"  {'x' * 79}…\n")
    assert line.startswith("0a1b2c3d  2026-01-0")
    assert is_harmless(line)
