"""Lines that say nothing but when: "Published: 3 June 2021", "Last updated 03/04/2022 10:15".

Such a line is about the story and not of it, and nobody wants it quoted, so it is known as
one even when it does not say which day it is. A line without a label must be a date and
nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from embeddings.readers.metadata import PUBLISHED, UPDATED, parse_date
from embeddings.readers.months import WEEKDAYS, fold, read_month

_LONGEST = 120
_LABEL = re.compile(
    rf"(?<![\w-])(?:(?P<published>{PUBLISHED})|(?P<updated>{UPDATED}))(?=[\s:]|$)", re.I
)
_TRIPLE = re.compile(r"(?<![\d/.-])\d{1,4}([-/.])\d{1,2}\1(?:\d{4}|\d{1,2})(?![\d/-])")
_TRIPLE_WITH_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{4}(?![\d/-])")
_CLOCK = re.compile(r"\d{1,2}(?::\d{2}){1,2}|\d{1,2}h\d{2}", re.I)
_LEADING = re.compile(r"(?:on|at|le|am|den|el|il|op|em)\s+", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# What may stand beside the day in a line that is a date: of times, zones and articles.
_TIME_WORDS = (
    "at on the of am pm noon midnight h hs uhr uur t z",
    "utc gmt bst cet cest est edt et cst cdt ct mst mdt mt pst pdt pt ist aest aedt jst",
    "hour hours hr hrs min mins minute minutes day days week weeks ago",
    "st nd rd th er le a as de del di der den el il alle las em op om um",
)
_BESIDE = frozenset(word for words in _TIME_WORDS for word in words.split())


@dataclass(frozen=True, slots=True)
class DayLine:
    """A line that is a date: its day, where that is certain, and whether it is an update's."""

    day: str | None
    is_update: bool = False


def read_day_line(line: str) -> DayLine | None:
    """What a whole line says of the day; None where the line says anything else."""
    line = unicodedata.normalize("NFC", " ".join(line.split())).strip("|·•*()[] ")
    if len(line) > _LONGEST or not any(c.isdigit() for c in line):
        return None
    labels = list(_LABEL.finditer(line))
    if not labels or (labels[0].start() and not _is_day(_trim(line[: labels[0].start()]))):
        day = parse_date(line)
        return DayLine(day) if day or _is_bare_day(line) else None
    said = [("published", _trim(line[: labels[0].start()]))]
    for label, end in zip(labels, [*(m.start() for m in labels[1:]), len(line)], strict=True):
        said.append((label.lastgroup or "", _trim(line[label.end() : end])))
    if not said[-1][1]:
        return None
    said = [(kind, part) for kind, part in said if part]
    if not all(_is_day(part) for _, part in said):
        return None
    for kind, part in said:
        if kind == "published":
            return DayLine(parse_date(part))
    return DayLine(parse_date(said[0][1]), is_update=True)


def _trim(part: str) -> str:
    return _LEADING.sub("", part.strip(" :,;|/·•–—-()"))


def _is_bare_day(line: str) -> bool:
    match = _TRIPLE_WITH_YEAR.match(line)
    return match is not None and _is_time(line[match.end() :])


def _is_day(part: str) -> bool:
    """Whether a part is a day, a time or a "3 hours ago", and not one word more."""
    if parse_date(part):
        return True
    words = _WORD.findall(part)
    named = any(read_month(w) or fold(w) in WEEKDAYS or fold(w) == "ago" for w in words)
    if not (named or _TRIPLE.search(part) or _CLOCK.search(part)):
        return False
    return any(c.isdigit() for c in part) and _is_time(part)


def _is_time(part: str) -> bool:
    words = _WORD.findall(part.replace("a.m.", "am").replace("p.m.", "pm"))
    return all(fold(w) in _BESIDE or fold(w) in WEEKDAYS or read_month(w) for w in words)
