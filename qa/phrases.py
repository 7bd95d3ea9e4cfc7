"""From single words back to the phrases they stood in: "forces", "russian" to "Russian forces"."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from embeddings.words import STOP_WORDS
from qa.history import MOST_ANSWER_CHARACTERS, WORD, stem
from qa.past import Past

# A possessive ends a name: "Syria’s Latakia" are two.
_PART = r"[A-Z](?:[\w-]|[’'](?!s\b)\w)*(?:[’']s\b)?"
# An office's name goes on after it: "the Attorney General's Office".
_OFFICE = r"Office|Department|Association|Union|League|Party|Hospital|Court|Bureau|College|Club"
_NAME = re.compile(
    rf"(?:{_PART}|[A-Z]\.)(?:(?:(?<![’']s)\s+(?:(?:of|de|van|von|the|al)\s+)?"
    rf"|(?<=[’']s)\s+(?=(?:{_OFFICE})\b)){_PART})*"
)
# Words that may stand inside a phrase, between two that were chosen.
_JOINTS_WORDS = """
of the de la van von du and for in del da al bin
"""
JOINTS = frozenset(_JOINTS_WORDS.split())
DATED = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec",
    re.IGNORECASE,
)
_GAP = re.compile(r"[\s\-–’'.&/]{1,2}")
# What a sentence, or what somebody says, begins after.
_BEGINS = re.compile(r"(?:^|[.?!“\"]|(?:^|[\s“\"])['‘])\s*$")
_AFTER_DATELINE = re.compile(r"\s*(?:\([^)]{1,20}\)\s*)?[–—]")
_TITLE_NOTE = re.compile(r"\s*\([^)]*\)\s*$")
MOST_PHRASES = 3
# What a sentence may begin with, or stand before a name, and is no name by itself.
_NUMBERS_WORDS = """
one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty
sixty hundred hundreds thousand thousands million millions dozen dozens zero none
"""
_NUMBERS = frozenset(_NUMBERS_WORDS.split())
_TITLES_WORDS = """
Sgt Sen Sens Rep Reps Gov Gen Lt Col Capt Cpl Dr Mr Mrs Ms Prof Rev Det Adm Maj Hon Supt
"""
_TITLES = frozenset(_TITLES_WORDS.split())


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as they stood together; `worth` is the likeliest one's probability.

    `age` is in turns; `named` whether it is written like a name.
    """

    text: str
    stems: frozenset[str]
    worth: float
    age: int
    named: bool


def phrases(likely: Mapping[str, float], past: Sequence[Past]) -> list[Phrase]:
    """The phrases that the likely words make up, the likeliest first, none inside another.

    The same words are taken where most of them stand together, the newest such place first,
    titles before the rest.
    """
    found: list[Phrase] = []
    for age, turn in enumerate(reversed(past)):
        texts = [_TITLE_NOTE.sub("", title) for title in turn.titles]
        texts += [turn.asked_as, " ".join(turn.sentences)[:MOST_ANSWER_CHARACTERS]]
        for text in texts:
            found += _runs(text, likely, age)
    chosen: list[Phrase] = []
    said: set[str] = set()
    for phrase in sorted(found, key=lambda p: (-len(p.stems), -p.worth, p.age)):
        if not phrase.stems <= said:
            chosen.append(phrase)
            said |= phrase.stems
    return sorted(chosen, key=lambda p: -p.worth)[:MOST_PHRASES]


def _runs(text: str, likely: Mapping[str, float], age: int) -> list[Phrase]:
    words = list(WORD.finditer(text))
    stems = [stem(match.group()) for match in words]
    runs: list[Phrase] = []
    at = 0
    while at < len(words):
        if stems[at] not in likely:
            at += 1
            continue
        last = at
        while (reach := _next(words, stems, last, likely, text)) is not None:
            last = reach
        at, last = _whole_name(words, stems, at, last, text)
        span = words[at : last + 1]
        if _is_initial(text, span[0].start(), span[-1].end()):
            at = last + 1
            continue
        said = [s for s in stems[at : last + 1] if s not in STOP_WORDS]
        worth = max(likely.get(s, 0.0) for s in said)
        whole = text[span[0].start() : span[-1].end()]
        named = all(m.group()[0].isupper() for m in span if m.group().casefold() not in JOINTS)
        # What every sentence begins with says nothing of a name.
        goes_on = re.match(r"[ -][a-z]", text[span[-1].end() :])
        begins = not at or text[: span[0].start()].rstrip()[-1:] in '.?!“"'
        if len(span) == 1 and begins and goes_on:
            named = False
        joined = len(span) > 2 and span[1].group() in ("in", "of", "for")
        if begins and joined and _is_plural(span[0].group()):  # "Shares in Cairn Energy fell."
            named, whole = False, whole[:1].lower() + whole[1:]
        runs.append(Phrase(_without_possessive(whole), frozenset(said), worth, age, named))
        at = last + 1
    return runs


