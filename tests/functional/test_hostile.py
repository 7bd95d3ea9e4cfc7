"""A folder of hostile files: nothing crashes, hangs or is lost, and each has its line."""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from embeddings.discovery import path_key
from embeddings.encoder import Encoder
from embeddings.library import Library
from embeddings.parsing import Ended, Parsed, Parsing, Task, Unread
from embeddings.rebuild import Rebuild
from qa.output import one_line

_spec = importlib.util.spec_from_file_location("hostile", Path(__file__).parents[1] / "hostile.py")
assert _spec is not None and _spec.loader is not None
hostile = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(hostile)


def test_each_hostile_file_has_its_line_and_the_good_ones_are_kept(
    tmp_path: Path, encoder: Encoder
) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    hostile.make(folder)
    bad = [path_key(folder / name) for name in (*hostile.BAD, *hostile.PLACES)]
    assert len(bad) >= 125
    begun = time.monotonic()
    with Library(tmp_path / "library", create=True) as library:
        outcome = Rebuild(library, encoder).run([folder])
        kept = {article.path for article in library.articles()}
        assert library.check() == []
    assert time.monotonic() - begun < 120
    told = {path: [f for f in outcome.failures if f.path.startswith(path)] for path in bad}
    assert [path for path, lines in told.items() if not lines] == []
    assert kept == {path_key(folder / name) for name in hostile.GOOD}
    for failure in outcome.failures:
        assert one_line(failure.reason) == failure.reason, failure.path
        assert "\n" not in failure.reason and len(failure.reason) < 400
        assert ";" in failure.reason, f"what to do: {failure}"


def told_of(parsing: Parsing, *paths: Path) -> dict[str, object]:
    """The last event of each file."""
    with parsing:
        return {t.path.name: e for t, e in parsing.read([Task(str(p), p) for p in paths])}


def test_a_file_without_end_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    slow, good = tmp_path / "slow.pdf", tmp_path / "good.pdf"
    slow.write_bytes(hostile.samples.pdf([["The ford floods each winter."] * 300_000]))
    good.write_bytes(hostile.samples.pdf([hostile.samples.STORY]))
    lulls: list[float] = []
    parsing = Parsing(silence_s=3.0, quiet=lambda: lulls.append(time.monotonic()))
    told = told_of(parsing, slow, good)
    assert lulls, "nobody is told that nothing comes, and what came before waits to be stored"
    assert isinstance(told["good.pdf"], Ended)
    unread = told["slow.pdf"]
    assert isinstance(unread, Unread)
    assert "took more than 3 s" in unread.reason
    assert multiprocessing.active_children() == []


def test_a_file_that_brings_its_reader_down_costs_itself_alone(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.pdf" for name in "abc"]
    for path in paths:
        path.write_bytes(hostile.samples.pdf([hostile.samples.STORY] * 2))
    first: str | None = None
    last: dict[str, object] = {}
    with Parsing() as parsing:
        for task, event in parsing.read([Task(str(path), path) for path in paths]):
            if first is None and isinstance(event, Parsed):
                first = task.path.name
                for child in multiprocessing.active_children():
                    assert child.pid is not None
                    os.kill(child.pid, signal.SIGKILL)
            last[task.path.name] = event
    assert last.keys() == {"a.pdf", "b.pdf", "c.pdf"}
    assert any(isinstance(event, Ended) for event in last.values())


def test_a_file_that_swells_past_its_memory_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"articles": [' + b'{"text": "x"},' * 1_500_000 + b"{}]}")
    told = told_of(Parsing(memory=200 * 1024 * 1024), path)
    unread = told["a.json"]
    assert isinstance(unread, Unread)
    assert "memory" in unread.reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_with_a_file_that_may_not_be_read_keeps_the_rest(
    tmp_path: Path, encoder: Encoder, articles: Path
) -> None:
    (articles / "flu.md").chmod(0)
    with Library(tmp_path / "library", create=True) as library:
        outcome = Rebuild(library, encoder).run([articles])
        assert library.count() == 2
    assert "permissions" in outcome.failures[0].reason


def test_a_file_deleted_while_it_waits_is_told(
    tmp_path: Path, encoder: Encoder, articles: Path
) -> None:
    def delete(_: object) -> None:
        (articles / "island.txt").unlink(missing_ok=True)

    with Library(tmp_path / "library", create=True) as library:
        outcome = Rebuild(library, encoder, progress=delete).run([articles])
        assert library.count() == 2
    assert [Path(failure.path).name for failure in outcome.failures] == ["island.txt"]
    assert "not there (any more)" in outcome.failures[0].reason
