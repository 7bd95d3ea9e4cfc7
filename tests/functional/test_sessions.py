"""Sessions in a real library: kept turn by turn, proved anew, and no concern of a search's."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings import schema
from embeddings.encoder import Encoder
from embeddings.errors import LibraryUnusable, NotFound
from embeddings.library import Library, database_path
from embeddings.rebuild import Rebuild
from qa import conversation as talking
from qa.answer import Answer, Refusal, cite
from qa.conversation import Turn
from qa.engine import Engine
from qa.followups import Choice, Past, Standalone
from qa.sessions import Sessions, open_conversation

ROOT = Path(__file__).resolve().parent.parent.parent
WHEN = "2026-01-02T03:04:05+00:00"
LATER = "2026-01-02T04:00:00+00:00"


def an_answer(library: Library, question: str = "where do they remain?") -> Answer:
    """An answer with all that one can have, cited from the stored article of the island."""
    summary = next(a for a in library.articles() if "army" in a.title)
    article = library.article(summary.id)
    spans = library.sentences(article.id)
    first = spans[4]
    speaker = article.text.index("Dmitri Orlov")
    cited = cite(
        article, first.start, first.end, number=1, score=0.875,
        short_answer=(first.start + 2, first.start + 9), speaker=(speaker, speaker + 12),
    )  # fmt: skip
    again = cite(article, spans[5].start, spans[5].end, number=2, score=0.5, same_as=1)
    return Answer(
        question, "where do the forces remain?", (cited, again), 0.9375, short_answer="x",
        differing=(1, 2), scope="in 2018", notice="seeds",
    )  # fmt: skip


def a_turn(library: Library, number: int = 1, asked_at: str = WHEN) -> Turn:
    answer = an_answer(library)
    return Turn(number, answer.question, answer, asked_at)


def test_everything_in_an_answer_comes_back(home: Path) -> None:
    with Library(home) as library:
        whole = an_answer(library)
        refused = Answer("x", "x", (), 0.1, refusal=Refusal("nothing", whole.citations))
        unclear = Answer(
            "he?", "he?", (), 0.0, refusal=Refusal("unclear"), choices=(Choice("A", "is A?"),)
        )
        turns = tuple(
            Turn(n, a.question, a, WHEN) for n, a in enumerate((whole, refused, unclear), 1)
        )
        sessions = Sessions(library)
        session_id = sessions.start()
        for turn in turns:
            sessions.append(session_id, turn)
        timed = Turn(4, "x", replace(refused, timings_ms={"total": 1.0}), LATER)
        sessions.append(session_id, timed)
    with Library(home) as library:
        found = Sessions(library).load(session_id)
        assert found.turns == (*turns, Turn(4, "x", refused, LATER))
        assert (found.id, found.title) == (session_id, "where do they remain?")
        assert (found.started_at, found.last_at) == (WHEN, LATER)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(question=st.text(), reason=st.text(), score=st.floats(0, 1))
def test_any_text_comes_back(home: Path, question: str, reason: str, score: float) -> None:
    answer = Answer(question, reason, (), score, refusal=Refusal(reason), scope=reason)
    turn = Turn(1, question, answer, WHEN)
    with Library(home) as library:
        sessions = Sessions(library)
        session_id = sessions.start()
        sessions.append(session_id, turn)
        assert sessions.load(session_id).turns == (turn,)
        sessions.remove(session_id)


def test_a_session_is_there_with_its_first_turn_and_the_last_gone_on_with_is_first(
    home: Path,
) -> None:
    with Library(home) as library:
        sessions = Sessions(library)
        assert (sessions.latest(), sessions.list()) == (None, [])
        one, two = sessions.start(), sessions.start()
        assert sessions.list() == []
        sessions.append(one, a_turn(library))
        sessions.append(two, a_turn(library))
        sessions.append(one, a_turn(library, 2, LATER))
        assert sessions.latest() == one
        assert [(s.id, s.started_at, s.last_at, s.turns) for s in sessions.list()] == [
            (one, WHEN, LATER, 2),
            (two, WHEN, WHEN, 1),
        ]
        assert sessions.remove(one) == one
        assert [s.id for s in sessions.list()] == [two]
        with pytest.raises(NotFound):
            sessions.load(one)


def test_a_shortened_id_must_be_of_one_session(home: Path) -> None:
    with Library(home) as library:
        sessions = Sessions(library)
        with pytest.raises(NotFound, match="no session has been kept yet"):
            sessions.find("latest")
        for session_id in ("ab", "ab12cd34", "ac00ff00"):
            sessions.append(session_id, a_turn(library))
        assert sessions.find("AB1") == "ab12cd34"
        assert sessions.find("ab") == "ab", "an id itself is not ambiguous"
        assert sessions.find("latest") == "ac00ff00"
        with pytest.raises(
            NotFound, match=r"3 sessions begin with 'a' \(ab, ab12cd34, .*--sessions"
        ):
            sessions.load("a")
        for unknown in ("f", "", "%", "a_", "ab12cd345"):
            with pytest.raises(NotFound, match=r"there is no session .*--sessions"):
                sessions.remove(unknown)


def test_a_citation_of_a_removed_article_is_shown_as_gone(home: Path) -> None:
    with Library(home) as library:
        sessions = Sessions(library)
        turn = a_turn(library)
        sessions.append("ab", turn)
        library.remove([turn.answer.citations[0].article_id])
        (found,) = sessions.load("ab").turns
        assert found.answer.citations == tuple(
            replace(citation, gone=True) for citation in turn.answer.citations
        )
        assert replace(found.answer, citations=turn.answer.citations) == turn.answer


def test_a_changed_article_makes_gone_only_what_it_no_longer_says_there(
    encoder: Encoder, articles: Path, tmp_path: Path
) -> None:
    path = articles / "island.txt"
    before = path.read_text("utf-8")
    with Library(tmp_path / "library", create=True) as library:

        def change(old: str, new: str) -> None:
            path.write_text(before.replace(old, new), "utf-8")
            assert Rebuild(library, encoder).run([path]).changed == 1

        Rebuild(library, encoder).run([path])
        sessions = Sessions(library)
        turn = a_turn(library)
        sessions.append("ab", turn)
        change("Dmitri Orlov", "Dmitri Orlow")
        gone = [citation.gone for citation in sessions.load("ab").turns[0].answer.citations]
        assert gone == [True, False], "who said the first has changed, the second stands"
        change("In a surprise", "In a sudden")
        gone = [citation.gone for citation in sessions.load("ab").turns[0].answer.citations]
        assert gone == [True, True], "both stand in another place now"
        change("", "")
        assert sessions.load("ab").turns == (turn,), "what stands again is no longer gone"


def test_keeping_a_session_makes_no_snapshot_stale(home: Path) -> None:
    with Library(home) as library:
        before = library.status()
        sessions = Sessions(library)
        sessions.append("ab", a_turn(library))
        sessions.append("cd", a_turn(library))
        sessions.remove("ab")
        after = library.status()
        assert after.revision == before.revision
        assert after.snapshot_revision == before.snapshot_revision
        assert library.check() == []


APPENDER = """
import sys
from pathlib import Path
from embeddings.library import Library
from qa.answer import Answer, Refusal
from qa.conversation import Turn
from qa.sessions import Sessions
with Library(Path(sys.argv[1])) as library:
    sessions = Sessions(library)
    sys.stdin.readline()
    for number in range(1, 21):
        question = f"{sys.argv[2]} {number}"
        answer = Answer(question, question, (), 0.0, refusal=Refusal("nothing"))
        sessions.append("abcd", Turn(number, question, answer, "2026-01-02T03:04:05+00:00"))
