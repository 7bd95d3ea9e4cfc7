"""What a question's own words say about time, so that evidence of that time comes first.

A wrong frame hides the answer, so None sooner than a guess, and strict only where the words ask
for articles of a time ("articles from March 2016") or where nothing published earlier could tell
("last week", "since 2015"). No frame: "before the election", an event whose date nobody here
knows; "until 2016", of which any later article may tell; before 1960; the future; quotes; names.

The phrases are a small closed set, so these are regular expressions and, for months and years
ago, python-dateutil. dateparser takes 87 ms to import and 180 for its first question, reads
"may the" as a date, and gives an instant where a span is needed.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

_DAY = datetime.timedelta(days=1)
# Closeness halves in so many days; that of an article looking back never falls below a half.
_OUTSIDE_DAYS, _LOOKING_BACK_DAYS = 14, 730
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
# By its first letters, a part of a year: its first month, and how many. Seasons are the northern
# ones; a year has two winters, and either is meant.
_SPANS = {"ear": (1, 4), "mid": (5, 4), "lat": (9, 4), "spr": (3, 3), "sum": (6, 3), "aut": (9, 3)}
_SPANS |= {"fal": (9, 3), "win": (0, 15), "fir": (1, 3), "sec": (4, 3), "thi": (7, 3)}
_SPANS |= {"fou": (10, 3)} | {name: (n, 1) for n, name in enumerate(_MONTHS.split("|"), 1)}
_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_COUNTS = {word: number for number, word in enumerate(_NUMBERS.split("|"), 1)}
_COUNTS |= {"a": 1, "an": 1, "few": 5, "couple": 5, "several": 5}

# `re` compiles and keeps these when a question first has a word of time: up to 26 ms, once.
_TIME_WORDS = (
    r"[0-9]{4}|\b(?:last|past|this|ago|today|yesterday|now|current(?:ly)?|recent(?:ly)?"
    rf"|latest|newest|moment|present|nowadays|days|far|{_WEEKDAYS}|{_MONTHS})"
)
# "may" is a month without its capital only where nothing else can stand.
_MONTH = (
    r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|(?-i:M)ay|(?<=\bin\s)may"
    r"|(?<=\bsince\s)may|june?|july?|aug(?:ust|\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?"
    r"|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
_YEAR, _DAY_OF = r"(?:19[6-9][0-9]|20[0-9]{2})", r"[0-3]?[0-9](?:st|nd|rd|th)?"
_NAMED = (
    rf"(?:{_YEAR}-[0-9]{{2}}-[0-9]{{2}}|{_YEAR}-(?:0[1-9]|1[0-2])"
    rf"|{_DAY_OF}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}|{_MONTH}\s+{_DAY_OF},?\s+{_YEAR}"
    rf"|(?:(?:early|mid|late)[\s-]+)?(?:{_MONTH}|spring|summer|autumn|fall|winter)\s*,?\s+"
    rf"(?:of\s+)?{_YEAR}|(?:(?:first|second|third|fourth)\s+quarter|Q[1-4])\s+(?:of\s+)?"
    rf"{_YEAR}|(?:(?:early|mid|late)[\s-]+)?{_YEAR}(?:['’]?s)?)"
)
_TO = r"\s*(?:\b(?:and|to|until|till|through)\b|[-–—/])\s*"
_DATED = (
    r"(?<![\w.,/-])(?:(?P<how>in|on|during|throughout|within|between|from|as\s+of|since|after"
    rf"|before|until|till|by|around)\s+)?(?:the\s+(?!{_YEAR}\b))?"
    rf"(?P<first>{_NAMED}|{_MONTH}(?={_TO}{_MONTH}))"
    rf"(?:{_TO}(?P<second>{_NAMED}))?(?P<onward>\s+onwards?)?(?![\w%:/-]|[.,][0-9])"
)
_COUNT = rf"[0-9]{{1,3}}|an?|{_NUMBERS}"
_RELATIVE = (
    r"(?<![\w.,-])(?:(?P<how>since|before|until|till|by|after)\s+)?(?P<the>the\s+)?(?:(?P<day>day"
    r"\s+before\s+yesterday|yesterday|last\s+night|today|this\s+(?:morning|afternoon|evening))"
    rf"|(?P<ago>{_COUNT})\s+(?P<ago_unit>day|week|month|year)s?\s+ago|(?<!\b(?:his|her|its|our)\s)"
    r"(?<!\btheir\s)(?<!['’]s\s)(?P<which>last|past)\s+(?:(?P<unit>week|month|year)"
    rf"|(?P<count>{_COUNT}|few|several|couple(?:\s+of)?)\s+(?P<units>day|week|month|year)s)"
    r"|this\s+(?P<this>week|month|year))(?![\w-]|\s+(?:of|that|before|as|when|was|is|in\s+which)\b)"
)
# An old article's own "on Monday" or "in March": only where nothing else is said.
_VAGUE = (
    rf"(?<![\w-])(?:(?P<how>since)|on|in|last)\s+(?:(?<!in\s)(?P<weekday>{_WEEKDAYS})"
    rf"|(?<!on\s)(?P<month>{_MONTH}))(?![\w'’-]|,?\s+(?:of\s+)?[0-9]|\s+(?:on|the)\b|\s+(?-i:[A-Z]))"
)
_END = r"(?=\s*(?:[?.!,;)]|$))"
_NEWEST = (
    r"(?<![\w-])(?:(?<!\b(?:at|by)\sthe\s)latest(?!\s+(?:date|day|hour|moment|one|point"
    r"|possible|time|year|that|when|by|i|it|he|she|they|we|you|an?)\b|\s*\W?\s*$)|newest"
    r"|(?<!as\s)(?<!how\s)(?<!more\s)recently|most\s+recent(?!\s+common)|recent\s+(?:days|weeks"
    r"|months|news)|currently|right\s+now|nowadays|these\s+days|(?<=who\sis\s)now|(?<=who\sare\s)"
    rf"now|(?<=\bis\sthe\s)current|(?<=\bare\sthe\s)current|so\s+far(?:{_END}|(?=\s+this\b))"
    rf"|(?:at\s+(?:the\s+moment|present)|now|today){_END})(?![\w-])"
)
_QUOTED = r"\"[^\"]*\"|“[^”]*”|``.*?''|‘[^’]*’(?!\w)|(?<!\w)'[^']*'(?!\w)"
# A thing to come is told before it comes; a date, at any time.
_ANY_TIME = (
    r"\b(?:will|going\s+to|upcoming|next)\b|^\W*(?:\w+\s+)?(?:when|how\s+(?:long|old)"
    r"|(?:what|which)\s+(?:date|day|month|year|time))\b"
)
_HABIT = r"\b(?:is|are|do|does|can|every|each|usually|annual(?:ly)?)\b"
# "news from", "articles about the bridge published", "what was published about the bridge".
_ARTICLES = (
    r"\b(?:(?:articles|stories|news|headlines|coverage)(?:\s+(?:from|of))?\s*$|(?:articles|stories"
    r"|what(?=\s+(?:was|has\s+been)\s+(?:publish|post|writt)))\b[^?.!]{0,80}\s(?P<published>published"
    r"|posted|written|dated)(?:\s+(?:about|on)\s[^?.!]{1,80})?\s*$)"
)


@dataclass(frozen=True, slots=True)
class Timeframe:
    """When the evidence should have been published: ISO days, inclusive; None where open.

    `strict`: only articles published within; else those are preferred, and then later ones.
    `newest_first`: of equal evidence, the newest. `said`: the question's words, verbatim.
    """

    since: str | None
    until: str | None
    strict: bool
    newest_first: bool
    said: str


def timeframe(question: str, *, today: datetime.date) -> Timeframe | None:
    """What the question says about time; None where that is nothing, as in most questions.

    Weeks begin on Monday; "this week" is back to the same weekday. What happened on a day or in
    a week may be told the day after, so that day is within, unless articles are asked for.
    """
    if not _has(_TIME_WORDS, question):
        return None
    frames = _frames(_DATED, question, today) + _frames(_RELATIVE, question, today)
    if not frames and not _has(_HABIT, question) and not _has(_ANY_TIME, question):
        frames = _frames(_VAGUE, question, today)
    newest = [match.group() for match in _spoken(_NEWEST, question)]
    newest = [words for words in newest if "recent" in words or not _has(_ANY_TIME, question)]
    # Of several, what covers all; but those that must be held to, before those that need not.
    frames = [frame for frame in frames if frame.strict] or frames
    since = min((frame.since or "" for frame in frames), default="") or None
    until = max((frame.until or "~" for frame in frames), default="~").strip("~") or None
    if since or until:
        return Timeframe(since, until, frames[0].strict, bool(newest), frames[0].said)
    return Timeframe(None, None, False, True, newest[0]) if newest else None


def closeness(published: str | None, frame: Timeframe) -> float:
    """How well an article's date fits, 0.0 to 1.0: 1.0 within, less and less outside.

    An article published after a soft frame looks back, and stays above a half; one published
    before it soon cannot know. No date: 0.5, for a strict frame 0.0.
    """
    if frame.since is None and frame.until is None:
        return 1.0
    day, since, until = _day(published), _day(frame.since), _day(frame.until)
    if day is None:
        return 0.0 if frame.strict else 0.5
    if since and day < since:
        return float(0.5 ** ((since - day).days / _OUTSIDE_DAYS))
    late = max((day - until).days, 0) if until else 0
    if frame.strict:
        return float(0.5 ** (late / _OUTSIDE_DAYS))
    return float(0.5 + 0.5 ** (1 + late / _LOOKING_BACK_DAYS))


def newest_order(published: Sequence[str | None]) -> list[float]:
    """Each date's rank among them, 1.0 the newest and 0.0 the oldest; None is older than all."""
    days = [_day(date) or datetime.date.min for date in published]
    ranks = {day: rank for rank, day in enumerate(sorted(set(days)))}
    oldest = 0 if len(ranks) > 1 or datetime.date.min in ranks else -1
    return [(ranks[day] - oldest) / (len(ranks) - 1 or 1) for day in days]


