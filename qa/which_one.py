"""Which of several things shown is meant: "[2]", "the second one", "the one from Reuters"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.answer import Choice, Citation
from qa.history import WORD
from qa.told_apart import PLACE

# How an article, or what it says, is called.
ARTICLE = (
    r"(?:article|source|story|piece|report|text|citation|reference|document|file|quote|sentence)s?"
)
_PLACES = {
    word: at
    for at, words in enumerate(
        ["first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th"], 1
    )
    for word in words.split()
} | {"last": -1}
ORDINAL = "|".join(_PLACES)
# What stands in a question in place of what is pointed at.
POINTED = "§"
_NUMBERED = re.compile(
    r"\[\s*(\d{1,2})\s*\]"
    r"|(?:\b(?:number|no\.?|citation|source|article|sentence|option|result) |#)(\d{1,2})\b",
    re.IGNORECASE,
)
_PLACED = re.compile(
    rf"(?:\bthe )?\b({ORDINAL})(?: (one|result|hit|choice|option|{ARTICLE}))?\b", re.IGNORECASE
)
_ALONE = re.compile(rf"(?:what about )?(?:the )?(?:{ORDINAL})", re.IGNORECASE)
_NAMED = re.compile(
    rf"\bthe (?:one|{ARTICLE}) (?:from|by|in|of|dated) ([\w’'.-]+(?: [\w’'.-]+){{0,3}})$"
    rf"|\bthe ([\w’'.-]+(?: [\w’'.-]+)?) (?:one|{ARTICLE})\b",
    re.IGNORECASE,
)
_BARE = re.compile(r"\[?\s*(\d{1,2})\s*\]?")
_YES = re.compile(
    r"(?:yes|yeah|yep|sure|right|correct)(?: (?:please|that|it is|i do|i did))?", re.I
)
_MEANT = re.compile(r"^(?:(?:no|yes)\b\W*)?(?:i (?:mean|meant|want) )?", re.IGNORECASE)
_MONTHS_WORDS = """
january february march april may june july august september october november december
"""
_MONTHS = _MONTHS_WORDS.split()


def pointed_at(text: str, shown: Sequence[Citation], before: str) -> tuple[str, int | None]:
    """The text with ``§`` in place of what points at a citation, and that one's number.

    As it is, and None, where nothing does. `before` is the question that was answered: what it
    tells apart by its place ("the first shot") is no citation. A number may be none that was shown.
    """
    if bare := _BARE.fullmatch(text):
        if len(shown) > 1 or "[" in text:
            return POINTED, int(bare[1])
    elif numbered := _NUMBERED.search(text):
        return _marked(text, numbered), int(numbered[1] or numbered[2])
    elif (placed := _PLACED.search(text)) and (
        len(shown) > 1 or placed[2] or placed.group() != text
    ):
        noun = (placed[2] or "").casefold()
        told_apart = re.search(rf"\b(?:{PLACE}|1st|2nd|3rd)\b", before, re.IGNORECASE)
        if (noun or _ALONE.fullmatch(text)) and not (noun in ("", "one") and told_apart):
            at = _PLACES[placed[1].casefold()]
            return _marked(text, placed), at if at > 0 else len(shown)
    elif (named := _NAMED.search(text)) and (number := _called(named[1] or named[2], shown)):
        return _marked(text, named), number
    return text, None


def chosen(typed: str, choices: Sequence[Choice]) -> Choice | None:
    """The choice that is taken by its number, its place or its name; None where none is."""
    plain = _MEANT.sub("", typed, count=1)
    bare, placed = _BARE.fullmatch(plain) or _NUMBERED.fullmatch(plain), _PLACED.fullmatch(plain)
    if bare or placed:
        at = int(next(filter(None, bare.groups()))) if bare else 0
        if placed:
            at = _PLACES[placed[1].casefold()]
            at = at if at > 0 else len(choices)
        return choices[at - 1] if 1 <= at <= len(choices) else None
    if len(choices) == 1 and _YES.fullmatch(typed):
        return choices[0]
    words = set(_words(plain))
    named = [choice for choice in choices if words and words <= set(_words(choice.label))]
    exact = [choice for choice in named if words == set(_words(choice.label))]
    found = exact or named
    return found[0] if len(found) == 1 else None


def is_a_number(typed: str) -> bool:
    """Whether it only counts: "2", "the third one"."""
    plain = _MEANT.sub("", typed, count=1)
    return any(form.fullmatch(plain) for form in (_BARE, _NUMBERED, _PLACED))


def _marked(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]}{POINTED}{text[match.end() :]}"


def _called(name: str, shown: Sequence[Citation]) -> int | None:
    """The first citation of that source, date or file; "the older article" by its date."""
    low = name.casefold()
    by_date = sorted((c.published, c.number) for c in shown if c.published)
    if by_date and by_date[0][0] != by_date[-1][0]:
        if low in ("older", "oldest", "earlier", "earliest"):
            return by_date[0][1]
        if low in ("newer", "newest", "later", "latest", "most recent"):
            return by_date[-1][1]
    if low == "other":
        others = [c for c in shown if c.article_id != shown[0].article_id]
        return others[0].number if len({c.article_id for c in others}) == 1 else None
    wanted = set(_words(name))
    for citation in shown:
        file = citation.path and re.split(r"[/\\]", citation.path)[-1]
        known = (citation.source, file, citation.url, _said(citation.published))
        if wanted and any(wanted <= set(_words(text)) for text in known if text):
            return citation.number
    return None


def _words(text: str) -> list[str]:
    return [w.casefold() for w in WORD.findall(text) if w.casefold() not in ("the", "one", "a")]


def _said(published: str | None) -> str:
    """The date as one may say it: "14 march 2016"; empty where it is not known to the day."""
    parts = (published or "").split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return ""
    year, month, day = parts
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"
