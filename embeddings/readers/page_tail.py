"""What a page sets under its story: lists of other stories and forms, told by two extractions.

The wide extraction loses no sentence of the story and may end with what stands under it; the
strict one leaves that out, and sometimes a sentence with it. So only a run of lines at the very
end goes, one that the strict extraction has nothing of, and that ends in lines unlike prose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from embeddings.readers.cleaning import has_words

# Fewer lines may be a story's last words.
_LEAST_LINES = 3
_LAST_LINES = 4
_SHORT_CHARS = 60
_ENDS = (".", "!", "?", "”", '"', "。", "’", "»", ")")
# A strict extraction that has less of the text than this is of something else.
_LEAST_SHARE = 0.4
# Of so many long lines, each is said one and a half times and oftener.
_MANY_LINES, _TWICE = 6, 1.5


def may_have_tail(text: str) -> bool:
    """Whether a wide extraction's last lines are such that the strict one is worth its time."""
    lines = [line for line in text.split("\n") if has_words(line)]
    if len(lines) <= _LEAST_LINES:
        return False
    return any(_is_unlike_prose(line) for line in lines[-_LAST_LINES:])


def without_tail(text: str, strict: str) -> str:
    """The wide extraction without the lines at its end that the strict one has nothing of."""
    lines = text.split("\n")
    kept = {" ".join(line.split()) for line in strict.split("\n")}
    whole = sum(len(line) for line in lines)
    if strict and _says_much_twice(lines):
        return strict
    shared = sum(len(line) for line in lines if " ".join(line.split()) in kept)
    if shared < _LEAST_SHARE * whole:
        return text
    end = len(lines)
    while end and (not has_words(lines[end - 1]) or " ".join(lines[end - 1].split()) not in kept):
        end -= 1
    tail = [line for line in lines[end:] if has_words(line)]
    if len(tail) < _LEAST_LINES or not _is_list(tail):
        return text
    return "\n".join(lines[:end]).rstrip()


def _says_much_twice(lines: Sequence[str]) -> bool:
    """Whether the page's parts were put together more than once, as pages of pieces are."""
    counts = Counter(words for line in lines if len(words := " ".join(line.split())) > _SHORT_CHARS)
    return counts.total() > _MANY_LINES and len(counts) * _TWICE < counts.total()


def _is_list(tail: Sequence[str]) -> bool:
    """Whether most of the lines are items, labels and buttons."""
    return sum(_is_unlike_prose(line) for line in tail) * 2 > len(tail)


def _is_unlike_prose(line: str) -> bool:
    line = line.strip()
    return line.startswith("- ") or len(line) < _SHORT_CHARS or not line.endswith(_ENDS)
