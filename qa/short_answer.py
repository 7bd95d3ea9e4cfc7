"""A short answer, where one can be had honestly: a date for "when", a number for "how many".

Only where the first cited sentence holds exactly one thing of the kind asked for that the
question does not already say; anything else would be a guess, and is left out.
"""

from __future__ import annotations

import re

from qa.answer import Citation

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?:1\d{3}|20\d{2})"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:,?\s+{_YEAR})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+{_YEAR})?\b"
    rf"|{_MONTH}\s+{_YEAR}|{_YEAR}s?)\b(?![%\d,]\d)"
)
_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    "|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    "|hundreds?|thousands?|millions?|dozens?"
)
_NUMBER = re.compile(
    r"(?<![\w.,-])(?:[$€£¥]\s?)?"
    rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?|(?i:{_NUMBER_WORDS}))"
    r"(?:[ -](?:hundred|thousand|million|billion|trillion))*"
    r"(?:\s?%|\s(?:percent|per cent)\b)?(?![\w]|[.,]\d)"
)
_ASKS_WHEN = re.compile(r"^\W*(?:(?:in|on|since|by)\s+)?(?:when|what (?:year|date|day))\b", re.I)
_ASKS_HOW_MANY = re.compile(r"\bhow (?:many|much)\b|\bwhat (?:percentage|percent|number)\b", re.I)


def find(question: str, first: Citation) -> str | None:
    """A slice of the first citation's text that answers by itself, or None."""
    if _ASKS_WHEN.search(question):
        found = _new_ones(_DATE, question, first.text)
    elif _ASKS_HOW_MANY.search(question):
        dates = {match.span() for match in _DATE.finditer(first.text)}
        found = [
            match
            for match in _new_ones(_NUMBER, question, first.text)
            if not any(start <= match.start() < end for start, end in dates)
        ]
    else:
        return None
    return found[0].group() if len(found) == 1 else None


def _new_ones(kind: re.Pattern[str], question: str, text: str) -> list[re.Match[str]]:
    """The matches in the text that do not stand in the question."""
    asked = question.casefold()
    return [match for match in kind.finditer(text) if match.group().casefold() not in asked]