def _is_initial(text: str, start: int, end: int) -> bool:
    """Whether it is one letter of "U.S." or of "J. Smith", which names nothing by itself."""
    return end - start == 1 and (text[end : end + 1] == "." or text[start - 1 : start] == ".")


def _is_plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _whole_name(
    words: Sequence[re.Match[str]], stems: Sequence[str], first: int, last: int, text: str
) -> tuple[int, int]:
    """First and last word with the rest of the name they are part of, if they are."""

    def joined(a: int, b: int) -> bool:
        return (
            all(words[at].group()[0].isupper() and stems[at] not in STOP_WORDS for at in (a, b))
            and text[words[a].end() : words[b].start()] == " "
        )

    while first > 0 and last - first < 4 and joined(first - 1, first):
        first -= 1
    while last + 1 < len(words) and last - first < 4 and joined(last, last + 1):
        last += 1
    return first, last


def _next(
    words: Sequence[re.Match[str]],
    stems: Sequence[str],
    last: int,
    likely: Collection[str],
    text: str,
) -> int | None:
    """The next chosen word that goes on with the phrase, two joints at most between."""
    for ahead in range(last + 1, min(last + 4, len(words))):
        between = text[words[ahead - 1].end() : words[ahead].start()]
        if not _GAP.fullmatch(between) or ("." in between and _ends(words[ahead - 1].group())):
            return None
        if stems[ahead] in likely:
            return ahead
        if words[ahead].group().casefold() not in JOINTS or _is_other_noun(words, ahead):
            return None
    return None


def _is_other_noun(words: Sequence[re.Match[str]], at: int) -> bool:
    """Whether another noun begins with that "the": "is Voss the chair?", not "Alfred the Great"."""
    if words[at].group().casefold() != "the" or words[at - 1].group().casefold() in JOINTS:
        return False
    return at + 1 < len(words) and words[at + 1].group().islower()


def _ends(word: str) -> bool:
    """Whether a stop after the word ends a sentence, as it does not after "Gen" or "J"."""
    return len(word) > 3


def _without_possessive(text: str) -> str:
    return re.sub(r"[’']s$", "", text)


def is_date(text: str) -> bool:
    """Whether it is a day or a month, or begins with one: "Aug. 4"; "Jan Brandt" is somebody."""
    words = WORD.findall(text)
    if not words or not DATED.fullmatch(words[0]):
        return False
    return len(words) == 1 or words[1].isdigit() or bool(DATED.fullmatch(words[1]))


def is_name(text: str) -> bool:
    words = [word for word in WORD.findall(text) if word.casefold() not in JOINTS]
    named = 0 < len(words) <= 4 and all(word[0].isupper() for word in words)
    if all(word.casefold() in _NUMBERS or word in _TITLES for word in words):
        return False
    return named and not is_date(text)


def names_in(text: str) -> list[str]:
    """Runs of words written like names, not counting the word a sentence begins with."""
    found = []
    for match in _NAME.finditer(text):
        name = _without_possessive(match.group())
        first = name.split()[0].casefold()
        if first in STOP_WORDS:
            name = " ".join(name.split()[1:])
        begins = _BEGINS.search(text[: match.start()])
        if name.split()[-1:] and name.split()[-1] in _TITLES:
            continue  # "Republican Sen. Joni Ernst" is not called so.
        if _is_initial(text, match.start(), match.end()):
            continue
        if begins and name.isupper() and _AFTER_DATELINE.match(text, match.end()):
            continue  # "WASHINGTON – …" is where it was written.
        if name and not (begins and len(name.split()) == 1):
            found.append(name)
    return list(dict.fromkeys(found))
