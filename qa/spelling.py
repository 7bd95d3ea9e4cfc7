"""A word that is perhaps misspelt: one slip away from a word that the nearest passages have.

Never put right unasked: "Marta" is not "Maria". A refusal offers the question with the other
word, and a person says whether that was meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from embeddings.words import STOP_WORDS, WORD
from qa.answer import Choice

# In a shorter word every slip makes another word.
_SHORTEST = 5
# What forms of one word end in: "killer" and "killed", "safety" and "safely".
_ENDS_WORDS = """
e s es ed er ers en or ing ings ly ty y al ion ions ment
"""
_ENDS = frozenset(["", *_ENDS_WORDS.split()])
_SHORTEST_STEM = 3
# Forms of one word that differ inside it.
_INSIDE_WORDS = """
begin began begun drink drank drunk shrink shrank shrunk spring sprang sprung stink stank stunk
write wrote drive drove arise arose freeze froze break broke speak spoke strike struck swing swung
throw threw grow grew woman women fireman firemen policeman policemen become became choose chose
shoot shot
"""
_INSIDE = frozenset(_INSIDE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Respelt:
    """What was written, what may have been meant, and the question with it."""

    written: str
    meant: str
    question: str

    @property
    def choice(self) -> Choice:
        return Choice(self.meant, self.question)


def respelt(
    question: str,
    missing: Sequence[str],
    texts: Iterable[str],
    *,
    known: Callable[[str], bool] = lambda word: False,
) -> Respelt | None:
    """The first of the `missing` words that one slip makes a word of the texts; None without.

    `missing` are words of the question that the nearest text does not have, as the question
    writes them. What any of the texts has, or is `known` to be a word of the articles, is no slip.
    """
    said: Counter[str] | None = None
    for written in missing:
        if len(written) < _SHORTEST or not written.isalpha():
            continue
        if said is None:
            words = (word for text in texts for word in WORD.findall(text))
            # "World" is never a slip for "would".
            said = Counter(word for word in words if word.casefold() not in STOP_WORDS)
        if any(word.casefold() == written.casefold() for word in said):
            continue
        near = {word: n for word, n in said.items() if is_one_slip(written, word)}
        if near and not known(written):
            found = max(near, key=lambda word: (near[word], word))
            meant = found if written[0].isupper() else found.casefold()
            at = re.search(rf"(?<!\w){re.escape(written)}(?!\w)", question)
            if at is not None:
                whole = f"{question[: at.start()]}{meant}{question[at.end() :]}"
                return Respelt(written, meant, whole)
    return None


def is_one_slip(written: str, word: str) -> bool:
    """Whether one letter missing, added, exchanged, or two neighbours swapped, makes it the word.

    Case counts for nothing. A different first letter, or what is only another form of the word
    ("leave", "leaves"; "killer", "killed"; "begin", "began"), is no slip.
    """
    a, b = written.casefold(), word.casefold()
    if a == b or not a or not b or a[0] != b[0] or abs(len(a) - len(b)) > 1:
        return False
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if at is None or _is_form(a, b, at):
        return False  # Where one is the other's beginning: a plural, most likely.
    if len(a) == len(b):
        swapped = a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
        return swapped or a[at + 1 :] == b[at + 1 :]
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer[at + 1 :] == shorter[at:]


def _is_form(a: str, b: str, alike: int) -> bool:
    """Whether both are forms of one word; `alike` is how many letters they begin with alike."""
    if a in _INSIDE and b in _INSIDE:
        return True
    stems = range(_SHORTEST_STEM, alike + 1)
    return any(a[stem:] in _ENDS and b[stem:] in _ENDS for stem in stems)
