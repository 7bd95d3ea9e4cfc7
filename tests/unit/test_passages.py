"""Windows of whole sentences: within the limit, overlapping, losing nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embeddings.passages import windows


def test_windows_fill_up_to_the_limit_and_repeat_what_fits_the_overlap() -> None:
    assert windows([10, 10, 10, 10, 10], most=30, overlap=10) == [(0, 2), (2, 4)]


def test_without_overlap_no_sentence_is_repeated() -> None:
    assert windows([10, 10, 10, 10], most=20, overlap=0) == [(0, 1), (2, 3)]


def test_a_sentence_longer_than_the_limit_stands_alone() -> None:
    assert windows([5, 90, 5], most=20, overlap=10) == [(0, 0), (1, 1), (2, 2)]


def test_a_short_article_is_one_window() -> None:
    assert windows([7, 8], most=100, overlap=50) == [(0, 1)]


def test_no_sentences_give_no_windows() -> None:
    assert windows([], most=10, overlap=5) == []


@given(st.lists(st.integers(0, 60), max_size=60), st.integers(1, 80), st.integers(0, 80))
def test_every_sentence_is_in_a_window_and_every_window_brings_a_new_one(
    tokens: list[int], most: int, overlap: int
) -> None:
    found = windows(tokens, most=most, overlap=overlap)
    covered = -1
    for first, last in found:
        assert 0 <= first <= last < len(tokens)
        assert first <= covered + 1 <= last, "no gap, and something new"
        assert sum(tokens[first : last + 1]) <= most or first == last
        repeated = tokens[first : covered + 1]
        assert sum(repeated) <= overlap
        covered = last
    assert covered == len(tokens) - 1
