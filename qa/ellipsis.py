"""Follow-ups that are hardly a sentence: "why?", "and in 2017?", "what about Aleppo?", "no, Iraq".

Such a question is the one before it with something changed, and these rules change it. Each
returns the whole question, or None where it does not fit.
"""

from __future__ import annotations

import re

from qa.history import WORD, content_stems
from qa.phrases import names_in

_WH = r"what|who|whom|whose|when|where|why|how(?: (?:many|much|long|often|far|old|big))?|which"
_LED = re.compile(rf"^(?:and |but |so )?({_WH})\b\s*", re.IGNORECASE)
_BARE = re.compile(
    rf"^(?:and |but |so )?({_WH})(?: (?:so|then|exactly|is that|was that|is it|was it|not))?\W*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:and |but |so )?(?:what|how) about (.+?)\W*$", re.IGNORECASE)
_WITH_PLACE = re.compile(
    r"^(?:and |but |what about |how about )?((?:in|on|at|by|during|after|before|since|until|from"
    r"|for|to|with|under) .+?)\W*$",
    re.IGNORECASE,
)
_CORRECTION = re.compile(
    r"^(?:no|nope|sorry|rather|actually)\b[,.:;]?\s*(?:i (?:meant|mean)\s+)?"
    r"(?:not [^,]+,\s*)?(.+?)\W*$",
    re.IGNORECASE,
)
_ONE = re.compile(r"^(?:the )?(.+?) ones?$", re.IGNORECASE)
_WHO_SAID = re.compile(
    r"^(?:and |but )?(who|(?:when|where|why) did (?:he|she|they))"
    r" (said|says|say|told|reported|reports|claims|claimed) (?:so|that|this|it)\W*$",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^(?:and|but|so)\b[,\s]+", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:in |since |until |by |during )?(?:1[0-9]{3}|20[0-9]{2})\b")
_SENTENCE_LIKE = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might)\b",
    re.IGNORECASE,
)
_SAID = re.compile(r"^who (?:said|says|told|reported|claims|claimed) (?=\w+ )", re.IGNORECASE)
MOST_WORDS = 7


def filled(question: str, before: str) -> str | None:
    """The follow-up with the question `before` put into it, where it is one of these kinds."""
    if len(question.split()) > MOST_WORDS:
        return None
    before = _LEAD.sub("", before.strip().rstrip("?!. "))
    if not _WHO_SAID.match(question):
        before = _SAID.sub("", before)
    if match := _WHO_SAID.match(question):
        return f"{match[1]} {match[2]} {before[:1].lower()}{before[1:]}?"
    if match := _BARE.match(question):
        return _asked_otherwise(match[1], before)
    if match := _CORRECTION.match(question):
        return _exchanged(match[1], before)
    if (match := _WITH_PLACE.match(question)) and not _SENTENCE_LIKE.search(question):
        return _placed(match[1], before)
    if (match := _ABOUT.match(question)) and len(match[1].split()) <= 5:
        # "What about Aleppo?" asks the same of another; of "the opposition", anything at all.
        exchanged = _is_named(match[1]) and is_whole(before) and len(names_in(before)) == 1
        return _exchanged(match[1], before) if exchanged else f"What is said about {match[1]}?"
    return None


def _is_named(text: str) -> bool:
    return bool(names_in(f"x {text}") or _YEAR.search(text))


def _asked_otherwise(word: str, before: str) -> str | None:
    """The question before, asking why, when, who … instead."""
    about, colon, before = before.rpartition(": ")
    led = _LED.match(before)
    rest = before[led.end() :] if led else before
    if not rest or not content_stems(rest):
        return None
    if word.casefold().startswith(("how m", "how o", "how l", "how f", "how b", "which")):
        return f"{about}{colon}{word} ({before})?"
    return f"{about}{colon}{word} {rest}?"


def _exchanged(new: str, before: str) -> str | None:
    """The question before with its name or year in place of which another is meant."""
    one = _ONE.match(new)
    if one:
        return f"{before} ({one[1]})?"
    old_year, new_year = _YEAR.search(before), _YEAR.search(new)
    if old_year and new_year and new_year.group() == new:
        return f"{before[: old_year.start()]}{new}{before[old_year.end() :]}?"
    old = names_in(before)
    bare = re.sub(r"^(?:the|a|an) ", "", new, flags=re.IGNORECASE)
    if len(old) == 1 and names_in(f"x {new}") and old[0].casefold() not in new.casefold():
        article = "the " if new != bare and f"the {old[0]}" not in before else ""
        return f"{before.replace(old[0], article + bare)}?"
    return f"{new}: {before.rpartition(': ')[2]}?" if _SENTENCE_LIKE.search(before) else None


def _placed(new: str, before: str) -> str:
    """The question before at another time or place, instead of its own where it has one."""
    year = _YEAR.search(before)
    if year and _YEAR.search(new):
        return f"{before[: year.start()]}{new}{before[year.end() :]}?"
    return f"{before} {new}?"


def is_whole(question: str) -> bool:
    """Whether it is a question with a verb that can be asked otherwise."""
    return bool(_LED.match(_LEAD.sub("", question))) and bool(_SENTENCE_LIKE.search(question))


def wants_more(question: str) -> bool:
    """Whether more of the same is asked for: "go on", "tell me more", "anything else?"."""
    return bool(_MORE.fullmatch(question))


def empty(question: str) -> bool:
    """Whether nothing is asked at all: "and?", "him?"."""
    words = [word.casefold() for word in WORD.findall(question)]
    return bool(words) and len(words) <= 2 and all(word in _NOTHING for word in words)


_MORE = re.compile(
    r"\W*(?:go on|tell me more|more|continue|anything else|what else|and what else)\W*",
    re.IGNORECASE,
)
_NOTHING_WORDS = """
and but so or then him her them it he she they this that these those there here ok okay yes no one
ones also too his hers their theirs its
"""
_NOTHING = frozenset(_NOTHING_WORDS.split())
