"""A library opened again and again in one process: nothing it opened is left behind."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embeddings import graphs
from embeddings.errors import ModelUnavailable
from embeddings.graphs import MOST_KEPT, open_graph, share_tokenizer
from embeddings.modelfiles import READER_GRAPH, READER_TOKENIZER
from qa.engine import Engine

QUESTION = "how much did the bridge cost?"


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has opened no graph yet."""
    monkeypatch.setattr(graphs, "_kept", type(graphs._kept)())


def held() -> dict[str, int]:
    """What this process holds of the system, as Linux counts it."""
    status = Path("/proc/self/status").read_text()
    threads = next(line for line in status.splitlines() if line.startswith("Threads:"))
    return {
        "open files": len(list(Path("/proc/self/fd").iterdir())),
        "threads": int(threads.split()[1]),
        "threads of Python's": threading.active_count(),
    }


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counted in Linux's /proc")
def test_a_library_opened_twenty_times_uses_the_same_models_and_leaves_nothing_open(
    home: Path,
) -> None:
    graphs_used, tokenizers = set(), []
    counts = []
    for _ in range(20):
        engine = Engine(home)
        engine.warm()
        engine._pool.shutdown(wait=True)  # Its threads end alone; here they are counted.
        assert "$84.5 million" in engine.ask(QUESTION).citations[0].text
        encoder = engine.encoder()
        assert encoder is not None
        graphs_used |= {encoder._session, engine._reader.result()._session}
        tokenizers += [one._tokenizer for one in (encoder, engine._reader.result())]
        engine.close()
        del engine, encoder
        counts.append(held())
    # The encoder's tokenizer is the reader's.
    assert (len(graphs_used), len({id(one) for one in tokenizers})) == (2, 1)
    # The first question starts what a process starts once; what other tests left may still end.
    grown = [count for count in counts if any(count[what] > counts[0][what] for what in count)]
    assert grown == [], counts


def test_those_who_want_a_graph_at_once_get_the_same(nothing_kept: None) -> None:
    graph = READER_GRAPH.checked()
    with ThreadPoolExecutor(8) as pool:
        got = [pool.submit(open_graph, graph, digest=READER_GRAPH.sha256) for _ in range(8)]
        assert len({id(one.result()) for one in got}) == 1
    assert open_graph(graph, digest=READER_GRAPH.sha256, threads=1) is not got[0].result()


def test_a_graph_not_asked_for_in_long_is_let_go_when_nobody_has_it(
    nothing_kept: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path))
    graph = READER_GRAPH.checked()
    names = [f"{number:064}" for number in range(MOST_KEPT + 1)]
    first, *_ = seen = [weakref.ref(open_graph(graph, digest=name)) for name in names]
    gc.collect()
    assert [one() is None for one in seen] == [True, *[False] * MOST_KEPT]
    has = open_graph(graph, digest=names[0])
    for name in names[1:]:
        open_graph(graph, digest=name)
    assert first() is None
    assert has.get_inputs()  # Whoever has it goes on.


def test_a_graph_that_could_not_be_loaded_is_tried_again(
    nothing_kept: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    graph = tmp_path / "model.onnx"
    graph.write_bytes(b"no graph")
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="delete it and run again"):
            open_graph(graph, digest="0" * 64)
    graph.write_bytes(READER_GRAPH.checked().read_bytes())
    assert open_graph(graph, digest="0" * 64).get_inputs()


def test_a_tokenizer_that_was_changed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "tokenizer.json"
    file.write_bytes(READER_TOKENIZER.checked().read_bytes())
    first = share_tokenizer(file, most_tokens=8)
    assert share_tokenizer(file, most_tokens=8) is first
    assert len(share_tokenizer(file, most_tokens=9).encode("one " * 20).ids) == 9
    assert len(first.encode("one " * 20).ids) == 8
    file.write_bytes(b"{}")
    with pytest.raises(ModelUnavailable, match="delete it and run again"):
        share_tokenizer(file, most_tokens=8)
    file.unlink()
    with pytest.raises(ModelUnavailable, match="delete it and run again"):
        share_tokenizer(file, most_tokens=8)


def read_with(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[float], float]:
    """What the reader says of a passage with its graph kept in `folder`, and how it was opened."""
    monkeypatch.setenv("DATELINE_CACHE", str(folder))
    graphs._kept.clear()
    fused_level = []
    opened = graphs._open

    def watched(graph: Path, options: object) -> object:
        fused_level.append(graph)
        return opened(graph, options)

    monkeypatch.setattr(graphs, "_open", watched)
    session = open_graph(READER_GRAPH.checked(), digest=READER_GRAPH.sha256, threads=1)
    monkeypatch.setattr(graphs, "_open", opened)
    shape = (1, 12)
    feed = {
        "input_ids": np.arange(1000, 1012, dtype=np.int64).reshape(shape),
        "attention_mask": np.ones(shape, dtype=np.int64),
        "token_type_ids": np.zeros(shape, dtype=np.int64),
    }
    scores = [float(number) for output in session.run(None, feed) for number in output.ravel()]
    return scores, len(fused_level)


@pytest.mark.parametrize("damage", ["cut", "emptied", "weights gone", "graph overwritten"])
def test_a_damaged_fused_graph_is_made_again_and_reads_the_same(
    damage: str, nothing_kept: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, opened = read_with(tmp_path, monkeypatch)
    assert opened == 1  # From the graph itself: nothing was kept.
    again, opened = read_with(tmp_path, monkeypatch)
    assert (again, opened) == (first, 1)
    (kept,) = (tmp_path / "graphs").iterdir()
    weights = kept / "graph.onnx.data"
    if damage == "cut":
        with weights.open("r+b") as file:
            file.truncate(weights.stat().st_size // 2)
    elif damage == "emptied":
        weights.write_bytes(b"")
    elif damage == "weights gone":
        weights.unlink()
    else:
        (kept / "graph.onnx").write_bytes(b"\xff" * 4000)
    assert read_with(tmp_path, monkeypatch) == (first, 2)
    assert read_with(tmp_path, monkeypatch) == (first, 1)
    assert [one.name for one in (tmp_path / "graphs").iterdir()] == [kept.name]


def test_a_fused_graphs_weights_are_mapped_and_not_copied(
    nothing_kept: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_with(tmp_path, monkeypatch)
    read_with(tmp_path, monkeypatch)
    (kept,) = (tmp_path / "graphs").iterdir()
    if not sys.platform.startswith("linux"):
        pytest.skip("mapped files are told by Linux's /proc")
    assert str(kept / "graph.onnx.data") in Path("/proc/self/maps").read_text()