"""


def process(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_two_processes_may_go_on_with_one_session_at_once(home: Path) -> None:
    both = [process(APPENDER, home, name) for name in ("one", "two")]
    for each in both:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    for each in both:
        _, errors = each.communicate(timeout=120)
        assert each.returncode == 0, errors
    with Library(home) as library:
        turns = Sessions(library).load("abcd").turns
    assert [turn.number for turn in turns] == list(range(1, 41))
    for name in ("one", "two"):
        said = [turn.question for turn in turns if turn.question.startswith(name)]
        assert said == [f"{name} {number}" for number in range(1, 21)]


KILLED = """
import os, signal, sys
from pathlib import Path
from embeddings.library import Library
from qa.answer import Answer, Refusal
from qa.conversation import Turn
from qa.sessions import Sessions
library = Library(Path(sys.argv[1]))
sessions = Sessions(library)
for number in (1, 2):
    answer = Answer("q", "q", (), 0.0, refusal=Refusal("nothing"))
    sessions.append("abcd", Turn(number, "q", answer, "2026-01-02T03:04:05+00:00"))
with library.sessions._writing():
    library.sessions._database.execute(
        "INSERT INTO turns (session, number, asked_at, body) "
        "SELECT number, 3, '', 'half a tu' FROM sessions"
    )
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_costs_the_turn_that_was_running_at_most(home: Path) -> None:
    killed = process(KILLED, home)
    _, errors = killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL, errors
    with Library(home) as library:
        assert [turn.number for turn in Sessions(library).load("abcd").turns] == [1, 2]
        assert library.check() == []


