"""The dateline that a story opens with: "CAPE DORRAN, 17 January 2020 (AP) — The ferry...".

It stands inside the story's first sentence and stays there; only what it says of the agency
and the day is read from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from embeddings.readers.metadata import YEAR, parse_date
from embeddings.readers.months import WEEKDAYS, fold, read_month

_LINES = 4
_LONGEST = 120

# "LONDON (Reuters) -", "WASHINGTON, Nov 12 (AP) —"...
_WITH_AGENCY = re.compile(
    r"[^\W\d_a-z][\w.'’ /-]{1,40}(?:, [\w.'’ ]{2,30}){0,3},? "
    r"\(([A-Z][\w .&-]{1,30})\)\s*(?:-{1,2}|–|—)\s"
)
# ...and "Hong Kong CNN —", "(CNN) —", "CNN —".
_AGENCY_OPENING = re.compile(
    r"(?:[^\W\d_a-z][\w., ]{1,40} )?\(?(CNN|CNN Business|AP|AFP|UPI|Reuters)\)?\s*[–—](?:\s|$)"
)
# What ends it: a dash with spaces, one after the sender without, or a colon.
_DASH = re.compile(r"\s*(?:--|[–—])|\s+-(?=\s|$)|:(?=\s|$)|(?<=[)/])-")
# "(Reuters)", "/PRNewswire/": who sent it, at the opening's end or before its day.
_SENDER = re.compile(r"\s*(?:\([^\W\d_][\w .,&/-]{1,40}\)|/[A-Z][\w .&-]{1,40}/)[\s,]*")
_BEFORE_DAY = re.compile(r"\s*[,(–—]\s*|\s+-{1,2}\s+|\s+")
_PLACE_WORD = re.compile(r"[^\W\d_a-z][\w.'’/-]*|d[aeio]|del|der|la|le|las|los|el|al|of|on|upon")


@dataclass(frozen=True, slots=True)
class StoryOpening:
    """What the datelines at the top of a story say; empty where there is none."""

    agency: str = ""
    day: str = ""


def read_dateline(text: str) -> StoryOpening:
    """The agency and the day that the story's first lines name, from the first that has each."""
    agency = day = ""
    for line in text.split("\n", _LINES)[:_LINES]:
        match = _WITH_AGENCY.match(line) or _AGENCY_OPENING.match(line)
        agency = agency or (match[1] if match else "")
        day = day or _read_day(line[: _LONGEST + 1])
    return StoryOpening(agency, day)


def read_place_and_day_line(line: str, *, in_capitals: bool = True) -> str:
    """The day of a line that is a dateline and no more: "CAPE DORRAN, 17 January 2020".

    Where the place need not be in capitals, a comma must stand after it.
    """
    if len(line) > _LONGEST or not YEAR.search(line):
        return ""
    return _read_place_and_day(line.rstrip(" .:"), has_sender=not in_capitals)


def _read_day(line: str) -> str:
    if not YEAR.search(line):
        return ""
    for dash in _DASH.finditer(line):
        opening = line[: dash.start()]
        plain = _SENDER.sub(" ", opening, count=1).strip()
        if YEAR.search(plain) and (day := _read_place_and_day(plain, has_sender=plain != opening)):
            return day
    return ""


def _read_place_and_day(opening: str, *, has_sender: bool) -> str:
    """The day after the place. Without a sender the place must be in capitals.

    "On Friday, January 5, 2018 — the day the mill closed" opens no news of that day.
    """
    for gap in _BEFORE_DAY.finditer(opening):
        place, rest = opening[: gap.start()].rstrip(" ,"), opening[gap.end() :].rstrip(" )")
        if not _is_place(place, in_capitals=not has_sender or gap[0].isspace()):
            continue
        if day := parse_date(rest):
            return day
    return ""


def _is_place(place: str, *, in_capitals: bool) -> bool:
    words = place.replace(",", " ").split()
    if not 0 < len(words) <= 8 or len(place) > 60:
        return False
    if any(fold(w) in WEEKDAYS or (read_month(w) and len(w) > 3) for w in words):
        return False
    town = place.split(",")[0]
    if in_capitals and (town != town.upper() or sum(c.isupper() for c in town) < 3):
        return False
    return place[0].isupper() and all(_PLACE_WORD.fullmatch(w) for w in words)
