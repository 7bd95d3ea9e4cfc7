"""Dates as files write them, to the ISO day; and None sooner than a guess.

A wrong date silently leaves an article out of ``--since``, so a date counts only when the
text says its day, month and year, in one reading. python-dateutil reads the forms; the
guards here are against its eagerness (it would read "10" and "March" as days of this month).
"""

from __future__ import annotations

import datetime
import re
import unicodedata

from embeddings.readers.months import WEEKDAYS, fold, read_month

_LONGEST = 80
_FIRST_YEAR, _LAST_YEAR = 1600, 2200
YEAR = re.compile(r"(?<!\d)(?:1[6-9]|2[01])\d\d(?!\d)|(?<!\d)2200(?!\d)")
_ISO = re.compile(
    r"(\d{4})([-/.]?)(\d{2})\2(\d{2})"
    r"(?:[T ]\s*\d{1,2}(?::?\d{2}){0,2}(?:[.,]\d+)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{0,2})?)?",
    re.IGNORECASE,
)
# What a line says before a date, in the languages whose months are read.
PUBLISHED = (
    r"(?:(?:first|originally|article|story|date)\s+)?"
    r"(?:published|posted|created|issued|released|filed)(?:\s+date)?"
    r"|(?:publication\s+|publish\s+|pub\s*|release\s+)?date|dated"
    r"|publiée?|veröffentlicht|erschienen|publicad[oa]|pubblicat[oa]|gepubliceerd|geplaatst"
)
UPDATED = (
    r"(?:(?:last|article|story|date)\s+)?(?:updated?|modified|revised|edited)"
    r"|(?:dernière\s+)?mise?\s+à\s+jour|modifiée?|aktualisiert|stand|actualizad[oa]"
    r"|atualizad[oa]|aggiornat[oa]|bijgewerkt"
)
_LABEL = re.compile(
    rf"(?:{PUBLISHED}|{UPDATED})(?:\s+(?:on|at|le|am|el|il|em|op))?(?:\s*:\s*|\s+)", re.IGNORECASE
)
# "May 2, 2019, updated May 3, 2019": the first is when it was published.
_UPDATE = re.compile(r"(?<=\d)[\s,;|(•·–—-]+(?:last )?(?:updated|modified)\b", re.IGNORECASE)
_BEFORE_DAY = frozenset(("le", "am", "den", "el", "il", "op", "em"))
# "12 février 2019", "Montag, 5. März 2020, 10:15 Uhr", "3 de mayo de 2021 a las 10.15".
_NAMED_DAY = re.compile(
    r"(?:(?P<weekday>[^\W\d_]+(?:-feira)?)\.?,?\s+)?(?:(?:le|am|den|el|il|op|em)\s+)?"
    r"(?P<day>\d{1,2})(?:\.|er|º|°|ª|o)?\s*(?:de\s+|di\s+)?(?P<month>[^\W\d_]{3,}\.?),?\s+"
    r"(?:de\s+|del\s+)?(?P<year>\d{4})"
    r"(?:[\s,|·•–—-]+(?:(?:à|a|as|às|las|alle|ore|um|om|at)\s+)*"
    r"\d{1,2}\s*[:.hH]\s*\d{0,2}(?::\d{2})?\s*(?:[a-z]{1,5})?)?\.?",
    re.IGNORECASE,
)
# dateutil reads bare numbers and letters as parts of dates; a date has a month's name or
# three numbers set off by one kind of mark.
_NAMED_MONTH = re.compile(r"[^\W\d_]{3,}")
_NUMERIC = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:\D.*)?")


def parse_date(text: str) -> str | None:
    """The ISO day (``YYYY-MM-DD``) that a text says, as it is written; None when unsure.

    A time of day is ignored and no time zone is applied: the day is the publisher's own.
    "12/11/2018" is two days, so None; "13/11/2018" is one.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    text = _UPDATE.split(text, maxsplit=1)[0]
    if len(text) > _LONGEST or not any(c.isdigit() for c in text):
        return None
    text = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    if match := _ISO.fullmatch(text):
        return _day(int(match[1]), int(match[3]), int(match[4]))
    if match := _NAMED_DAY.fullmatch(text):
        weekday = match["weekday"]
        month = read_month(match["month"])
        if month and (not weekday or fold(weekday) in WEEKDAYS or fold(weekday) in _BEFORE_DAY):
            return _day(int(match["year"]), month, int(match["day"]))
    if not YEAR.search(text) or not (_NAMED_MONTH.search(text) or _NUMERIC.fullmatch(text)):
        return None
    return _parse_loosely(text)


def _day(year: int, month: int, day: int) -> str | None:
    try:
        found = datetime.date(year, month, day)
    except ValueError:
        return None
    return found.isoformat() if _FIRST_YEAR <= year <= _LAST_YEAR else None


def _parse_loosely(text: str) -> str | None:
    """What dateutil reads whichever way it fills the gaps and orders the numbers."""
    from dateutil import parser  # type: ignore[import-untyped, unused-ignore]

    text = re.sub(r"[|·•–—]", " ", text)
    readings: set[datetime.date] = set()
    for day_first in (False, True):
        for gap in (datetime.datetime(2000, 1, 1), datetime.datetime(2004, 2, 2)):
            try:
                read = parser.parse(text, default=gap, dayfirst=day_first, ignoretz=True)
            # OverflowError: a number too long for a C int; the rest is how it says no.
            except (ValueError, OverflowError, TypeError, ArithmeticError):
                return None
            readings.add(read.date())
    if len(readings) != 1:
        return None
    found = readings.pop()
    return _day(found.year, found.month, found.day)
