"""What a pronoun stands for, where the turn before says it plainly.

"They" is what the question before was about, where that is many; "he" or "she" whoever the
answer named; "it" what was asked about, where that is one thing. Anything else is left to the
likelihoods of qa/carry.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from embeddings.words import STOP_WORDS
from qa.history import PRONOUNS, WORD
from qa.past import Past
from qa.phrases import JOINTS

AUXILIARY = (
    "(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|must)"
)
_LED = re.compile(rf"\b{AUXILIARY}\b\s+", re.IGNORECASE)
_IS = re.compile(r"(?:is|are|was|were|has|have|had)\b", re.IGNORECASE)
# What was done to it, where "who" did it: "who designed the new spire?".
_DONE_TO = re.compile(
    r"^(?:and |but |so )?who (?:\w+ed|\w+s|built|made|wrote|led|won) ", re.IGNORECASE
)
_WHO = re.compile(r"\W*(?:and |but )?who\b", re.IGNORECASE)
_ARTICLES = ("the", "a", "an")
# Whom a sentence begins with and says something of: "Putin said".
_LEADING = re.compile(
    r"([A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,3}) (?:also |later )?(?:said|told|added|says|announced"
    r"|wrote|argued|claimed|insisted|warned|ordered|called|denied|confirmed|promised)\b"
)
DATED = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec",
    re.IGNORECASE,
)
_OPENER = re.compile(r"^(?:and|but|so)\b[,\s]+", re.IGNORECASE)
_MOST_WORDS = 4
# How many turns back each may look; many are rarer than one, and so found farther back.
_REACH = {"they": 4}
_PLURAL_WORDS = frozenset(["people", "police", "troops", "children", "men", "women", "both"])


def subject_of(question: str) -> str | None:
    """The words after the first auxiliary that name something: "Russian forces"; else None."""
    led = _LED.search(question)
    if led is None:
        return _done_to(question)
    words = list(WORD.finditer(question, led.end()))
    begin = 0
    if words and words[0].group().casefold() in _ARTICLES:
        begin = 1
    end = begin
    while end < len(words) and end - begin < _MOST_WORDS and _names(words, end, begin):
        end += 1
    if end == begin:
        return None
    if begin and _IS.match(led.group()) and _goes_on(words, end):
        end += 1
    return question[words[0].start() : words[end - 1].end()]


def _goes_on(words: Sequence[re.Match[str]], at: int) -> bool:
    """Whether a noun follows the name: "was the Webb telescope launched"."""
    if at + 1 >= len(words) or not words[at - 1].group()[0].isupper():
        return False
    word, after = words[at].group(), words[at + 1].group().casefold()
    noun = (
        word.islower() and word not in STOP_WORDS and not word.endswith(("ed", "en", "ing", "ly"))
    )
    return noun and after not in STOP_WORDS


def _done_to(question: str) -> str | None:
    led = _DONE_TO.match(question)
    if led is None:
        return None
    words = list(WORD.finditer(question, led.end()))
    end = 0
    while end < len(words) and end <= _MOST_WORDS:
        word = words[end].group()
        if word.casefold() in STOP_WORDS and not (end == 0 and word.casefold() in _ARTICLES):
            break
        end += 1
    named = end > 1 or (end == 1 and words[0].group()[0].isupper())
    return question[words[0].start() : words[end - 1].end()] if named else None


def _names(words: Sequence[re.Match[str]], at: int, begin: int) -> bool:
    """Whether the word goes on with a name, or is the noun that a name or an article leads to."""
    word = words[at].group()
    if word.casefold() in STOP_WORDS:
        return False
    if word[0].isupper():
        return True
    plural = word.endswith("s") and not word.endswith("ss")
    led = at > 0 and at == begin and words[at - 1].group().casefold() in _ARTICLES
    # "the opposition", "Russian forces": one noun after what leads to it.
    return (
        led
        or (at > begin and plural and words[at - 1].group()[0].isupper())
        or (at == begin and (plural or word.casefold() in _PLURAL_WORDS))
    )


def is_many(text: str) -> bool:
    """Whether it is written as more than one: "Russian forces", "the United Nations".

    A name of several words that ends in an s is one person's, unless "the" leads it.
    """
    words = WORD.findall(text)
    last = words[-1].casefold()
    if len(words) > 1 and words[-1][0].isupper() and words[0].casefold() != "the":
        return False
    return last in _PLURAL_WORDS or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


def is_name(text: str) -> bool:
    words = [word for word in WORD.findall(text) if word.casefold() not in JOINTS]
    named = 0 < len(words) <= 4 and all(word[0].isupper() for word in words)
    return named and not any(DATED.fullmatch(word) for word in words)


def as_said(name: str, past: Sequence[Past]) -> str:
    """With its "the", where the turns say it with one, or it is no name."""
    if not name or name.split()[0].casefold() in ("the", "a", "an"):
        return name
    said = rf"\bthe {re.escape(name)}\b(?!\s[A-Z])"
    texts = (text for turn in past for text in (turn.asked_as, *turn.sentences))
    plain = len(name.split()) == 1 and name.islower()
    return f"the {name}" if plain or any(re.search(said, text) for text in texts) else name


def antecedent(pronoun: str, past: Sequence[Past]) -> str | None:
    """What the pronoun stands for; None where the last turns do not say."""
    kind = next((k for k in ("he", "she", "they", "it") if pronoun in PRONOUNS[k]), "he")
    for turn in reversed(past[-_REACH.get(kind, 2) :]):
        asked, short = turn.asked_as, short_answer(turn)
        asks_who = bool(_WHO.match(asked))
        if not (asks_who and kind in ("he", "she")) and (same := _meant_before(kind, turn)):
            return same
        subject = subject_of(asked)
        if subject and all(word.casefold() in STOP_WORDS for word in WORD.findall(subject)):
            subject = None
        if kind == "they":
            if subject and is_many(subject):
                return subject
            if short and is_many(short) and len(short.split()) <= 4 and not short[0].isdigit():
                return short
        elif kind == "it":
            if subject and (is_name(subject) or not is_many(subject)):
                return subject
            if is_name(short) and not asks_who:  # Who did it is no "it".
                return short
        else:
            if asks_who and is_name(short):
                return short
            if subject and is_name(subject):
                return subject
            if turn.sentences and (leading := _LEADING.match(turn.sentences[0])):
                return leading[1]
            if is_name(short):
                return short
    return None


def _meant_before(kind: str, turn: Past) -> str | None:
    """What the same pronoun was taken to mean in the turn before, where it stood there."""
    pronoun = next((m for m in WORD.finditer(turn.question) if m.group() in PRONOUNS[kind]), None)
    if pronoun is None or turn.asked_as == turn.question:
        return None
    ahead = _OPENER.sub("", turn.question[: pronoun.start()])
    rest = turn.question[pronoun.end() :].rstrip(" ?!.")
    said = re.match(
        rf"{re.escape(ahead)}(.+?)(?:['’]s?)?{re.escape(rest)}(?: \(.*\))?\W*$", turn.asked_as
    )
    return said[1] if said else None


def short_answer(turn: Past) -> str:
    """The short answer, of whole words."""
    short = (turn.short_answer or "").strip()
    if not short:
        return ""
    for sentence in turn.sentences[:1]:
        if whole := re.search(rf"[\w’']*{re.escape(short)}[\w’']*", sentence):
            return whole.group()
    return short
