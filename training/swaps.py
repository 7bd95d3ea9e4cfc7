"""Questions about something said of another person, place, date or number.

Made from answerable questions: one name, year or number of the question is exchanged for
another of the same kind from the same article, which the passage that answers does not have.
What comes out reads like a question of the article and is not answered by it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

_YEAR = re.compile(r"\b1[0-9]{3}\b|\b20[0-2][0-9]\b")
_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})*(?![\w]|[.,]\d)")
_NAME = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][\w’'-]+(?: (?:of |de |van |the )?[A-Z][\w’'-]+)*")
_QUESTION_WORDS = """
What When Where Who Whom Whose Which Why How In On At The A An Is Was Were Are Did Does Do Of For
From By To If I
"""
_NOT_NAMES = frozenset(_QUESTION_WORDS.split())
_KINDS = (("year", _YEAR), ("number", _NUMBER), ("name", _NAME))


def entities(text: str) -> list[tuple[str, str, tuple[int, int]]]:
    """(kind, text, span) of the names, years and numbers in the text; a year is no number."""
    found: list[tuple[str, str, tuple[int, int]]] = []
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            if kind == "name" and match.group().split()[0] in _NOT_NAMES:
                continue
            if any(s < match.end() and match.start() < e for _, _, (s, e) in found):
                continue
            found.append((kind, match.group(), match.span()))
    return found


def swap(
    question: str,
    passage: str,
    others: Sequence[str],
    *,
    about: str,
    generator: random.Random,
    alike: bool = False,
) -> tuple[str, str, str] | None:
    """(new question, what was taken out, what was put in), or None where nothing fits.

    `others` are the article's other questions; `about` is its title, whose names stay, since
    the passage need not repeat them. `alike` lets a name take only the place of one after the
    same word ("in Kent", "in Essex"), so that what comes out reads like a question.
    """
    low = passage.casefold()
    mine = [
        entity
        for entity in entities(question)
        if entity[1].casefold() in low and entity[1].casefold() not in about.casefold()
    ]
    generator.shuffle(mine)
    for kind, old, (start, end) in mine:
        before = _word_before(question, start)
        pool = {
            text
            for other in others
            for other_kind, text, (at, _) in entities(other)
            if other_kind == kind
            and (not alike or kind != "name" or _word_before(other, at) == before)
            and text.casefold() not in low
            and text.casefold() not in question.casefold()
            and text.casefold() not in about.casefold()
            and len(text.split()) == len(old.split())
        }
        if pool:
            new = generator.choice(sorted(pool))
            return question[:start] + new + question[end:], old, new
    return None


def _word_before(text: str, at: int) -> str:
    words = text[:at].split()
    return words[-1].casefold() if words else ""
