"""Full collections of garbage wait until whoever types rests."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tui import tidying
from tui.tidying import Tidier, put_off_tidying


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Python's own habits, given back afterwards."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


class Loop:
    """Garbage that only a full collection finds, once it is old."""

    left = 0

    def __init__(self) -> None:
        self.itself = self
        Loop.left += 1

    def __del__(self) -> None:
        Loop.left -= 1


def grow_old(collections: int) -> None:
    for _ in range(collections):
        gc.collect(1)


def test_what_is_old_is_collected_once_the_person_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    put_off_tidying()
    gc.collect()
    tidier = Tidier()
    kept = Loop()
    grow_old(tidying.WORTH_IT)
    del kept
    tidier.touched()
    assert not tidier.tidy()
    assert Loop.left == 1
    monkeypatch.setattr(tidying, "IDLE_S", 0.0)
    assert tidier.tidy()
    assert Loop.left == 0
    assert not tidier.tidy()  # There is nothing worth it now.


def test_whoever_never_rests_does_not_fill_the_memory() -> None:
    put_off_tidying()
    gc.collect()
    tidier = Tidier()
    grow_old(tidying.TOO_MANY)
    tidier.touched()
    assert tidier.tidy()


def test_where_nothing_was_put_off_python_does_it_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "IDLE_S", 0.0)
    gc.collect()
    grow_old(tidying.WORTH_IT)
    assert not Tidier().tidy()


def test_python_itself_makes_no_full_collection_meanwhile() -> None:
    put_off_tidying()
    gc.collect()
    full = gc.get_stats()[2]["collections"]
    kept = [[[]] for _ in range(400_000)]
    assert gc.get_stats()[2]["collections"] == full
    del kept
