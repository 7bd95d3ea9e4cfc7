"""The parsers that are our own, each as a function that takes bytes and must hold what it promises.

    pip install -e '.[fuzz]'
    python tests/fuzz/run.py NAME [--executions N | --seconds S]

`TARGETS` maps a name to its target and to what it is begun with. A target raises where a promise is
broken; whatever was found once lies in tests/fuzz/finds/NAME and is tried by tests/unit.
"""

from __future__ import annotations

import contextlib
import copy
import datetime
import io
import itertools
import json
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from embeddings.errors import ArticleUnreadable
from embeddings.readers import BadRecord, Note, read_part
from embeddings.readers.dateline import read_dateline
from embeddings.readers.drafting import make_draft
from embeddings.readers.front_matter import split_front_matter
from embeddings.readers.metadata import parse_date
from embeddings.records import Article, Draft
from embeddings.sentences import LONGEST_SENTENCE, split_sentences
from embeddings.words import match_any
from qa.agreement import Told, same_thing
from qa.answer import Answer, Choice, NotVerbatim, Refusal, cite
from qa.conversation import Turn
from qa.followups import standalone
from qa.kept import turn_body, turn_from
from qa.output import answer_text, json_text, one_line, printable
from qa.past import Past
from qa.questions import read_questions
from qa.session_export import escaped
from qa.speaker import speaker
from qa.timeframe import closeness, timeframe
from tui.settings import read_settings

Target = Callable[[bytes], None]
TODAY = datetime.date(2024, 2, 29)
STORY = """By Jane Doe
TAMFORD, 3 May 2021 (Reuters) - The new bridge over the R. Tamber cost $84.5 million, the
mayor, Dr. A. Grant, said on Monday. “It is open,” she said; 3,000 came... Was it late? [1] Yes.

1. One item.
2. Another, e.g. this one. 記事。橋は月曜日に開通した。 الأخبار؟
"""


def text_of(data: bytes) -> str:
    """Any text there can be, lone surrogates as well."""
    return data.decode("utf-8", "surrogateescape" if data[:1] == b"\xed" else "replace")


# --- files ----------------------------------------------------------------------------------------

_LIGHT = (".txt", ".md", ".jsonl", ".json", ".csv", ".tsv", ".eml", ".mbox", ".html", ".rtf")


def readers(data: bytes) -> None:
    """A file's bytes become articles, or a line that says why not."""
    suffix = _LIGHT[data[0] % len(_LIGHT)] if data else ".txt"
    with contextlib.suppress(ArticleUnreadable):
        for found in read_part(io.BytesIO(data[1:]), Path(f"a{suffix}"), ""):
            match found:
                case Draft():
                    check_draft(found)
                case BadRecord():
                    assert found.reason
                    check_line(found.reason)
                    check_line(found.where)
                case Note():
                    check_line(found.text)


def check_line(said: str) -> None:
    """One line that does nothing to a terminal; what nobody has drawn yet may be in it."""
    assert one_line(said) == said
    said.encode()


def check_draft(draft: Draft) -> None:
    assert draft.text.strip() and draft.title
    for said in (draft.text, draft.title, draft.author or "", draft.source or "", draft.url or ""):
        assert not set("\x00\x1b\x9b\r\x07") & set(said)
        said.encode()
    for line in (draft.title, draft.author or "", draft.source or "", draft.url or ""):
        assert "\n" not in line
    if draft.published is not None:
        datetime.date.fromisoformat(draft.published)
    assert (draft.published is None) == (draft.published_from is None)


def front_matter(data: bytes) -> None:
    """What stands before a text is told apart from it, and nothing of the text is lost."""
    text = text_of(data)
    found = split_front_matter(text)
    assert text.endswith(found.body) or found.body in text
    assert all(isinstance(value, str) for value in found.fields.values())


def top_matter(data: bytes) -> None:
    """Headline, byline, place and date at a text's top, and its cleaning."""
    text = text_of(data)
    draft = make_draft(text)
    if draft is not None:
        check_draft(draft)
    read_dateline(text)
    day = parse_date(text[:80])
    assert day is None or datetime.date.fromisoformat(day)


def sentences(data: bytes) -> None:
    """Sentences lie in order, apart, and hold every letter."""
    text = text_of(data)
    end = 0
    for found in split_sentences(text):
        assert end <= found.start < found.end <= len(text)
        assert not text[end : found.start].strip()
        assert text[found.start : found.end].strip()
        assert found.end - found.start <= LONGEST_SENTENCE
        end = found.end
    assert not text[end:].strip()


# --- questions ------------------------------------------------------------------------------------

