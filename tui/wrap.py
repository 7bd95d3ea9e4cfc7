"""Lines of a long article as spans of its text, fast enough to be made as it opens.

Textual's own wrapping gives styled lines without offsets; a cited sentence is known by its
offsets, so the article view needs to know which characters each row holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

_WORD = re.compile(r"\S+[^\S\n]*|[^\S\n]+")

Row = tuple[int, int]


def wrap(text: str, width: int) -> list[Row]:
    """Half-open spans of `text`, one a row, none of them wider than `width` cells.

    A row leaves out the line break and the spaces it ends with; a word wider than a row is
    broken where it must be.
    """
    rows: list[Row] = []
    start = 0
    for paragraph in text.split("\n"):
        rows.extend((start + a, start + b) for a, b in _wrap_line(paragraph, max(2, width)))
        start += len(paragraph) + 1
    return rows


def _wrap_line(line: str, width: int) -> Iterator[Row]:
    measure = len if line.isascii() else cell_len
    if measure(line) <= width:
        yield 0, len(line.rstrip())
        return
    begin = end = used = 0
    for match in _WORD.finditer(line):
        word = match.group().rstrip()
        needed = measure(word)
        if used + needed > width >= needed:
            yield begin, end
            begin, used = match.start(), 0
        said, end = end, match.start() + len(word)
        if used + needed > width:
            for cut in _breaks(line, match.start(), end, used, width):
                yield begin, cut if cut > match.start() else max(begin, said)
                begin = cut
            used, needed = 0, measure(line[begin:end])
        used += needed + len(match.group()) - len(word)
    yield begin, end


def _breaks(line: str, start: int, end: int, used: int, width: int) -> Iterator[int]:
    """Where a word wider than a row is broken, given what its first row holds already."""
    for index in range(start, end):
        cells = cell_len(line[index])
        if used + cells > width:
            yield index
            used = 0
        used += cells
