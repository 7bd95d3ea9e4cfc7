"""What a person keeps and asks is theirs alone, however careless the machine is about files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.places import make_private

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "How much did the new road bridge over the Tamber cost?"
# Every file that Python makes is looked at again at whatever is opened next: what lives for a
# moment is seen too.
WATCHING = """
import json, os, stat, sys
os.umask(0)
made, open_to_all, looking = set(), set(), False

def alone(path):
    for folder in (path, *Path(path).parents):
        try:
            mode = os.lstat(folder).st_mode
        except OSError:
            return True
        if not stat.S_IMODE(mode) & 0o077:
            return True
    return False

def look(event, given):
    global looking
    if looking or event not in ("open", "os.rename", "os.remove", "socket.connect"):
        return
    looking = True
    try:
        if event == "open" and isinstance(given[0], (str, bytes)) and given[2] & os.O_CREAT:
            made.add(os.path.abspath(os.fsdecode(given[0])))
        for path in made:
            if os.path.isfile(path) and not alone(path):
                open_to_all.add(path)
    finally:
        looking = False

from pathlib import Path
sys.addaudithook(look)
from qa import cli
codes = [cli.run(arguments) for arguments in json.loads(sys.argv[1])]
sys.stderr.write("\\nSEEN " + json.dumps([codes, len(made), sorted(open_to_all)]))
"""


@pytest.mark.skipif(os.name == "nt", reason="files there have no modes")
def test_under_the_widest_umask_nobody_else_can_read_what_is_kept_or_passes(
    tmp_path: Path, articles: Path
) -> None:
    home, cache, passing = tmp_path / "a" / "library", tmp_path / "cache", tmp_path / "tmp"
    passing.mkdir(mode=0o777)
    passing.chmod(0o777)
    library = ["--library", str(home)]
    page = articles / "page.html"
    page.write_text(
        "<html><body><article><p>The quay was paved in 1974.</p></article></body></html>"
    )
    done = subprocess.run(
        [sys.executable, "-c", WATCHING, json.dumps([
            [*library, "--rebuild", str(articles)],
            [*library, "--ask", QUESTION],
            [*library, "--export", "latest", str(tmp_path / "talk.md")],
            [*library, "--export", "latest", str(tmp_path / "talk.json")],
            [*library, "--rebuild"],
            [*library, "--doctor"],
            ["--library", str(tmp_path / "none"), "--ask", QUESTION],
        ])],
        capture_output=True, text=True, timeout=300, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(passing),
             "DATELINE_CACHE": str(Path(os.environ["DATELINE_CACHE"]))},
    )  # fmt: skip
    codes, made, open_to_all = json.loads(done.stderr.rpartition("SEEN ")[2])
    assert codes[:6] == [0] * 6
    assert made >= 4
    assert open_to_all == []
    assert home.stat().st_mode & 0o777 == 0o700
    kept = [*home.iterdir(), tmp_path / "talk.md", tmp_path / "talk.json"]
    assert {file.stat().st_mode & 0o077 for file in kept} == {0}
    assert any(file.suffix == ".faiss" for file in kept)
    assert list(passing.iterdir()) == []
    assert not cache.exists()


@pytest.mark.skipif(os.name == "nt", reason="files there have no modes")
def test_a_cache_is_made_for_one_person(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_private(tmp_path / "cache" / "graphs")
    finally:
        os.umask(before)
    for folder in (tmp_path / "cache", tmp_path / "cache" / "graphs"):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_what_is_said_beside_the_answer_holds_nothing_of_an_article(
    tmp_path: Path, articles: Path
) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    library = ["--library", str(tmp_path / "library")]
    for arguments in (["--rebuild", str(articles)], ["--ask", QUESTION, "--timings"], ["--doctor"]):
        done = subprocess.run(
            [sys.executable, "-m", "qa", *library, *arguments],
            capture_output=True, text=True, timeout=300, check=False, env=env, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0
        for word in ("Tamber", "Grant", "84.5", "Weiss", "commander"):
            assert word not in done.stderr
    # No log is kept anywhere but where the library is.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["articles", "library"]