_WORDS = sqlite3.connect(":memory:", check_same_thread=False)
_WORDS.execute(
    "CREATE VIRTUAL TABLE w USING fts5 (title, body, "
    'tokenize="porter unicode61 remove_diacritics 2")'
)
_WORDS.execute("INSERT INTO w VALUES ('New bridge', 'The bridge cost 84 million.')")


def words(data: bytes) -> None:
    """No question is wrong for the index."""
    text = data.decode("utf-8", "replace").replace("\0", " ")
    expression = match_any(text)
    if expression is not None:
        _WORDS.execute("SELECT count(*) FROM w WHERE w MATCH ?", (expression,)).fetchone()


def frames(data: bytes) -> None:
    """Words about time have an order, and dates that there are."""
    text = " ".join(data.decode("utf-8", "replace").split())
    found = timeframe(text, today=TODAY)
    if found is not None:
        for day in (None, "2019-05-03", "2024-02-29", "0001-01-01", "9999-12-31"):
            assert 0 <= closeness(day, found) <= 1


def follow_ups(data: bytes) -> None:
    """A question is understood by those before it, whatever they are."""
    parts = [" ".join(p.split()) for p in data.decode("utf-8", "replace").split("\x1f")][:4]
    past = [Past(p, p, p[:20] or None, (p,), (p[:30],), (f"{n}",)) for n, p in enumerate(parts[1:])]
    found = standalone(parts[0], past)
    assert found.text.strip() or not parts[0].strip()
    assert all(choice.question for choice in found.choices)


def asked_file(data: bytes) -> None:
    """Each line of a file of questions is a question or a fault, with its number."""
    found, faults = read_questions(data)
    assert all(question.text.strip() for question in found)
    assert all("\n" not in fault for fault in faults)
    assert len(found) + len(faults) <= data.count(b"\n") + 1


# --- answers --------------------------------------------------------------------------------------


def article(text: str) -> Article:
    return Article("a1", text, text, "2020-01-02", text, text, text, text, None, "0")


def marks(data: bytes) -> None:
    """A citation is its slice, and no text forges one, or anything else, on its way out."""
    text = text_of(data)
    if not text:
        return
    start, end = len(text) // 3, max(len(text) // 3 + 1, len(text) - len(text) // 4)
    made = cite(article(text), start, end, number=1, score=0.5)
    assert made.text == text[start:end] == article(text).text[made.start : made.end]
    for wrong in ((end, start), (start, len(text) + 1), (-1, end), (start, start)):
        with contextlib.suppress(NotVerbatim):
            cite(article(text), *wrong, number=1, score=0.5)
            raise AssertionError("a citation of nothing")
    told = answer_text(Answer(text, text, (made,), 0.5))
    assert printable(told) == told
    seen = told.replace("\u200b", "")
    assert all(
        seen[at - 1 : at] == "\\" or at == 0 or seen[at - 1] in "\n "
        for n in (2, 3, 77)
        for at in positions(seen, f"[{n}]")
    )
    assert not any(
        seen[at - 1 : at] != "\\" for n in (2, 3, 77) for at in positions(seen, f"[{n}]")
    )
    assert json.loads(json_text(text)) == text.encode("utf-8", "replace").decode()
    kinds = {t.type for t in MarkdownIt("commonmark").parseInline(escaped(text))[0].children or []}
    assert kinds <= {"text", "text_special"}
    assert "\n" not in one_line(text)


def positions(text: str, part: str) -> list[int]:
    starts = itertools.accumulate(len(piece) + len(part) for piece in text.split(part)[:-1])
    return [end - len(part) for end in starts]


def speakers(data: bytes) -> None:
    """Who says a sentence is a piece of the text; saying the same is told both ways alike."""
    text = text_of(data)
    spans = [(found.start, found.end) for found in split_sentences(text)]
    for index in range(min(len(spans), 6)):
        found = speaker(text, spans, index)
        assert found is None or text[found[0] : found[1]].strip()
    told = [Told(f"{n}", "x", None, text[a:b], None, text) for n, (a, b) in enumerate(spans[:2])]
    if len(told) == 2:
        assert same_thing(*told) == same_thing(*reversed(told))


def _turn() -> str:
    one = cite(article(STORY), 4, 12, number=1, score=0.5, short_answer=(5, 8), speaker=(13, 20))
    answer = Answer("a?", "b?", (one,), 0.5, short_answer="x", scope="y", notice="z")
    answer = Answer(
        **{**{name: getattr(answer, name) for name in Answer.__slots__},
           "refusal": Refusal("no", (one,)), "choices": (Choice("a", "b"),), "differing": (1,)}
    )  # fmt: skip
    return turn_body(Turn(1, "a?", answer, "2020-01-01T00:00:00+00:00"))