def _day(published: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(published or "")
    except ValueError:
        return None


def _has(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


# Its first and last day, and whether nothing published earlier could tell of it.
_Span = tuple[datetime.date, datetime.date, bool]


def _frames(pattern: str, question: str, today: datetime.date) -> list[Timeframe]:
    read = {_DATED: _dated, _RELATIVE: _relative, _VAGUE: _vague}[pattern]
    found = []
    for match in _spoken(pattern, question):
        with contextlib.suppress(ValueError, OverflowError):  # There is no such day.
            if (span := read(match, today)) and (frame := _bounded(span, match, today)):
                found.append(frame)
    return found


def _spoken(pattern: str, question: str) -> list[re.Match[str]]:
    """The matches that are neither quoted nor, by their capitals, names."""
    quoted = [match.span() for match in re.finditer(_QUOTED, question)]
    opening = len(question) - len(question.lstrip())
    names = pattern in (_RELATIVE, _NEWEST) and not question.isupper()
    return [
        match
        for match in re.finditer(pattern, question, re.IGNORECASE)
        if not any(a < match.end() and match.start() < b for a, b in quoted)
        and not (names and re.search(r"\b[A-Z]", match.group()[match.start() == opening :]))
    ]


def _bounded(span: _Span, match: re.Match[str], today: datetime.date) -> Timeframe | None:
    """The span as the words around it have it: "since", "before", "articles from"."""
    how = "since" if match.groupdict().get("onward") else (match["how"] or "").casefold()
    articles = re.search(_ARTICLES, match.string[: match.start()], re.IGNORECASE)
    # "Who made the news in 2016?" does not ask for articles; "news from 2016" does.
    asked = bool(articles and (articles["published"] or how not in ("in", "on", "during")))
    asked = asked or _has(
        r"^(?:['’]s)?\s+(?:articles|news|headlines)\b", match.string[match.end() :]
    )
    # Digits are how the option --since is written, not how one tells what happened.
    meant = asked or _has("[0-9]{4}-[0-9]{2}", match.group())
    first, last, strict = span
    if how in ("until", "till", "by") and not meant:
        return None
    if strict and not asked:
        last = min(last + _DAY, today)  # A paper tells of a day on the next one.
    ends: tuple[datetime.date | None, datetime.date | None] = (first, last)
    if how in ("since", "after"):
        ends, strict = (first if how == "since" else last + _DAY, None), how == "since" or meant
    elif how in ("before", "until", "till", "by"):
        ends, strict = (None, first - _DAY if how == "before" else last), meant
    if ends[0] and (ends[0] > today or ends[0].year < 1960):
        return None
    since, until = (day.isoformat() if day else None for day in ends)
    strict = asked or (strict and not _has(_ANY_TIME, match.string))
    return Timeframe(since, until, strict, False, match.group().strip())


def _dated(match: re.Match[str], _: datetime.date) -> _Span | None:
    first, second = match["first"].casefold(), (match["second"] or "").casefold()
    if not match["how"] and re.fullmatch("[0-9]{4}(?:['’]?s)?", first):
        return None  # "the 2016 election", "2016 people"
    if not re.search("[0-9]{4}", first):
        first = f"{first} {second[-4:]}"
    since, until = _named(first)[0], _named(second or first)[1]
    return (since, until, False) if since <= until else None


def _named(text: str) -> tuple[datetime.date, datetime.date]:
    """The first and last day of what an explicit date names. Raises ValueError."""
    if re.match("[0-9]{4}-", text):
        year, start, *others = map(int, text.split("-"))
        count = 1
    else:
        words = [word[:3] for word in re.findall("[a-z]+", text)]
        year, *others = sorted(map(int, re.findall("[0-9]+", text)), reverse=True)
        spans = [_SPANS[word] for word in words if word in _SPANS]
        start, count = min(spans, key=lambda span: span[1], default=(1, 12))
        if "q" in words:
            start, count = 3 * others.pop() - 2, 3
        if "s" in words and year % 10 == 0:
            start, count = 10 * start - 9, 10 * count
    if others:
        return (datetime.date(year, start, others[0]),) * 2
    return _month(year, start), _month(year, start + count) - _DAY


def _month(year: int, number: int) -> datetime.date:
    """Its first day; month 0 is the December before, month 13 the January after."""
    return datetime.date(year + (number - 1) // 12, (number - 1) % 12 + 1, 1)


def _relative(match: re.Match[str], today: datetime.date) -> _Span | None:
    if match["day"]:
        words = match["day"].casefold()
        did = _has(r"\b(?:did|happened)\b", match.string) and not _has(_HABIT, match.string)
        if words == "today" and not did:
            return None  # A state: "Who is the mayor today?"
        day = today - _DAY * (2 if "before" in words else "yester" in words or "night" in words)
        return day, day, True
    from dateutil.relativedelta import relativedelta

    unit = (match["unit"] or match["units"] or match["ago_unit"] or match["this"]).casefold()
    number = (match["count"] or match["ago"] or "one").casefold().split()[0]
    back = today - relativedelta(**{f"{unit}s": _COUNTS.get(number) or int(number)})  # type: ignore[arg-type]
    if match["ago"]:
        around = {"day": 0, "week": 3, "month": 15, "year": 183}[unit] * _DAY
        return back - around, back + around, unit == "day"
    start = _month(today.year, today.month if unit == "month" else 1)
    if match["this"]:
        return back if unit == "week" else start, today, True
    if match["count"] or match["the"] or match["which"].casefold() == "past":
        # "The past 30 years" an older article may have counted from its own day.
        return back, today, today - back <= 366 * _DAY
    if unit == "week":
        return back - today.weekday() * _DAY, back + (6 - today.weekday()) * _DAY, True
    # Last month's and last year's figures come weeks later.
    return _month(back.year, back.month if unit == "month" else 1), start - _DAY, False


def _vague(match: re.Match[str], today: datetime.date) -> _Span:
    """The latest such day or month; "last Monday" may be the one before, too."""
    if match["weekday"]:
        number = _WEEKDAYS.split("|").index(match["weekday"].casefold())
        day = today - ((today.weekday() - number) % 7 or 7) * _DAY
        return day - 7 * _DAY * match.group().casefold().startswith("last"), day, False
    month = _SPANS[match["month"].casefold()[:3]][0]
    year = today.year - (month > today.month)
    return _month(year, month), _month(year, month + 1) - _DAY, False