def test_a_removed_sessions_words_are_gone_from_the_files(home: Path) -> None:
    secret = "the merger with Quillfeather "
    with Library(home) as library:
        sessions = Sessions(library)
        for number in range(60):
            # Of all sizes and in turn, so that the rows are moved about in the file.
            for session_id, said in (("ab", secret), ("cd", "other words ")):
                text = said * (1 + number * 37 % 400)
                answer = Answer(text, text, (), 0.0, refusal=Refusal("nothing"))
                sessions.append(session_id, Turn(number, text, answer, WHEN))
        sessions.remove("cd")
    files = [file for file in home.iterdir() if file.is_file()]
    assert any(b"Quillfeather" in file.read_bytes() for file in files), "the search can find it"
    with Library(home) as library:
        Sessions(library).remove("ab")
    assert not any(b"Quillfeather" in f.read_bytes() for f in home.iterdir() if f.is_file())


@pytest.mark.parametrize("body", ["", "[]", "{}", "null", '{"question": 1', "torn \x00"])
def test_a_damaged_turn_is_one_line_that_says_what_to_do(home: Path, body: str) -> None:
    with Library(home) as library:
        library.sessions.add_turn("abcd", title="x", asked_at=WHEN, body=body)
        with pytest.raises(LibraryUnusable, match="--remove-session abcd"):
            Sessions(library).load("abcd")
        Sessions(library).remove("abcd")


def test_a_library_of_version_1_is_brought_up_to_date_and_keeps_everything(
    home: Path, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = encoder.encode_query("how much did the bridge cost?")
    with Library(home) as library:
        before = [library.article(a.id) for a in library.articles()]
        found = library.search_vectors(query, limit=5)
        revision = library.revision
    old_path = database_path(tmp_path / "old")
    with monkeypatch.context() as then:
        then.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        old, _ = schema.connect(old_path, create=True, timeout_s=5)
    old.execute("ATTACH ? AS present", (str(database_path(home)),))
    for table in ("meta", "roots", "files", "articles", "passages", "vectors", "removals"):
        columns = ", ".join(row[1] for row in old.execute(f"PRAGMA main.table_info({table})"))
        old.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM present.{table}")
    old.execute("INSERT INTO words(words) VALUES ('rebuild')")
    assert old.execute("PRAGMA main.user_version").fetchone() == (1,)
    assert not old.execute("SELECT 1 FROM main.sqlite_master WHERE name = 'turns'").fetchall()
    old.close()

    with Library(old_path.parent) as library:
        assert [library.article(a.id) for a in library.articles()] == before
        assert library.search_vectors(query, limit=5) == found
        assert library.search_words("ferry", limit=5)
        assert library.revision == revision
        assert library.check() == []
        Sessions(library).append("ab", a_turn(library))
        assert Sessions(library).latest() == "ab"
    database = sqlite3.connect(old_path)
    assert database.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS),)
    database.close()