_KEPT = _turn()
_OTHERS: Sequence[Any] = (
    None, True, 0, -1, 1e308, float("nan"), 2**70, "", "x", "\ud800", [], {}, [None], [[]], [{}],
    {"start": 0}, {"start": "0", "end": None, "text": 1}, [1, "2"], STORY,
)  # fmt: skip


def session(data: bytes) -> None:
    """A kept turn that is damaged is told as such, and none that loads cannot be shown.

    The first byte says whether the rest is the turn itself, or what is changed in a sound one.
    """
    if data[:1] < b"\x80":
        body = data[1:].decode("utf-8", "replace")
    else:
        kept = json.loads(_KEPT)
        for way, what in zip(data[1::2], data[2::2], strict=False):
            _change(kept, way, what)
        body = json.dumps(kept)
    try:
        turn = turn_from(body, number=1, asked_at="2020", find=lambda name: article(STORY))
    except (ValueError, KeyError, TypeError, NotVerbatim):
        return  # What `qa.sessions` turns into a line for the person.
    answer_text(turn.answer)
    assert turn_body(turn)


def _change(kept: Any, way: int, what: int) -> None:
    """Put another value at a place of the turn that `way` chooses, or take it away."""
    places: list[tuple[Any, Any]] = []
    queue = [kept]
    while queue:
        holder = queue.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        places += [(holder, key) for key in keys]
        queue += [holder[key] for key in keys if isinstance(holder[key], dict | list)]
    if places:
        holder, key = places[way % len(places)]
        if what % 20 == 19:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(_OTHERS[what % 20 % len(_OTHERS)])


def config(data: bytes) -> None:
    """A fault in the config file is told, and never stops the chat."""
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        file = Path(folder) / "config.toml"
        file.write_bytes(data)
        found = read_settings(file)
    assert found.theme is None or isinstance(found.theme, str)
    assert all(isinstance(key, str) for key in found.keys.values())


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


_MD = b'---\ntitle: "A: b"\ndate: 2021-05-03\nauthor: [A, B]\n---\n\nThe bridge opened.'
_MAIL = b"Subject: x\r\nDate: Mon, 3 May 2021 10:00:00 +0000\r\n\r\nThe bridge opened."
_CSV = b"title,text,date\nA,The bridge opened.,2021-05-03\n"
_RECORDS = b'{"title": "A", "text": "The bridge opened.", "published": "2021-05-03"}\n'
_PAGE = b"<html><title>A</title><article><p>The bridge opened on Monday.</p></article></html>"
_ASKED = (
    "when did it open in May 2019?", "since last week", "the latest news of 3-5 May 2021",
    "in the 1990s", "between 2019 and 2020", "how old was she two years ago", "NEAR(\"a\" b*)",
)  # fmt: skip
TARGETS: dict[str, tuple[Target, Sequence[bytes]]] = {
    "readers": (
        readers,
        [bytes([n]) + seed for n in range(len(_LIGHT))
         for seed in (_MD, _MAIL, _CSV, _RECORDS, _PAGE, b"{\\rtf1 The bridge \\'e9 opened.}")],
    ),
    "front_matter": (front_matter, [_MD, b"+++\ntitle='x'\n+++\ny", b"Title: x\nDate: y\n\nz"]),
    "top_matter": (top_matter, [STORY.encode(), b"3 May 2021\n\nHeadline\n\nBy A. B.\n\nStory."]),
    "sentences": (sentences, [STORY.encode(), "Mr. B. went… “Yes.” 1.5 U.S. No.\n- a".encode()]),
    "words": (words, [q.encode() for q in _ASKED]),
    "frames": (frames, [q.encode() for q in _ASKED]),
    "follow_ups": (
        follow_ups, [b"and when did he?\x1fWho built it?\x1fWhat is it?", b"why?\x1fWho is Orlov?"],
    ),
    "asked_file": (
        asked_file,
        [b'{"question": "a?", "answers": ["b"]}\n{"question": "c?", "answerable": false}'],
    ),
    "marks": (marks, [STORY.encode(), b"as told [1] (also in [2]) [ 3 ] **[2]** <b> \\[2] [77]"]),
    "speakers": (speakers, [STORY.encode(), "“It is open,” said Jane. He said: “No.”".encode()]),
    "session": (session, [b"\0" + _KEPT.encode(), b"\x80\x01\x02\x03\x04", b"\x80" + bytes(40)]),
    "config": (config, [b'theme = "nord"\n[keys]\nquit = "ctrl+q"\n', b"a = [[1], {b = 2}]\n"]),
}  # fmt: skip
