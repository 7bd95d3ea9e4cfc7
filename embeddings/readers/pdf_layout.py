"""A PDF's lines, as they were set, to paragraphs: joined again, without what every page repeats.

A PDF knows where ink goes and not what a paragraph is. Lines are joined while they fill the
column; the head and foot that pages repeat and their numbers are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.readers.cleaning import strip_controls

# A line that ends this far before the margin ends its paragraph, if it ends a sentence.
_SHORT = 0.85
# One that ends here is a heading or an item, whatever it ends with.
_VERY_SHORT = 0.6
# No column of running text is narrower than this many characters.
_NARROWEST = 25
_EDGE_LINES = 2
_REPEATED_SHARE = 0.5
_REPEATED_PAGES = 3
# A longer line that ends a sentence is no head and no foot.
_HEAD_CHARS = 40
_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(
    r"(?:page |p\. ?|[-–—] ?)?(?:\d{1,4}|[ivxl]{1,6})(?: ?(?:of|/) ?\d{1,4})?(?: ?[-–—])?", re.I
)
_ENDS = (".", "!", "?", ":", "。", "！", "？", "…")
_CLOSERS = "\"'”’)]»"
_ITEM = re.compile(r"[•‣▪◦●■*–—-]\s|\(?\d{1,3}[.)]\s")
_HYPHENATED = re.compile(r"[^\W\d_]{2,}[-\u2010\xad]")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph on one line, and (offset in it, page from nought) where a page's part begins."""

    text: str
    pages: tuple[tuple[int, int], ...]


def paragraphs_of(pages: Sequence[str]) -> list[Paragraph]:
    """The paragraphs of the pages' texts, in order. Work grows with the text."""
    lined = [
        [" ".join(line.split()) for line in strip_controls(page).split("\n")] for page in pages
    ]
    repeated = _repeated(lined)
    found: list[Paragraph] = []
    open_ = _Open()
    for number, lines in enumerate(lined):
        kept = _without_edges(lines, repeated)
        full = _full_width(kept)
        for at, line in enumerate(kept):
            if not line:
                if at + 1 < len(kept):
                    open_.close_into(found)
                continue
            if _ITEM.match(line) or (at == 0 and not open_.runs_on(line)):
                open_.close_into(found)
            open_.add(line, number)
            if _ends_paragraph(line, kept[at + 1] if at + 1 < len(kept) else "", full):
                open_.close_into(found)
    open_.close_into(found)
    return found


class _Open:
    """The paragraph that is being put together."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._pages: list[tuple[int, int]] = []

    def runs_on(self, line: str) -> bool:
        """Whether the next page's first line goes on in the middle of a sentence."""
        if not self._parts:
            return False
        last = self._parts[-1].rstrip().rstrip(_CLOSERS)
        return line[0].islower() or not last.endswith(_ENDS)

    def add(self, line: str, page: int) -> None:
        if self._parts:
            last = self._parts[-1]
            word = last[-60:].rpartition(" ")[2]
            if _HYPHENATED.fullmatch(word) and line[0].islower():
                # "inter-" and "national" are one word again.
                self._parts[-1] = last[:-1]
                self._length -= 1
            else:
                self._parts.append(" ")
                self._length += 1
        if not self._pages or self._pages[-1][1] != page:
            self._pages.append((self._length, page))
        self._parts.append(line)
        self._length += len(line)

    def close_into(self, found: list[Paragraph]) -> None:
        if self._parts:
            found.append(Paragraph("".join(self._parts), tuple(self._pages)))
        self._parts, self._pages, self._length = [], [], 0


def _full_width(lines: Sequence[str]) -> int:
    """About how many characters fill the column: the length of all but the longest tenth."""
    lengths = sorted(len(line) for line in lines if line)
    return lengths[int(len(lengths) * 0.9) - 1] if len(lengths) > 1 else 0


def _ends_paragraph(line: str, following: str, full: int) -> bool:
    ends_sentence = line.rstrip(_CLOSERS).endswith(_ENDS)
    if ends_sentence and len(line) < max(_SHORT * full, _NARROWEST):
        return True
    return len(line) < _VERY_SHORT * full and not following[:1].islower()


def _repeated(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """The lines at the edges of half the pages, their numbers aside."""
    counts: Counter[str] = Counter()
    for lines in pages:
        counts.update({_DIGITS.sub("#", line) for line in _edges([s for s in lines if s])})
    least = max(_REPEATED_PAGES, len(pages) * _REPEATED_SHARE)
    return frozenset(
        line for line, count in counts.items() if count >= least and not _may_be_prose(line)
    )


def _may_be_prose(line: str) -> bool:
    """Whether an edge's line may be of the story, as figures in prose on every page are."""
    return len(line) > _HEAD_CHARS and line.rstrip(_CLOSERS).endswith(_ENDS)


def _edges(lines: Sequence[str]) -> list[str]:
    return [*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:]]


def _without_edges(lines: Sequence[str], repeated: frozenset[str]) -> list[str]:
    kept = list(lines)
    for end in (0, -1):
        for _ in range(_EDGE_LINES + 2):
            if not kept:
                break
            line = kept[end]
            if line and not _NUMBER.fullmatch(line) and _DIGITS.sub("#", line) not in repeated:
                break
            kept.pop(end)
    return kept