def test_a_new_library_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        with Library(tmp_path / "a" / "library", create=True) as library:
            Sessions(library).append(
                "ab", Turn(1, "q", Answer("q", "q", (), 0.0, refusal=Refusal("no")), WHEN)
            )
            home = library.folder
            modes = {file.name: file.stat().st_mode & 0o777 for file in home.iterdir()}
    finally:
        os.umask(old)
    assert home.stat().st_mode & 0o777 == 0o700
    assert modes == {"library.db": 0o600, "library.db-wal": 0o600, "library.db-shm": 0o600}


@pytest.fixture
def past(monkeypatch: pytest.MonkeyPatch) -> list[list[Past]]:
    """What each question was understood by."""
    seen: list[list[Past]] = []

    def remember(question: str, past: list[Past], **_: object) -> Standalone:
        seen.append(list(past))
        return Standalone(question)

    monkeypatch.setattr(talking, "stands_alone", lambda question: False)
    monkeypatch.setattr("qa.followups.standalone", remember)
    return seen


def test_a_conversation_is_kept_and_gone_on_with(home: Path, past: list[list[Past]]) -> None:
    engine = Engine(home)
    try:
        first = open_conversation(engine)
        assert first.session_id is not None
        assert Sessions(engine.library).latest() is None
        bridge = first.ask("how much did the bridge cost?")
        assert Sessions(engine.library).latest() == first.session_id
        second = open_conversation(engine, resume="")
        assert second.session_id == first.session_id
        second.ask("who cut the ribbon?")
        assert [p.question for p in past[-1]] == ["how much did the bridge cost?"]
        assert past[-1][0].short_answer == bridge.short_answer == "84.5 million"
        found = Sessions(engine.library).load(first.session_id[:5])
        assert [turn.number for turn in found.turns] == [1, 2]
        assert [turn.answer for turn in found.turns] == [
            replace(turn.answer, timings_ms={}) for turn in second.turns
        ]

        unkept = open_conversation(engine, resume=first.session_id, save=False)
        assert (unkept.session_id, len(unkept.turns)) == (None, 2)
        unkept.ask("what closed?", as_written=True)
        assert len(past) == 2  # As written: nothing from before is looked at.
        assert len(Sessions(engine.library).load(first.session_id).turns) == 2

        fresh = open_conversation(engine, resume="", new=True)
        assert (fresh.turns, fresh.session_id != first.session_id) == ((), True)
        with pytest.raises(NotFound):
            open_conversation(engine, resume="nothing")
    finally:
        engine.close()


def test_a_library_on_a_read_only_disk_talks_and_says_once_that_it_keeps_nothing(
    home: Path, past: list[list[Past]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library(home) as library:
        Sessions(library).append("abcd", a_turn(library))

    def read_only(path: Path, mode: str, timeout_s: float) -> sqlite3.Connection:
        database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        database.execute("CREATE TABLE a_table_that_cannot_be (x)")
        raise AssertionError("a connection for reading wrote")

    monkeypatch.setattr(schema, "_open", read_only)
    said: list[str] = []
    engine = Engine(home)
    try:
        talk = open_conversation(engine, resume="ab", say=said.append)
        assert (talk.session_id, len(talk.turns)) == (None, 1)
        assert talk.ask("how much did the bridge cost?").answered
        assert talk.ask("who cut the ribbon?").answered
        assert len(Sessions(engine.library).load("ab").turns) == 1
        with pytest.raises(LibraryUnusable, match="can only be read"):
            Sessions(engine.library).remove("ab")
    finally:
        engine.close()
    assert said == [f"this session is not kept: the library in {home} can only be read"]


def test_an_answer_is_not_lost_because_its_turn_cannot_be_kept(
    home: Path, past: list[list[Past]]
) -> None:
    said: list[str] = []
    engine = Engine(home)
    try:
        talk = open_conversation(engine, say=said.append)
        with sqlite3.connect(database_path(home)) as database:
            database.execute("DROP TABLE turns")
        database.close()
        assert talk.ask("how much did the bridge cost?").answered
        assert talk.ask("who cut the ribbon?").answered
    finally:
        engine.close()
    (line,) = said
    assert line.startswith("this question is not kept in the session: ")
