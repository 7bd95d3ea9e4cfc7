"""Sessions as a person meets them on the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from qa.cli import run

BRIDGE = "how much did the bridge cost?"


def sessions(dateline, home: Path) -> list[dict[str, object]]:
    done = dateline("--library", home, "--sessions", "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_question_is_a_session_and_the_next_may_go_on_with_it(dateline, home: Path) -> None:
    done = dateline("--library", home, "--ask", BRIDGE, "--json")
    assert done.returncode == 0, done.stderr
    first = json.loads(done.stdout)
    assert (first["asked_as"], first["choices"]) == (BRIDGE, [])
    done = dateline(
        "--library", home, "--ask", "who leads the flu ward?", "--resume", "--as-written"
    )
    assert done.returncode == 0, done.stderr
    assert "(asked as" not in done.stdout
    other = json.loads(dateline("--library", home, "--ask", BRIDGE, "--json", "--new").stdout)
    assert other["session"] != first["session"]
    found = sessions(dateline, home)
    assert [(s["id"], s["title"], s["turns"]) for s in found] == [
        (other["session"], BRIDGE, 1),
        (first["session"], BRIDGE, 2),
    ]
    listed = dateline("--library", home, "--sessions").stdout.splitlines()
    assert [line[:8] for line in listed] == [other["session"], first["session"]]
    assert listed[1].endswith(f"2 questions  {BRIDGE}")
    again = dateline(
        "--library", home, "--ask", BRIDGE, "--json", "--resume", str(first["session"])
    )
    assert json.loads(again.stdout)["session"] == first["session"]
    assert sessions(dateline, home)[0]["id"] == first["session"]


def test_nothing_is_kept_where_it_is_not_wanted(dateline, home: Path, tmp_path: Path) -> None:
    done = dateline("--library", home, "--ask", BRIDGE, "--no-save", "--json")
    assert json.loads(done.stdout)["session"] is None
    file = tmp_path / "questions.txt"
    file.write_text(f"{BRIDGE}\nwho leads the flu ward?\n")
    done = dateline("--library", home, "--ask-file", file, "--json")
    assert [json.loads(line)["session"] for line in done.stdout.splitlines()] == [None, None]
    assert sessions(dateline, home) == []
    done = dateline("--library", home, "--sessions")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no session has been kept yet" in done.stderr


def test_a_file_of_questions_may_be_one_conversation(dateline, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_text(f"{BRIDGE}\nwho leads the flu ward?\n")
    done = dateline("--library", home, "--ask-file", file, "--new", "--json")
    first, second = [json.loads(line)["session"] for line in done.stdout.splitlines()]
    assert first == second is not None
    assert [s["turns"] for s in sessions(dateline, home)] == [2]
    assert dateline("--library", home, "--ask-file", file, "--resume").returncode in (0, 1)
    assert [s["turns"] for s in sessions(dateline, home)] == [4]


def test_a_session_is_exported_and_removed(dateline, home: Path, tmp_path: Path) -> None:
    asked = json.loads(dateline("--library", home, "--ask", BRIDGE, "--json").stdout)
    session, cited = asked["session"], asked["citations"][0]
    shown = dateline("--library", home, "--export", session[:6], "-")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(f"# {BRIDGE}\n\nSession {session} with Dateline")
    assert "> It cost \\$84.5 million, and the mayor, Alice Grant" in shown.stdout
    where = f"article {cited['article_id']}, characters {cited['start']} to {cited['end']}"
    assert where in shown.stdout

    file = tmp_path / "talk.md"
    done = dateline("--library", home, "--export", "latest", file)
    assert (done.returncode, done.stdout) == (0, f"session {session} written to {file}\n")
    assert file.read_text("utf-8") == shown.stdout
    whole = json.loads(dateline("--library", home, "--export", session, "-", "--json").stdout)
    assert whole["turns"][0]["citations"][0] == cited

    assert dateline("--library", home, "--remove", cited["article_id"]).returncode == 0
    assert dateline("--library", home, "--export", session, tmp_path / "t.json").returncode == 0
    later = json.loads((tmp_path / "t.json").read_text("utf-8"))
    assert later["turns"][0]["citations"][0] == {**cited, "gone": True}

    done = dateline("--library", home, "--export", session, file)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is there already" in done.stderr
    done = dateline("--library", home, "--remove-session", session)
    assert (done.returncode, done.stdout) == (0, f"session {session} removed\n")
    assert sessions(dateline, home) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--ask", "x", "--resume"], "no session has been kept yet"),
        (["--ask", "x", "--resume", "abc"], "there is no session 'abc'; see dateline --sessions"),
        (["--export", "abc", "-"], "there is no session 'abc'"),
        (["--export", "abc", "talk.doc"], "ends neither in .md nor in .json"),
        (["--export", "abc", "no/such/talk.md"], "there is no folder no/such"),
        (["--export", "abc", "talk.md", "--json"], "leave --json out"),
        (["--export", "abc"], "expected 2 arguments"),
        (["--export", "", "x.md"], "--export needs a session's id and a file"),
        (["--remove-session", "abc"], "there is no session 'abc'"),
        (["--remove-session", " "], "--remove-session needs some text"),
        (["--remove-session", "abc", "--json"], "writes no JSON"),
        (["--ask", "x", "--resume", "--new"], "cannot be given together"),
        (["--ask", "x", "--resume", ""], "--resume names no session; leave the name out"),
        (["--list", "--resume"], "--resume is for questions and the chat"),
        (["--status", "--no-save"], "--no-save is for questions and the chat"),
        (["--as-written"], "--as-written goes with --ask"),
        (["--timings"], "--timings goes with --ask"),
        (["--sessions", "--list"], "cannot be given together"),
    ],
)
def test_a_wrong_command_line_says_what_to_do_and_gives_2(
    dateline, home: Path, arguments: list[str], says: str
) -> None:
    done = dateline(*arguments, "--library", home)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_chat_is_not_opened_for_a_session_that_is_not_there(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(getattr(sys, name), "isatty", lambda: True, raising=False)
    opened: list[dict[str, object]] = []
    monkeypatch.setattr("tui.app.run", lambda folder, **given: opened.append(given) or 0)
    assert run(["--library", str(home), "--resume", "abc"]) == 2
    assert "there is no session 'abc'; see dateline --sessions" in capsys.readouterr().err
    assert opened == []
    assert run(["--library", str(home), "--no-save"]) == 0
    assert {name: opened[0][name] for name in ("resume", "new", "save")} == {
        "resume": None, "new": False, "save": False,
    }  # fmt: skip


def test_what_is_not_clear_is_not_called_missing_and_is_searched_as_written(
    dateline, home: Path
) -> None:
    done = dateline("--library", home, "--ask", "when did it open?")
    assert done.returncode == 1
    assert done.stdout == "Not clear: nothing was said before that it could mean; ask in full.\n"
    exported = dateline("--library", home, "--export", "latest", "-").stdout
    assert "Not answered: nothing was said before" in exported
    assert "Not in the articles" not in exported
    done = dateline("--library", home, "--ask", "when did it open?", "--as-written")
    assert done.stdout
    assert "Not clear" not in done.stdout
