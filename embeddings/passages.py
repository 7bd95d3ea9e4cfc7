"""Cutting an article into passages: windows of whole sentences that a model can read.

Sizes are in the encoder's own tokens, so that no window's end is cut off unread.
"""

from __future__ import annotations

from collections.abc import Sequence


def windows(tokens: Sequence[int], *, most: int, overlap: int) -> list[tuple[int, int]]:
    """First and last sentence of each window, both included, over sentences of these lengths.

    A window holds at most `most` tokens, or one sentence that alone is longer. The next one
    starts so that it repeats the last sentences of this one, up to `overlap` tokens of them,
    so that a sentence and the one it leans on stand together somewhere. Each window brings
    at least one sentence that no earlier one had.
    """
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(tokens):
        last, held = first, tokens[first]
        while last + 1 < len(tokens) and held + tokens[last + 1] <= most:
            last += 1
            held += tokens[last]
        found.append((first, last))
        if last + 1 == len(tokens):
            break
        start, repeated = last + 1, 0
        while start - 1 > first and repeated + tokens[start - 1] <= overlap:
            start -= 1
            repeated += tokens[start]
        # The sentences repeated must leave room for the new one, or nothing new would come.
        while start <= last and repeated + tokens[last + 1] > most:
            repeated -= tokens[start]
            start += 1
        first = start
    return found
