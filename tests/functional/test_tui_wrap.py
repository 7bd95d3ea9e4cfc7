"""Rows of an article: every character in its place, none of them wider than the screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.wrap import wrap

TEXTS = st.text(alphabet="ab \n漢字é\u0301-", max_size=80)


def test_a_row_ends_between_words_where_it_can_and_within_one_where_it_must() -> None:
    text = "a bridge opened\n\n  two incomprehensibilities, 漢字漢字漢字"
    assert [text[start:end] for start, end in wrap(text, 9)] == [
        "a bridge",
        "opened",
        "",
        "  two inc",
        "omprehens",
        "ibilities",
        ", 漢字漢",
        "字漢字",
    ]


@given(TEXTS, st.integers(2, 20))
def test_rows_hold_every_word_in_order_and_fit(text: str, width: int) -> None:
    end_before = 0
    for start, end in wrap(text, width):
        assert end_before <= start <= end
        assert text[end_before:start].strip() == ""
        assert cell_len(text[start:end]) <= width
        end_before = end
    assert text[end_before:].strip() == ""
