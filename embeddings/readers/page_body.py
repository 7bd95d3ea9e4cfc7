"""A story that its page sets in several pieces, put together again.

Extraction looks for the one part of a page that holds the story, and of a story in pieces it finds
one. The others are told by where they stand: paragraphs in boxes of the same make, side by side in
the same box, as those that were found. Only what is half the story again is added.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from embeddings.readers.markup import parse_markup, read_markup

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PARAGRAPH_CHARS = 80
# Missed paragraphs are another piece of the story when they are this much of what was found, and
# when as much of it stands in their kind of boxes.
_LEAST_SHARE = 0.5
_NOT_STORY = frozenset(("footer", "aside", "nav", "form", "figure", "blockquote", "header", "li"))
_MOST_PARAGRAPHS = 5_000
_SHORT_CHARS = 2_000
# A piece is set in so many boxes of its own.
_BOXES = 2


def with_missed_pieces(text: str, page: str) -> str:
    """The extracted text with the paragraphs of the story's other pieces at their places."""
    if page.count("<p") < 2 or (root := parse_markup(page)) is None:
        return text
    lines = text.split("\n")
    places = {" ".join(line.split()): at for at, line in enumerate(lines)}
    weights: Counter[tuple[object, ...]] = Counter()
    found: list[tuple[str, tuple[object, ...], int | None]] = []
    for element in list(root.iter("p"))[:_MOST_PARAGRAPHS]:
        said = " ".join("".join(element.itertext()).split())
        make = _make_of(element)
        if len(said) < _PARAGRAPH_CHARS or make is None:
            continue
        at = places.get(said)
        if at is not None:
            weights[make] += len(said)
        found.append((said, make, at))
    makes = {make for make, weight in weights.items() if weight >= _LEAST_SHARE * len(text)}
    missed = [said for said, make, at in found if at is None and make in makes and said not in text]
    if sum(map(len, missed)) < _LEAST_SHARE * len(text):
        return text
    return _merged(lines, [(said, at) for said, make, at in found if make in makes])


def in_paragraphs(text: str, page: str) -> str:
    """The extracted text, in the page's paragraphs where extraction joined them in one line.

    It does so with the shortest pages, and a headline would be the beginning of a sentence.
    """
    said = " ".join(text.split())
    if "\n" in text or len(said) > _SHORT_CHARS:
        return text
    blocks = [" ".join(block.split()) for block in read_markup(page).split("\n\n")]
    for start, block in enumerate(blocks):
        end, joined = start + 1, block
        while len(joined) < len(said) and end < len(blocks) and said.startswith(joined):
            joined, end = f"{joined} {blocks[end]}", end + 1
        if joined == said:
            return "\n".join(blocks[start:end])
    return text


def _merged(lines: list[str], found: list[tuple[str, int | None]]) -> str:
    """The lines, with each missed paragraph after the one that stands before it on the page."""
    after: dict[int, list[str]] = {}
    last = -1
    seen = set(lines)
    for said, at in found:
        if at is not None:
            last = at
        elif said not in seen:
            seen.add(said)
            after.setdefault(last, []).append(said)
    merged = list(after.get(-1, ()))
    for at, line in enumerate(lines):
        merged += [line, *after.get(at, ())]
    return "\n".join(merged)


def _make_of(element: HtmlElement) -> tuple[object, ...] | None:
    """What kind of boxes a paragraph stands in, and in which one these are; None where that tells
    nothing, or is no story."""
    around: list[str] = []
    outer: list[HtmlElement] = []
    for ancestor in element.iterancestors():
        if ancestor.tag in _NOT_STORY:
            return None
        around.append(f"{ancestor.tag}.{ancestor.get('class') or ''}")
        outer.append(ancestor)
    if len(around) <= _BOXES or around[0].endswith("."):
        return None
    return (*around[:_BOXES], outer[_BOXES])
