"""Asking, chatting and reading files use no network: not the web's, not this machine's own."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "How much did the new road bridge over the Tamber cost?"
# Notes each attempt, so that one which fails in silence is seen as well.
WATCHING = """
import json, sys
tried = []

def look(event, given):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        tried.append(f"{event} {given[0]}")
    elif event in ("socket.connect", "socket.bind", "socket.sendto"):
        # A path is a socket of this machine's own processes.
        if not isinstance(given[1], (str, bytes)):
            tried.append(f"{event} {given[1]}")

sys.addaudithook(look)
"""
CHAT = """
from pathlib import Path
from qa.engine import Engine
from qa.sessions import open_conversation
engine = Engine(Path(sys.argv[1]))
talk = open_conversation(engine, save=False)
told = [talk.ask(question).text for question in (sys.argv[2], "and when did it open?")]
engine.close()
print(json.dumps([told, tried]))
"""
COMMAND = """
from qa import cli
code = cli.run(json.loads(sys.argv[1]))
sys.stderr.write("\\nTRIED " + json.dumps([code, tried]))
"""


@functools.cache
def without_network() -> list[str] | None:
    """The command that runs another where there is no interface at all; None where it may not."""
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        try:
            if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
                return command
        except OSError:
            return None
    return None


def ran(*command: str, before: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    # The hub is not told to stay away: nothing may need to be told.
    env = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    return subprocess.run(
        [*before, sys.executable, *command],
        capture_output=True, text=True, timeout=300, check=False,
        env={**env, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_reading_asking_and_chatting_try_no_connection(tmp_path: Path, articles: Path) -> None:
    (articles / "page.html").write_text(
        "<html><head><link rel=stylesheet href=http://example.org/a.css><img src=http://e.org/b>"
        "</head><body><article><p>The quay was paved in 1974, it said.</p></article></body></html>"
    )
    library = ["--library", str(tmp_path / "library")]
    for arguments in (
        ["--rebuild", str(articles)], ["--ask", QUESTION], ["--list"], ["--doctor"],
        ["--export", "latest", "-"],
    ):  # fmt: skip
        done = ran("-c", WATCHING + COMMAND, json.dumps([*library, *arguments]))
        assert json.loads(done.stderr.rpartition("TRIED ")[2]) == [0, []], done.stderr
    chatted = ran("-c", WATCHING + CHAT, str(tmp_path / "library"), QUESTION)
    told, tried = json.loads(chatted.stdout)
    assert "$84.5 million" in told[0]
    assert tried == []


def test_no_library_leaves_a_mark_for_its_maker(tmp_path: Path, built: Path) -> None:
    """What is sent later is kept first: a session's number, or this machine's, or a queue."""
    home, passing = tmp_path / "home", tmp_path / "passing"
    home.mkdir()
    passing.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "qa", "--library", str(built), "--no-save", "--ask", QUESTION],
        capture_output=True, text=True, timeout=300, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(home),
             "TMPDIR": str(passing), "DATELINE_CACHE": os.environ["DATELINE_CACHE"]},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [*home.rglob("*"), *passing.rglob("*")] == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace on this machine")
def test_no_library_opens_a_connection_below_python(tmp_path: Path, built: Path) -> None:
    traced = tmp_path / "traced"
    chat = f"{CHAT}\nimport time\ntime.sleep(6)"
    done = ran(
        "-c", f"import json, sys\ntried = []\n{chat}", str(built), QUESTION,
        before=["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmmsg", "-o", str(traced)],
    )  # fmt: skip
    if "ptrace" in done.stderr.lower():
        pytest.skip("this machine lets nobody trace a process")
    assert "$84.5 million" in json.loads(done.stdout)[0][0], done.stderr
    assert [line for line in traced.read_text().splitlines() if "AF_INET" in line] == []


def test_what_watches_for_connections_sees_one() -> None:
    look = "import socket\nsocket.socket().connect_ex(('127.0.0.1', 1))\nprint(json.dumps(tried))"
    done = ran("-c", f"{WATCHING}\n{look}")
    assert any("127.0.0.1" in line for line in json.loads(done.stdout))


def test_all_of_it_works_on_a_machine_without_a_network(tmp_path: Path, articles: Path) -> None:
    before = without_network()
    if before is None:
        pytest.skip("this machine lets nobody take the network away (unshare)")
    library = ["--library", str(tmp_path / "library")]
    # Not even the loopback address answers there.
    listed = ran("-c", "import socket; print(socket.if_nameindex())", before=before)
    assert listed.stdout.strip() == "[(1, 'lo')]"
    done = ran("-m", "qa", *library, "--rebuild", str(articles), before=before)
    assert (done.returncode, done.stdout[:7]) == (0, "3 added"), done
    asked = ran("-m", "qa", *library, "--ask", QUESTION, "--json", before=before)
    assert "$84.5 million" in json.loads(asked.stdout)["answer"]
    chat = f"import json, sys\ntried = []\n{CHAT}"
    chatted = ran("-c", chat, library[1], QUESTION, before=before)
    assert "$84.5 million" in json.loads(chatted.stdout)[0][0]
    refused = ran("-m", "qa", *library, "--rebuild", "https://example.org/", before=before)
    assert refused.returncode == 4
    assert "example.org cannot be found" in refused.stderr
    assert "Traceback" not in refused.stderr
