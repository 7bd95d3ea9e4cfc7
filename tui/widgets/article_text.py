"""An article's text, well set, a sentence of it highlighted; however long, quick to open.

Rows are made by `tui.wrap` and drawn one by one as they come into view; a widget for each
paragraph would take seconds to open a book.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui.display import shown
from tui.wrap import Row, wrap

_BAR = "▌ "
_NO_BAR = "  "
_ROWS_ABOVE = 3  # The cited sentence stands a third down, so that what leads to it shows.


class ArticleText(ScrollView, can_focus=True):
    """`cited` is the highlighted span of the displayed text, or None.

    `dimmed`: what is not cited stands back.
    """

    ALLOW_MAXIMIZE = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "article-text--cited",
        "article-text--bar",
        "article-text--dimmed",
    }

    cited: reactive[Row | None] = reactive(None)
    dimmed = reactive(False)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._rows: list[Row] = []
        self._width = self._height = 0
        self._cited_is_due = False

    def set_article(self, text: str, cited: Row | None) -> None:
        """Show the stored text, scrolled to its slice `cited`."""
        if cited is None:
            self._text, span = shown(text), None
        else:
            before, sentence = shown(text[: cited[0]]), shown(text[cited[0] : cited[1]])
            self._text = before + sentence + shown(text[cited[1] :])
            span = (len(before), len(before) + len(sentence))
        self.set_reactive(ArticleText.cited, span)
        self._cited_is_due = True
        self._width, self._rows = 0, []
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        region = self.scrollable_content_region
        width, height = region.width - len(_BAR), region.height
        if width <= 0:
            return
        go_to_cited = self._cited_is_due or self._cited_in_view
        top = self._rows[min(round(self.scroll_y), len(self._rows) - 1)][0] if self._rows else 0
        self._cited_is_due, self._height = False, height
        if width != self._width:
            self._width = width
            self._rows = wrap(self._text, width)
            self.virtual_size = Size(width + len(_BAR), len(self._rows))
            self.refresh()
        elif not go_to_cited or self._cited_in_view:
            return  # Nothing has moved.
        row = self._row_at(top)
        if go_to_cited:
            row = 0 if self.cited is None else self._row_at(self.cited[0]) - height // _ROWS_ABOVE
        self.scroll_to(y=max(0, row), animate=False, force=True)

    @property
    def _cited_in_view(self) -> bool:
        if self.cited is None or not self._rows:
            return False
        row = self._row_at(self.cited[1] - 1) - round(self.scroll_y)
        return 0 <= row < self._height

    def _row_at(self, offset: int) -> int:
        """The row that holds the character at `offset`."""
        low, high = 0, len(self._rows) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self._rows[middle][0] <= offset:
                low = middle
            else:
                high = middle - 1
        return low

    # --- drawing

    def render_line(self, y: int) -> Strip:
        number = y + self.scroll_offset.y
        plain = self.rich_style
        if number >= len(self._rows):
            return Strip.blank(self.size.width, plain)
        start, end = self._rows[number]
        first, last = self._cited_within(start, end)
        cited = self.get_component_rich_style("article-text--cited")
        is_dimmed = self.dimmed and self.cited is not None
        around = self.get_component_rich_style("article-text--dimmed") if is_dimmed else plain
        pieces = [(start, first, around), (first, last, cited), (last, end, around)]
        if selected := self._selected(number, start, end):
            pieces = [part for piece in pieces for part in _cut(piece, *selected)]
        bar = (
            Segment(_BAR, self.get_component_rich_style("article-text--bar"))
            if first < last
            else Segment(_NO_BAR, plain)
        )
        body = Strip([Segment(self._text[a:b], style) for a, b, style in pieces if a < b])
        # Offsets let the mouse select text; the bar is no part of it.
        strip = Strip.join([Strip([bar]), body.apply_offsets(0, number)])
        return strip.crop_extend(0, self.size.width, plain)

    def _cited_within(self, start: int, end: int) -> Row:
        if self.cited is None:
            return end, end
        first = min(max(self.cited[0], start), end)
        return first, max(first, min(self.cited[1], end))

    # --- selecting with the mouse

    def _selected(self, number: int, start: int, end: int) -> tuple[int, int, Style] | None:
        selection = self.text_selection
        if selection is None or (span := selection.get_span(number)) is None:
            return None
        first, last = span
        style = self.screen.get_component_rich_style("screen--selection")
        return start + first, end if last == -1 else start + last, style

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        rows = "\n".join(self._text[start:end] or " " for start, end in self._rows)
        return selection.extract(rows), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        self.refresh()


def _cut(
    piece: tuple[int, int, Style], first: int, last: int, style: Style
) -> list[tuple[int, int, Style]]:
    """The piece with what lies between `first` and `last` of it in another style on top."""
    start, end, own = piece
    a, b = min(max(first, start), end), min(max(last, start), end)
    return [(start, a, own), (a, b, own + style), (b, end, own)]
