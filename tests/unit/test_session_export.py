"""An exported session shows what was said, and no article can make it say anything else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from embeddings.records import Article
from qa.answer import Answer, Choice, Citation, Refusal, cite, cite_gone
from qa.conversation import Turn
from qa.output import one_line
from qa.session_export import (
    CannotExport,
    escaped,
    session_json,
    session_markdown,
    write_session,
)
from qa.sessions import Session

WHEN = "2026-01-02T03:04:05+00:00"


def article(text: str, title: str = "Title", url: str | None = None) -> Article:
    return Article("a1", title, text, "2020-01-02", "Source", None, "/p/a.md", url, None, "0")


def session(*answers: Answer) -> Session:
    turns = tuple(Turn(n, a.question, a, WHEN) for n, a in enumerate(answers, 1))
    return Session("0a1b2c3d", turns[0].question, WHEN, WHEN, turns)


def answered(text: str, question: str = "where?", **article_parts: str | None) -> Answer:
    cited = cite(article(text, **article_parts), 0, len(text), number=1, score=0.9)  # type: ignore[arg-type]
    return Answer(question, question, (cited,), 0.9)


def gone(citation: Citation) -> Citation:
    return cite_gone(
        **{name: getattr(citation, name) for name in Citation.__slots__ if name != "gone"}
    )


def flat(tokens: list[Token]) -> list[Token]:
    return [t for token in tokens for t in [token, *flat(token.children or [])]]


def rendered(markdown: str) -> list[Token]:
    """The document as a reader of Markdown sees it, HTML, tables and ~~strikes~~ included."""
    return flat(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown))


def shown(tokens: list[Token]) -> str:
    return "".join(t.content for t in tokens if t.type in ("text", "text_special"))


PIECES = st.one_of(
    st.text(max_size=20),
    st.text(alphabet="\\`*_{}[]()#+-.!<>&|~$^=:/ \n\t1aw@\"'", max_size=30),
    st.sampled_from(
        ["# Forged", "1. one", "- item", "> quote", "[1](http://evil.example)", "**[2]**", "&lt;",
         "<script>alert(1)</script>", "![x](y)", "```\n", "    code", "| a | b |\n|---|---|", "---",
         "\n\n## 2. forged?\n\n", "[a]: http://evil.example", "[a]", "<http://evil.example>",
         "\u202e", "\x1b[31m", "\u2028# x", "===", "$x$", "\\", "&#35;", "[^1]", "1)"]
    ),
)  # fmt: skip
HOSTILE = st.lists(PIECES, max_size=8).map("".join)


@settings(max_examples=400, deadline=None)
@given(HOSTILE)
def test_escaped_text_is_one_paragraph_that_shows_exactly_itself(text: str) -> None:
    for before in ("", "> ", "**[1]** ", "## 1. "):
        tokens = rendered(f"{before}{escaped(text)}\n")
        kinds = {token.type for token in tokens}
        allowed = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
        if before == "> ":
            allowed |= {"blockquote_open", "blockquote_close"}
        elif before.startswith("**"):
            allowed |= {"strong_open", "strong_close"}
        elif before:
            allowed |= {"heading_open", "heading_close"}
        assert kinds <= allowed
        visible = shown(tokens)
        mark = {"**[1]** ": "[1] ", "## 1. ": "1. "}.get(before, "")
        assert visible.strip() == f"{mark}{one_line(text)}".strip()


@settings(max_examples=200, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_article_forges_a_heading_a_link_html_or_a_mark(
    text: str, title: str, question: str
) -> None:
    text = text or "x"
    where = f"https://example.org/{title}"
    tokens = rendered(session_markdown(session(answered(text, question, title=title, url=where))))
    kinds = [token.type for token in tokens]
    assert kinds.count("heading_open") == 2
    assert kinds.count("blockquote_open") == 1
    assert kinds.count("strong_open") == 1, "the one mark"
    assert not {"html_inline", "html_block", "image", "fence", "code_block"} & set(kinds)
    links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    assert len(links) <= 1
    assert all(str(link).startswith("https://example.org/") for link in links)


def test_a_session_is_written_with_every_citation_in_full() -> None:
    source = article("One * stays. It is so, Orlov said.", url="https://example.org/a?b=1")
    first = cite(source, 0, 12, number=1, score=0.9, short_answer=(0, 3), speaker=(23, 28))
    first = replace(first, page=7)
    second = replace(first, number=2, same_as=1)
    whole = Answer(
        "and them?", "who stays?", (first, gone(second)), 0.875, short_answer="One",
        differing=(1, 2), scope="in 2020", notice="from the seeds",
    )  # fmt: skip
    refused = Answer("x?", "x?", (), 0.1, refusal=Refusal("nothing there", (first,)))
    unclear = Answer(
        "he?", "he?", (), 0.0, refusal=Refusal("unclear"), choices=(Choice("A", "is A?"),)
    )
    place = (
        "Title, Source, 2020-01-02, <https://example.org/a?b=1>, page 7, article a1, "
        "characters 0 to 12"
    )
    assert session_markdown(session(whole, refused, unclear)).split("\n\n") == [
        "# and them?",
        "Session 0a1b2c3d with Dateline, 2026-01-02 03:04 UTC to 2026-01-02 03:04 UTC, "
        "3 questions. Every quoted sentence is the article's own; offsets count characters of the "
        "article's stored text.",
        "## 1. and them?",
        "Asked as: who stays?",
        "Note: from the seeds",
        "(in 2020)",
        "Short answer: One",
        "The articles differ: **[1]** **[2]**",
        "> One \\* stays.\n>\n> — Orlov",
        f"**[1]** {place}",
        "> One \\* stays.\n>\n> — Orlov",
        f"**[2]** {place}, says the same as **[1]**, "
        "**gone: the article has since been removed or changed**",
        "Asked 2026-01-02 03:04 UTC; confidence 0.88.",
        "## 2. x?",
        "**Not in the articles:** nothing there.",
        "Nearest sentences, which do not answer it:",
        "> One \\* stays.\n>\n> — Orlov",
        place,
        "Asked 2026-01-02 03:04 UTC.",
        "## 3. he?",
        "Not answered: unclear.",
        "1. is A?",
        "Asked 2026-01-02 03:04 UTC.\n",
    ]
    found = session_json(session(whole, refused, unclear))
    assert list(found) == ["version", "session", "title", "started_at", "last_at", "turns"]
    turns = found["turns"]
    assert [turn["number"] for turn in turns] == [1, 2, 3]
    assert [c["gone"] for c in turns[0]["citations"]] == [False, True]
    assert turns[0]["citations"][0]["speaker"] == {"start": 23, "end": 28, "text": "Orlov"}
    assert turns[2]["choices"] == [{"label": "A", "question": "is A?"}]


def test_a_file_is_written_as_its_ending_says_and_nothing_else_is_left(tmp_path: Path) -> None:
    talk = session(answered("They “stay” \ud800here."))
    write_session(talk, tmp_path / "talk.MD")
    write_session(talk, tmp_path / "talk.json")
    assert (tmp_path / "talk.MD").read_text("utf-8").startswith("# where?\n")
    found = json.loads((tmp_path / "talk.json").read_text("utf-8"))
    assert found["turns"][0]["citations"][0]["text"] == "They “stay” ?here."
    assert sorted(file.name for file in tmp_path.iterdir()) == ["talk.MD", "talk.json"]


def test_what_is_not_kept_is_written_without_an_id(tmp_path: Path) -> None:
    talk = replace(session(answered("They stay here.")), id=None)
    write_session(talk, tmp_path / "talk.md")
    write_session(talk, tmp_path / "talk.json")
    assert "A session that is not kept with Dateline" in (tmp_path / "talk.md").read_text("utf-8")
    assert json.loads((tmp_path / "talk.json").read_text("utf-8"))["session"] is None


@pytest.mark.parametrize(
    ("name", "says"),
    [("talk.txt", "ends neither"), ("there.md", "already"), ("none/talk.md", "no folder")],
)
def test_what_cannot_be_written_is_refused_and_nothing_is_touched(
    tmp_path: Path, name: str, says: str
) -> None:
    (tmp_path / "there.md").write_text("mine")
    with pytest.raises(CannotExport, match=says):
        write_session(session(answered("They stay.")), tmp_path / name)
    assert [file.name for file in tmp_path.iterdir()] == ["there.md"]
    assert (tmp_path / "there.md").read_text() == "mine"


def test_where_nothing_may_be_written_the_file_that_was_named_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*, dir: Path, prefix: str) -> tuple[int, str]:
        raise PermissionError(13, "Permission denied", str(dir / f"{prefix}x7y"))

    monkeypatch.setattr("tempfile.mkstemp", refused)
    with pytest.raises(
        CannotExport, match=r"talk\.md cannot be written \(Permission denied\); name"
    ):
        write_session(session(answered("They stay.")), tmp_path / "talk.md")


def test_a_failed_write_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_session(session(answered("They stay.")), tmp_path / "talk.md")
    assert list(tmp_path.iterdir()) == []
