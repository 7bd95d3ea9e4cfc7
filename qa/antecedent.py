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

_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|may|might|must)\b\s+",
    re.IGNORECASE,
)
_ARTICLES = ("the", "a", "an")
# Whom a sentence begins with and says something of: "Putin said".
_LEADING = re.compile(
    r"([A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,3}) (?:also |later )?(?:said|told|added|says|announced"
    r"|wrote|argued|claimed|insisted|warned|ordered|called|denied|confirmed|promised)\b"
)
_DATED = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august"
    r"|september|october|november|december",
    re.IGNORECASE,
)
_MOST_WORDS = 4
_PLURAL_WORDS = frozenset(["people", "police", "troops", "children", "men", "women", "both"])


def subject_of(question: str) -> str | None:
    """The words after the first auxiliary that name something: "Russian forces"; else None."""
    led = _AUXILIARY.search(question)
    if led is None:
        return None
    words = list(WORD.finditer(question, led.end()))
    begin = 0
    if words and words[0].group().casefold() in _ARTICLES:
        begin = 1
    end = begin
    while end < len(words) and end - begin < _MOST_WORDS and _names(words, end, begin):
        end += 1
    if end == begin:
        return None
    return question[words[0].start() : words[end - 1].end()]


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
    last = WORD.findall(text)[-1].casefold()
    return last in _PLURAL_WORDS or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


def is_name(text: str) -> bool:
    words = WORD.findall(text)
    named = 0 < len(words) <= 4 and all(word[0].isupper() for word in words)
    return named and not any(_DATED.fullmatch(word) for word in words)


def antecedent(pronoun: str, past: Sequence[Past]) -> str | None:
    """What the pronoun stands for; None where the last turns do not say."""
    for turn in reversed(past[-2:]):
        asked, short = turn.asked_as, (turn.short_answer or "").strip()
        subject = subject_of(asked)
        if subject and all(word.casefold() in STOP_WORDS for word in WORD.findall(subject)):
            subject = None
        if pronoun in PRONOUNS["they"]:
            if subject and is_many(subject):
                return subject
            if short and is_many(short) and len(short.split()) <= 4 and not short[0].isdigit():
                return short
        elif pronoun in PRONOUNS["it"]:
            if subject and (is_name(subject) or not is_many(subject)):
                return subject
            if is_name(short):
                return short
        else:
            if re.match(r"\W*(?:and |but )?who\b", asked, re.IGNORECASE) and is_name(short):
                return short
            if subject and is_name(subject):
                return subject
            if turn.sentences and (leading := _LEADING.match(turn.sentences[0])):
                return leading[1]
            if is_name(short):
                return short
    return None
