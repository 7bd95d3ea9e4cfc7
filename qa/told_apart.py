"""The question before, asked of another of the same: "the Syrian one", "and the oldest?"."""

from __future__ import annotations

import re

from qa.nouns import SAID_ABOUT, subject_of
from qa.otherwise import unbracketed

ONE = re.compile(r"^(?:the )?(.+?) ones?$", re.IGNORECASE)
# "The second one", "and the oldest?": told apart by its place from what was asked of before.
PLACE = (
    r"first|second|third|fourth|fifth|sixth|last|next"
    r"|(?!(?:for|prot|requ|w|t|gu|arr|inter|qu|cont|harv|ch|pri|conqu|unr|r|n|inv)est\b)[a-z]{1,}est"
)
_PLACED_OTHERWISE = re.compile(
    rf"^(?:(?:and|but|no|what about|how about)\b[,.]? )*the ({PLACE})(?: ones?)?\W*$",
    re.IGNORECASE,
)
_OLD_ONE = re.compile(
    r"^(?:(?:and|but|no|what about|how about)\b[,.]? )*"
    r"the (?!other\b|same\b)([a-z][\w-]+) ones?\W*$",
    re.IGNORECASE,
)

# What the subject is told apart by already: "the new canal".
_TELLS_APART = re.compile(
    rf"{PLACE}|old|new|young|big|small|large|little|former|current|previous|original|other|main",
    re.IGNORECASE,
)


def another_asked(question: str, before: str) -> str | None:
    """The question before, of the one that is told apart by its place or a word; else None."""
    if match := _PLACED_OTHERWISE.match(question):
        return _of_place(match[1], before)
    match = _OLD_ONE.match(question)
    return told_apart(match[1], before) if match else None


def _of_place(place: str, before: str) -> str | None:
    """The question before with that place in place of its own: "who was the oldest?"."""
    own = re.search(rf"\b(the|his|her|its|their) ({PLACE})\b", before, re.IGNORECASE)
    if own is None or own[2].casefold() == place.casefold():
        return None
    return f"{before[: own.start(2)]}{place}{before[own.end(2) :]}?"


def told_apart(which: str, before: str) -> str:
    """The question before, its subject told from others like it: "the Syrian opposition"."""
    said = SAID_ABOUT.match(before)
    subject = said[1] if said else subject_of(before)
    if subject is None:
        return f"{unbracketed(before)} ({which})?"
    words = subject.split()
    if words[0].casefold() == "the" and len(words) > 2 and _TELLS_APART.fullmatch(words[1]):
        words[1] = which
    elif words[0].casefold() == "the":
        words.insert(1, which)
    elif len(words) == 2 and words[0][0].isupper() and not words[1][0].isupper():
        words[0] = which  # "Russian forces": other forces are meant.
    else:
        return f"{unbracketed(before)} ({which})?"
    return f"{before.replace(subject, ' '.join(words), 1)}?"
