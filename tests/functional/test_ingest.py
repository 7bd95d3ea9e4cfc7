"""Taking articles in at the command line: any format, standard input, tables, many files."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.embedding import Embedding
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.outcome import Progress
from embeddings.rebuild import Rebuild

_spec = importlib.util.spec_from_file_location("samples", Path(__file__).parents[1] / "samples.py")
assert _spec is not None and _spec.loader is not None
samples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(samples)

ROOT = Path(__file__).resolve().parent.parent.parent
Dateline = Callable[..., "subprocess.CompletedProcess[str]"]


def test_every_format_in_one_folder_is_taken_in(tmp_path: Path, encoder: Encoder) -> None:
    folder = tmp_path / "all"
    folder.mkdir()
    for suffix, content in samples.whole().items():
        (folder / f"a{suffix}").write_bytes(content)
    with Library(tmp_path / "library", create=True) as library:
        outcome = Rebuild(library, encoder).run([folder])
        assert outcome.failures == []
        assert [file for file, _ in outcome.notes] == [str(folder / "a.csv")]
        read = {Path(path).name for path in library.paths()}
        assert read == {f"a{suffix}" for suffix in samples.whole()}
        again = Rebuild(library, encoder).run([folder])
        assert (again.added, again.changed, again.removed) == (0, 0, 0)
        assert again.unchanged == outcome.added
        assert library.check() == []


def test_an_answer_from_a_pdf_says_the_page(tmp_path: Path, dateline: Dateline) -> None:
    path, home = tmp_path / "report.pdf", tmp_path / "home"
    path.write_bytes(samples.pdf([[samples.STORY[0]], [samples.STORY[1]], [samples.STORY[2]]]))
    assert dateline("--library", home, "--rebuild", path).returncode == 0
    asked = ("--library", home, "--ask", "When was the ferry closed?", "--threshold", "0")
    answer = json.loads(dateline(*asked, "--json").stdout)
    cited = next(c for c in answer["citations"] if "ferry" in c["text"])
    assert cited["page"] == 3
    assert "report.pdf, page 3 (" in dateline(*asked).stdout


@pytest.mark.parametrize("suffix", sorted(samples.whole()))
def test_standard_input_is_read_by_what_it_holds(
    tmp_path: Path, dateline: Dateline, suffix: str
) -> None:
    home = tmp_path / "home"
    done = [
        subprocess.run(
            [sys.executable, "-m", "qa", "--library", str(home), "--rebuild", "-"],
            input=content,
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for content in (samples.whole()[suffix], b"It rained in the harbour all of Friday.")
    ]
    assert [one.returncode for one in done] == [0, 0], done
    listed = dateline("--library", home, "--list", "--json").stdout.splitlines()
    articles = [json.loads(line) for line in listed]
    assert len(articles) >= 2, "what is piped in next removes nothing"
    (rain,) = [a for a in articles if a["title"] == "It rained in the harbour all of Friday."]
    # It goes by the name that it is listed under.
    assert dateline("--library", home, "--remove", rain["path"]).stdout == "1 removed\n"


@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_where_nothing_is_piped_in_it_is_said(tmp_path: Path, content: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qa", "--library", str(tmp_path / "home"), "--rebuild", "-"],
        input=content,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 4
    assert b"nothing came on standard input; pipe" in done.stderr


def test_a_tables_columns_are_remembered(tmp_path: Path, dateline: Dateline) -> None:
    table, home = tmp_path / "a.csv", tmp_path / "home"
    table.write_text("k,said\n1,It rained.\n2,It snowed.\n")
    refused = dateline("--library", home, "--rebuild", table)
    assert refused.returncode == 4
    assert "--columns text=NAME" in refused.stderr
    named = dateline("--library", home, "--rebuild", table, "--columns", "text=said,id=k")
    assert named.returncode == 0
    assert "text from column “said”" in named.stderr
    table.write_text("k,said\n1,It rained again.\n2,It snowed.\n")
    assert dateline("--library", home, "--rebuild").stdout.startswith("0 added, 1 changed, 1 unch")


def test_the_keys_of_json_lines_are_remembered_and_what_is_alike_is_told_once(
    tmp_path: Path, dateline: Dateline
) -> None:
    folder, home = tmp_path / "in", tmp_path / "home"
    folder.mkdir()
    for name in ("a", "b", "c"):
        record = {"saga": f"It rained in {name} on Friday.", "kop": f"Rain in {name}"}
        (folder / f"{name}.jsonl").write_text(json.dumps(record) + "\n")
    refused = dateline("--library", home, "--rebuild", folder)
    assert refused.returncode == 4
    assert "--columns text=KEY (it has saga, kop)" in refused.stderr
    wrong = dateline("--library", home, "--rebuild", folder, "--columns", "text=saga")
    assert "is a folder; --columns goes with the path of a file in it" in wrong.stderr
    named = dateline(
        *("--library", home, "--rebuild", *sorted(folder.iterdir())),
        *("--columns", "text=saga,title=kop"),
    )
    assert named.returncode == 0
    assert named.stdout.startswith("3 added")
    assert named.stderr.count("text from “saga”") == 1
    assert "a.jsonl and 2 more: text from “saga”, title from “kop”" in named.stderr
    (folder / "a.jsonl").write_text('{"saga": "It snowed in a.", "kop": "Snow"}\n')
    assert dateline("--library", home, "--rebuild").stdout.startswith("1 added, 0 changed, 2 unch")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--rebuild", "-", "--ask", "-"], "cannot be both"),
        (["--columns", "text=a"], "goes with --rebuild"),
        (["--rebuild", "-", "--columns", "text=a"], "goes with --rebuild"),
        (["--rebuild", "a.csv", "--columns", "nope=a"], "not FIELD=NAME"),
        (["--allow-private-addresses"], "goes with --rebuild"),
        (["--watch", "a", "--list"], "cannot be given together"),
        (["--set", "a", "b"], "FIELD=VALUE"),
        (["--feeds", " "], "needs a file"),
        (["--feeds", "nowhere.opml"], "not there"),
    ],
)
def test_a_wrong_command_line_is_told(
    tmp_path: Path, dateline: Dateline, arguments: list[str], told: str
) -> None:
    done = dateline("--library", tmp_path / "home", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert not (tmp_path / "home").exists()


def test_an_article_is_found_by_its_words_before_it_has_vectors(
    tmp_path: Path, encoder: Encoder, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, found = threading.Event(), threading.Event()
    embed = Embedding._embed

    def later(self: Embedding, group: dict[bytes, str]) -> None:
        assert go.wait(30)
        embed(self, group)

    monkeypatch.setattr(Embedding, "_embed", later)
    home = tmp_path / "library"
    with Library(home, create=True) as library:

        def look(_: Progress) -> None:
            with Library(home) as other:
                if other.search_words("ferry bridge", limit=5) and other.status().waiting:
                    found.set()
                    go.set()

        outcome = Rebuild(library, encoder, progress=look).run([articles])
        assert found.is_set()
        assert outcome.added == 3
        status = library.status()
        assert (status.waiting, status.vectors) == (0, status.passages)


def test_an_encoder_that_fails_fails_the_rebuild_and_keeps_the_articles(
    tmp_path: Path, encoder: Encoder, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("no room for the model")

    with Library(tmp_path / "library", create=True) as library:
        with monkeypatch.context() as patch:
            patch.setattr(Encoder, "encode_passages", fail)
            with pytest.raises(MemoryError):
                Rebuild(library, encoder).run([articles])
        kept = library.count()
        assert kept >= 1
        outcome = Rebuild(library, encoder).run([articles])
        assert (outcome.added, outcome.unchanged) == (3 - kept, kept)
        status = library.status()
        assert (status.waiting, status.vectors) == (0, status.passages)


def test_ten_thousand_unchanged_files_are_looked_at_in_seconds(
    tmp_path: Path, encoder: Encoder
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "real.txt").write_text("It rained in the harbour all of Friday.")
    with Library(tmp_path / "library", create=True) as library:
        Rebuild(library, encoder).run([folder])
        from embeddings.records import KnownFile

        known = []
        for n in range(10_000):
            path = folder / f"{n}.txt"
            path.write_text("x")
            found = path.stat()
            known.append((str(path), KnownFile(found.st_size, found.st_mtime_ns)))
        library.put_files(known)
        begun = time.monotonic()
        outcome = Rebuild(library, encoder).run([folder])
        assert (outcome.unchanged, outcome.failures) == (1, [])
        assert time.monotonic() - begun < 10
